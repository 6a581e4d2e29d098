package relay

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/charonrelay/charon/wire/upgrade"
)

// echo sends back what it reads until the game's end.
func echo(c *upgrade.Conn) {
	io.Copy(c, c)
}

// overBoth runs test with an http and an https server, which are piped by the
// kernel and by the program.
func overBoth(t *testing.T, test func(t *testing.T, scheme string)) {
	for _, scheme := range []string{"http", "https"} {
		t.Run(scheme, func(t *testing.T) { test(t, scheme) })
	}
}

func TestRequest(t *testing.T) {
	tests := []struct {
		name   string
		change func(*Target, *Relay)
		diff   http.Header // to the usual headers
	}{
		{"usual", func(*Target, *Relay) {}, nil},
		{"no association", func(target *Target, _ *Relay) { target.Association = "" },
			http.Header{"X-Association": nil}},
		{"other loopback address", func(_ *Target, r *Relay) { r.config.GameAddr = netip.MustParseAddr("127.1.2.3") },
			http.Header{"X-Pocket-Relay-Host": {"127.1.2.3"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			requests := make(chan *http.Request, 1)
			var streams sync.WaitGroup
			target := startHandler(t, "http", &streams, func(_ http.ResponseWriter, r *http.Request) { requests <- r })
			r := startRelay(t, target, func(r *Relay) {
				tt.change(&target, r)
				r.config.Target = func() (Target, bool) { return target, true }
			})
			dial(t, r.addr)
			got := <-requests
			want := http.Header{
				"Connection":                {"Upgrade"},
				"Upgrade":                   {"blaze"},
				"X-Pocket-Relay-Scheme":     {"http"},
				"X-Pocket-Relay-Host":       {"127.0.0.1"},
				"X-Pocket-Relay-Port":       {"42131"},
				"X-Pocket-Relay-Local-Http": {"true"},
				"X-Association":             {"token"},
				"User-Agent":                {"Charon/1.0"},
				"Accept":                    {"*/*"},
			}
			for name, values := range tt.diff {
				want[name] = values
				if values == nil {
					delete(want, name)
				}
			}
			if diff := cmp.Diff(want, got.Header); diff != "" {
				t.Errorf("header (-want +got):\n%s", diff)
			}
			if got.Method != http.MethodGet || got.RequestURI != "/sub/api/server/upgrade" || got.Host != target.Base.Host {
				t.Errorf("request %s %s for host %s", got.Method, got.RequestURI, got.Host)
			}
		})
	}
}

// TestBulk sends different data both ways at once.
func TestBulk(t *testing.T) {
	overBoth(t, func(t *testing.T, scheme string) {
		random := rand.NewChaCha8([32]byte{1})
		up, down := make([]byte, 3<<20+1), make([]byte, 2<<20+3)
		random.Read(up)
		random.Read(down)
		exchange := func(conn io.ReadWriter, closeWrite func() error, send, want []byte) {
			var sending sync.WaitGroup
			sending.Go(func() {
				if _, err := conn.Write(send); err != nil {
					t.Errorf("write: %v", err)
				}
				if err := closeWrite(); err != nil {
					t.Errorf("half-close: %v", err)
				}
			})
			got, err := io.ReadAll(conn)
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("read %d bytes, %v; want the %d that were sent", len(got), err, len(want))
			}
			sending.Wait()
		}
		target := startServer(t, scheme, func(c *upgrade.Conn) { exchange(c, c.CloseWrite, down, up) })
		r := startRelay(t, target, nil)
		game := dial(t, r.addr)
		exchange(game, game.CloseWrite, up, down)

		if e := r.wantEvent(t, Opened, nil); e.Conn != 1 || e.Server != scheme+"://"+target.Base.Host {
			t.Errorf("opened event %+v", e)
		}
		e := <-r.events
		if e.Kind != Closed || e.ToServer != int64(len(up)) || e.ToGame != int64(len(down)) {
			t.Errorf("closed event %+v", e)
		}
	})
}

func TestGameEndsFirst(t *testing.T) {
	overBoth(t, func(t *testing.T, scheme string) {
		target := startServer(t, scheme, func(c *upgrade.Conn) {
			got, err := io.ReadAll(c)
			if err != nil {
				t.Errorf("server read: %v", err)
			}
			io.WriteString(c, "you said "+string(got))
		})
		r := startRelay(t, target, nil)
		game := dial(t, r.addr)
		io.WriteString(game, "bye")
		game.CloseWrite()
		wantRead(t, game, "you said bye")
		wantEnd(t, game)
		r.wantEvent(t, Opened, nil)
		r.wantEvent(t, Closed, ErrGameLeft)
	})
}

func TestServerEndsFirst(t *testing.T) {
	overBoth(t, func(t *testing.T, scheme string) {
		heard := make(chan string, 1)
		target := startServer(t, scheme, func(c *upgrade.Conn) {
			io.WriteString(c, "bye")
			c.CloseWrite()
			got, err := io.ReadAll(c)
			if err != nil {
				t.Errorf("server read: %v", err)
			}
			heard <- string(got)
		})
		r := startRelay(t, target, nil)
		game := dial(t, r.addr)
		wantRead(t, game, "bye")
		wantEnd(t, game)
		io.WriteString(game, "still here")
		game.CloseWrite()
		if got := <-heard; got != "still here" {
			t.Errorf("server heard %q after its end", got)
		}
		r.wantEvent(t, Opened, nil)
		r.wantEvent(t, Closed, ErrServerLeft)
	})
}

// TestEarlyBytes has the game speak long before the server upgrades, and the
// server in the same segment as its 101.
func TestEarlyBytes(t *testing.T) {
	gameSpoke := make(chan struct{})
	var streams sync.WaitGroup
	target := startHandler(t, "http", &streams, func(w http.ResponseWriter, _ *http.Request) {
		<-gameSpoke
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: blaze\r\n\r\nfrom server")
		wantRead(t, conn, "from game")
	})
	r := startRelay(t, target, nil)
	game := dial(t, r.addr)
	io.WriteString(game, "from game")
	close(gameSpoke)
	wantRead(t, game, "from server")
	wantEnd(t, game)
	game.Close()
	r.wantEvent(t, Opened, nil)
	if e := r.wantEvent(t, Closed, ErrServerLeft); e.ToGame != int64(len("from server")) || e.ToServer != int64(len("from game")) {
		t.Errorf("event %+v", e)
	}
}

func TestServerResets(t *testing.T) {
	target := startServer(t, "http", func(c *upgrade.Conn) {
		wantRead(t, c, "hello")
		c.Conn.(*net.TCPConn).SetLinger(0)
	})
	r := startRelay(t, target, nil)
	game := dial(t, r.addr)
	io.WriteString(game, "hello")
	if n, err := game.Read(make([]byte, 1)); err == nil {
		t.Errorf("game read %d bytes after the reset", n)
	}
	r.wantEvent(t, Opened, nil)
	r.wantEvent(t, Closed, ErrBroken)
}

func TestGameResets(t *testing.T) {
	ended := make(chan error, 1)
	target := startServer(t, "http", func(c *upgrade.Conn) {
		io.WriteString(c, "hello")
		_, err := c.Read(make([]byte, 1))
		ended <- err
	})
	r := startRelay(t, target, nil)
	game := dial(t, r.addr)
	wantRead(t, game, "hello")
	game.SetLinger(0)
	game.Close()
	if err := <-ended; err == nil {
		t.Error("server was not told")
	}
	r.wantEvent(t, Opened, nil)
	r.wantEvent(t, Closed, ErrBroken)
}

func TestFailed(t *testing.T) {
	unused, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	unused.Close()
	var streams sync.WaitGroup
	page := startHandler(t, "http", &streams, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "a page") })
	tests := []struct {
		name   string
		target func() (Target, bool)
		check  func(error) bool
	}{
		{"no server chosen", func() (Target, bool) { return Target{}, false },
			func(err error) bool { return errors.Is(err, ErrNoTarget) }},
		{"nothing listens", func() (Target, bool) {
			return Target{Base: &url.URL{Scheme: "http", Host: unused.Addr().String(), Path: "/"}}, true
		}, func(err error) bool { return errors.As(err, new(*upgrade.ConnectError)) }},
		{"no upgrade", func() (Target, bool) { return page, true },
			func(err error) bool { return errors.As(err, new(*upgrade.RefusedError)) }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := startRelay(t, Target{}, func(r *Relay) { r.config.Target = tt.target })
			game := dial(t, r.addr)
			wantEnd(t, game)
			if e := <-r.events; e.Kind != Failed || !tt.check(e.Err) {
				t.Errorf("event %+v", e)
			}
		})
	}
}

// TestSwitchTarget checks that each game connection goes to the server that is
// chosen when it comes, and that older ones stay.
func TestSwitchTarget(t *testing.T) {
	var chosen atomic.Pointer[Target]
	r := startRelay(t, Target{}, func(r *Relay) {
		r.config.Target = func() (Target, bool) { return *chosen.Load(), true }
	})
	greet := func(name string) *Target {
		target := startServer(t, "http", func(c *upgrade.Conn) {
			io.WriteString(c, name)
			echo(c)
		})
		return &target
	}
	chosen.Store(greet("first"))
	first := dial(t, r.addr)
	wantRead(t, first, "first")
	chosen.Store(greet("second"))
	second := dial(t, r.addr)
	wantRead(t, second, "second")
	io.WriteString(first, "still there")
	wantRead(t, first, "still there")
	first.Close()
	second.Close()
}

// TestManyConns fills the relay, checks that one more is turned away, and that a
// place gets free again.
func TestManyConns(t *testing.T) {
	target := startServer(t, "http", echo)
	r := startRelay(t, target, nil)
	var games []*net.TCPConn
	for range defaultMaxConns {
		games = append(games, dial(t, r.addr))
	}
	var talking sync.WaitGroup
	for i, game := range games {
		talking.Go(func() {
			for range 20 {
				line := strings.Repeat(string(rune('a'+i%26)), 100+i)
				io.WriteString(game, line)
				wantRead(t, game, line)
			}
		})
	}
	talking.Wait()
	for range games {
		r.wantEvent(t, Opened, nil)
	}

	wantEnd(t, dial(t, r.addr))
	games[0].Close()
	r.wantEvent(t, Closed, ErrGameLeft)
	for welcome := false; !welcome; { // until the place of games[0] is free
		game := dial(t, r.addr)
		io.WriteString(game, "welcome")
		_, err := io.ReadFull(game, make([]byte, len("welcome")))
		welcome = err == nil
	}
}

// TestStop stops the relay while one connection is piped and another one waits
// for the server's answer.
func TestStop(t *testing.T) {
	overBoth(t, func(t *testing.T, scheme string) {
		open := startServer(t, scheme, func(c *upgrade.Conn) {
			io.WriteString(c, "open")
			io.Copy(io.Discard, c)
		})
		asked := make(chan struct{})
		var streams sync.WaitGroup
		stuck := startHandler(t, scheme, &streams, func(_ http.ResponseWriter, r *http.Request) {
			close(asked)
			<-r.Context().Done()
		})
		targets := make(chan Target, 2)
		r := startRelay(t, Target{}, func(r *Relay) {
			r.config.Target = func() (Target, bool) { return <-targets, true }
		})
		targets <- open
		piped := dial(t, r.addr)
		wantRead(t, piped, "open")
		targets <- stuck
		waiting := dial(t, r.addr)
		<-asked
		if err := r.stop(); err != nil {
			t.Errorf("Serve: %v", err)
		}
		wantEnd(t, piped)
		wantEnd(t, waiting)
		r.wantEvent(t, Opened, nil)
		r.wantEvent(t, Closed, ErrStopped)
		if conn, err := net.Dial("tcp4", r.addr); err == nil {
			conn.Close()
			t.Error("the listener is still open")
		}
	})
}

// TestLinger has a server that does not care that the game has left.
func TestLinger(t *testing.T) {
	overBoth(t, func(t *testing.T, scheme string) {
		release := make(chan struct{})
		target := startServer(t, scheme, func(c *upgrade.Conn) {
			io.WriteString(c, "hello")
			<-release
		})
		r := startRelay(t, target, func(r *Relay) { r.linger = 20 * time.Millisecond })
		game := dial(t, r.addr)
		wantRead(t, game, "hello")
		game.CloseWrite()
		r.wantEvent(t, Opened, nil)
		r.wantEvent(t, Closed, ErrGameLeft)
		close(release)
	})
}

// flakyListener fails a number of times before it accepts.
type flakyListener struct {
	net.Listener
	failures int
}

func (l *flakyListener) Accept() (net.Conn, error) {
	if l.failures > 0 {
		l.failures--
		return nil, &net.OpError{Op: "accept", Err: syscall.EMFILE}
	}
	return l.Listener.Accept()
}

func TestAcceptErrors(t *testing.T) {
	target := startServer(t, "http", echo)
	r := New(Config{Target: func() (Target, bool) { return target, true }})
	ln, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	result := make(chan error, 1)
	go func() { result <- r.Serve(t.Context(), &flakyListener{ln, 4}) }()
	game := dial(t, ln.Addr().String())
	io.WriteString(game, "hello")
	wantRead(t, game, "hello")
	ln.Close()
	if err := <-result; !errors.Is(err, net.ErrClosed) {
		t.Errorf("Serve = %v, want %v", err, net.ErrClosed)
	}
	wantEnd(t, game)
}
