package relay

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/charonrelay/charon/wire/upgrade"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// startServer runs a real server in a sub-directory, which passes each upgraded
// stream to handle and closes it afterwards, and returns it as a target.
func startServer(tb testing.TB, scheme string, handle func(*upgrade.Conn)) Target {
	tb.Helper()
	var streams sync.WaitGroup
	return startHandler(tb, scheme, &streams, func(w http.ResponseWriter, r *http.Request) {
		conn, err := upgrade.Accept(w, r, upgrade.ProtocolBlaze)
		if err != nil {
			tb.Errorf("Accept: %v", err)
			return
		}
		streams.Go(func() {
			defer conn.Close()
			handle(conn)
		})
	})
}

// startHandler runs a real server whose upgrade path is h. Its end waits for streams.
func startHandler(tb testing.TB, scheme string, streams *sync.WaitGroup, h http.HandlerFunc) Target {
	tb.Helper()
	mux := http.NewServeMux()
	mux.Handle("/sub/"+upgradePath, h)
	s := httptest.NewUnstartedServer(mux)
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	target := Target{Association: "token"}
	if scheme == "https" {
		s.StartTLS()
		target.TLS = s.Client().Transport.(*http.Transport).TLSClientConfig
	} else {
		s.Start()
	}
	tb.Cleanup(func() {
		s.Close()
		streams.Wait()
	})
	base, err := url.Parse(s.URL + "/sub/")
	if err != nil {
		tb.Fatal(err)
	}
	target.Base = base
	return target
}

// running is a relay that serves a loopback listener.
type running struct {
	*Relay
	addr   string
	events chan Event
	stop   func() error // returns the result of Serve
}

// startRelay runs a relay to target with changes to its configuration.
func startRelay(tb testing.TB, target Target, change func(*Relay)) *running {
	tb.Helper()
	r := &running{events: make(chan Event, 1<<10)}
	r.Relay = New(Config{
		Target:    func() (Target, bool) { return target, true },
		UserAgent: "Charon/1.0",
		OnEvent:   func(e Event) { r.events <- e },
	})
	if change != nil {
		change(r.Relay)
	}
	ln, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	r.addr = ln.Addr().String()
	ctx, cancel := context.WithCancel(tb.Context())
	result := make(chan error, 1)
	go func() { result <- r.Serve(ctx, ln) }()
	r.stop = sync.OnceValue(func() error {
		cancel()
		return <-result
	})
	tb.Cleanup(func() {
		if err := r.stop(); err != nil {
			tb.Errorf("Serve: %v", err)
		}
	})
	return r
}

// dial connects like the game does.
func dial(tb testing.TB, addr string) *net.TCPConn {
	tb.Helper()
	conn, err := net.Dial("tcp4", addr)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { conn.Close() })
	return conn.(*net.TCPConn)
}

// wantEvent checks the kind and the error of the next event.
func (r *running) wantEvent(tb testing.TB, kind EventKind, err error) Event {
	tb.Helper()
	e := <-r.events
	if e.Kind != kind || !errors.Is(e.Err, err) {
		tb.Errorf("event %+v, want kind %d and error %v", e, kind, err)
	}
	return e
}

// wantRead reads exactly what is expected, without waiting for the end.
func wantRead(tb testing.TB, r io.Reader, want string) {
	tb.Helper()
	got := make([]byte, len(want))
	if n, err := io.ReadFull(r, got); err != nil || string(got) != want {
		tb.Errorf("read %q, %v; want %q", got[:n], err, want)
	}
}

// wantEnd checks that the connection has ended in good order.
func wantEnd(tb testing.TB, r io.Reader) {
	tb.Helper()
	if n, err := r.Read(make([]byte, 1)); n != 0 || err != io.EOF {
		tb.Errorf("read %d bytes, %v; want the end", n, err)
	}
}
