package upgrade

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
)

// ConnectError says that there is no connection to a server, or no secure one.
// The look-up of a server reports its failures with it too, so that a player
// reads the same words everywhere.
type ConnectError struct {
	Address string // host, or host and port, as shown to the player
	Err     error  // what the system said
}

// Error says what happened in words for a player, and what the system said.
func (e *ConnectError) Error() string {
	hint := connectHint(e.Err)
	if hint == "" {
		return fmt.Sprintf("could not connect to %s: %v", e.Address, e.Err)
	}
	return fmt.Sprintf("could not connect to %s: %s (%v)", e.Address, hint, e.Err)
}

// Unwrap returns what the system said.
func (e *ConnectError) Unwrap() error { return e.Err }

// connectHint explains err to a player, or returns "" if it cannot.
func connectHint(err error) string {
	if errors.Is(err, context.Canceled) {
		return "the attempt was cancelled"
	}
	if hint := secureHint(err); hint != "" {
		return hint
	}
	var dns *net.DNSError
	if errors.As(err, &dns) {
		if dns.IsNotFound {
			return "there is no such name; check the spelling"
		}
		return "the name could not be looked up; check the internet connection"
	}
	var netErr net.Error
	switch {
	case errors.As(err, &netErr) && netErr.Timeout():
		return "no answer in time; the server may be off, or a firewall is in the way"
	case errors.Is(err, errConnRefused):
		return "nothing listens there; check the port, or the server is not running"
	case errors.Is(err, errNetUnreachable), errors.Is(err, errHostUnreachable):
		return "there is no way to it; check the network connection"
	case errors.Is(err, errConnReset), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "the server closed the connection at once"
	default:
		return ""
	}
}

// secureHint explains the errors of https.
func secureHint(err error) string {
	var (
		notTLS  tls.RecordHeaderError
		name    x509.HostnameError
		unknown x509.UnknownAuthorityError
		invalid x509.CertificateInvalidError
		roots   x509.SystemRootsError
	)
	switch {
	case errors.As(err, &notTLS), errors.Is(err, http.ErrSchemeMismatch):
		return "the server does not speak https there; try http:// in front of the address"
	case isAlert(err):
		return "the server ended the secure connection; it may ask for a client certificate"
	case errors.As(err, &name):
		return "the server's certificate is for another name"
	case errors.As(err, &unknown):
		return "the server's certificate is from nobody this computer trusts"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "the server's certificate has run out, or this computer's clock is wrong"
	case errors.As(err, &invalid):
		return "the server's certificate is not valid"
	case errors.As(err, &roots):
		return "this computer has no list of trusted certificates"
	default:
		return ""
	}
}

// isAlert reports whether err is an alert that the other end of a TLS
// connection sent, such as the one that asks for a client certificate.
func isAlert(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "remote error"
}
