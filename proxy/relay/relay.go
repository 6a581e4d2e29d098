// Package relay joins the game's main connections to the server: what the game
// sends to TCP port 42128 travels through an HTTP Upgrade, and back (spec:
// client 4).
//
// The relay does not look at the bytes. There is one upgraded stream for every
// game connection and no reconnecting: if either breaks, the other is closed and
// the game starts again from the redirector (spec: client 4.3).
package relay

import (
	"cmp"
	"context"
	"crypto/tls"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"github.com/charonrelay/charon/internal/acceptor"
	"github.com/charonrelay/charon/wire/upgrade"
)

// Port is the TCP port that the game is sent to by our redirector (spec: client 1.2).
const Port = 42128

const (
	defaultMaxConns = 64
	// upgradePath is relative to the base of a server (spec: client 4.1).
	upgradePath = "api/server/upgrade"
	// gameHTTPPort is where the game finds its HTTP services; servers before
	// 0.5.10 build addresses from it (spec: client 4.5).
	gameHTTPPort = "42131"
)

// Target is the server that game connections go to.
type Target struct {
	// Base is the server's base address, http or https; its path ends with a slash.
	Base *url.URL
	// Association is the token of the server's look-up, or empty. It is a secret.
	Association string
	// TLS is the configuration for an https base, such as one with a client
	// certificate; nil means the system's roots.
	TLS *tls.Config
}

// Config configures a [Relay].
type Config struct {
	// Target returns the server for the next game connection, or false if none
	// is chosen. It must be set. It is called once for each connection, from any goroutine.
	Target func() (Target, bool)
	// UserAgent is sent with every upgrade request.
	UserAgent string
	// GameAddr is the loopback address of the game's local services, which the
	// server may tell the game to use. The zero value means 127.0.0.1, the only
	// one that Pocket Relay servers know.
	GameAddr netip.Addr
	// MaxConns bounds the game connections at one time; any more are closed as
	// they come. Zero means 64.
	MaxConns int
	// OnEvent is told what happens to game connections; nil means nobody is.
	// It is called from the connections' goroutines, in order for each of
	// them, and must not block.
	OnEvent func(Event)
	// Logger receives the log; nil discards it.
	Logger *slog.Logger
}

// Relay joins game connections to servers.
type Relay struct {
	config  Config
	linger  time.Duration
	buffers sync.Pool // of *[bulkSize]byte
	lastID  atomic.Uint64
}

// New returns a relay that does nothing yet.
func New(config Config) *Relay {
	config.MaxConns = cmp.Or(config.MaxConns, defaultMaxConns)
	config.GameAddr = cmp.Or(config.GameAddr, netip.AddrFrom4([4]byte{127, 0, 0, 1}))
	config.Logger = cmp.Or(config.Logger, slog.New(slog.DiscardHandler))
	if config.OnEvent == nil {
		config.OnEvent = func(Event) {}
	}
	return &Relay{config: config, linger: lingerLimit}
}

// Serve accepts game connections from listener until ctx is done, which is no
// error, or somebody else closes the listener, which is. Either way it closes the
// listener and all its connections, and returns when their goroutines are gone.
// The listener's connections must have keep-alive and no delay on, as those of
// package net do.
func (r *Relay) Serve(ctx context.Context, listener net.Listener) error {
	return acceptor.Serve(ctx, listener, acceptor.Config{
		Max:    r.config.MaxConns,
		Handle: r.handle,
		Logger: r.config.Logger,
	})
}

// handle joins one game connection to the server.
func (r *Relay) handle(ctx context.Context, game net.Conn) {
	id := r.lastID.Add(1)
	target, ok := r.config.Target()
	if !ok {
		r.report(Event{Kind: Failed, Conn: id, Err: ErrNoTarget})
		return
	}
	name := target.Base.Scheme + "://" + target.Base.Host
	server, err := r.connect(ctx, target)
	if err != nil {
		if ctx.Err() == nil {
			r.report(Event{Kind: Failed, Conn: id, Server: name, Err: err})
		}
		return
	}
	r.report(Event{Kind: Opened, Conn: id, Server: name})
	raw, early := server.Detach()
	p := pipe{game: game, server: raw, linger: r.linger, buffers: &r.buffers}
	err = p.run(ctx, early)
	r.report(Event{
		Kind: Closed, Conn: id, Server: name, Err: err,
		ToServer: p.toServer, ToGame: p.toGame,
	})
}

// connect opens an upgraded stream to the server with all headers that any
// server since 0.5.0 needs (spec: client 4.1, 4.5).
func (r *Relay) connect(ctx context.Context, target Target) (*upgrade.Conn, error) {
	header := http.Header{
		"User-Agent":                {r.config.UserAgent},
		"Accept":                    {"*/*"},
		"X-Pocket-Relay-Scheme":     {"http"},
		"X-Pocket-Relay-Host":       {r.config.GameAddr.String()},
		"X-Pocket-Relay-Port":       {gameHTTPPort},
		"X-Pocket-Relay-Local-Http": {"true"},
	}
	if target.Association != "" {
		header.Set("X-Association", target.Association)
	}
	dialer := upgrade.Dialer{TLS: target.TLS}
	return dialer.Dial(ctx, target.Base.String()+upgradePath, upgrade.ProtocolBlaze, header)
}
