package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"time"

	"github.com/charonrelay/charon/app"
	"github.com/charonrelay/charon/gamesim"
	"github.com/charonrelay/charon/internal/cli"
	"github.com/charonrelay/charon/proxy/lookup"
	"github.com/charonrelay/charon/proxy/redirector"
)

type selftestVerb struct {
	Server   string     `help:"Test with this server instead of a fresh one in this program." placeholder:"URL" env:"CHARON_SERVER"`
	Listen   netip.Addr `help:"Loopback address for the game's services instead of a random one." placeholder:"127.x.y.z" env:"CHARON_LISTEN"`
	Players  int        `help:"How many simulated players play, 2 to 4." default:"4" placeholder:"N"`
	JSON     bool       `help:"Print a JSON array with one object a step."`
	Foreign  bool       `help:"Test a server that is not Charon, too. Only for a server of your own that nobody plays on: lobbies of simulated players can bring the matchmaking of Pocket Relay servers to a halt."`
	LogLevel slog.Level `help:"How much to log: DEBUG, INFO, WARN or ERROR." default:"ERROR" placeholder:"LEVEL" env:"CHARON_LOG_LEVEL"`
}

// Validate checks what flags alone do not.
func (v *selftestVerb) Validate() error {
	if v.Players < gamesim.MinPlayers || v.Players > gamesim.MaxPlayers {
		return fmt.Errorf("--players: %d cannot play, choose %d to %d", v.Players, gamesim.MinPlayers, gamesim.MaxPlayers)
	}
	if v.Listen.IsValid() {
		if err := validListen(v.Listen); err != nil {
			return err
		}
	}
	return validServer(v.Server)
}

// Run brings up a stack of its own and plays through it.
func (v *selftestVerb) Run(env *cli.Env) (err error) {
	sweep(env)
	dir, err := os.MkdirTemp("", tempPrefix)
	if err != nil {
		return err
	}
	defer func() {
		if left := os.RemoveAll(dir); left != nil {
			_, _ = fmt.Fprintf(env.Stderr, "the folder %s could not be removed: %v\n", dir, left)
		}
	}()
	if !v.Listen.IsValid() {
		v.Listen = randomLoopback()
	}
	server := v.Server
	if server == "" {
		server = app.Local
	}
	ready := make(chan app.Snapshot, 1)
	a := app.New(app.Config{
		Server: server, Listen: v.Listen, Data: filepath.Join(dir, "data"), Logger: env.Logger(v.LogLevel),
		OnChange: func(s app.Snapshot) {
			if s.State == app.Ready {
				select {
				case ready <- s:
				default:
				}
			}
		},
	})
	ctx, stop := context.WithCancel(env.Context)
	defer stop()
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()
	select {
	case err := <-done:
		if err == nil {
			err = context.Cause(env.Context)
		}
		return err
	case s := <-ready:
		err = errForeign
		if s.Server.Charon || v.Foreign {
			err = v.play(ctx, env, s)
		}
	}
	stop()
	return errors.Join(err, <-done)
}

// tempPrefix begins the names of the self-test's folders; no self-test runs
// for longer than stale.
const (
	tempPrefix = "charon-selftest-"
	stale      = time.Hour
)

// sweep removes what self-tests have left behind that were killed.
func sweep(env *cli.Env) {
	left, _ := filepath.Glob(filepath.Join(os.TempDir(), tempPrefix+"*")) // the pattern is good
	for _, dir := range left {
		info, err := os.Lstat(dir)
		if err != nil || !info.IsDir() || time.Since(info.ModTime()) < stale {
			continue
		}
		if os.RemoveAll(dir) == nil {
			_, _ = fmt.Fprintf(env.Stderr, "removed %s, left by a self-test that was killed\n", dir)
		}
	}
}

var errForeign = errors.New("this server is not Charon. Simulated lobbies can bring the matchmaking of Pocket Relay servers to a halt, so it is not tested; " +
	"if it is yours and nobody plays on it, add --foreign")

// play lets the simulated players play and prints their steps.
func (v *selftestVerb) play(ctx context.Context, env *cli.Env, s app.Snapshot) error {
	report := &steps{out: env.Stdout, json: v.JSON}
	report.begin(s)
	err := gamesim.SelfTest(ctx, gamesim.SelfTestConfig{
		Redirector: netip.AddrPortFrom(v.Listen, redirector.Port).String(),
		Players:    v.Players,
		Lenient:    !s.Server.Charon,
		Logger:     env.Logger(v.LogLevel),
	}, report.step)
	report.end(err)
	var failure *gamesim.Failure
	if errors.As(err, &failure) {
		return cli.ErrSilent // the step has been printed
	}
	return err
}

// steps prints the steps of a self-test as lines or as a JSON array.
type steps struct {
	out   io.Writer
	json  bool
	count int
}

func (s *steps) print(format string, args ...any) { _, _ = fmt.Fprintf(s.out, format, args...) }

func (s *steps) begin(n app.Snapshot) {
	if s.json {
		s.print("[")
		return
	}
	s.print("simulated players on %s, version %s\n", n.Server.Name, n.Server.Version)
}

func (s *steps) step(st gamesim.Step) {
	s.count++
	if s.json {
		if s.count > 1 {
			s.print(",")
		}
		b, err := json.Marshal(st)
		if err != nil { // a Step holds nothing that JSON does not know
			b = []byte("{}")
		}
		s.print("\n  %s", b)
		return
	}
	outcome := "ok  "
	if !st.OK {
		outcome = "FAIL"
	}
	s.print("%s %2d/%d %9.1f ms  %-10s %s", outcome, st.Number, st.Of, st.Millis, st.Players, st.Name)
	if st.Detail != "" {
		s.print(": %s", st.Detail)
	}
	s.print("\n")
}

func (s *steps) end(err error) {
	switch {
	case s.json:
		s.print("\n]\n")
	case err == nil:
		s.print("all %d steps passed\n", s.count)
	default:
		s.print("failed after %d steps\n", s.count)
	}
}

// randomLoopback keeps self-tests out of the way of each other and of a
// running Charon, which all use the same ports.
func randomLoopback() netip.Addr {
	var b [3]byte
	_, _ = rand.Read(b[:]) // never fails
	return netip.AddrFrom4([4]byte{127, 64 + b[0]%128, b[1], 1 + b[2]%254})
}

func validListen(a netip.Addr) error {
	if !a.Is4() || !a.IsLoopback() {
		return fmt.Errorf("--listen: %s is not an address of this computer alone; use one between 127.0.0.1 and 127.255.255.254", a)
	}
	return nil
}

func validServer(server string) error {
	if server == "" || app.IsLocal(server) {
		return nil
	}
	if _, err := lookup.Normalize(server); err != nil {
		return fmt.Errorf("--server: %w", err)
	}
	return nil
}
