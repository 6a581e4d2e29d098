package acceptor

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func listen(t *testing.T) net.Listener {
	t.Helper()
	ln, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return ln
}

func dial(t *testing.T, ln net.Listener) net.Conn {
	t.Helper()
	c, err := net.DialTimeout("tcp4", ln.Addr().String(), 5*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	_ = c.SetDeadline(time.Now().Add(10 * time.Second))
	return c
}

// serve runs Serve and returns what ends it and waits.
func serve(t *testing.T, ln net.Listener, limit int, handle func(context.Context, net.Conn)) (stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- Serve(ctx, ln, Config{Max: limit, Handle: handle, Logger: slog.New(slog.DiscardHandler)})
	}()
	return func() error {
		cancel()
		select {
		case err := <-done:
			return err
		case <-time.After(10 * time.Second):
			t.Fatal("Serve does not return")
			return nil
		}
	}
}

func echo(_ context.Context, c net.Conn) { _, _ = io.Copy(c, c) }

func exchange(t *testing.T, c net.Conn) {
	t.Helper()
	if _, err := c.Write([]byte("n7")); err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 2)
	if _, err := io.ReadFull(c, b); err != nil || string(b) != "n7" {
		t.Fatalf("got %q, %v", b, err)
	}
}

func TestServeEndsOpenConnections(t *testing.T) {
	ln := listen(t)
	stop := serve(t, ln, 4, echo)
	c := dial(t, ln)
	exchange(t, c)
	if err := stop(); err != nil {
		t.Fatalf("Serve: %v", err)
	}
	if _, err := c.Read(make([]byte, 1)); err == nil {
		t.Error("the connection outlives Serve")
	}
}

func TestServeRefusesTooMany(t *testing.T) {
	ln := listen(t)
	stop := serve(t, ln, 1, echo)
	first := dial(t, ln)
	exchange(t, first)
	second := dial(t, ln)
	if n, err := second.Read(make([]byte, 1)); err == nil {
		t.Errorf("the second connection is served: %d bytes", n)
	}
	exchange(t, first)
	_ = first.Close()
	for { // the place is free once the handler has returned
		third := dial(t, ln)
		if _, err := third.Write([]byte("x")); err == nil {
			if _, err := third.Read(make([]byte, 1)); err == nil {
				break
			}
		}
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

func TestServeReportsLostListener(t *testing.T) {
	ln := listen(t)
	done := make(chan error, 1)
	go func() {
		done <- Serve(t.Context(), ln, Config{Max: 1, Handle: echo, Logger: slog.New(slog.DiscardHandler)})
	}()
	_ = ln.Close()
	if err := <-done; !errors.Is(err, net.ErrClosed) {
		t.Errorf("Serve returns %v, want %v", err, net.ErrClosed)
	}
}

// exhausted fails to accept a few times, as a process without free file
// descriptors does.
type exhausted struct {
	net.Listener
	failures int
}

func (l *exhausted) Accept() (net.Conn, error) {
	if l.failures > 0 {
		l.failures--
		return nil, &net.OpError{Op: "accept", Err: syscall.EMFILE}
	}
	return l.Listener.Accept()
}

func TestServeSurvivesFailuresToAccept(t *testing.T) {
	ln := listen(t)
	stop := serve(t, &exhausted{ln, 3}, 4, echo)
	exchange(t, dial(t, ln))
	if err := stop(); err != nil {
		t.Error(err)
	}
}
