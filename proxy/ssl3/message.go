package ssl3

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
)

// messageType is the first byte of a handshake message (spec: client 2.2).
type messageType uint8

const (
	typeClientHello       messageType = 1
	typeServerHello       messageType = 2
	typeCertificate       messageType = 11
	typeServerHelloDone   messageType = 14
	typeClientKeyExchange messageType = 16
	typeFinished          messageType = 20
)

// String names the message for error texts.
func (t messageType) String() string {
	switch t {
	case typeClientHello:
		return "ClientHello"
	case typeServerHello:
		return "ServerHello"
	case typeCertificate:
		return "Certificate"
	case typeServerHelloDone:
		return "ServerHelloDone"
	case typeClientKeyExchange:
		return "ClientKeyExchange"
	case typeFinished:
		return "Finished"
	default:
		return fmt.Sprintf("handshake message %d", uint8(t))
	}
}

const (
	messageHeaderLen = 4     // type, length
	maxMessageLen    = 65535 // longest body of a message that we read (spec: client 2.7)
	maxSessionIDLen  = 32
)

var errMessageLength = errors.New("a length in it does not fit the message")

// cursor cuts the fields of a message body off its front. A field that is not there sets bad and reads as empty.
type cursor struct {
	rest []byte
	bad  bool
}

func (c *cursor) bytes(n int) []byte {
	if c.bad || n > len(c.rest) {
		c.bad = true
		return make([]byte, 0)
	}
	field := c.rest[:n]
	c.rest = c.rest[n:]
	return field
}

// number reads a big-endian number of n bytes.
func (c *cursor) number(n int) int {
	v := 0
	for _, b := range c.bytes(n) {
		v = v<<8 | int(b)
	}
	return v
}

// appendUint24 appends a length of three bytes.
func appendUint24(dst []byte, n int) []byte { return append(dst, byte(n>>16), byte(n>>8), byte(n)) }

// clientHello is the body of a ClientHello.
type clientHello struct {
	version      uint16
	random       [randomLen]byte
	sessionID    []byte
	suites       []Suite
	compressions []byte
}

func (m *clientHello) marshal() []byte {
	b := binary.BigEndian.AppendUint16(nil, m.version)
	b = append(b, m.random[:]...)
	b = append(b, byte(len(m.sessionID)))
	b = append(b, m.sessionID...)
	b = binary.BigEndian.AppendUint16(b, uint16(2*len(m.suites)))
	for _, s := range m.suites {
		b = binary.BigEndian.AppendUint16(b, uint16(s))
	}
	b = append(b, byte(len(m.compressions)))
	return append(b, m.compressions...)
}

// unmarshal reads a body. Bytes behind the last field are left alone: that is where newer clients put extensions.
func (m *clientHello) unmarshal(body []byte) error {
	c := cursor{rest: body}
	m.version = uint16(c.number(2))
	copy(m.random[:], c.bytes(randomLen))
	m.sessionID = c.bytes(c.number(1))
	suites := c.bytes(c.number(2))
	m.compressions = c.bytes(c.number(1))
	if c.bad || len(m.sessionID) > maxSessionIDLen || len(suites) == 0 || len(suites)%2 != 0 || len(m.compressions) == 0 {
		return errMessageLength
	}
	m.suites = make([]Suite, 0, len(suites)/2)
	for ; len(suites) > 0; suites = suites[2:] {
		m.suites = append(m.suites, Suite(binary.BigEndian.Uint16(suites)))
	}
	return nil
}

// offersNullCompression reports whether the client can do without compression, as every client must.
func (m *clientHello) offersNullCompression() bool { return bytes.IndexByte(m.compressions, 0) >= 0 }

// serverHello is the body of a ServerHello.
type serverHello struct {
	version     uint16
	random      [randomLen]byte
	sessionID   []byte
	suite       Suite
	compression uint8
}

func (m *serverHello) marshal() []byte {
	b := binary.BigEndian.AppendUint16(nil, m.version)
	b = append(b, m.random[:]...)
	b = append(b, byte(len(m.sessionID)))
	b = append(b, m.sessionID...)
	b = binary.BigEndian.AppendUint16(b, uint16(m.suite))
	return append(b, m.compression)
}

func (m *serverHello) unmarshal(body []byte) error {
	c := cursor{rest: body}
	m.version = uint16(c.number(2))
	copy(m.random[:], c.bytes(randomLen))
	m.sessionID = c.bytes(c.number(1))
	m.suite = Suite(c.number(2))
	m.compression = uint8(c.number(1))
	if c.bad || len(c.rest) > 0 || len(m.sessionID) > maxSessionIDLen {
		return errMessageLength
	}
	return nil
}

// marshalChain makes the body of a Certificate message from DER certificates, the server's own first.
func marshalChain(chain ...[]byte) []byte {
	total := 0
	for _, der := range chain {
		total += 3 + len(der)
	}
	b := appendUint24(nil, total)
	for _, der := range chain {
		b = appendUint24(b, len(der))
		b = append(b, der...)
	}
	return b
}

// unmarshalChain reads the body of a Certificate message. The result has at least one certificate and shares no memory
// with body.
func unmarshalChain(body []byte) ([][]byte, error) {
	c := cursor{rest: body}
	list := cursor{rest: c.bytes(c.number(3))}
	if c.bad || len(c.rest) > 0 {
		return nil, errMessageLength
	}
	var chain [][]byte
	for len(list.rest) > 0 && !list.bad {
		chain = append(chain, bytes.Clone(list.bytes(list.number(3))))
	}
	if list.bad {
		return nil, errMessageLength
	}
	if len(chain) == 0 {
		return nil, errors.New("it holds no certificate")
	}
	return chain, nil
}
