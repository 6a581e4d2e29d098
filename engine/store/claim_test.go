package store

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"testing"
	"time"
)

// Another process that is just making the database must not make this one fail:
// SQLite does not wait by itself when it switches to a write-ahead log.
func TestOpenWaitsForAnotherFirstStart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "engine.db")
	other, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Close() }()
	other.SetMaxOpenConns(1)
	for _, statement := range []string{fmt.Sprintf("PRAGMA application_id = %d", applicationID), "BEGIN IMMEDIATE"} {
		if _, err := other.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	released := make(chan struct{})
	go func() {
		defer close(released)
		time.Sleep(300 * time.Millisecond) // while Open is trying
		_, _ = other.Exec("COMMIT")
	}()
	db, err := Open(t.Context(), Config{Path: path})
	<-released
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Error(err)
	}
}
