package lookup

import (
	"errors"
	"fmt"
	"net/http"
)

// Kind says at which step a look-up failed. Greater kinds are later steps.
type Kind int

// The steps of a look-up (spec: client 5.3).
const (
	KindAddress       Kind = iota + 1 // the address is not valid
	KindConnect                       // no connection, or no answer: name, network, TLS, time
	KindRedirect                      // a redirect that is not followed
	KindStatus                        // the answer is an HTTP error
	KindNotUnderstood                 // the answer is not what a server sends
	KindNotServer                     // the answer is some other program's
	KindTooOld                        // the server is older than 0.5.0
)

// Error says why a look-up failed, in words for a player.
type Error struct {
	Kind Kind
	// Host is the host, with its port if that is not the usual one, that the
	// look-up was at; empty for KindAddress.
	Host string
	// Status is the HTTP status, for KindStatus.
	Status int
	// Version is the version that the server has, for KindTooOld.
	Version Version
	// Err is the reason; nil for KindStatus, KindNotServer and KindTooOld. For
	// KindConnect it is a [*github.com/charonrelay/charon/wire/upgrade.ConnectError].
	Err error
}

// Error says what is wrong and, where something can be done, what.
func (e *Error) Error() string {
	switch e.Kind {
	case KindAddress:
		return fmt.Sprintf("this is not a valid server address: %v", e.Err)
	case KindStatus:
		text := fmt.Sprintf("%s answered with an error: %d", e.Host, e.Status)
		if name := http.StatusText(e.Status); name != "" {
			text += " " + name
		}
		if e.Status/100 == 5 {
			return text + "; try again later"
		}
		return text + "; check that the address is that of a Pocket Relay server"
	case KindNotUnderstood:
		return fmt.Sprintf("the answer of %s is not understood, so it is probably not a Pocket Relay server (%v)", e.Host, e.Err)
	case KindNotServer:
		return fmt.Sprintf("%s is not a Pocket Relay server", e.Host)
	case KindTooOld:
		return fmt.Sprintf("the server %s is too old: it has version %s, but %s is the oldest that works", e.Host, e.Version, minVersion)
	case KindRedirect:
		return fmt.Sprintf("%s leads somewhere else: %v", e.Host, e.Err)
	default: // KindConnect, whose reason says it all
		return e.Err.Error()
	}
}

// Unwrap returns the reason.
func (e *Error) Unwrap() error { return e.Err }

// kindOf returns the kind of an error of this package.
func kindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return 0
}
