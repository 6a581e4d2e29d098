// Package account keeps the players' accounts: creation, login by password or
// token, and what a login needs to be safe (spec: engine 3).
//
// Rules that differ from the reference server on purpose: e-mail addresses are
// unique without regard to case, display names are unique without regard to
// case, an empty password never logs anybody in, password checks run in a
// bounded number at a time, tokens carry the account's token version so that
// they can be revoked, and no account gets a role from its e-mail address.
package account

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Role is what an account may do beyond playing (spec: engine 3.10).
type Role uint8

// The roles, each with the rights of the ones before it. New accounts are
// always RolePlayer.
const (
	RolePlayer     Role = 0
	RoleAdmin      Role = 1
	RoleSuperAdmin Role = 2
)

// Account is one player's account. It holds no secret.
type Account struct {
	// ID is the player id, which is also the user and persona id on the wire.
	// Ids start at 1 and are never used twice.
	ID uint32
	// Email is the address as its owner typed it, without surrounding space.
	Email string
	// Name is the display name that other players see.
	Name string
	// Role is what the account may do beyond playing.
	Role Role
	// TokenVersion is the version that the account's session tokens must have.
	TokenVersion uint32
	// Created is when the account was made.
	Created time.Time
	// LastLogin is when it last logged in, the zero time if it never did.
	LastLogin time.Time
}

// Faults that the game is told by a code of its own. The codes in the comments
// are those of the Authentication component (spec: blaze 6.3.1).
var (
	// ErrEmailInvalid means that the address is not one e-mail address (0x16).
	ErrEmailInvalid = errors.New("this is not a valid e-mail address")
	// ErrEmailTaken means that another account has the address (0xF).
	ErrEmailTaken = errors.New("an account with this e-mail address exists already")
	// ErrPasswordTooShort means that a new password is too short (0x15).
	ErrPasswordTooShort = fmt.Errorf("the password is too short: it needs at least %d bytes", MinPassword)
	// ErrPasswordTooLong means that a new password is too long (0x15).
	ErrPasswordTooLong = fmt.Errorf("the password is too long: it may have at most %d bytes", MaxPassword)
	// ErrNotFound means that there is no such account (0xB).
	ErrNotFound = errors.New("there is no such account on this server")
	// ErrNoPassword means that the account has no password to log in with (0xB).
	ErrNoPassword = errors.New("this account has no password and cannot log in with one")
	// ErrWrongPassword means that the password is not the account's (0xC).
	ErrWrongPassword = errors.New("the password is wrong")
	// ErrTokenInvalid means that the token is forged, revoked, another
	// player's, or its account is gone (0xD).
	ErrTokenInvalid = errors.New("the saved login is not valid on this server; log in with e-mail and password")
	// ErrTokenExpired means that the token was good but is too old (0xE).
	ErrTokenExpired = errors.New("the saved login has expired; log in with e-mail and password")
	// ErrBusy means that too many password checks are waiting already. The
	// caller may try again later.
	ErrBusy = errors.New("the server is busy with other logins; try again in a moment")
)

// ErrNameTaken is what a Store reports when another account has the display
// name. Service draws another name and tries again.
var ErrNameTaken = errors.New("an account with this display name exists already")

// NewAccount is what a Store needs to create an account.
type NewAccount struct {
	Email        string    // as typed
	EmailKey     string    // as compared, unique
	Name         string    // as shown
	NameKey      string    // as compared, unique
	PasswordHash string    // PHC string, or empty for none
	At           time.Time // creation and first login
}

// Store keeps accounts. Its methods are safe for concurrent use, also by
// several processes at once.
type Store interface {
	// CreateAccount adds an account with RolePlayer and token version 0, and
	// returns it. The error is ErrEmailTaken or ErrNameTaken if
	// one of the keys is in use; nothing is changed then.
	CreateAccount(ctx context.Context, n NewAccount) (Account, error)
	// Account returns the account with the id, or ErrNotFound.
	Account(ctx context.Context, id uint32) (Account, error)
	// AccountByEmail returns the account with the e-mail key and its PHC
	// string, which is empty if it has no password, or ErrNotFound.
	AccountByEmail(ctx context.Context, emailKey string) (Account, string, error)
	// RecordLogin sets the time of the last login and returns the account, in
	// one step. The error is ErrNotFound if there is no account with that id
	// and that token version.
	RecordLogin(ctx context.Context, id, tokenVersion uint32, at time.Time) (Account, error)
}
