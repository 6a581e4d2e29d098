package account

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"time"

	"github.com/charonrelay/charon/engine/token"
)

// Limits on passwords, in bytes. MinPassword is the game's own rule (spec:
// blaze 4.3.12) and holds for new passwords only, so that accounts from other
// servers can log in with what they have.
const (
	MinPassword = 4
	MaxPassword = 256
)

// defaultQueue is how many password checks may wait when Config does not say.
const defaultQueue = 64

// nameAttempts is how many display names are tried for one new account. The
// lists of words make over a hundred million; with ten million taken, all
// attempts fail once in more than 10^18 accounts.
const nameAttempts = 16

// Config is what a Service needs.
type Config struct {
	// Store keeps the accounts. Required.
	Store Store
	// Tokens issues and verifies session tokens. Required.
	Tokens *token.Issuer
	// HashWorkers is how many password hashes are computed at once. Each takes
	// 19 MiB, or up to 64 MiB if it was imported with a higher cost. 0 means
	// one per processor.
	HashWorkers int
	// HashQueue is how many more callers may wait for a computation before
	// others get ErrBusy. 0 means 64.
	HashQueue int
	// Now is the clock, nil for time.Now.
	Now func() time.Time
	// Logger gets faults in stored data, nil for none.
	Logger *slog.Logger
}

// Service creates accounts and logs players in. It is safe for concurrent use
// and has nothing to close.
type Service struct {
	store  Store
	tokens *token.Issuer
	hasher *hasher
	now    func() time.Time
	name   func() string
	log    *slog.Logger
}

// New returns a Service.
func New(cfg Config) (*Service, error) {
	if cfg.Store == nil || cfg.Tokens == nil {
		return nil, errors.New("account: a store and a token issuer are required")
	}
	if cfg.HashWorkers < 0 || cfg.HashQueue < 0 {
		return nil, fmt.Errorf("account: %d hash workers with a queue of %d make no sense", cfg.HashWorkers, cfg.HashQueue)
	}
	if cfg.HashWorkers == 0 {
		cfg.HashWorkers = runtime.GOMAXPROCS(0)
	}
	if cfg.HashQueue == 0 {
		cfg.HashQueue = defaultQueue
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	return &Service{
		store:  cfg.Store,
		tokens: cfg.Tokens,
		hasher: newHasher(cfg.HashWorkers, cfg.HashQueue),
		now:    cfg.Now,
		name:   randomName,
		log:    cfg.Logger,
	}, nil
}

// Create makes an account with a generated display name and RolePlayer, for a
// player who is logged in by that at once (spec: engine 3.8). It checks, in
// this order: the address (ErrEmailInvalid), whether it is free
// (ErrEmailTaken), and the password (ErrPasswordTooShort, ErrPasswordTooLong).
// Of several callers with one address, one succeeds. It can also return
// ErrBusy, ctx's error, or a fault of the store.
func (s *Service) Create(ctx context.Context, email, password string) (Account, error) {
	email, key, err := cleanEmail(email)
	if err != nil {
		return Account{}, err
	}
	switch _, _, err := s.store.AccountByEmail(ctx, key); {
	case err == nil:
		return Account{}, ErrEmailTaken
	case !errors.Is(err, ErrNotFound):
		return Account{}, fmt.Errorf("create account: %w", err)
	}
	switch {
	case len(password) < MinPassword:
		return Account{}, ErrPasswordTooShort
	case len(password) > MaxPassword:
		return Account{}, ErrPasswordTooLong
	}
	phc, err := s.hasher.hash(ctx, password)
	if err != nil {
		return Account{}, fmt.Errorf("create account: %w", err)
	}
	for range nameAttempts {
		name := s.name()
		a, err := s.store.CreateAccount(ctx, NewAccount{
			Email:        email,
			EmailKey:     key,
			Name:         name,
			NameKey:      nameKey(name),
			PasswordHash: phc,
			At:           s.now(),
		})
		switch {
		case err == nil:
			return a, nil
		case errors.Is(err, ErrEmailTaken): // somebody was faster
			return Account{}, ErrEmailTaken
		case !errors.Is(err, ErrNameTaken):
			return Account{}, fmt.Errorf("create account: %w", err)
		}
	}
	return Account{}, fmt.Errorf("create account: no free display name in %d attempts", nameAttempts)
}

// Get returns the account with the player id, or ErrNotFound.
func (s *Service) Get(ctx context.Context, id uint32) (Account, error) {
	return s.store.Account(ctx, id)
}
