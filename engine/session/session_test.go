package session_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/charonrelay/charon/blaze"
	"github.com/charonrelay/charon/blaze/tdf"
	"github.com/charonrelay/charon/engine/internal/wiretest"
	"github.com/charonrelay/charon/engine/presence"
	"github.com/charonrelay/charon/engine/session"
	"github.com/charonrelay/charon/internal/testutil"
)

// Commands of the test's component.
const (
	testing9          = blaze.Util
	cmdEcho    uint16 = 1 // answers N
	cmdCause   uint16 = 2 // notifies N times, then answers
	cmdUser    uint16 = 3 // needs a login
	cmdFail    uint16 = 4 // fails with the code N, or an error without one
	cmdGrace   uint16 = 5 // sets the grace to N seconds
	cmdBlock   uint16 = 6 // waits for the test, then answers whether its context is done
	cmdBig     uint16 = 7 // answers N bytes
	cmdInvalid uint16 = 8 // answers what cannot be encoded
)

// server is a session with the game's end of its connection.
type server struct {
	t       *testing.T
	s       *session.Session
	game    net.Conn
	in      *blaze.Reader
	router  *session.Router
	entered chan struct{} // cmdBlock has begun
	release chan struct{} // and may go on
	done    chan struct{} // Run has returned
	cancel  context.CancelFunc
	log     *lockedBuffer
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

func number(e *tdf.Encoder, n int64) { e.Int("N", n) }

func (v *server) register() {
	handle := func(command uint16, h session.Handler) { v.router.Handle(testing9, command, h) }
	answer := func(n int64) session.Reply { return func(e *tdf.Encoder) { number(e, n) } }
	handle(cmdEcho, func(_ context.Context, _ *session.Session, req *session.Request) (session.Reply, error) {
		return answer(req.Body.Int("N")), nil
	})
	handle(cmdCause, func(_ context.Context, s *session.Session, req *session.Request) (session.Reply, error) {
		for i := range req.Body.Int("N") {
			s.Notify(note(i))
		}
		return answer(req.Body.Int("N")), nil
	})
	v.router.HandleUser(testing9, cmdUser, func(_ context.Context, u *presence.User, _ *session.Request) (session.Reply, error) {
		return answer(int64(u.ID)), nil
	})
	handle(cmdFail, func(_ context.Context, _ *session.Session, req *session.Request) (session.Reply, error) {
		if code := req.Body.Int("N"); code != 0 {
			return nil, fmt.Errorf("wrapped: %w", &session.CodeError{Code: blaze.ErrorCode(code), Err: errors.New("because")})
		}
		return nil, errors.New("no code")
	})
	handle(cmdGrace, func(_ context.Context, s *session.Session, req *session.Request) (session.Reply, error) {
		s.SetGrace(time.Duration(req.Body.Int("N")) * time.Second)
		return nil, nil
	})
	handle(cmdBlock, func(ctx context.Context, s *session.Session, _ *session.Request) (session.Reply, error) {
		v.entered <- struct{}{}
		<-v.release
		s.Notify(note(77))
		if ctx.Err() != nil {
			return answer(1), nil
		}
		return answer(0), nil
	})
	handle(cmdBig, func(_ context.Context, _ *session.Session, req *session.Request) (session.Reply, error) {
		n := req.Body.Int("N")
		return func(e *tdf.Encoder) { e.Blob("B", make([]byte, n)) }, nil
	})
	handle(cmdInvalid, func(context.Context, *session.Session, *session.Request) (session.Reply, error) {
		return func(e *tdf.Encoder) { e.Uint("not a label", 1) }, nil
	})
}

func note(n int64) blaze.Packet {
	return blaze.NewNotification(testing9, 99, func(e *tdf.Encoder) { number(e, n) })
}

// serve runs a session on one end of a connection.
func serve(t *testing.T, end, game net.Conn, limits session.Limits) *server {
	t.Helper()
	v := &server{
		t: t, game: game, in: blaze.NewReader(game, 64<<20), router: session.NewRouter(), log: new(lockedBuffer),
		entered: make(chan struct{}, 1), release: make(chan struct{}), done: make(chan struct{}),
	}
	v.register()
	ctx, cancel := context.WithCancel(context.Background())
	v.cancel = cancel
	v.s = session.New(end, session.Origin{}, v.router, limits, slog.New(slog.NewTextHandler(v.log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	go func() {
		defer close(v.done)
		v.s.Run(ctx)
	}()
	t.Cleanup(func() {
		cancel()
		_ = game.Close()
		<-v.done
	})
	return v
}

func overPipe(t *testing.T) *server {
	end, game := net.Pipe()
	return serve(t, end, game, session.Limits{})
}

func overTCP(t *testing.T, limits session.Limits) *server {
	t.Helper()
	ln, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	game, err := net.Dial("tcp4", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	end, err := ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	return serve(t, end, game, limits)
}

func request(command uint16, seq uint32, n int64) []byte {
	b, _ := blaze.NewRequest(testing9, command, seq, func(e *tdf.Encoder) { number(e, n) }).AppendTo(nil) // the label is valid
	return b
}

func (v *server) send(frames ...[]byte) {
	v.t.Helper()
	if _, err := v.game.Write(bytes.Join(frames, nil)); err != nil {
		v.t.Errorf("write: %v", err)
	}
}

func (v *server) next() blaze.Packet {
	v.t.Helper()
	p, err := v.in.Next()
	if err != nil {
		v.t.Fatalf("read: %v\n%s", err, v.log)
	}
	return p
}

// lines reads n packets.
func (v *server) lines(n int) []string {
	v.t.Helper()
	var l []string
	for range n {
		p := v.next()
		l = append(l, fmt.Sprintf("%d %s", p.Seq, wiretest.Short(p)))
	}
	return l
}

func (v *server) expect(want ...string) {
	v.t.Helper()
	if diff := cmp.Diff(want, v.lines(len(want))); diff != "" {
		v.t.Error(diff)
	}
}

// ended waits for the end of the session, which the game must see too.
func (v *server) ended() {
	v.t.Helper()
	if p, err := v.in.Next(); err == nil {
		v.t.Errorf("more came: %v", p)
	}
	_ = v.game.Close()
	<-v.done
}

func (v *server) logged(text string) {
	v.t.Helper()
	<-v.done
	if !strings.Contains(v.log.String(), text) {
		v.t.Errorf("no %q in the log:\n%s", text, v.log)
	}
}

// TestOrder: the response comes before what its request causes, requests are
// answered one after another however they arrive (spec: blaze 1.6).
func TestOrder(t *testing.T) {
	requests := [][]byte{request(cmdCause, 7, 2), request(cmdEcho, 8, 5), request(cmdCause, 9, 1)}
	want := []string{"7 R {N: 2}", "0 0x63 {N: 0}", "0 0x63 {N: 1}", "8 R {N: 5}", "9 R {N: 1}", "0 0x63 {N: 0}"}
	t.Run("pipelined", func(t *testing.T) {
		v := overTCP(t, session.Limits{})
		v.send(requests...)
		v.expect(want...)
	})
	t.Run("byte by byte", func(t *testing.T) {
		v := overPipe(t)
		go func() {
			for _, b := range bytes.Join(requests, nil) {
				if _, err := v.game.Write([]byte{b}); err != nil {
					return
				}
			}
		}()
		v.expect(want...)
	})
}

// TestNotifyWhileAnswering: what others send while a request is answered waits
// for its response too, and comes in the order it was sent.
func TestNotifyWhileAnswering(t *testing.T) {
	v := overTCP(t, session.Limits{})
	v.s.Notify(note(1))
	v.expect("0 0x63 {N: 1}")
	v.send(request(cmdBlock, 3, 0))
	<-v.entered
	v.s.Notify(note(2))
	v.s.Notify(note(3))
	close(v.release)
	v.expect("3 R {N: 0}", "0 0x63 {N: 2}", "0 0x63 {N: 3}", "0 0x63 {N: 77}")
}

// TestConcurrentNotifiers is engine 15 B-08: of every notifier the order is
// kept, beside requests that cause notifications themselves.
func TestConcurrentNotifiers(t *testing.T) {
	const notifiers, each, requests = 8, 300, 200
	v := overTCP(t, session.Limits{})
	var wg sync.WaitGroup
	for i := range int64(notifiers) {
		wg.Go(func() {
			for j := range int64(each) {
				v.s.Notify(note(1000*(i+1) + j))
			}
		})
	}
	wg.Go(func() {
		for i := range uint32(requests) {
			if _, err := v.game.Write(request(cmdCause, i, 1)); err != nil {
				t.Error(err)
			}
		}
	})
	next := map[int64]int64{}
	responses, caused := int64(0), int64(0)
	for range notifiers*each + 2*requests {
		p := v.next()
		n := wiretest.Body(t, p).Int("N")
		switch {
		case p.Type == blaze.Response:
			if int64(p.Seq) != responses {
				t.Fatalf("response %d, want %d", p.Seq, responses)
			}
			responses++
		case n == 0:
			if caused++; caused > responses {
				t.Fatal("a notification comes before the response to its request")
			}
		default:
			if next[n/1000] != n%1000 {
				t.Fatalf("notification %d of notifier %d, want %d", n%1000, n/1000, next[n/1000])
			}
			next[n/1000]++
		}
	}
	wg.Wait()
}

// TestAnswers has every way to answer: spec: blaze 1.1, 3.1, 4.0.
func TestAnswers(t *testing.T) {
	v := overPipe(t)
	go v.send(
		request(cmdEcho, 0xabcde, 1), // 20 bits
		request(200, 2, 1),
		wiretest.Hex(t, "0000 7777 0001 0000 0000 0003"),
		wiretest.Hex(t, "0004 0009 0001 0000 0000 0004 BA000001"),          // a string without an end
		wiretest.Hex(t, "0005 0009 0001 0000 0000 0005 BA00000901"),        // no such type
		request(cmdUser, 6, 1),                                             // no login
		request(cmdFail, 7, 0x1e),                                          // a code of the component
		request(cmdFail, 8, 0),                                             // no code
		wiretest.Hex(t, "0000 0009 0001 0000 1000 0009"),                   // a response
		wiretest.Hex(t, "0000 0009 0001 0000 2000 000A"),                   // a notification
		wiretest.Hex(t, "0000 0009 0001 0001 3000 000B"),                   // an error
		wiretest.Hex(t, "0000 0009 0001 0000 7300 000C"),                   // anything else is a request; user index 3
		wiretest.Hex(t, "0000 0009 0001 0000 00A0 000D 00000001 00000002"), // context of 8 bytes
		wiretest.Hex(t, "0005 0009 0001 0000 0010 000E 0000 BA00000003"),   // jumbo form of a short body
		request(cmdInvalid, 15, 0),
	)
	v.expect("703710 R {N: 1}", "2 R {}", "3 R {}", "4 E 0x4001", "5 E 0x4001", "6 E 0x4004", "7 E 0x1e", "8 E 0x4001",
		"12 R {N: 0}", "13 R {N: 0}")
	p := v.next()
	if p.Seq != 14 || p.Options != 0 {
		t.Errorf("answer to a jumbo frame: %v", p)
	}
	v.expect("15 E 0x4001")
	if n := v.router.Unknown(); n != 2 {
		t.Errorf("%d unknown commands counted", n)
	}
	if text := v.log.String(); !strings.Contains(text, "level=ERROR") || !strings.Contains(text, "because") ||
		strings.Count(text, "cannot be decoded") != 2 || strings.Count(text, "level=WARN") != 1 {
		t.Errorf("log:\n%s", text)
	}
}

// TestReplyHeader compares with the frames of 1.7: all bits of the number,
// the user index, no options.
func TestReplyHeader(t *testing.T) {
	v := overPipe(t)
	go v.send(wiretest.Hex(t, "0000 7777 0001 0000 032F FFFF 00000001"))
	got := make([]byte, 12)
	if _, err := v.game.Read(got); err != nil {
		t.Fatal(err)
	}
	if want := wiretest.Hex(t, "0000 7777 0001 0000 130F FFFF"); !bytes.Equal(got, want) {
		t.Errorf("got %x, want %x", got, want)
	}
}

// TestSecretsInLog: an unknown command is logged, its password is not.
func TestSecretsInLog(t *testing.T) {
	v := overPipe(t)
	b, err := blaze.NewRequest(blaze.Authentication, 0x1f4, 1, func(e *tdf.Encoder) {
		e.Str("MAIL", "somebody@example.org")
		e.Str("PASS", "hunter2")
	}).AppendTo(nil)
	if err != nil {
		t.Fatal(err)
	}
	go v.send(b)
	v.expect("1 R {}")
	if text := v.log.String(); strings.Contains(text, "hunter2") || strings.Contains(text, "somebody@") || !strings.Contains(text, "answered empty") {
		t.Errorf("log:\n%s", text)
	}
}

// TestLogin has the login, the network data and the user of a session.
func TestLogin(t *testing.T) {
	v := overPipe(t)
	s := v.s
	if s.Login() != nil || s.User() != nil || s.Locale() != 0x656e4e5a {
		t.Error("a new session is not blank")
	}
	s.SetLocale(0x64654445)
	s.UpdateNetwork(func(n *presence.Network) bool { n.Hardware = 1; return true })
	u := presence.NewUser(presence.Identity{ID: 5, Locale: s.Locale()}, s, s.Network(), 0)
	if previous := s.SetLogin(&session.Login{User: u}); previous != nil {
		t.Error("there was a login before")
	}
	s.UpdateNetwork(func(n *presence.Network) bool { n.Hardware = 3; return true })
	if u.Network().Hardware != 3 || s.Network().Hardware != 3 {
		t.Errorf("user %+v, session %+v", u.Network(), s.Network())
	}
	go v.send(request(cmdUser, 1, 0))
	v.expect("1 R {N: 5}")
	u.End()
	go v.send(request(cmdUser, 2, 0))
	v.expect("2 E 0x4004")
	if s.Login() != nil || s.SetLogin(nil).User != u {
		t.Error("a login that is over counts, or is forgotten")
	}
	s.KeepNetwork(u.Network())
	if s.Network().Hardware != 3 {
		t.Errorf("network data is lost: %+v", s.Network())
	}
}

// TestManySessions starts and ends many at once, in every way.
func TestManySessions(t *testing.T) {
	var wg sync.WaitGroup
	for i := range 60 {
		end, game := net.Pipe()
		s := session.New(end, session.Origin{}, session.NewRouter(), session.Limits{}, testutil.Logger(t))
		ctx, cancel := context.WithCancel(t.Context())
		wg.Go(func() { s.Run(ctx) })
		wg.Go(func() {
			var head [12]byte
			if _, err := game.Write(head[:]); err == nil {
				_, _ = game.Read(head[:])
			}
			wg.Go(func() { _, _ = io.Copy(io.Discard, game) })
			switch i % 3 {
			case 0:
				_ = game.Close()
			case 1:
				s.Shutdown()
			}
			cancel()
		})
		for range i % 5 {
			wg.Go(func() { s.Notify(note(1)) })
		}
		t.Cleanup(func() { _ = game.Close() })
	}
	wg.Wait()
}
