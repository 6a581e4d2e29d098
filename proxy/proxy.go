// Package proxy is the set of local services that the game talks to, as one
// stack: it starts as a whole or not at all (spec: client 1).
package proxy

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"

	"github.com/charonrelay/charon/internal/portowner"
	"github.com/charonrelay/charon/proxy/redirector"
	"github.com/charonrelay/charon/proxy/relay"
	"github.com/charonrelay/charon/proxy/ssl3"
)

// Config is what a Stack needs.
type Config struct {
	// Listen is the loopback IPv4 address of all services. Required.
	Listen netip.Addr
	// CertificateDir is where the redirector's certificate is kept. Required.
	CertificateDir string
	// UserAgent is sent to servers. Required.
	UserAgent string
	// OnRedirect, if not nil, is told how each redirector connection ended,
	// nil for well. It must not block.
	OnRedirect func(error)
	// OnRelay, if not nil, is told what happens to main connections. It must
	// not block.
	OnRelay func(relay.Event)
	// Logger gets what happens; nil for nothing.
	Logger *slog.Logger
}

// Service describes one of the local services.
type Service struct {
	// Name is a word for the log: "redirector" or "main".
	Name string
	// Address is where it listens.
	Address netip.AddrPort
	// Purpose says in a few words what the game does there.
	Purpose string
}

type server struct {
	Service
	listener net.Listener
	serve    func(context.Context, net.Listener) error
}

// Stack is the local services, listening but not serving before Serve.
type Stack struct {
	servers []*server
	target  atomic.Pointer[relay.Target]
}

// Listen binds the ports of all services, or none. A port that cannot be had
// is an error that names the program in the way, if the system tells.
func Listen(cfg Config) (*Stack, error) {
	if !cfg.Listen.Is4() || !cfg.Listen.IsLoopback() {
		return nil, fmt.Errorf("the game's services listen on this computer only: %s is not an address between 127.0.0.1 and 127.255.255.254", cfg.Listen)
	}
	cert, err := ssl3.LoadOrCreateCertificate(cfg.CertificateDir)
	if err != nil {
		return nil, fmt.Errorf("prepare the redirector's certificate: %w", err)
	}
	if cfg.Logger != nil && cert.Replaced != nil {
		cfg.Logger.Warn("the redirector's certificate was damaged and has been replaced", "error", cert.Replaced)
	}
	s := &Stack{}
	redirect, err := redirector.New(redirector.Config{
		Main: netip.AddrPortFrom(cfg.Listen, relay.Port), Observe: cfg.OnRedirect, Logger: cfg.Logger,
	})
	if err != nil {
		return nil, err
	}
	pipe := relay.New(relay.Config{
		Target: s.current, UserAgent: cfg.UserAgent, GameAddr: cfg.Listen, OnEvent: cfg.OnRelay, Logger: cfg.Logger,
	})
	s.add(cfg.Listen, redirector.Port, "redirector", "the game asks here for its server", func(ctx context.Context, ln net.Listener) error {
		return redirect.Serve(ctx, ssl3.NewListener(ln, &ssl3.ServerConfig{Certificate: cert}))
	})
	s.add(cfg.Listen, relay.Port, "main", "the game plays here, through to the server", pipe.Serve)
	if err := s.bind(); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func (s *Stack) add(addr netip.Addr, port uint16, name, purpose string, serve func(context.Context, net.Listener) error) {
	s.servers = append(s.servers, &server{
		Service: Service{Name: name, Address: netip.AddrPortFrom(addr, port), Purpose: purpose}, serve: serve,
	})
}

// bind listens for all services and reports everything that is in the way.
func (s *Stack) bind() error {
	var problems []error
	for _, v := range s.servers {
		ln, err := net.ListenTCP("tcp4", net.TCPAddrFromAddrPort(v.Address))
		if err != nil {
			problems = append(problems, portowner.Explain(err, "tcp", v.Address))
			continue
		}
		v.listener = ln
	}
	return errors.Join(problems...)
}

// Services describes the services in the order of their use.
func (s *Stack) Services() []Service {
	list := make([]Service, len(s.servers))
	for i, v := range s.servers {
		list[i] = v.Service
	}
	return list
}

// SetTarget chooses the server for all main connections from now on.
func (s *Stack) SetTarget(t relay.Target) { s.target.Store(&t) }

func (s *Stack) current() (relay.Target, bool) {
	if t := s.target.Load(); t != nil {
		return *t, true
	}
	return relay.Target{}, false
}

// Serve serves until ctx is done or a service fails, ends all services and
// returns when they are gone, with the failure if there was one. It may be
// called once.
func (s *Stack) Serve(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var wg sync.WaitGroup
	failed := make([]error, len(s.servers))
	for i, v := range s.servers {
		wg.Go(func() {
			defer cancel()
			if err := v.serve(ctx, v.listener); err != nil {
				failed[i] = fmt.Errorf("%s service: %w", v.Name, err)
			}
		})
	}
	wg.Wait()
	return errors.Join(failed...)
}

// Close gives back the ports of a stack that was never served.
func (s *Stack) Close() {
	for _, v := range s.servers {
		if v.listener != nil {
			_ = v.listener.Close()
		}
	}
}
