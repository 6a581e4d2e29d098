package gamesim

import (
	"context"
	"errors"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/charonrelay/charon/blaze"
	"github.com/charonrelay/charon/blaze/tdf"
	"github.com/charonrelay/charon/internal/testutil"
)

// scripted answers each request with the frames of the specification that it
// has for the command, by the beginning of their titles. Requests without one
// get no answer; the title "end" ends the connection.
type scripted map[message][]string

// start listens and plays the script on every connection.
func (s scripted) start(t testing.TB) (addr string) {
	t.Helper()
	known := frames(t)
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var conns sync.WaitGroup
	conns.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			conns.Go(func() {
				defer func() { _ = conn.Close() }()
				r := blaze.NewReader(conn, 0)
				for {
					request, err := r.Next()
					if err != nil {
						return
					}
					for _, title := range s[message{request.Component, request.Command}] {
						if title == "end" {
							return
						}
						if _, err := conn.Write(canned(t, known, title, request.Seq)); err != nil {
							return
						}
					}
				}
			})
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		conns.Wait()
	})
	return l.Addr().String()
}

// canned returns the frame with a title, as a reply to the request seq.
func canned(t testing.TB, known []frame, title string, seq uint32) []byte {
	for _, f := range known {
		if strings.HasPrefix(f.title, title) {
			p := f.Packet
			if p.Type != blaze.Notification {
				p.Seq = seq
			}
			b, err := p.AppendTo(nil)
			if err != nil {
				t.Error(err)
			}
			return b
		}
	}
	t.Errorf("no frame %q", title)
	return nil
}

// dialTest connects a client that is closed with the test.
func dialTest(t *testing.T, cfg Config) *Client {
	t.Helper()
	if cfg.Timeout == 0 {
		cfg.Timeout = 5 * time.Second
	}
	cfg.Logger = testutil.Logger(t)
	c, err := Dial(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

var (
	preAuthRequest = message{blaze.Util, blaze.UtilPreAuth}
	pingRequest    = message{blaze.Util, blaze.UtilPing}
	loginRequest   = message{blaze.Authentication, blaze.AuthLogin}
	personaRequest = message{blaze.Authentication, blaze.AuthLoginPersona}
	silentRequest  = message{blaze.Authentication, blaze.AuthSilentLogin}
	logoutRequest  = message{blaze.Authentication, blaze.AuthLogout}
)

// TestLoginWithVerifiedFrames logs in by both ways with nothing but frames of
// the specification.
func TestLoginWithVerifiedFrames(t *testing.T) {
	addr := scripted{
		preAuthRequest: {"A.4 "},
		pingRequest:    {"1.7 Util.ping response"},
		loginRequest:   {"A.2 "},
		personaRequest: {"A.3 "},
		silentRequest:  {"A.1 "},
	}.start(t)
	want := Account{Email: "a@b.c", Password: "secret", Token: "TOK", ID: 1, Name: "Test", SessionKey: "1"}

	c := dialTest(t, Config{Server: addr, Account: Account{Email: "a@b.c", Password: "secret"}})
	if err := c.PreAuth(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := c.Login(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, c.Account()); diff != "" {
		t.Errorf("account after login (-want +got)\n%s", diff)
	}

	c = dialTest(t, Config{Server: addr, Account: Account{Token: "TOK", ID: 1}})
	if err := c.PreAuth(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := c.Login(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Account{Token: "TOK", ID: 1, Name: "Test", SessionKey: "1"}, c.Account()); diff != "" {
		t.Errorf("account after token login (-want +got)\n%s", diff)
	}
}

// TestFailureTexts provokes each kind of failure; the texts name the client,
// the step, the expectation, the cause, and show the packet without secrets.
func TestFailureTexts(t *testing.T) {
	for _, tc := range []struct {
		name   string
		script scripted
		cfg    Config
		want   string
		is     error
	}{
		{
			name:   "wrong password",
			script: scripted{loginRequest: {"1.7 Authentication.login error"}},
			want: "game: login: expected the response with NTOS = 0, PCTK has 1 to 127 bytes, SKEY has 1 to 127 bytes, PLST has 1 elements, " +
				"PLST[0].DSNM has 1 to 255 bytes, PLST[0].PID is the id of the account: the server refused Authentication.login: invalid password (0xc); got\n" +
				"Authentication.login error seq 0 invalid password (0xc)",
		},
		{
			name:   "no answer",
			script: scripted{},
			cfg:    Config{Timeout: 300 * time.Millisecond},
			want:   ": it did not come in time",
			is:     ErrTimeout,
		},
		{
			name:   "end of the connection",
			script: scripted{loginRequest: {"end"}},
			want:   ": the connection ended",
			is:     ErrClosed,
		},
		{
			name:   "notification before the response",
			script: scripted{loginRequest: {"A.8 ", "A.2 "}},
			want:   ": this is not the packet that should come now; got\nUserSessions.UserAdded notification seq 0 {\n",
			is:     ErrUnexpected,
		},
		{
			name:   "answer to another request",
			script: scripted{loginRequest: {"A.3 "}},
			want:   ": this is not the packet that should come now: the oldest open request is Authentication.login with seq 0; got\nAuthentication.loginPersona response",
			is:     ErrUnexpected,
		},
		{
			name:   "wrong form",
			script: scripted{loginRequest: {"A.7 "}},
			want:   ": DATA.PSLM: is empty and should be left out; got\nUserSessions.",
		},
		{
			name:   "wrong player",
			script: scripted{loginRequest: {"A.2 "}, personaRequest: {"A.3 "}},
			cfg:    Config{Account: Account{Email: "another@b.c"}},
			want:   ": MAIL is another one than that of the account; got\nAuthentication.loginPersona response seq 1 {\n  BUID: 1,\n  FRST: 0,\n  KEY: [redacted],",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tc.cfg.Server = tc.script.start(t)
			if tc.cfg.Account.Email == "" {
				tc.cfg.Account.Email = "a@b.c"
			}
			err := dialTest(t, tc.cfg).Login(t.Context())
			var f *Failure
			if !errors.As(err, &f) {
				t.Fatalf("%v is no Failure", err)
			}
			if !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got  %s\nwant %s", err, tc.want)
			}
			if strings.HasPrefix(tc.want, "game: ") && err.Error() != tc.want {
				t.Errorf("got  %s\nwant exactly %s", err, tc.want)
			}
			if tc.is != nil && !errors.Is(err, tc.is) {
				t.Errorf("%v is not %v", err, tc.is)
			}
		})
	}
}

// TestFailuresKeepSecrets demands that neither side's secrets get into the text.
func TestFailuresKeepSecrets(t *testing.T) {
	c := dialTest(t, Config{
		Server:  scripted{silentRequest: {"A.1 "}}.start(t),
		Account: Account{Email: "player@selftest.invalid", Password: "passphrase", Token: "my-old-one", ID: 1},
	})
	err := c.LoginToken(t.Context())
	if err == nil {
		t.Fatal("the login passes")
	}
	for _, secret := range []string{"my-old-one", "TOK", "passphrase", "player@", "a@b.c"} {
		if strings.Contains(err.Error(), secret) {
			t.Errorf("the text has %q: %v", secret, err)
		}
	}
	c.me.Email = ""
	if err := c.Do(t.Context(), "silentLogin", SilentLogin("my-old-one", 1), c.fullLogin("my-old-one")); err == nil ||
		!strings.Contains(err.Error(), "PCTK is not the token that was presented") || strings.Contains(err.Error(), "my-old-one") {
		t.Errorf("%v", err)
	}
}

func TestTokenRefused(t *testing.T) {
	s := newServer(t)
	first := dialTest(t, Config{Server: s.addr(), Account: Account{Email: "one@selftest.invalid", Password: "first"}})
	if err := first.CreateAccount(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}

	account := first.Account()
	account.Token = "of another server"
	c := dialTest(t, Config{Server: s.addr(), Account: account})
	if err := c.Login(t.Context()); err != nil {
		t.Fatalf("the fallback to e-mail and password failed: %v", err)
	}
	if c.Account() != first.Account() {
		t.Errorf("account %+v, want %+v", c.Account(), first.Account())
	}

	account.Email = ""
	c = dialTest(t, Config{Server: s.addr(), Account: account})
	var refused *RefusedError
	if err := c.Login(t.Context()); !errors.As(err, &refused) || refused.Code != blaze.CodeAuthInvalidToken {
		t.Errorf("%v, want the refusal", err)
	}
	if err := c.Ping(t.Context()); err != nil {
		t.Errorf("the connection is of no use after a refusal: %v", err)
	}
	c = dialTest(t, Config{Server: s.addr()})
	if err := c.Login(t.Context()); !errors.Is(err, errNoAccount) {
		t.Errorf("%v, want %v", err, errNoAccount)
	}
}

func TestKeepAlive(t *testing.T) {
	t.Run("pings go on by themselves", func(t *testing.T) {
		s := newServer(t)
		s.pingPeriod = "100ms"
		pings := make(chan uint32, 16)
		c := dialTest(t, Config{Server: s.addr(), Observe: func(sent bool, p blaze.Packet) {
			if !sent && p.Command == blaze.UtilPing {
				select {
				case pings <- p.Seq:
				default:
				}
			}
		}})
		if err := c.PreAuth(t.Context()); err != nil {
			t.Fatal(err)
		}
		for want := uint32(1); want <= 3; want++ { // preAuth was 0
			if seq := <-pings; seq != want {
				t.Errorf("ping %d, want %d", seq, want)
			}
		}
		// They do not disturb the game's own requests.
		for range 20 {
			if err := c.Ping(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	})
	t.Run("a server that stops answering is noticed", func(t *testing.T) {
		s := newServer(t)
		s.pingPeriod = "100ms"
		s.tamper = func(_ *peer, p blaze.Packet) []blaze.Packet {
			if p.Command == blaze.UtilPing && p.Seq > 1 {
				return nil
			}
			return []blaze.Packet{p}
		}
		c := dialTest(t, Config{Server: s.addr(), Timeout: 2 * time.Second})
		if err := c.PreAuth(t.Context()); err != nil {
			t.Fatal(err)
		}
		c.workers.Wait() // it gives the connection up
		err := c.Expect(t.Context(), "wait", userDisconnected())
		if !errors.Is(err, errUnanswered) {
			t.Errorf("%v, want %v", err, errUnanswered)
		}
	})
	t.Run("a wrong answer is noticed", func(t *testing.T) {
		s := newServer(t)
		s.pingPeriod = "100ms"
		s.tamper = func(_ *peer, p blaze.Packet) []blaze.Packet {
			if p.Command == blaze.UtilPing && p.Seq > 1 {
				return []blaze.Packet{p.ReplyError(blaze.CodeSystem)}
			}
			return []blaze.Packet{p}
		}
		c := dialTest(t, Config{Server: s.addr()})
		if err := c.PreAuth(t.Context()); err != nil {
			t.Fatal(err)
		}
		var refused *RefusedError
		if err := c.Expect(t.Context(), "wait", userDisconnected()); !errors.As(err, &refused) {
			t.Errorf("%v, want the refusal of the ping", err)
		}
	})
}

func TestFlood(t *testing.T) {
	s := newServer(t)
	s.tamper = func(_ *peer, p blaze.Packet) []blaze.Packet {
		out := make([]blaze.Packet, 3*inboxSize)
		for i := range out {
			out[i] = p
		}
		return out
	}
	c := dialTest(t, Config{Server: s.addr()})
	if err := c.Send(t.Context(), Ping()); err != nil {
		t.Fatal(err)
	}
	c.workers.Wait() // the client gives the connection up
	answers := make([]Want, inboxSize)
	for i := range answers {
		answers[i] = Answer()
		if i > 0 {
			c.open = append(c.open, blaze.Header{Component: blaze.Util, Command: blaze.UtilPing})
		}
	}
	if err := c.Expect(t.Context(), "ping", answers...); err != nil {
		t.Fatal(err)
	}
	if err := c.Expect(t.Context(), "ping", Answer()); !errors.Is(err, ErrFlood) {
		t.Errorf("%v, want %v", err, ErrFlood)
	}
}

func TestExpectClose(t *testing.T) {
	c := dialTest(t, Config{Server: scripted{logoutRequest: {"end"}, pingRequest: {"1.7 Util.ping response"}}.start(t)})
	if err := c.Send(t.Context(), Ping()); err != nil {
		t.Fatal(err)
	}
	if err := c.ExpectClose(t.Context(), "end"); !errors.Is(err, ErrUnexpected) {
		t.Errorf("%v, want %v", err, ErrUnexpected)
	}
	if err := c.Expect(t.Context(), "ping", Answer()); err != nil {
		t.Fatal(err)
	}
	if err := c.Send(t.Context(), Logout()); err != nil {
		t.Fatal(err)
	}
	if err := c.ExpectClose(t.Context(), "end"); err != nil {
		t.Error(err)
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	if err := c.Ping(t.Context()); !errors.Is(err, ErrClosed) {
		t.Errorf("%v after Close, want %v", err, ErrClosed)
	}
}

func TestExpectEndsWithTheContext(t *testing.T) {
	c := dialTest(t, Config{Server: scripted{}.start(t)})
	stop := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(stop)
	if err := c.Expect(ctx, "wait", userDisconnected()); !errors.Is(err, stop) {
		t.Errorf("%v, want %v", err, stop)
	}
}

// TestWants tries what one packet cannot: optional, repeated and mixed runs.
func TestWants(t *testing.T) {
	updated := func(id int64) blaze.Packet {
		return blaze.NewNotification(blaze.UserSessions, blaze.NotifyUserUpdated, func(e *tdf.Encoder) {
			e.Uint("FLGS", 3)
			e.Int("ID", id)
		})
	}
	removed := func(id int64) blaze.Packet {
		return blaze.NewNotification(blaze.UserSessions, blaze.NotifyUserRemoved, func(e *tdf.Encoder) { e.Int("BUID", id) })
	}
	up := func(id int64) Want { return Notify(blaze.UserSessions, blaze.NotifyUserUpdated, Is("ID", id)) }
	gone := func(id int64) Want { return Notify(blaze.UserSessions, blaze.NotifyUserRemoved, Is("BUID", id)) }
	for _, tc := range []struct {
		name    string
		packets []blaze.Packet
		wants   []Want
		err     string
	}{
		{"optional, there", []blaze.Packet{updated(1), removed(1)}, []Want{Maybe(up(1)), gone(1)}, ""},
		{"optional, not there", []blaze.Packet{removed(1)}, []Want{Maybe(up(1)), gone(1)}, ""},
		{"optional, about another", []blaze.Packet{updated(2), removed(1)}, []Want{Maybe(up(1)), gone(1)}, "this is not the packet"},
		{"repeated", []blaze.Packet{updated(1), updated(1), removed(1)}, []Want{Repeated(up(1)), gone(1)}, ""},
		{"repeated, not there", []blaze.Packet{removed(1)}, []Want{Repeated(up(1)), gone(1)}, "expected notification UserSessions.UserUpdated with ID = 1: this is not the packet"},
		{"any number, none", []blaze.Packet{removed(1)}, []Want{AnyNumber(up(1)), gone(1)}, ""},
		{"mixed, other order", []blaze.Packet{removed(2), updated(1), removed(1)}, []Want{Mixed([]Want{up(1), gone(1)}, []Want{gone(2)})}, ""},
		{"mixed, torn apart", []blaze.Packet{updated(1), removed(2), removed(1)}, []Want{Mixed([]Want{up(1), gone(1)}, []Want{gone(2)})}, "BUID is 2, not 1"},
		{"mixed, stranger", []blaze.Packet{removed(3)}, []Want{Mixed([]Want{up(1)}, []Want{gone(2)})}, "BUID is 3, not 2"},
		{"mixed, other packet", []blaze.Packet{updated(3)}, []Want{Mixed([]Want{gone(1)}, nil, []Want{gone(2)})}, "expected notification UserSessions.UserRemoved with BUID = 1 or notification UserSessions.UserRemoved with BUID = 2: this is not the packet"},
		{"mixed, nothing", []blaze.Packet{removed(1)}, []Want{Mixed(), gone(1)}, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := newServer(t)
			s.tamper = func(*peer, blaze.Packet) []blaze.Packet { return tc.packets }
			c := dialTest(t, Config{Server: s.addr()})
			if err := c.Send(t.Context(), Ping()); err != nil { // wakes the server
				t.Fatal(err)
			}
			err := c.Expect(t.Context(), "wants", tc.wants...)
			if tc.err == "" && err != nil || tc.err != "" && (err == nil || !strings.Contains(err.Error(), tc.err)) {
				t.Errorf("%v, want %q", err, tc.err)
			}
		})
	}
}
