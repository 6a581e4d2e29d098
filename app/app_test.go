package app_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/charonrelay/charon/app"
	"github.com/charonrelay/charon/gamesim"
	"github.com/charonrelay/charon/internal/testutil"
	"github.com/charonrelay/charon/proxy/redirector"
	"github.com/charonrelay/charon/proxy/relay"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// running is an App under test.
type running struct {
	*app.App
	listen netip.Addr
	done   chan error
	cancel context.CancelFunc

	mu      sync.Mutex
	seen    []app.Snapshot
	changed chan struct{}
}

func start(t *testing.T, listen netip.Addr, data, server string) *running {
	t.Helper()
	r := &running{listen: listen, done: make(chan error, 1), changed: make(chan struct{}, 1)}
	r.App = app.New(app.Config{
		Server: server, Listen: listen, Data: data, Logger: testutil.Logger(t),
		OnChange: func(s app.Snapshot) {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.seen = append(r.seen, s)
			select {
			case r.changed <- struct{}{}:
			default:
			}
		},
	})
	ctx, cancel := context.WithCancel(context.Background())
	r.cancel = cancel
	go func() { r.done <- r.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		<-r.done
	})
	return r
}

// wait waits until want holds.
func (r *running) wait(t *testing.T, what string, want func(app.Snapshot) bool) app.Snapshot {
	t.Helper()
	timeout := time.After(20 * time.Second)
	for {
		if s := r.Snapshot(); want(s) {
			return s
		}
		select {
		case <-r.changed:
		case <-timeout:
			t.Fatalf("%s does not come about, the state is %+v", what, r.Snapshot())
		}
	}
}

func (r *running) ready(t *testing.T) app.Snapshot {
	t.Helper()
	return r.wait(t, "ready", func(s app.Snapshot) bool { return s.State == app.Ready })
}

// stop ends the app and returns what Run returned.
func (r *running) stop(t *testing.T) error {
	t.Helper()
	r.cancel()
	return r.end(t)
}

func (r *running) end(t *testing.T) error {
	t.Helper()
	select {
	case err := <-r.done:
		r.done <- nil // for the clean-up
		return err
	case <-time.After(20 * time.Second):
		t.Fatal("Run does not return")
		return nil
	}
}

func (r *running) states() []app.State {
	r.mu.Lock()
	defer r.mu.Unlock()
	var states []app.State
	for _, s := range r.seen {
		states = append(states, s.State)
	}
	return slices.Compact(states)
}

func TestBundledServer(t *testing.T) {
	r := start(t, testutil.Loopback(t), t.TempDir(), app.Local)
	s := r.ready(t)
	if !s.Server.Bundled || !s.Server.Charon || !strings.HasPrefix(s.Server.Name, "http://"+r.listen.String()) || len(s.Services) != 2 {
		t.Errorf("snapshot is %+v", s)
	}
	c, err := gamesim.Dial(t.Context(), gamesim.Config{Redirector: netip.AddrPortFrom(r.listen, redirector.Port).String()})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	r.wait(t, "a connection", func(s app.Snapshot) bool { return s.Connected == 1 })
	_ = c.Close()
	r.wait(t, "no connection", func(s app.Snapshot) bool { return s.Connected == 0 })
	if err := r.stop(t); err != nil {
		t.Errorf("Run: %v", err)
	}
	want := []app.State{app.Preflight, app.LookingUp, app.Starting, app.Ready, app.Stopping, app.Idle}
	if got := r.states(); !slices.Equal(got, want) {
		t.Errorf("states were %v, want %v", got, want)
	}
	if got := r.Snapshot(); len(got.Services) != 0 {
		t.Errorf("services are left: %+v", got)
	}
}

// TestStopWhilePlaying ends the app below a connected game.
func TestStopWhilePlaying(t *testing.T) {
	r := start(t, testutil.Loopback(t), t.TempDir(), app.Local)
	r.ready(t)
	c, err := gamesim.Dial(t.Context(), gamesim.Config{Redirector: netip.AddrPortFrom(r.listen, redirector.Port).String()})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	if err := r.stop(t); err != nil {
		t.Errorf("Run: %v", err)
	}
}

func TestPortInUse(t *testing.T) {
	listen := testutil.Loopback(t)
	ln, err := net.ListenTCP("tcp4", net.TCPAddrFromAddrPort(netip.AddrPortFrom(listen, relay.Port)))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = ln.Close() }()
	r := start(t, listen, t.TempDir(), app.Local)
	err = r.end(t)
	if err == nil || !strings.Contains(err.Error(), "42128") || !strings.Contains(err.Error(), "already in use by") {
		t.Errorf("Run: %v, want the port and who holds it", err)
	}
	if s := r.Snapshot(); s.State != app.Failed || s.Problem != err.Error() {
		t.Errorf("snapshot is %+v", s)
	}
	// The other port is free again.
	other, err := net.ListenTCP("tcp4", net.TCPAddrFromAddrPort(netip.AddrPortFrom(listen, redirector.Port)))
	if err != nil {
		t.Fatalf("the redirector's port is not given back: %v", err)
	}
	_ = other.Close()
}

// server is a remote server that can be taken away.
type server struct {
	*http.Server
	addr string
}

func serveHTTP(t *testing.T, addr string, handler http.HandlerFunc) *server {
	t.Helper()
	ln, err := net.Listen("tcp4", addr)
	if err != nil {
		t.Fatal(err)
	}
	s := &server{Server: &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second}, addr: ln.Addr().String()}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = s.Serve(ln)
	}()
	t.Cleanup(func() {
		_ = s.Close()
		<-done
	})
	return s
}

func TestWrongServers(t *testing.T) {
	for _, tt := range []struct {
		name, body string
		says       string
	}{
		{"not a server", "<html>hello</html>", "Pocket Relay server"},
		{"another program", `{"ident":"ELSE","version":"1.0.0"}`, "Pocket Relay server"},
		{"too old", `{"ident":"POCKET_RELAY_SERVER","version":"0.4.0"}`, "0.4.0"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := serveHTTP(t, "127.0.0.1:0", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, tt.body) })
			r := start(t, testutil.Loopback(t), t.TempDir(), "http://"+s.addr)
			if err := r.end(t); err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("Run: %v, want something about %q", err, tt.says)
			}
		})
	}
}

// TestServerThatDoesNotUpgrade looks fine until the game comes.
func TestServerThatDoesNotUpgrade(t *testing.T) {
	s := serveHTTP(t, "127.0.0.1:0", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"ident":"POCKET_RELAY_SERVER","version":"0.8.1"}`)
	})
	r := start(t, testutil.Loopback(t), t.TempDir(), "http://"+s.addr)
	r.ready(t)
	game, err := net.Dial("tcp4", netip.AddrPortFrom(r.listen, relay.Port).String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = game.Close() }()
	degraded := r.wait(t, "degraded", func(s app.Snapshot) bool { return s.State == app.Degraded })
	if degraded.Problem == "" {
		t.Error("the state does not say what is wrong")
	}
	_ = game.SetReadDeadline(time.Now().Add(10 * time.Second))
	if _, err := game.Read(make([]byte, 1)); err == nil {
		t.Error("the game's connection stays open")
	}
	if err := r.stop(t); err != nil {
		t.Error(err)
	}
}

// TestServerLost goes from Ready to Degraded when the server goes, and back
// when it is there again.
func TestServerLost(t *testing.T) {
	// A Charon of its own stands for the remote server.
	remote := start(t, testutil.Loopback(t), t.TempDir(), app.Local)
	base := remote.ready(t).Server.Name
	r := start(t, testutil.Loopback(t), t.TempDir(), base)
	if s := r.ready(t); s.Server.Bundled {
		t.Errorf("snapshot is %+v", s)
	}
	if err := remote.stop(t); err != nil {
		t.Fatal(err)
	}
	knock := func() {
		game, err := net.Dial("tcp4", netip.AddrPortFrom(r.listen, relay.Port).String())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = game.Close() }()
		_ = game.SetReadDeadline(time.Now().Add(10 * time.Second))
		_, _ = game.Read(make([]byte, 1))
	}
	knock()
	r.wait(t, "degraded", func(s app.Snapshot) bool { return s.State == app.Degraded && s.Problem != "" })

	// Something that upgrades takes the server's place.
	addr := strings.TrimPrefix(base, "http://")
	serveHTTP(t, addr, func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		_, _ = io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: blaze\r\n\r\nhello")
		_ = conn.Close()
	})
	knock()
	r.wait(t, "ready again", func(s app.Snapshot) bool { return s.State == app.Ready && s.Problem == "" })
}

func TestStopBeforeReady(t *testing.T) {
	hold := make(chan struct{})
	s := serveHTTP(t, "127.0.0.1:0", func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-r.Context().Done():
		case <-hold:
		}
	})
	defer close(hold)
	r := start(t, testutil.Loopback(t), t.TempDir(), "http://"+s.addr)
	r.wait(t, "looking up", func(s app.Snapshot) bool { return s.State == app.LookingUp })
	if err := r.stop(t); err != nil {
		t.Errorf("Run: %v", err)
	}
}
