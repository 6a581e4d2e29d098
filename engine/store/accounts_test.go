package store

import (
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/charonrelay/charon/engine/account"
	"github.com/charonrelay/charon/engine/leaderboard"
	"github.com/charonrelay/charon/engine/playerdata"
)

func TestAccountRoundTrip(t *testing.T) {
	db := tempDB(t)
	got := addAccount(t, db, "a")
	want := account.Account{
		ID: 1, Email: "A@Example.com", Name: "Name-a", Role: account.RolePlayer,
		TokenVersion: 0, Created: at, LastLogin: at,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("created (-want +got):\n%s", diff)
	}
	byID, err := db.Account(t.Context(), 1)
	if diff := cmp.Diff(want, byID); err != nil || diff != "" {
		t.Errorf("by id: %v (-want +got):\n%s", err, diff)
	}
	byEmail, hash, err := db.AccountByEmail(t.Context(), "a@example.com")
	if diff := cmp.Diff(want, byEmail); err != nil || diff != "" {
		t.Errorf("by e-mail: %v (-want +got):\n%s", err, diff)
	}
	if hash != "hash of a" {
		t.Errorf("hash %q", hash)
	}

	want.LastLogin = at.Add(time.Hour + time.Microsecond)
	login, err := db.RecordLogin(t.Context(), 1, 0, want.LastLogin)
	if diff := cmp.Diff(want, login); err != nil || diff != "" {
		t.Errorf("login: %v (-want +got):\n%s", err, diff)
	}
	byID, err = db.Account(t.Context(), 1)
	if diff := cmp.Diff(want, byID); err != nil || diff != "" {
		t.Errorf("after login: %v (-want +got):\n%s", err, diff)
	}
}

func TestAccountWithoutPasswordOrLogin(t *testing.T) {
	db := tempDB(t)
	n := newAccount("a")
	n.PasswordHash = ""
	if _, err := db.CreateAccount(t.Context(), n); err != nil {
		t.Fatal(err)
	}
	if n := count(t, db, `SELECT count(*) FROM accounts WHERE password IS NULL`); n != 1 {
		t.Error("no password is not stored as NULL")
	}
	if _, err := db.write.Exec(`UPDATE accounts SET last_login_at = NULL`); err != nil {
		t.Fatal(err)
	}
	a, hash, err := db.AccountByEmail(t.Context(), "a@example.com")
	if err != nil || hash != "" || !a.LastLogin.IsZero() {
		t.Errorf("got %+v, hash %q, %v", a, hash, err)
	}
}

func TestAccountNotFound(t *testing.T) {
	db := tempDB(t)
	addAccount(t, db, "a")
	if _, err := db.Account(t.Context(), 2); !errors.Is(err, account.ErrNotFound) {
		t.Errorf("by id: %v", err)
	}
	if _, _, err := db.AccountByEmail(t.Context(), "A@example.com"); !errors.Is(err, account.ErrNotFound) {
		t.Errorf("by e-mail: %v", err)
	}
	if _, err := db.RecordLogin(t.Context(), 2, 0, at); !errors.Is(err, account.ErrNotFound) {
		t.Errorf("login of nobody: %v", err)
	}
	if _, err := db.RecordLogin(t.Context(), 1, 1, at.Add(time.Hour)); !errors.Is(err, account.ErrNotFound) {
		t.Errorf("login with another token version: %v", err)
	}
	if a, err := db.Account(t.Context(), 1); err != nil || !a.LastLogin.Equal(at) {
		t.Errorf("a refused login was recorded: %+v, %v", a, err)
	}
}

func TestCreateConflicts(t *testing.T) {
	db := tempDB(t)
	addAccount(t, db, "a")
	sameEmail, sameName, same := newAccount("b"), newAccount("c"), newAccount("a")
	sameEmail.EmailKey = "a@example.com"
	sameName.NameKey = "name-a"
	for _, tt := range []struct {
		name string
		n    account.NewAccount
		want error
	}{
		{"e-mail", sameEmail, account.ErrEmailTaken},
		{"name", sameName, account.ErrNameTaken},
		{"both", same, account.ErrEmailTaken},
	} {
		if _, err := db.CreateAccount(t.Context(), tt.n); !errors.Is(err, tt.want) {
			t.Errorf("%s: got %v, want %v", tt.name, err, tt.want)
		}
	}
	if n := count(t, db, `SELECT count(*) FROM accounts`); n != 1 {
		t.Errorf("%d accounts, want 1", n)
	}
}

// Of many who want one e-mail address or one name at once, through two handles
// of one file, exactly one gets it.
func TestCreateRace(t *testing.T) {
	path := filepath.Join(t.TempDir(), "engine.db")
	dbs := []*DB{openDB(t, path), openDB(t, path)}
	const each = 20
	tests := []struct {
		name    string
		account func(round, i int) account.NewAccount
		want    error
	}{
		{"e-mail", func(round, i int) account.NewAccount {
			n := newAccount(fmt.Sprintf("mail%d-%d", round, i))
			n.EmailKey = fmt.Sprintf("mail%d@example.com", round)
			return n
		}, account.ErrEmailTaken},
		{"name", func(round, i int) account.NewAccount {
			n := newAccount(fmt.Sprintf("name%d-%d", round, i))
			n.NameKey = fmt.Sprintf("name%d", round)
			return n
		}, account.ErrNameTaken},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for round := range 10 {
				errs := make([]error, each)
				var start, done sync.WaitGroup
				start.Add(1)
				for i := range errs {
					done.Go(func() {
						start.Wait()
						_, errs[i] = dbs[i%2].CreateAccount(t.Context(), tt.account(round, i))
					})
				}
				start.Done()
				done.Wait()
				winners := 0
				for _, err := range errs {
					switch {
					case err == nil:
						winners++
					case !errors.Is(err, tt.want):
						t.Errorf("unexpected error %v", err)
					}
				}
				if winners != 1 {
					t.Fatalf("round %d: %d winners", round, winners)
				}
			}
		})
	}
}

// Deleting an account takes all that hangs on it, and its id is gone for good:
// an old token must never fit a new player.
func TestDeletedAccount(t *testing.T) {
	db := tempDB(t)
	addAccount(t, db, "a")
	last := addAccount(t, db, "b")
	if err := db.SavePlayerData(t.Context(), last.ID, playerdata.Entry{Key: "Base", Value: "20;4"}, at, playerdata.Limits{Keys: playerdata.MaxKeys, Bytes: playerdata.MaxBytes}); err != nil {
		t.Fatal(err)
	}
	if err := db.SaveScores(t.Context(), last.ID, []leaderboard.Score{{Board: leaderboard.N7Rating, Value: 1}}); err != nil {
		t.Fatal(err)
	}
	if _, err := db.write.Exec(`DELETE FROM accounts WHERE id = $1`, last.ID); err != nil {
		t.Fatal(err)
	}
	if n := count(t, db, `SELECT (SELECT count(*) FROM player_data) + (SELECT count(*) FROM leaderboard)`); n != 0 {
		t.Errorf("%d rows of a deleted account are left", n)
	}
	if a := addAccount(t, db, "b"); a.ID <= last.ID {
		t.Errorf("the new account has id %d after %d was deleted", a.ID, last.ID)
	}
}

func TestIDsEndAtWireLimit(t *testing.T) {
	db := tempDB(t)
	if _, err := db.write.Exec(`INSERT INTO accounts (id, email, email_key, name, name_key, created_at)
		VALUES (4294967295, 'z', 'z', 'z', 'z', 0)`); err != nil {
		t.Fatal(err)
	}
	if a, err := db.Account(t.Context(), 4294967295); err != nil || a.Name != "z" {
		t.Errorf("highest id: %+v, %v", a, err)
	}
	if a, err := db.CreateAccount(t.Context(), newAccount("a")); err == nil {
		t.Errorf("an account with id %d was made", a.ID)
	}
}
