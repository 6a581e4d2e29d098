// Package lookup finds out whether an address that a player typed is that of a
// Pocket Relay server, and what the proxy needs to know about it (spec: client 5).
//
// [Normalize] turns what was typed into a base address. [Client.Lookup] asks
// the server there who it is, follows redirects once and for all, and returns a
// [Server] whose base address everything else is relative to.
package lookup

import (
	"context"
	"crypto/tls"
	"errors"
	"net/http"
	"net/url"
	"sync"
	"time"
)

const (
	// attemptTimeout bounds one request with its redirects and its body.
	attemptTimeout = 10 * time.Second
	// plainHeadStart is how long https is tried alone.
	plainHeadStart = 500 * time.Millisecond
	// securePatience is how long an answer over http waits for one over https.
	securePatience = 4 * time.Second
)

// Config configures a [Client]. The zero value is usable.
type Config struct {
	// UserAgent is sent with every request.
	UserAgent string
	// TLS is the configuration for https; nil means the system's roots. It is
	// cloned. A client certificate in it is shown to the typed host only, not
	// to hosts that it redirects to (spec: client 10).
	TLS *tls.Config
	// Transport sends the requests instead of the client's own transport,
	// which uses no system proxy and no HTTP/2. TLS is then ignored.
	Transport http.RoundTripper
}

// Client looks up servers. It may be used by several goroutines at once and
// keeps nothing open between look-ups.
type Client struct {
	config                       Config
	timeout, headStart, patience time.Duration
}

// New returns a client.
func New(config Config) *Client {
	config.TLS = config.TLS.Clone()
	return &Client{
		config:    config,
		timeout:   attemptTimeout,
		headStart: plainHeadStart,
		patience:  securePatience,
	}
}

// Server is what the look-up found out.
type Server struct {
	// Base is the address that all paths of the server are relative to. Its
	// path ends with a slash; it has no user name, query or fragment.
	Base *url.URL
	// Version is the server's version, at least 0.5.0.
	Version Version
	// Association is the token that links connections of one player with his
	// tunnel, or empty for servers before 0.6.0. It is a secret.
	Association string
	// TunnelPort is the port of the UDP tunnel on the host of Base, or 0 if
	// the server has none.
	TunnelPort int
	// Charon is set if the server says that it is a Charon server, whatever
	// version it reports.
	Charon bool
}

// URL returns the address of path, such as "api/server/upgrade", by appending
// it to the base as it is: path has no leading slash, may have a query, and
// nothing in it is interpreted (spec: client 6).
func (s *Server) URL(path string) string { return s.Base.String() + path }

// Name returns scheme, host and, unless it is the usual one, port, to show to
// the player (spec: client 5.3).
func (s *Server) Name() string { return s.Base.Scheme + "://" + s.Base.Host }

// Lookup asks the server at the typed address who it is. Every error is an
// [*Error], also when ctx is done.
//
// If the address leaves the scheme open, https is tried first. An answer over
// http counts only if https brought no server, or nothing within 4 seconds. One
// attempt takes at most 10 seconds.
func (c *Client) Lookup(ctx context.Context, typed string) (*Server, error) {
	address, err := Normalize(typed)
	if err != nil {
		return nil, err
	}
	if address.EitherScheme {
		return c.lookupEither(ctx, address.Base)
	}
	// Only someone who asked for http may be led from https to it.
	return c.fetch(ctx, address.Base, address.Base.Scheme == "http")
}

type outcome struct {
	server *Server
	err    error
}

// lookupEither tries https and, a moment later, http.
func (c *Client) lookupEither(ctx context.Context, base *url.URL) (*Server, error) {
	var attempts sync.WaitGroup
	defer attempts.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	start := func(scheme string) <-chan outcome {
		target := *base
		target.Scheme = scheme
		done := make(chan outcome, 1)
		attempts.Go(func() {
			server, err := c.fetch(ctx, &target, false)
			done <- outcome{server, err}
		})
		return done
	}
	headStart := time.NewTimer(c.headStart)
	defer headStart.Stop()
	patience := time.NewTimer(c.patience)
	defer patience.Stop()

	var (
		secureDone, plainDone = start("https"), (<-chan outcome)(nil)
		secure, plain         *outcome // once they are there
		patient               = true
	)
	for {
		select {
		case o := <-secureDone:
			if o.err == nil || kindOf(o.err) == KindTooOld {
				return o.server, o.err
			}
			secure = &o
		case o := <-plainDone:
			plain = &o
		case <-headStart.C:
		case <-patience.C:
			patient = false
		}
		switch {
		case plainDone == nil:
			plainDone = start("http")
		case plain == nil:
		case plain.err == nil && (secure != nil || !patient):
			return plain.server, nil
		case plain.err != nil && secure != nil:
			return nil, moreTelling(secure.err, plain.err)
		}
	}
}

// moreTelling returns the error of the attempt that got further. Of two equal
// ones it is that of https, unless there is no https at all.
func moreTelling(secure, plain error) error {
	if kindOf(plain) > kindOf(secure) || errors.Is(secure, http.ErrSchemeMismatch) {
		return plain
	}
	return secure
}
