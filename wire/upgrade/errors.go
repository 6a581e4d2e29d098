package upgrade

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
)

var (
	// ErrMalformed says that the answer is not HTTP/1.x.
	ErrMalformed = errors.New("the server's answer is not understood; is it a Pocket Relay server, and is http or https right?")
	// ErrTooLarge says that the answer's head went on for more than 16 KiB.
	ErrTooLarge = errors.New("the server's answer does not end; is it a Pocket Relay server?")
	// ErrNoAnswer says that the answer was not complete in time.
	ErrNoAnswer = errors.New("the server did not answer in time; try again later")
	// ErrHungUp says that the connection ended before the answer was complete.
	ErrHungUp = errors.New("the server closed the connection without an answer")
)

// answerError says why the answer could not be read.
func answerError(err error) error {
	var netErr net.Error
	switch {
	case isAlert(err): // with TLS 1.3 a missing client certificate shows only now
		return fmt.Errorf("%w; it may ask for a client certificate (%w)", ErrHungUp, err)
	case errors.As(err, &netErr) && netErr.Timeout():
		return fmt.Errorf("%w (%w)", ErrNoAnswer, err)
	case errors.Is(err, io.EOF):
		return fmt.Errorf("%w (%w)", ErrHungUp, io.ErrUnexpectedEOF)
	default:
		return fmt.Errorf("%w (%w)", ErrHungUp, err)
	}
}

// ProtocolError says that the server switched to another protocol than the one
// asked for.
type ProtocolError struct {
	Want string // the protocol asked for
	Got  string // the protocol in the answer, empty if it names none
}

// Error says what happened in words for a player.
func (e *ProtocolError) Error() string {
	return fmt.Sprintf("the server switched to protocol %q instead of %q; it is not a Pocket Relay server", e.Got, e.Want)
}

// RefusedError says that the server answered, but with another status than 101.
type RefusedError struct {
	Status   int    // HTTP status code
	Reason   string // reason phrase as sent, made printable; may be empty
	Protocol string // the protocol asked for
	Location string // where a redirect points to, without user name, query and fragment; else empty
}

func newRefusedError(head *answer, asked *url.URL, protocol string) *RefusedError {
	e := &RefusedError{Status: head.status, Reason: printable(head.phrase), Protocol: protocol}
	location := head.header.Get("Location")
	if head.status/100 != 3 || location == "" {
		return e
	}
	if u, err := asked.Parse(location); err == nil {
		e.Location = (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path, RawPath: u.RawPath}).String()
	}
	return e
}

// Error says what happened in words for a player (spec: client 4.2, 9.2).
func (e *RefusedError) Error() string {
	what := "game"
	if e.Protocol == ProtocolTunnel {
		what = "match tunnel"
	}
	answer := fmt.Sprintf("status %d", e.Status)
	if text := http.StatusText(e.Status); text != "" {
		answer += " " + text
	}
	return fmt.Sprintf("the server did not open the %s connection (%s): %s", what, answer, e.remedy())
}

func (e *RefusedError) remedy() string {
	switch {
	case e.Status/100 == 2:
		return "it sent an ordinary page, so this is not a Pocket Relay server or a proxy in front of it does not pass on upgrades"
	case e.Status/100 == 3 && e.Location != "":
		return fmt.Sprintf("it has moved to %s; connect again", e.Location)
	case e.Status/100 == 3:
		return "it has moved; connect again"
	case e.Status == http.StatusBadRequest && e.Protocol == ProtocolTunnel:
		return "it does not know this player any more; connect again"
	case e.Status == http.StatusBadRequest:
		return "it could not tell this computer's IPv4 address, because the way to it is IPv6 or a proxy in front of it does not say; its operator can help"
	case e.Status == http.StatusUnauthorized, e.Status == http.StatusForbidden:
		return "it wants proof of who you are, such as a client certificate; its operator can help"
	case e.Status == http.StatusNotFound:
		return "there is nothing at this address; check the address, or the server is too old"
	case e.Status == http.StatusMethodNotAllowed:
		return "a proxy on the way changed the request; its operator can help"
	case e.Status == http.StatusUpgradeRequired:
		return "a proxy on the way removed the upgrade from the request; the proxy has to allow upgrades (as for WebSocket) over HTTP/1.1"
	case e.Status/100 == 5:
		return "the server or a proxy in front of it has a problem; try again later"
	default:
		return "the answer makes no sense here; is it a Pocket Relay server?"
	}
}

// printable makes text from the network fit for a log line or a message.
func printable(s string) string {
	const limit = 64
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, s)
	if len(s) > limit {
		return s[:limit]
	}
	return s
}
