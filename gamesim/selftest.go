package gamesim

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"strings"
	"time"
)

// Bounds of a self-test.
const (
	MinPlayers     = 2
	MaxPlayers     = maxPlayers
	selfTestLimit  = 3 * time.Minute
	defaultDomain  = "selftest.invalid"
	defaultAccount = "player"
)

// SelfTestConfig says against what and with whom to play.
type SelfTestConfig struct {
	// Redirector and Server are as in Config.
	Redirector, Server string
	// Players is how many play, MinPlayers to MaxPlayers; 0 means MaxPlayers.
	Players int
	// Lenient is as in Config; for servers of others. The simulated players
	// then keep apart from real ones. Even so a Pocket Relay server should not
	// be tested while people wait in its queue: any lobby that does not suit
	// the first of them brings its matchmaking to a halt (spec: engine 5.4).
	Lenient bool
	// AccountPrefix and AccountDomain are the outer parts of the e-mail
	// addresses that accounts are created with; a random part and a number
	// stand between them. Empty means "player" and "selftest.invalid", which
	// no mail ever reaches.
	AccountPrefix, AccountDomain string
	// Timeout is as in Config; Limit bounds the whole test, 3 minutes if 0.
	Timeout, Limit time.Duration
	// Logger is as in Config.
	Logger *slog.Logger
}

// Step is the outcome of one step of a self-test.
type Step struct {
	// Number counts from 1 to Of.
	Number int `json:"step"`
	Of     int `json:"of"`
	// Name says what was tried and Players who did it.
	Name    string `json:"name"`
	Players string `json:"players"`
	// OK is whether everything came as it should, and Millis how long it took.
	OK     bool    `json:"ok"`
	Millis float64 `json:"ms"`
	// Detail is the error, or what there is to know of a success.
	Detail string `json:"detail,omitempty"`
	// Err is the error.
	Err error `json:"-"`
}

// SelfTest lets simulated games play everything that a server must be able to
// do and calls report after each step, the failed one included. It stops at the
// first failure, for which it returns a [*Failure], or an error of the context
// or the configuration. Nothing of it is left running.
func SelfTest(ctx context.Context, cfg SelfTestConfig, report func(Step)) error {
	if cfg.Players == 0 {
		cfg.Players = MaxPlayers
	}
	if cfg.Players < MinPlayers || cfg.Players > MaxPlayers {
		return fmt.Errorf("gamesim: %d players cannot play, choose %d to %d", cfg.Players, MinPlayers, MaxPlayers)
	}
	if cfg.Limit == 0 {
		cfg.Limit = selfTestLimit
	}
	ctx, cancel := context.WithTimeoutCause(ctx, cfg.Limit, fmt.Errorf("the self-test took longer than %v", cfg.Limit))
	defer cancel()

	e := newEvening(cfg)
	defer e.close()
	plan := e.plan()
	for i, p := range plan {
		start := time.Now()
		detail, err := p.run(ctx)
		step := Step{
			Number: i + 1, Of: len(plan),
			Name: p.name, Players: p.players,
			OK: err == nil, Millis: float64(time.Since(start).Microseconds()) / 1000,
			Detail: detail, Err: err,
		}
		if err != nil {
			step.Detail = err.Error()
		}
		report(step)
		if err != nil {
			return err
		}
	}
	return nil
}

// planned is a step that may be played; run returns what there is to know.
type planned struct {
	name, players string
	run           func(context.Context) (detail string, err error)
}

// evening is what the players of a self-test go through.
type evening struct {
	cfg     SelfTestConfig
	configs []Config // of the players, and of the stranger as the last one
	players []*Client
	// stranger belongs to no lobby: it tries what must fail.
	stranger *Client
	match    Match
	lobby    *Lobby
}

func newEvening(cfg SelfTestConfig) *evening {
	if cfg.AccountPrefix == "" {
		cfg.AccountPrefix = defaultAccount
	}
	if cfg.AccountDomain == "" {
		cfg.AccountDomain = defaultDomain
	}
	// Rows of random letters: nobody else has these accounts.
	run := strings.ToLower(rand.Text()[:12])
	e := &evening{cfg: cfg, match: DefaultMatch}
	if cfg.Lenient {
		e.match.Packs = "selftest-" + run
	}
	for i := range cfg.Players + 1 {
		name := fmt.Sprintf("player %d", i+1)
		if i == cfg.Players {
			name = "stranger"
		}
		e.configs = append(e.configs, Config{
			Name:       name,
			Redirector: cfg.Redirector,
			Server:     cfg.Server,
			Account: Account{
				Email:    fmt.Sprintf("%s-%s-%d@%s", cfg.AccountPrefix, run, i+1, cfg.AccountDomain),
				Password: rand.Text(),
			},
			Network: &Network{
				Internal: netip.AddrPortFrom(netip.AddrFrom4([4]byte{192, 168, 77, byte(i + 1)}), GamePort),
				NAT:      natUnknown,
				Latency:  []SiteLatency{{bestPingSite, int32(20 + i)}},
			},
			Timeout: cfg.Timeout,
			Lenient: cfg.Lenient,
			Logger:  cfg.Logger,
		})
	}
	return e
}

func (e *evening) close() {
	for _, c := range append(e.players, e.stranger) {
		if c != nil {
			_ = c.Close() // never fails
		}
	}
}

// plan lists the steps. The first players have parts of their own; what needs
// more than there are is left out.
func (e *evening) plan() []planned {
	n := e.cfg.Players
	all := fmt.Sprintf("1-%d", n)
	plan := []planned{
		{"connect", all + ", stranger", e.connect},
		{"open the sessions", all + ", stranger", e.preAuth},
		{"fetch the configuration", "1", e.configuration},
		{"refuse what needs a login", "stranger", e.refuseStranger},
		{"create accounts", all, e.createAccounts},
		{"enter the multiplayer menu", all, e.menus},
		{"refuse wrong logins", "stranger", e.refuseLogins},
		{"save settings and load them back", all, e.settings},
		{"log in with the token on a second connection", "1", e.secondConnection},
		{"log out and in with the password", "2", e.passwordLogin},
		{"refuse what does not exist", "1", e.refuseUnknown},
		{"cancel matchmaking", "1, 2", e.cancelMatchmaking},
		{"wait in the queue and be put into a new lobby", "1, 2", e.queue},
	}
	if n > 2 {
		plan = append(plan, planned{"find the lobby by matchmaking", "3", e.matchmake})
	}
	if n > 3 {
		plan = append(plan, planned{"join a friend", "4", e.joinFriend})
	}
	plan = append(plan, planned{"connect the players", all, e.mesh})
	if n == maxPlayers {
		plan = append(plan, planned{"refuse a fifth player", "stranger", e.refuseFifth})
	}
	return append(plan,
		planned{"start the match", all, e.start},
		planned{"finish the match and report", all, e.finish},
		planned{"return to the lobby", all, e.replay},
		planned{"leave and come back by matchmaking", "2", e.comeBack},
		planned{"lose the connection, resume, join a friend", "2", e.resume},
		planned{"move the match when the host leaves", all, e.hostLeaves},
		planned{"come back as a guest", "1", e.returnAsGuest},
		planned{"leave one after another", all, e.leave},
		planned{"log out", all, e.logout},
	)
}

// each runs f for every player.
func (e *evening) each(f func(c *Client) error) error {
	for _, c := range e.players {
		if err := f(c); err != nil {
			return err
		}
	}
	return nil
}

// dial connects with one of the configurations and opens the session.
func (e *evening) dial(ctx context.Context, cfg Config) (*Client, error) {
	c, err := Dial(ctx, cfg)
	if err != nil {
		return nil, err
	}
	if err := c.PreAuth(ctx); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}
