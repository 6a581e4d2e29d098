package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"path/filepath"
	"sync"

	"github.com/charonrelay/charon/engine"
	"github.com/charonrelay/charon/engine/store"
	"github.com/charonrelay/charon/internal/buildinfo"
	"github.com/charonrelay/charon/proxy"
	"github.com/charonrelay/charon/proxy/lookup"
	"github.com/charonrelay/charon/proxy/relay"
)

// App is one run of the desktop program's services.
type App struct {
	cfg Config
	log *slog.Logger

	mu   sync.Mutex // also serialises Config.OnChange
	snap Snapshot
}

// New returns an App that does nothing yet.
func New(cfg Config) *App {
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	return &App{cfg: cfg, log: cfg.Logger}
}

// Snapshot returns the present state.
func (a *App) Snapshot() Snapshot {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.snap
}

// update changes the state and publishes it.
func (a *App) update(change func(*Snapshot)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	change(&a.snap)
	if a.cfg.OnChange != nil {
		a.cfg.OnChange(a.snap)
	}
}

func (a *App) enter(s State) {
	a.update(func(n *Snapshot) { n.State, n.Problem = s, "" })
}

// Run brings everything up and runs until ctx is done, which is no error. It
// returns when all is down again. An error says why it could not start or what
// broke down; the state is then Failed with the same words.
func (a *App) Run(ctx context.Context) error {
	err := a.run(ctx)
	a.update(func(n *Snapshot) {
		*n = Snapshot{State: Idle}
		if err != nil {
			n.State, n.Problem = Failed, err.Error()
		}
	})
	return err
}

func (a *App) run(ctx context.Context) (err error) {
	a.enter(Preflight)
	stack, err := proxy.Listen(proxy.Config{
		Listen: a.cfg.Listen, CertificateDir: a.cfg.Data, UserAgent: userAgent(),
		OnRelay: a.onRelay, Logger: a.log,
	})
	if err != nil {
		return err
	}
	defer stack.Close()

	if !IsLocal(a.cfg.Server) {
		return a.serve(ctx, stack, a.cfg.Server)
	}
	eng, err := a.startEngine(ctx)
	if err != nil {
		return err
	}
	// The engine outlives the proxy, so that it sees its games go; the proxy
	// does not outlive the engine.
	proxyCtx, cancel := context.WithCancel(ctx)
	defer cancel()
	context.AfterFunc(eng.ended, cancel)
	err = a.serve(proxyCtx, stack, "http://"+eng.addr.String())
	return errors.Join(err, eng.stop())
}

// serve looks up the server and serves the stack until ctx is done.
func (a *App) serve(ctx context.Context, stack *proxy.Stack, address string) error {
	a.enter(LookingUp)
	found, err := lookup.New(lookup.Config{UserAgent: userAgent()}).Lookup(ctx, address)
	if ctx.Err() != nil {
		return nil
	}
	if err != nil {
		return err
	}
	stack.SetTarget(relay.Target{Base: found.Base, Association: found.Association})
	a.update(func(n *Snapshot) {
		n.State, n.Services = Starting, stack.Services()
		n.Server = Server{Name: found.Name(), Version: found.Version.String(), Charon: found.Charon, Bundled: IsLocal(a.cfg.Server)}
	})
	served := make(chan error, 1)
	go func() { served <- stack.Serve(ctx) }()
	a.enter(Ready)
	select {
	case err = <-served:
	case <-ctx.Done():
		a.enter(Stopping)
		err = <-served
	}
	return err
}

// onRelay keeps what the player should know about the game's connections.
func (a *App) onRelay(e relay.Event) {
	a.update(func(n *Snapshot) {
		switch e.Kind {
		case relay.Opened:
			n.Connected++
			if n.State == Degraded {
				n.State, n.Problem = Ready, ""
			}
		case relay.Closed:
			n.Connected--
		case relay.Failed:
			if n.State == Ready || n.State == Degraded {
				n.State, n.Problem = Degraded, e.Err.Error()
			}
		}
	})
}

func userAgent() string { return "Charon/" + buildinfo.Version }

// runningEngine is the bundled engine.
type runningEngine struct {
	addr   netip.AddrPort
	store  *store.DB
	cancel context.CancelFunc
	ended  context.Context // done when the engine has ended
	err    error           // why; valid once ended is done
}

// startEngine serves the bundled engine on a free port of the listen address.
func (a *App) startEngine(ctx context.Context) (*runningEngine, error) {
	db, err := store.Open(ctx, store.Config{Path: filepath.Join(a.cfg.Data, "engine.db"), Logger: a.log})
	if err != nil {
		return nil, fmt.Errorf("open the data of this computer's own server: %w", err)
	}
	eng, err := engine.New(ctx, engine.Config{Logger: a.log}, db)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	ln, err := net.ListenTCP("tcp4", net.TCPAddrFromAddrPort(netip.AddrPortFrom(a.cfg.Listen, 0)))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("start this computer's own server: %w", err), db.Close())
	}
	// Its end is decided by stop, after the proxy's.
	own, cancel := context.WithCancel(context.WithoutCancel(ctx))
	ended, end := context.WithCancel(context.WithoutCancel(ctx))
	r := &runningEngine{addr: ln.Addr().(*net.TCPAddr).AddrPort(), store: db, cancel: cancel, ended: ended}
	go func() {
		defer end()
		r.err = eng.Serve(own, ln)
	}()
	return r, nil
}

func (r *runningEngine) stop() error {
	r.cancel()
	<-r.ended.Done()
	return errors.Join(r.err, r.store.Close())
}
