package proxy

import (
	"context"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/charonrelay/charon/internal/testutil"
	"github.com/charonrelay/charon/proxy/redirector"
	"github.com/charonrelay/charon/proxy/relay"
	"github.com/charonrelay/charon/proxy/ssl3"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestListenOnLoopbackOnly(t *testing.T) {
	for _, bad := range []netip.Addr{{}, netip.IPv4Unspecified(), netip.MustParseAddr("192.0.2.1"), netip.IPv6Loopback()} {
		if s, err := Listen(Config{Listen: bad, CertificateDir: t.TempDir()}); err == nil {
			s.Close()
			t.Errorf("it listens on %v", bad)
		}
	}
}

// TestAllOrNothing takes a port away and checks that the others are free.
func TestAllOrNothing(t *testing.T) {
	listen := testutil.Loopback(t)
	for _, taken := range []uint16{redirector.Port, relay.Port} {
		ln, err := net.Listen("tcp4", netip.AddrPortFrom(listen, taken).String())
		if err != nil {
			t.Fatal(err)
		}
		if s, err := Listen(Config{Listen: listen, CertificateDir: t.TempDir()}); err == nil {
			s.Close()
			t.Errorf("it starts without port %d", taken)
		}
		_ = ln.Close()
	}
	s, err := Listen(Config{Listen: listen, CertificateDir: t.TempDir()})
	if err != nil {
		t.Fatalf("a port is not given back: %v", err)
	}
	s.Close()
}

func TestServe(t *testing.T) {
	dir := t.TempDir()
	events := make(chan relay.Event, 1)
	s, err := Listen(Config{
		Listen: testutil.Loopback(t), CertificateDir: dir, Logger: testutil.Logger(t),
		OnRelay: func(e relay.Event) { events <- e },
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx) }()

	services := s.Services()
	if len(services) != 2 || services[0].Name != "redirector" || services[1].Name != "main" {
		t.Fatalf("services are %+v", services)
	}
	// Without a target, the game is sent away with a reason.
	game, err := net.DialTimeout("tcp4", services[1].Address.String(), 5*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = game.Close() }()
	select {
	case e := <-events:
		if e.Kind != relay.Failed || e.Err == nil {
			t.Errorf("event is %+v", e)
		}
	case <-time.After(10 * time.Second):
		t.Error("nobody is told that there is no server")
	}
	cancel()
	if err := <-done; err != nil {
		t.Errorf("Serve: %v", err)
	}
}

// TestOneServiceFails ends the others too, and says which one it was.
func TestOneServiceFails(t *testing.T) {
	s, err := Listen(Config{Listen: testutil.Loopback(t), CertificateDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- s.Serve(t.Context()) }()
	_ = s.servers[1].listener.Close()
	if err := <-done; err == nil || !strings.Contains(err.Error(), "main service") {
		t.Errorf("Serve: %v", err)
	}
}

func TestDamagedCertificateIsReplaced(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, ssl3.CertificateFile)
	if err := os.WriteFile(file, []byte("rubbish"), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := Listen(Config{Listen: testutil.Loopback(t), CertificateDir: dir, Logger: testutil.Logger(t)})
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
	if b, err := os.ReadFile(file); err != nil || !strings.Contains(string(b), "CERTIFICATE") {
		t.Errorf("the file is still %q, %v", b, err)
	}
}
