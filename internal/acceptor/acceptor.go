// Package acceptor is the accept loop of a service: bounded, and over when its
// context is.
package acceptor

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"time"
)

// Config is what a Serve needs.
type Config struct {
	// Max is how many connections are served at once; more are closed at once.
	// Required.
	Max int
	// Handle serves a connection, which is closed when it returns and when the
	// context is done. Required.
	Handle func(ctx context.Context, conn net.Conn)
	// Logger gets refused connections and failures to accept. Required.
	Logger *slog.Logger
}

// Pauses after a failure to accept, for example when the system is out of file
// descriptors.
const (
	minPause = 5 * time.Millisecond
	maxPause = time.Second
)

// Serve serves ln, which it closes, until ctx is done; then it closes all
// connections and returns when their handlers have. The error is nil unless
// the listener was closed by somebody else.
func Serve(ctx context.Context, ln net.Listener, cfg Config) error {
	s := &server{cfg: cfg, conns: make(map[net.Conn]struct{})}
	shut := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(shut)
		s.shut(ln)
	})
	err := s.accept(ctx, ln)
	if stop() {
		s.shut(ln)
	} else {
		<-shut
	}
	s.wg.Wait()
	return err
}

type server struct {
	cfg   Config
	mu    sync.Mutex
	over  bool
	conns map[net.Conn]struct{}
	wg    sync.WaitGroup
}

func (s *server) accept(ctx context.Context, ln net.Listener) error {
	pause := minPause
	for {
		conn, err := ln.Accept()
		switch {
		case err == nil:
			pause = minPause
			s.start(ctx, conn)
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, net.ErrClosed):
			return fmt.Errorf("accept on %v: %w", ln.Addr(), err)
		default:
			s.cfg.Logger.Warn("connections cannot be accepted for a moment", "listener", ln.Addr().String(), "error", err)
			select {
			case <-ctx.Done():
				return nil
			case <-time.After(pause):
			}
			pause = min(2*pause, maxPause)
		}
	}
}

func (s *server) start(ctx context.Context, conn net.Conn) {
	if !s.add(conn) {
		s.cfg.Logger.Warn("connection refused, too many at once", "peer", conn.RemoteAddr().String(), "max", s.cfg.Max)
		_ = conn.Close()
		return
	}
	go func() {
		defer s.remove(conn)
		s.cfg.Handle(ctx, conn)
	}()
}

func (s *server) add(conn net.Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over || len(s.conns) >= s.cfg.Max {
		return false
	}
	s.conns[conn] = struct{}{}
	s.wg.Add(1)
	return true
}

func (s *server) remove(conn net.Conn) {
	_ = conn.Close()
	s.mu.Lock()
	delete(s.conns, conn)
	s.mu.Unlock()
	s.wg.Done()
}

// shut ends the accept loop and all handlers that wait for their connection.
func (s *server) shut(ln net.Listener) {
	_ = ln.Close()
	s.mu.Lock()
	s.over = true
	open := make([]net.Conn, 0, len(s.conns))
	for c := range s.conns {
		open = append(open, c)
	}
	s.mu.Unlock()
	for _, c := range open {
		_ = c.Close()
	}
}
