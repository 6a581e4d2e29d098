// Package engine is the game server: what games talk to instead of EA's
// service, for one player's own computer as for a public server (spec: blaze,
// engine).
//
// [New] makes an engine on an open store; [Engine.Serve] serves one listener
// until its context ends. All connections arrive as HTTP requests: see package
// api. What happens then is in the other packages: session reads and writes a
// connection, component/... answers its commands, presence, game and
// matchmaking hold what players share.
package engine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"github.com/charonrelay/charon/engine/account"
	"github.com/charonrelay/charon/engine/api"
	"github.com/charonrelay/charon/engine/component/association"
	"github.com/charonrelay/charon/engine/component/auth"
	"github.com/charonrelay/charon/engine/component/gamemanager"
	"github.com/charonrelay/charon/engine/component/messaging"
	"github.com/charonrelay/charon/engine/component/reporting"
	"github.com/charonrelay/charon/engine/component/usersessions"
	"github.com/charonrelay/charon/engine/component/util"
	"github.com/charonrelay/charon/engine/content"
	"github.com/charonrelay/charon/engine/game"
	"github.com/charonrelay/charon/engine/leaderboard"
	"github.com/charonrelay/charon/engine/matchmaking"
	"github.com/charonrelay/charon/engine/playerdata"
	"github.com/charonrelay/charon/engine/presence"
	"github.com/charonrelay/charon/engine/session"
	"github.com/charonrelay/charon/engine/token"
	"github.com/charonrelay/charon/internal/buildinfo"
)

// Store is everything the engine keeps for good; package store has one.
type Store interface {
	account.Store
	playerdata.Store
	leaderboard.Store
	token.SecretStore
}

// Config is what an engine can be told. The zero value is a good server.
type Config struct {
	// PublicIP is the IPv4 address under which players elsewhere reach players
	// on the server's own machine and network; invalid if there is none.
	PublicIP netip.Addr
	// Limits are those of each session.
	Limits session.Limits
	// MaxSessions is how many games can be connected at once; 0 for 16384.
	MaxSessions int
	// HashWorkers is how many passwords are hashed at once; 0 for one a
	// processor.
	HashWorkers int
	// Now tells the time; nil for the system's.
	Now func() time.Time
	// Logger gets what happens; nil for nothing.
	Logger *slog.Logger
}

const defaultMaxSessions = 16384

// Engine is a game server.
type Engine struct {
	cfg     Config
	log     *slog.Logger
	router  *session.Router
	auth    *auth.Component
	mm      *matchmaking.Local
	users   *presence.LocalRegistry
	games   *game.LocalDirectory
	handler *api.Handler

	mu       sync.Mutex
	sessions int
	draining bool
	ctx      context.Context // of all sessions
	wg       sync.WaitGroup  // sessions
}

// New returns an engine on the store, which stays the caller's.
func New(ctx context.Context, cfg Config, st Store) (*Engine, error) {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.MaxSessions <= 0 {
		cfg.MaxSessions = defaultMaxSessions
	}
	e := &Engine{cfg: cfg, log: cfg.Logger, router: session.NewRouter()}
	if err := e.assemble(ctx, st); err != nil {
		return nil, fmt.Errorf("set up the game server: %w", err)
	}
	return e, nil
}

func (e *Engine) assemble(ctx context.Context, st Store) error {
	secret, err := token.LoadSecret(ctx, st)
	if err != nil {
		return err
	}
	tokens, err := token.New(secret, e.cfg.Now)
	if err != nil {
		return err
	}
	accounts, err := account.New(account.Config{
		Store: st, Tokens: tokens, HashWorkers: e.cfg.HashWorkers, Now: e.cfg.Now, Logger: e.log,
	})
	if err != nil {
		return err
	}
	scores := leaderboard.New(st)
	shared := content.New(buildinfo.Compat)
	e.users = presence.NewLocalRegistry()
	e.games = game.NewLocalDirectory(e.cfg.Now)
	e.mm = matchmaking.NewLocal(e.games, e.cfg.Now)
	lobby := gamemanager.New(gamemanager.Config{Users: e.users, Games: e.games, Matchmaking: e.mm})
	e.auth = auth.New(auth.Config{Accounts: accounts, Ratings: scores, Users: e.users, Lobby: lobby, Content: shared})

	e.auth.Register(e.router)
	lobby.Register(e.router)
	util.New(util.Config{Settings: playerdata.New(st, e.cfg.Now), Content: shared, Now: e.cfg.Now}).Register(e.router)
	usersessions.New(usersessions.Config{Users: e.users, PublicIP: e.cfg.PublicIP}).Register(e.router)
	messaging.New(shared).Register(e.router)
	reporting.New(scores).Register(e.router)
	association.Register(e.router)

	e.handler = api.New(api.Config{
		Version: buildinfo.Compat, Charon: buildinfo.Version, Tokens: tokens, Admit: e.admit, Serve: e.serveSession, Logger: e.log,
	})
	return nil
}

// Times of the HTTP side. Upgraded connections are no longer subject to them.
const (
	headerTimeout = 10 * time.Second
	idleTimeout   = 60 * time.Second
	drainTimeout  = 5 * time.Second
	maxHeader     = 16 << 10
)

// Serve serves the listener, which it closes, until ctx is done, and then ends
// all sessions; each is sent what it was owed. It may be called once. The
// error is nil unless the listener failed.
func (e *Engine) Serve(ctx context.Context, ln net.Listener) error {
	background, stop := context.WithCancel(ctx)
	defer stop()
	// Sessions end when no more can begin, so after ctx.
	var endSessions context.CancelFunc
	e.ctx, endSessions = context.WithCancel(context.WithoutCancel(ctx))
	defer endSessions()
	var timers sync.WaitGroup
	timers.Go(func() { e.mm.Run(background) })

	srv := &http.Server{
		Handler: e.handler, ReadHeaderTimeout: headerTimeout, ReadTimeout: headerTimeout,
		IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeader,
		ErrorLog: slog.NewLogLogger(e.log.Handler(), slog.LevelDebug),
	}
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(ln) }()
	var err error
	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	e.drain(srv, endSessions)
	stop()
	timers.Wait()
	if err != nil && !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve %v: %w", ln.Addr(), err)
	}
	return nil
}

// drain takes no more connections and ends those that are there.
func (e *Engine) drain(srv *http.Server, endSessions context.CancelFunc) {
	e.mu.Lock()
	e.draining = true
	e.mu.Unlock()
	endSessions()
	ctx, cancel := context.WithTimeout(context.Background(), drainTimeout)
	defer cancel()
	if srv.Shutdown(ctx) != nil {
		_ = srv.Close()
	}
	e.wg.Wait()
}

// admit takes a place for a session.
func (e *Engine) admit() (done func(), ok bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.draining || e.sessions >= e.cfg.MaxSessions {
		return nil, false
	}
	e.sessions++
	e.wg.Add(1)
	return func() {
		e.mu.Lock()
		e.sessions--
		e.mu.Unlock()
		e.wg.Done()
	}, true
}

func (e *Engine) serveSession(conn net.Conn, origin session.Origin) {
	s := session.New(conn, origin, e.router, e.cfg.Limits, e.log)
	s.Log().Info("session started", "peer", origin.Peer)
	s.Run(e.ctx)
	e.auth.End(s)
}

// Stats is a snapshot of what goes on.
type Stats struct {
	Sessions, Players, Games, Searching int
	// UnknownCommands counts requests that no component answers.
	UnknownCommands uint64
}

// Stats returns how much goes on at the moment.
func (e *Engine) Stats() Stats {
	e.mu.Lock()
	sessions := e.sessions
	e.mu.Unlock()
	return Stats{
		Sessions: sessions, Players: e.users.Count(), Games: e.games.Count(),
		Searching: e.mm.Waiting(), UnknownCommands: e.router.Unknown(),
	}
}
