package store

import (
	"bytes"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/charonrelay/charon/engine/token"
)

func TestSecretIsCreatedOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "engine.db")
	dbs := []*DB{openDB(t, path), openDB(t, path)}
	got := make([][]byte, 20)
	var wg sync.WaitGroup
	for i := range got {
		wg.Go(func() {
			var err error
			if got[i], err = dbs[i%2].Secret(t.Context(), "name", []byte{byte(i)}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for i := range got {
		if len(got[i]) != 1 || !bytes.Equal(got[i], got[0]) {
			t.Fatalf("caller %d got % x, caller 0 got % x", i, got[i], got[0])
		}
	}
	other, err := dbs[0].Secret(t.Context(), "other name", []byte("another"))
	if err != nil || string(other) != "another" {
		t.Errorf("another name: %q, %v", other, err)
	}
}

// A restart keeps the secret, so tokens stay valid.
func TestTokensOutliveRestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "engine.db")
	start := func() (*DB, *token.Issuer) {
		t.Helper()
		db, err := Open(t.Context(), Config{Path: path})
		if err != nil {
			t.Fatal(err)
		}
		secret, err := token.LoadSecret(t.Context(), db)
		if err != nil {
			t.Fatal(err)
		}
		issuer, err := token.New(secret, func() time.Time { return at })
		if err != nil {
			t.Fatal(err)
		}
		return db, issuer
	}
	db, before := start()
	session := before.Session(token.Session{Player: 5, Version: 2})
	id, association := before.NewAssociation()
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}

	db, after := start()
	defer db.Close()
	if s, err := after.VerifySession(session); err != nil || s != (token.Session{Player: 5, Version: 2}) {
		t.Errorf("session token after a restart: %+v, %v", s, err)
	}
	if got, err := after.VerifyAssociation(association); err != nil || got != id {
		t.Errorf("association token after a restart: %x, %v", got, err)
	}
}
