package account_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/charonrelay/charon/engine/account"
	"github.com/charonrelay/charon/engine/store"
	"github.com/charonrelay/charon/engine/token"
)

// fixture is an account service on a real database with a clock of its own.
type fixture struct {
	*account.Service
	db  *store.DB
	now time.Time
	log bytes.Buffer
}

var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func newFixture(t testing.TB) *fixture {
	t.Helper()
	db, err := store.Open(t.Context(), store.Config{Path: filepath.Join(t.TempDir(), "engine.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	secret, err := token.LoadSecret(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	f := &fixture{db: db, now: start}
	clock := func() time.Time { return f.now }
	tokens, err := token.New(secret, clock)
	if err != nil {
		t.Fatal(err)
	}
	f.Service, err = account.New(account.Config{
		Store: db, Tokens: tokens, Now: clock,
		Logger: slog.New(slog.NewTextHandler(&f.log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func (f *fixture) mustCreate(t testing.TB, email, password string) account.Account {
	t.Helper()
	a, err := f.Create(t.Context(), email, password)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// insert adds an account with any password hash, as an import would.
func (f *fixture) insert(t *testing.T, email, hash string) account.Account {
	t.Helper()
	a, err := f.db.CreateAccount(t.Context(), account.NewAccount{
		Email: email, EmailKey: email, Name: email, NameKey: email, PasswordHash: hash, At: f.now,
	})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// hashOfN7 is a cheap hash of "n7", made with the C implementation of Argon2.
const hashOfN7 = "$argon2id$v=19$m=32,t=1,p=1$AAECAwQFBgcICQoLDA0ODw$KkSUrL4jOtH63Nd0Smj2xhDMK0SXQ0rmWVmX/dhGXBk"

func TestCreate(t *testing.T) {
	f := newFixture(t)
	a := f.mustCreate(t, " Shepard@Example.com ", "normandy")
	want := account.Account{ID: 1, Email: "Shepard@Example.com", Name: a.Name, Role: account.RolePlayer, Created: start, LastLogin: start}
	if diff := cmp.Diff(want, a); diff != "" {
		t.Errorf("created (-want +got):\n%s", diff)
	}
	if strings.Count(a.Name, "-") != 2 {
		t.Errorf("display name %q", a.Name)
	}
	got, err := f.Get(t.Context(), a.ID)
	if diff := cmp.Diff(a, got); err != nil || diff != "" {
		t.Errorf("Get: %v (-want +got):\n%s", err, diff)
	}
	if _, err := f.Get(t.Context(), 2); !errors.Is(err, account.ErrNotFound) {
		t.Errorf("Get of nobody: %v", err)
	}
	_, hash, err := f.db.AccountByEmail(t.Context(), "shepard@example.com")
	if err != nil || !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("stored hash %q, %v", hash, err)
	}
	second := f.mustCreate(t, "garrus@example.com", "normandy")
	if second.ID != 2 || second.Name == a.Name {
		t.Errorf("second account %+v", second)
	}
	_, hash2, err := f.db.AccountByEmail(t.Context(), "garrus@example.com")
	if err != nil || hash2 == hash {
		t.Errorf("two accounts with one password have one hash (%v)", err)
	}
}

func TestCreateChecks(t *testing.T) {
	f := newFixture(t)
	f.mustCreate(t, "taken@example.com", "normandy")
	tests := []struct {
		name, email, password string
		want                  error
	}{
		{"bad address", "nonsense", "normandy", account.ErrEmailInvalid},
		{"bad address before all else", "nonsense", "", account.ErrEmailInvalid},
		{"taken", "taken@example.com", "normandy", account.ErrEmailTaken},
		{"taken in other case", "\tTAKEN@example.COM", "normandy", account.ErrEmailTaken},
		{"taken before password", "taken@example.com", "", account.ErrEmailTaken},
		{"no password", "new@example.com", "", account.ErrPasswordTooShort},
		{"three bytes", "new@example.com", "abc", account.ErrPasswordTooShort},
		{"long password", "new@example.com", strings.Repeat("x", 257), account.ErrPasswordTooLong},
		{"shortest password", "new@example.com", "abcd", nil},
		{"longest password", "new2@example.com", strings.Repeat("x", 256), nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := f.Create(t.Context(), tt.email, tt.password); !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
		})
	}
}

func TestLoginPassword(t *testing.T) {
	f := newFixture(t)
	a := f.mustCreate(t, "Shepard@Example.com", "normandy")
	origin := f.insert(t, "origin@example.com", "")
	f.now = start.Add(time.Hour)
	tests := []struct {
		name, email, password string
		want                  error
	}{
		{"bad address", "nonsense", "normandy", account.ErrEmailInvalid},
		{"nobody", "nobody@example.com", "normandy", account.ErrNotFound},
		{"nobody, long password", "nobody@example.com", strings.Repeat("x", 1<<20), account.ErrNotFound},
		{"no password", "origin@example.com", "", account.ErrNoPassword},
		{"no password, one tried", "origin@example.com", "normandy", account.ErrNoPassword},
		{"wrong", "shepard@example.com", "Normandy", account.ErrWrongPassword},
		{"empty", "shepard@example.com", "", account.ErrWrongPassword},
		{"longer than the limit", "shepard@example.com", "normandy" + strings.Repeat("x", 300), account.ErrWrongPassword},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got, err := f.LoginPassword(t.Context(), tt.email, tt.password); !errors.Is(err, tt.want) || got != (account.Account{}) {
				t.Errorf("got %+v, %v; want %v", got, err, tt.want)
			}
		})
	}
	for _, id := range []uint32{a.ID, origin.ID} {
		if got, err := f.Get(t.Context(), id); err != nil || !got.LastLogin.Equal(start) {
			t.Errorf("a failed login was recorded: %+v, %v", got, err)
		}
	}

	want := a
	want.LastLogin = f.now
	for _, email := range []string{"Shepard@Example.com", "shepard@example.com", " SHEPARD@EXAMPLE.COM "} {
		got, err := f.LoginPassword(t.Context(), email, "normandy")
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%q: %v (-want +got):\n%s", email, err, diff)
		}
	}
	if got, err := f.Get(t.Context(), a.ID); err != nil || !got.LastLogin.Equal(f.now) {
		t.Errorf("the login was not recorded: %+v, %v", got, err)
	}
}

// Passwords that other servers allowed keep working, except the empty one.
func TestImportedPasswords(t *testing.T) {
	f := newFixture(t)
	f.insert(t, "short@example.com", hashOfN7)
	if _, err := f.LoginPassword(t.Context(), "short@example.com", "n7"); err != nil {
		t.Errorf("a short password: %v", err)
	}
	f.insert(t, "old@example.com", "$31$16$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
	if _, err := f.LoginPassword(t.Context(), "old@example.com", "n7n7"); !errors.Is(err, account.ErrNoPassword) {
		t.Errorf("a hash of the JVM server: %v, want ErrNoPassword", err)
	}
	if !strings.Contains(f.log.String(), "password hash is not usable") || strings.Contains(f.log.String(), "AAAA") {
		t.Errorf("log:\n%s", f.log.String())
	}
}

// Spec finding S-01: the reference gives the super admin an empty password.
func TestS01EmptyPasswordNeverWorks(t *testing.T) {
	f := newFixture(t)
	// The hash of the empty password, as the reference would have stored it.
	f.insert(t, "admin@example.com", "$argon2id$v=19$m=32,t=1,p=1$AAECAwQFBgcICQoLDA0ODw$L2YDcuF5E62TO2oRzXbpgOtRQU6DZAVz+marhGifmRs")
	if _, err := f.LoginPassword(t.Context(), "admin@example.com", ""); !errors.Is(err, account.ErrWrongPassword) {
		t.Errorf("got %v, want ErrWrongPassword", err)
	}
}

// Spec finding S-02: in the reference an e-mail address can make an admin.
func TestS02NoRoleFromEmail(t *testing.T) {
	f := newFixture(t)
	for _, email := range []string{"admin@example.com", "root@localhost", "super@pocket-relay.example"} {
		if a := f.mustCreate(t, email, "normandy"); a.Role != account.RolePlayer {
			t.Errorf("%s got role %d", email, a.Role)
		}
	}
}

func TestLoginToken(t *testing.T) {
	f := newFixture(t)
	a := f.mustCreate(t, "shepard@example.com", "normandy")
	b := f.mustCreate(t, "garrus@example.com", "normandy")
	tok := f.IssueToken(a)
	f.now = start.Add(24 * time.Hour)

	want := a
	want.LastLogin = f.now
	for _, claimed := range []int64{0, int64(a.ID)} {
		got, err := f.LoginToken(t.Context(), tok, claimed)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("claiming %d: %v (-want +got):\n%s", claimed, err, diff)
		}
	}
	if got, err := f.Get(t.Context(), a.ID); err != nil || !got.LastLogin.Equal(f.now) {
		t.Errorf("the login was not recorded: %+v, %v", got, err)
	}

	refused := []struct {
		name, token string
		claimed     int64
	}{
		{"empty", "", 0},
		{"hex id of the reference", fmt.Sprintf("%08X", a.ID), 0},
		{"another player claimed", tok, int64(b.ID)},
		{"negative id claimed", tok, -1},
		{"id beyond 32 bits claimed", tok, 1<<32 + int64(a.ID)},
		{"player who never was", f.IssueToken(account.Account{ID: 99}), 0},
		{"another version", f.IssueToken(account.Account{ID: a.ID, TokenVersion: 1}), 0},
		{"cut", tok[:60], 0},
	}
	for _, tt := range refused {
		t.Run(tt.name, func(t *testing.T) {
			if got, err := f.LoginToken(t.Context(), tt.token, tt.claimed); !errors.Is(err, account.ErrTokenInvalid) || got != (account.Account{}) {
				t.Errorf("got %+v, %v; want ErrTokenInvalid", got, err)
			}
		})
	}

	f.now = start.Add(token.SessionLifetime)
	if _, err := f.LoginToken(t.Context(), tok, 0); err != nil {
		t.Errorf("in its last second: %v", err)
	}
	f.now = f.now.Add(time.Second)
	if _, err := f.LoginToken(t.Context(), tok, int64(b.ID)); !errors.Is(err, account.ErrTokenExpired) {
		t.Errorf("after its time: %v, want ErrTokenExpired", err)
	}
}

// Of many who register one address at once, in different spellings, one wins.
func TestCreateSameEmailAtOnce(t *testing.T) {
	f := newFixture(t)
	const callers = 24
	errs := make([]error, callers)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() {
			email := "shepard@example.com"
			if i%2 == 1 {
				email = "SHEPARD@Example.com"
			}
			_, errs[i] = f.Create(t.Context(), email, "normandy")
		})
	}
	wg.Wait()
	winners := 0
	for _, err := range errs {
		switch {
		case err == nil:
			winners++
		case !errors.Is(err, account.ErrEmailTaken):
			t.Errorf("unexpected error %v", err)
		}
	}
	if winners != 1 {
		t.Errorf("%d winners, want 1", winners)
	}
}

// Accounts that draw the same names at once all end up with their own.
func TestCreateSameNamesAtOnce(t *testing.T) {
	f := newFixture(t)
	var mu sync.Mutex
	drawn := 0
	f.SetNames(func() string {
		mu.Lock()
		defer mu.Unlock()
		drawn++
		name := fmt.Sprint("brave-otter-", drawn/3) // each name is drawn three times
		if drawn%2 == 0 {
			name = strings.ToUpper(name) // in different case
		}
		return name
	})
	const callers = 12
	var wg sync.WaitGroup
	keys := make([]string, callers)
	for i := range keys {
		wg.Go(func() {
			a, err := f.Create(t.Context(), fmt.Sprintf("p%d@example.com", i), "normandy")
			if err != nil {
				t.Error(err)
			}
			keys[i] = strings.ToLower(a.Name)
		})
	}
	wg.Wait()
	seen := make(map[string]bool)
	for _, key := range keys {
		if seen[key] {
			t.Errorf("two accounts are called %s", key)
		}
		seen[key] = true
	}
}

func TestCreateGivesUpOnNames(t *testing.T) {
	f := newFixture(t)
	drawn := 0
	f.SetNames(func() string { drawn++; return "brave-otter-0001" })
	f.mustCreate(t, "a@example.com", "normandy")
	drawn = 0
	_, err := f.Create(t.Context(), "b@example.com", "normandy")
	if err == nil || errors.Is(err, account.ErrEmailTaken) || drawn != 16 {
		t.Errorf("got %v after %d names, want a fault after 16", err, drawn)
	}
}

func TestNewChecksConfig(t *testing.T) {
	tokens, err := token.New(make([]byte, token.SecretSize), nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, cfg := range map[string]account.Config{
		"nothing":          {},
		"no store":         {Tokens: tokens},
		"no tokens":        {Store: &brokenStore{}},
		"negative workers": {Store: &brokenStore{}, Tokens: tokens, HashWorkers: -1},
		"negative queue":   {Store: &brokenStore{}, Tokens: tokens, HashQueue: -1},
	} {
		if _, err := account.New(cfg); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// errBroken is the fault of brokenStore.
var errBroken = errors.New("disk on fire")

// brokenStore finds hash for every address, or fails if it is empty, and fails
// to change anything.
type brokenStore struct{ hash string }

func (b *brokenStore) CreateAccount(context.Context, account.NewAccount) (account.Account, error) {
	return account.Account{}, errBroken
}

func (b *brokenStore) Account(context.Context, uint32) (account.Account, error) {
	return account.Account{}, errBroken
}

func (b *brokenStore) AccountByEmail(context.Context, string) (account.Account, string, error) {
	if b.hash == "" {
		return account.Account{}, "", errBroken
	}
	return account.Account{ID: 1}, b.hash, nil
}

func (b *brokenStore) RecordLogin(context.Context, uint32, uint32, time.Time) (account.Account, error) {
	return account.Account{}, errBroken
}

// A fault of the store is never taken for a fault of the player.
func TestStoreFaults(t *testing.T) {
	tokens, err := token.New(make([]byte, token.SecretSize), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, hash := range []string{"", hashOfN7} {
		s, err := account.New(account.Config{Store: &brokenStore{hash}, Tokens: tokens})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.LoginPassword(t.Context(), "a@b.c", "n7"); !errors.Is(err, errBroken) {
			t.Errorf("LoginPassword: %v", err)
		}
		if _, err := s.LoginToken(t.Context(), s.IssueToken(account.Account{ID: 1}), 0); !errors.Is(err, errBroken) {
			t.Errorf("LoginToken: %v", err)
		}
		if _, err := s.Get(t.Context(), 1); !errors.Is(err, errBroken) {
			t.Errorf("Get: %v", err)
		}
		if _, err := s.Create(t.Context(), "a@b.c", "normandy"); hash == "" && !errors.Is(err, errBroken) {
			t.Errorf("Create: %v", err)
		}
	}
}

// noAccounts is a store without accounts.
type noAccounts struct{ brokenStore }

func (noAccounts) AccountByEmail(context.Context, string) (account.Account, string, error) {
	return account.Account{}, "", account.ErrNotFound
}

// Spec finding S-08: in the reference, password checks are unlimited. Ours take
// their turn, the queue has an end, and waiting ends with the caller's patience.
func TestS08PasswordChecksAreBounded(t *testing.T) {
	tokens, err := token.New(make([]byte, token.SecretSize), nil)
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		const workers, queue = 2, 3
		s, err := account.New(account.Config{Store: &noAccounts{}, Tokens: tokens, HashWorkers: workers, HashQueue: queue})
		if err != nil {
			t.Fatal(err)
		}
		login := func(ctx context.Context) error {
			_, err := s.LoginPassword(ctx, "nobody@example.com", "normandy")
			return err
		}
		release := s.OccupyWorkers()

		impatient, cancel := context.WithCancel(t.Context())
		waiting := make(chan error, workers+queue)
		for range workers + queue {
			go func() { waiting <- login(impatient) }()
		}
		synctest.Wait()
		if n := s.Computations(); n != workers+queue {
			t.Errorf("%d callers wait, want %d", n, workers+queue)
		}
		if err := login(t.Context()); !errors.Is(err, account.ErrBusy) {
			t.Errorf("one more: %v, want ErrBusy", err)
		}
		cancel()
		for range workers + queue {
			if err := <-waiting; !errors.Is(err, context.Canceled) {
				t.Errorf("impatient caller: %v, want context.Canceled", err)
			}
		}
		release()
		if err := login(t.Context()); !errors.Is(err, account.ErrNotFound) {
			t.Errorf("afterwards: %v, want ErrNotFound", err)
		}
		if n := s.Computations(); n != 0 {
			t.Errorf("%d places are still taken", n)
		}
	})
}

// Secrets do not reach the log or the texts of errors (spec finding S-13).
func TestS13NoSecretsInTexts(t *testing.T) {
	f := newFixture(t)
	const password = "sup3rs3cret"
	a := f.mustCreate(t, "shepard@example.com", password)
	tok := f.IssueToken(a)
	var texts strings.Builder
	note := func(_ account.Account, err error) { fmt.Fprintln(&texts, err) }
	note(f.Create(t.Context(), "shepard@example.com", password))
	note(f.Create(t.Context(), "new@example.com", strings.Repeat(password, 100)))
	note(f.LoginPassword(t.Context(), "shepard@example.com", password+"x"))
	note(f.LoginPassword(t.Context(), "nobody@example.com", password))
	note(f.LoginToken(t.Context(), tok+"x", 0))
	note(f.LoginToken(t.Context(), tok, 77))
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	note(f.LoginPassword(cancelled, "shepard@example.com", password))
	note(f.LoginToken(cancelled, tok, 0))
	f.now = start.Add(365 * 24 * time.Hour)
	note(f.LoginToken(t.Context(), tok, 0))
	all := texts.String() + f.log.String() + fmt.Sprintf("%+v", a)
	for _, secret := range []string{password, tok[:22], tok[23:], "$argon2id"} {
		if strings.Contains(all, secret) {
			t.Errorf("%q appears in\n%s", secret, all)
		}
	}
}

func BenchmarkLoginToken(b *testing.B) {
	f := newFixture(b)
	tok := f.IssueToken(f.mustCreate(b, "shepard@example.com", "normandy"))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := f.LoginToken(b.Context(), tok, 1); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLoginPassword(b *testing.B) {
	f := newFixture(b)
	f.mustCreate(b, "shepard@example.com", "normandy")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := f.LoginPassword(b.Context(), "shepard@example.com", "normandy"); err != nil {
			b.Fatal(err)
		}
	}
}
