// Package redirector is the game's first stop, TCP 42127: it answers the one
// question where the main server is with this computer's own address (spec:
// client 3).
package redirector

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"time"

	"github.com/charonrelay/charon/blaze"
	"github.com/charonrelay/charon/blaze/tdf"
	"github.com/charonrelay/charon/internal/acceptor"
)

// Port is where the game looks for its redirector; it cannot be changed
// (spec: client 1.2).
const Port = 42127

const (
	readTimeout = 60 * time.Second
	maxFrame    = 64 << 10 // the game's request has 187 bytes
	maxConns    = 64
)

// Config is what a Server needs.
type Config struct {
	// Main is the IPv4 address and port that the game is sent to. Required.
	Main netip.AddrPort
	// Observe, if not nil, is told how each connection ended: nil after the
	// game was sent on, otherwise why it was not. It must not block.
	Observe func(error)
	// Logger gets the same; nil for nothing.
	Logger *slog.Logger
}

// Server answers redirector connections.
type Server struct{ cfg Config }

// New returns a server. It fails if Config.Main is no IPv4 address with a port.
func New(cfg Config) (*Server, error) {
	if !cfg.Main.Addr().Unmap().Is4() || cfg.Main.Port() == 0 {
		return nil, fmt.Errorf("the game can only be sent to an IPv4 address with a port, not to %q", cfg.Main)
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.Observe == nil {
		cfg.Observe = func(error) {}
	}
	return &Server{cfg}, nil
}

// Serve serves ln, normally an ssl3.Listener, until ctx is done. It closes
// ln and returns when all connections have ended.
func (s *Server) Serve(ctx context.Context, ln net.Listener) error {
	return acceptor.Serve(ctx, ln, acceptor.Config{Max: maxConns, Logger: s.cfg.Logger, Handle: s.handle})
}

// ErrNoQuestion reports a connection that ended before it asked for the server.
var ErrNoQuestion = errors.New("the connection ended before the game asked for its server")

func (s *Server) handle(ctx context.Context, conn net.Conn) {
	err := s.converse(conn)
	if ctx.Err() != nil {
		return
	}
	s.cfg.Observe(err)
	peer := conn.RemoteAddr().String()
	if err != nil {
		s.cfg.Logger.Warn("the game could not be sent on to the server", "peer", peer, "error", err)
		return
	}
	s.cfg.Logger.Info("the game was sent on to the server", "peer", peer, "server", s.cfg.Main.String())
}

// converse answers requests until the one that counts (spec: client 3.4).
func (s *Server) converse(conn net.Conn) error {
	r := blaze.NewReader(conn, maxFrame)
	for {
		if err := conn.SetReadDeadline(time.Now().Add(readTimeout)); err != nil {
			return err
		}
		req, err := r.Next()
		if errors.Is(err, io.EOF) {
			return ErrNoQuestion
		}
		if err != nil {
			return fmt.Errorf("read the game's question: %w", err)
		}
		if req.Type != blaze.Request {
			continue
		}
		found := req.Component == blaze.Redirector && req.Command == blaze.RedirectorGetServerInstance
		answer := req.Reply(nil)
		if found {
			answer = req.Reply(s.instance)
		}
		if err := s.write(conn, answer); err != nil || found {
			return err
		}
	}
}

// write sends a whole answer as one record.
func (s *Server) write(conn net.Conn, p blaze.Packet) error {
	frame, err := p.AppendTo(nil)
	if err != nil {
		return err
	}
	if err := conn.SetWriteDeadline(time.Now().Add(readTimeout)); err != nil {
		return err
	}
	if _, err := conn.Write(frame); err != nil {
		return fmt.Errorf("answer the game: %w", err)
	}
	return nil
}

// instance writes ServerInstanceInfo: an address without a name, and that the
// game is to speak plain TCP (spec: client 3.3, blaze 4.2.1).
func (s *Server) instance(e *tdf.Encoder) {
	ip := s.cfg.Main.Addr().Unmap().As4()
	e.Union("ADDR", 0, func() {
		e.Uint("IP", uint64(binary.BigEndian.Uint32(ip[:])))
		e.Uint("PORT", uint64(s.cfg.Main.Port()))
	})
	e.Bool("SECU", false)
	e.Uint("XDNS", 0)
}
