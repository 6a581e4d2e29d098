package app_test

import (
	"errors"
	"net/netip"
	"runtime"
	"strconv"
	"sync/atomic"
	"testing"

	"github.com/charonrelay/charon/app"
	"github.com/charonrelay/charon/gamesim"
	"github.com/charonrelay/charon/internal/testutil"
	"github.com/charonrelay/charon/proxy/redirector"
)

// BenchmarkTokenLogin logs games in with their stored tokens, each through the
// whole path: SSL 3.0 redirector, pipe, upgrade, engine, database. With
// redirector=false the same games know the main server's address already.
func BenchmarkTokenLogin(b *testing.B) {
	listen := testutil.Loopback(b)
	ready := make(chan app.Snapshot, 1)
	a := app.New(app.Config{Server: app.Local, Listen: listen, Data: b.TempDir(), OnChange: func(s app.Snapshot) {
		if s.State == app.Ready {
			select {
			case ready <- s:
			default:
			}
		}
	}})
	done := make(chan error, 1)
	ctx := b.Context()
	go func() { done <- a.Run(ctx) }()
	b.Cleanup(func() {
		if err := <-done; err != nil {
			b.Error(err)
		}
	})
	s := <-ready

	through := gamesim.Config{Redirector: netip.AddrPortFrom(listen, redirector.Port).String()}
	direct := gamesim.Config{Server: s.Services[1].Address.String()}
	// One account for each game at work, so that no login ends another's.
	accounts := make([]gamesim.Account, 4*runtime.GOMAXPROCS(0))
	for i := range accounts {
		accounts[i] = register(b, direct, i)
	}
	for name, cfg := range map[string]gamesim.Config{"redirector=true": through, "redirector=false": direct} {
		b.Run(name, func(b *testing.B) {
			var next atomic.Int64
			b.SetParallelism(4)
			b.RunParallel(func(pb *testing.PB) {
				cfg := cfg
				cfg.Account = accounts[int(next.Add(1)-1)%len(accounts)]
				for pb.Next() {
					login(b, cfg)
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "logins/s")
		})
	}
}

// register creates an account and returns it with its token.
func register(b *testing.B, cfg gamesim.Config, i int) gamesim.Account {
	b.Helper()
	cfg.Account = gamesim.Account{Email: "bench" + strconv.Itoa(i) + "@selftest.invalid", Password: "correct horse"}
	c, err := gamesim.Dial(b.Context(), cfg)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	if err := errors.Join(c.PreAuth(b.Context()), c.CreateAccount(b.Context())); err != nil {
		b.Fatal(err)
	}
	return c.Account()
}

// login is one whole login.
func login(b *testing.B, cfg gamesim.Config) {
	c, err := gamesim.Dial(b.Context(), cfg)
	if err != nil {
		b.Error(err)
		return
	}
	if err := errors.Join(c.PreAuth(b.Context()), c.LoginToken(b.Context()), c.Close()); err != nil {
		b.Error(err)
	}
}
