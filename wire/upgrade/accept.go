package upgrade

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// ErrNotUpgradable says that a request cannot be upgraded. The response to it
// has been written.
var ErrNotUpgradable = errors.New("request cannot be upgraded")

// writeTimeout bounds the writing of the 101 head.
const writeTimeout = 10 * time.Second

// Accept answers the upgrade request r with "101 Switching Protocols" and
// returns the stream, which then belongs to the caller. The stream outlives the
// handler; the context of r does not.
//
// The value of the request's Upgrade header is not looked at, as existing
// servers do not either (spec: engine 2.1); the answer names protocol.
//
// A request that cannot be upgraded is answered with 405 if it is not a GET,
// with 400 if it has a body, else with 426 (spec: engine 9.5); the error then
// wraps [ErrNotUpgradable]. After any error there is nothing left to answer.
func Accept(w http.ResponseWriter, r *http.Request, protocol string) (*Conn, error) {
	if r.Method != http.MethodGet {
		w.Header().Set("Allow", http.MethodGet)
		return nil, refuse(w, http.StatusMethodNotAllowed, "method is not GET")
	}
	if r.ProtoMajor != 1 { // HTTP/2 has no upgrade, and no header to say so
		return nil, refuse(w, http.StatusUpgradeRequired, "needs HTTP/1.1")
	}
	if r.ProtoMinor < 1 || r.Header.Get("Upgrade") == "" || !hasToken(r.Header.Values("Connection"), "upgrade") {
		w.Header().Set("Connection", "Upgrade")
		w.Header().Set("Upgrade", protocol)
		return nil, refuse(w, http.StatusUpgradeRequired, "needs HTTP/1.1 with Connection: Upgrade and an Upgrade header")
	}
	if r.ContentLength != 0 {
		return nil, refuse(w, http.StatusBadRequest, "has a body")
	}

	conn, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		http.Error(w, "cannot upgrade", http.StatusInternalServerError)
		return nil, fmt.Errorf("take over the connection: %w", err)
	}
	early, err := buffered.Peek(buffered.Reader.Buffered())
	if err == nil {
		err = conn.SetDeadline(time.Now().Add(writeTimeout))
	}
	if err == nil {
		_, err = fmt.Fprintf(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: %s\r\n\r\n", protocol)
	}
	if err == nil {
		err = conn.SetDeadline(time.Time{})
	}
	if err != nil {
		_ = conn.Close() // the first error says more
		return nil, fmt.Errorf("answer the upgrade request: %w", err)
	}
	return &Conn{Conn: conn, early: bytes.Clone(early)}, nil
}

func refuse(w http.ResponseWriter, status int, why string) error {
	http.Error(w, why, status)
	return fmt.Errorf("%w: %s", ErrNotUpgradable, why)
}

// hasToken reports whether a comma-separated header contains token, in any case.
func hasToken(values []string, token string) bool {
	for _, value := range values {
		for field := range strings.SplitSeq(value, ",") {
			if strings.EqualFold(strings.TrimSpace(field), token) {
				return true
			}
		}
	}
	return false
}
