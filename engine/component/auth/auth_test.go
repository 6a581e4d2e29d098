package auth

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/charonrelay/charon/blaze"
	"github.com/charonrelay/charon/engine/account"
	"github.com/charonrelay/charon/engine/content"
	"github.com/charonrelay/charon/engine/presence"
	"github.com/charonrelay/charon/engine/session"
	"github.com/charonrelay/charon/internal/testutil"
)

// world is everything around the component.
type world struct {
	*presence.LocalRegistry
	err        error         // of the accounts
	departing  chan struct{} // a departure has begun
	registered chan struct{} // a login has been registered since
	mu         sync.Mutex
	busy       bool
	overlap    bool // a login was registered during a departure
}

func (w *world) account() (account.Account, error) {
	return account.Account{ID: 1, Name: "Test"}, w.err
}

func (w *world) Create(context.Context, string, string) (account.Account, error) { return w.account() }

func (w *world) LoginPassword(context.Context, string, string) (account.Account, error) {
	return w.account()
}

func (w *world) LoginToken(context.Context, string, int64) (account.Account, error) {
	return w.account()
}

func (w *world) IssueToken(account.Account) string { return "TOK" }

func (w *world) Rating(context.Context, uint32) (uint32, bool, error) { return 0, false, nil }

func (w *world) Register(u *presence.User) *presence.User {
	w.mu.Lock()
	w.overlap = w.overlap || w.busy
	w.mu.Unlock()
	old := w.LocalRegistry.Register(u)
	select {
	case w.registered <- struct{}{}:
	default:
	}
	return old
}

// Depart takes its time, but not when it is seen that somebody did not wait for it.
func (w *world) Depart(*presence.User) {
	w.mu.Lock()
	w.busy = true
	w.mu.Unlock()
	w.departing <- struct{}{}
	select {
	case <-w.registered:
	case <-time.After(50 * time.Millisecond):
	}
	w.mu.Lock()
	w.busy = false
	w.mu.Unlock()
}

func newWorld() (*world, *Component) {
	w := &world{LocalRegistry: presence.NewLocalRegistry(), departing: make(chan struct{}, 1), registered: make(chan struct{})}
	return w, New(Config{Accounts: w, Ratings: w, Users: w, Lobby: w, Content: content.New("1.2.3")})
}

func newSession(t *testing.T) *session.Session {
	t.Helper()
	end, game := net.Pipe()
	t.Cleanup(func() { _, _ = end.Close(), game.Close() })
	return session.New(end, session.Origin{}, session.NewRouter(), session.Limits{}, testutil.Logger(t))
}

// TestLoginWaitsForDeparture: a player who comes back while his old connection
// is being cleared away is not online before that is done. Otherwise others
// would meet him twice.
func TestLoginWaitsForDeparture(t *testing.T) {
	w, c := newWorld()
	old, newer := newSession(t), newSession(t)
	if _, err := c.silentLogin(t.Context(), old, new(session.Request)); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	wg.Go(func() { c.End(old) })
	<-w.departing
	if _, err := c.silentLogin(t.Context(), newer, new(session.Request)); err != nil {
		t.Fatal(err)
	}
	wg.Wait()
	if w.overlap {
		t.Error("the new login was registered before the old one was out of everything")
	}
	if w.Find(1) != newer.User() || old.User() != nil {
		t.Error("the newer login is not the one that counts")
	}
}

// TestRefusals is the code of every failed login (spec: blaze 4.3, 6.3.1, 4.0).
func TestRefusals(t *testing.T) {
	for _, tt := range []struct {
		err  error
		want blaze.ErrorCode
	}{
		{account.ErrEmailInvalid, 0x16}, {account.ErrEmailTaken, 0xf}, {account.ErrPasswordTooShort, 0x15}, {account.ErrPasswordTooLong, 0x15},
		{account.ErrNotFound, 0xb}, {account.ErrNoPassword, 0xb}, {account.ErrWrongPassword, 0xc},
		{account.ErrTokenInvalid, 0xd}, {account.ErrTokenExpired, 0xe}, {errors.New("disk full"), 0x4065},
	} {
		w, c := newWorld()
		w.err = fmt.Errorf("wrapped: %w", tt.err)
		for name, h := range map[string]session.Handler{
			"login": c.login, "create": c.createAccount, "silent login": c.silentLogin, "resume": c.resumeSession,
		} {
			s := newSession(t)
			_, err := h(t.Context(), s, new(session.Request))
			var coded *session.CodeError
			if !errors.As(err, &coded) || coded.Code != tt.want || !errors.Is(err, tt.err) || s.Login() != nil {
				t.Errorf("%s with %v: %v", name, tt.err, err)
			}
		}
	}
	// Too many logins at once is no refusal: it is answered like a fault of the server.
	w, c := newWorld()
	w.err = account.ErrBusy
	var coded *session.CodeError
	if _, err := c.login(t.Context(), newSession(t), new(session.Request)); !errors.Is(err, account.ErrBusy) || errors.As(err, &coded) {
		t.Errorf("busy: %v", err)
	}
}
