package ssl3

import (
	"bytes"
	"fmt"
)

// Protocol is what the other side seems to speak, judged by its first five bytes.
type Protocol int

// The protocols that are told apart.
const (
	ProtocolUnknown Protocol = iota
	ProtocolTLS              // TLS 1.0 or newer
	ProtocolSSL2             // a ClientHello in the format of SSL 2.0
	ProtocolHTTP             // clear-text HTTP
)

// ForeignProtocolError reports that the very first bytes from the other side are no SSL 3.0 record. It is the cause of an
// [AlertError] with [AlertHandshakeFailure].
type ForeignProtocolError struct {
	Protocol Protocol
	First    [headerLen]byte // the bytes it was judged by
}

// Error says in plain words what seems to have connected.
func (e *ForeignProtocolError) Error() string {
	const here = "this connection is only for the SSL 3.0 of the game"
	switch e.Protocol {
	case ProtocolTLS:
		// TLS 1.0 is version 3.1. Newer ones also put 3.1 into their first record, so the number says little.
		return fmt.Sprintf("the other side speaks TLS (record version %d.%d), a newer program than the game; %s", e.First[1], e.First[2], here)
	case ProtocolSSL2:
		return "the other side opened with an SSL 2.0 hello, which is older than the game; " + here
	case ProtocolHTTP:
		return fmt.Sprintf("the other side sent clear-text HTTP (%q), perhaps a web browser; %s", e.First[:], here)
	default:
		return fmt.Sprintf("the first bytes from the other side (% x) are no SSL 3.0; %s", e.First[:], here)
	}
}

// identify judges the first bytes of a connection that are known not to start an SSL 3.0 record.
func identify(first [headerLen]byte) Protocol {
	switch {
	case contentType(first[0]).valid() && first[1] == 3 && first[2] > 0:
		return ProtocolTLS
	case first[0]&0x80 != 0 && first[2] == byte(typeClientHello) && first[3] <= 3:
		return ProtocolSSL2 // length with the top bit set, message type, version
	}
	for _, start := range []string{"GET ", "HEAD ", "POST ", "PUT ", "DELETE ", "OPTIONS ", "CONNECT ", "PATCH ", "TRACE ", "PRI * ", "HTTP/"} {
		if bytes.HasPrefix(first[:], []byte(start)[:min(len(start), headerLen)]) {
			return ProtocolHTTP
		}
	}
	return ProtocolUnknown
}
