package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/charonrelay/charon/engine/account"
)

var _ account.Store = (*DB)(nil)

type accountQueries struct {
	insert, login   *sql.Stmt
	byID, byEmail   *sql.Stmt
	emailRegistered *sql.Stmt
}

// accountColumns are the columns that scanAccount reads.
const accountColumns = `id, email, name, role, token_version, created_at, last_login_at`

func prepareAccounts(p *preparer) accountQueries {
	return accountQueries{
		insert: p.change(`
			INSERT INTO accounts (email, email_key, name, name_key, password, created_at, last_login_at)
			VALUES ($1, $2, $3, $4, $5, $6, $6)
			ON CONFLICT DO NOTHING
			RETURNING ` + accountColumns),
		login: p.change(`
			UPDATE accounts SET last_login_at = $3
			WHERE id = $1 AND token_version = $2
			RETURNING ` + accountColumns),
		byID:            p.lookup(`SELECT ` + accountColumns + ` FROM accounts WHERE id = $1`),
		byEmail:         p.lookup(`SELECT ` + accountColumns + `, password FROM accounts WHERE email_key = $1`),
		emailRegistered: p.lookup(`SELECT EXISTS (SELECT 1 FROM accounts WHERE email_key = $1)`),
	}
}

// CreateAccount implements account.Store.
func (db *DB) CreateAccount(ctx context.Context, n account.NewAccount) (account.Account, error) {
	password := sql.NullString{String: n.PasswordHash, Valid: n.PasswordHash != ""}
	a, err := scanAccount(db.accounts.insert.QueryRowContext(ctx,
		n.Email, n.EmailKey, n.Name, n.NameKey, password, n.At.UnixMicro()))
	if err == nil {
		return a, nil
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return account.Account{}, fmt.Errorf("store a new account: %w", err)
	}
	var registered bool
	if err := db.accounts.emailRegistered.QueryRowContext(ctx, n.EmailKey).Scan(&registered); err != nil {
		return account.Account{}, fmt.Errorf("store a new account: %w", err)
	}
	if registered {
		return account.Account{}, account.ErrEmailTaken
	}
	return account.Account{}, account.ErrNameTaken
}

// Account implements account.Store.
func (db *DB) Account(ctx context.Context, id uint32) (account.Account, error) {
	a, err := scanAccount(db.accounts.byID.QueryRowContext(ctx, id))
	if err != nil {
		return account.Account{}, accountError(err, "read account %d", id)
	}
	return a, nil
}

// AccountByEmail implements account.Store.
func (db *DB) AccountByEmail(ctx context.Context, emailKey string) (account.Account, string, error) {
	var password sql.NullString
	a, err := scanAccount(db.accounts.byEmail.QueryRowContext(ctx, emailKey), &password)
	if err != nil {
		return account.Account{}, "", accountError(err, "read an account by e-mail")
	}
	return a, password.String, nil
}

// RecordLogin implements account.Store.
func (db *DB) RecordLogin(ctx context.Context, id, tokenVersion uint32, at time.Time) (account.Account, error) {
	a, err := scanAccount(db.accounts.login.QueryRowContext(ctx, id, tokenVersion, at.UnixMicro()))
	if err != nil {
		return account.Account{}, accountError(err, "record the login of account %d", id)
	}
	return a, nil
}

// scanAccount reads accountColumns, and after them what more asks for.
func scanAccount(row *sql.Row, more ...any) (account.Account, error) {
	var a account.Account
	var created int64
	var lastLogin sql.NullInt64
	into := append([]any{&a.ID, &a.Email, &a.Name, &a.Role, &a.TokenVersion, &created, &lastLogin}, more...)
	if err := row.Scan(into...); err != nil {
		return account.Account{}, err
	}
	a.Created = time.UnixMicro(created).UTC()
	if lastLogin.Valid {
		a.LastLogin = time.UnixMicro(lastLogin.Int64).UTC()
	}
	return a, nil
}

// accountError says what failed, or that there is no such account.
func accountError(err error, format string, args ...any) error {
	if errors.Is(err, sql.ErrNoRows) {
		return account.ErrNotFound
	}
	return fmt.Errorf(format+": %w", append(args, err)...)
}
