package account

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/charonrelay/charon/engine/token"
)

// LoginPassword logs a player in by e-mail address and password and records
// the time. It checks, in this order (spec: engine 3.4, blaze 4.3.1): the
// address (ErrEmailInvalid), the account (ErrNotFound), whether it has a
// password (ErrNoPassword), and the password (ErrWrongPassword). From the
// second check on, all answers cost the same time. It can also return ErrBusy,
// ctx's error, or a fault of the store.
func (s *Service) LoginPassword(ctx context.Context, email, password string) (Account, error) {
	_, key, err := cleanEmail(email)
	if err != nil {
		return Account{}, err
	}
	a, phc, err := s.store.AccountByEmail(ctx, key)
	switch {
	case errors.Is(err, ErrNotFound):
		return Account{}, s.refuse(ctx, password, ErrNotFound)
	case err != nil:
		return Account{}, fmt.Errorf("log in by password: %w", err)
	case phc == "":
		return Account{}, s.refuse(ctx, password, ErrNoPassword)
	case password == "" || len(password) > MaxPassword:
		return Account{}, s.refuse(ctx, password, ErrWrongPassword)
	}

	stored, err := parseHash(phc)
	if err != nil {
		s.log.Error("an account's password hash is not usable", slog.Any("player", a.ID), slog.Any("error", err))
		return Account{}, s.refuse(ctx, password, ErrNoPassword)
	}
	ok, err := s.hasher.matches(ctx, stored, password)
	if err != nil {
		return Account{}, fmt.Errorf("log in by password: %w", err)
	}
	if !ok {
		return Account{}, ErrWrongPassword
	}

	// The token version makes the login fail if the account was deleted or its
	// logins revoked while the password was being checked.
	a, err = s.store.RecordLogin(ctx, a.ID, a.TokenVersion, s.now())
	if errors.Is(err, ErrNotFound) {
		return Account{}, ErrWrongPassword
	}
	if err != nil {
		return Account{}, fmt.Errorf("log in by password: %w", err)
	}
	return a, nil
}

// refuse returns reason after the time that a password check takes, or the
// error that such a check would have given.
func (s *Service) refuse(ctx context.Context, password string, reason error) error {
	if len(password) > MaxPassword {
		password = password[:MaxPassword]
	}
	if err := s.hasher.pretend(ctx, password); err != nil {
		return fmt.Errorf("log in by password: %w", err)
	}
	return reason
}

// LoginToken logs a player in by a session token and records the time
// (spec: engine 3.5, blaze 4.3.2 and 4.5.1). The claimed player id is the one
// that the game sends beside the token; 0 claims nothing, any other must be the
// token's. Errors are ErrTokenExpired, ErrTokenInvalid, ctx's error, or a fault
// of the store.
func (s *Service) LoginToken(ctx context.Context, tok string, claimed int64) (Account, error) {
	session, err := s.tokens.VerifySession(tok)
	switch {
	case errors.Is(err, token.ErrExpired):
		return Account{}, ErrTokenExpired
	case err != nil:
		return Account{}, ErrTokenInvalid
	case claimed != 0 && claimed != int64(session.Player):
		return Account{}, ErrTokenInvalid
	}
	a, err := s.store.RecordLogin(ctx, session.Player, session.Version, s.now())
	if errors.Is(err, ErrNotFound) {
		return Account{}, ErrTokenInvalid
	}
	if err != nil {
		return Account{}, fmt.Errorf("log in by token: %w", err)
	}
	return a, nil
}

// IssueToken returns a new session token for a, good for
// token.SessionLifetime unless the account's token version changes before.
func (s *Service) IssueToken(a Account) string {
	return s.tokens.Session(token.Session{Player: a.ID, Version: a.TokenVersion})
}
