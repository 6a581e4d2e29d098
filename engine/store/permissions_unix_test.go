//go:build unix

package store

import (
	"bytes"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Spec finding S-22: the reference leaves its files readable for everybody.
func TestS22FilesArePrivate(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	path := filepath.Join(dir, "engine.db")
	db := openDB(t, path)
	addAccount(t, db, "a")
	modes := func() map[string]fs.FileMode {
		m := make(map[string]fs.FileMode)
		for _, name := range []string{dir, path, path + "-wal", path + "-shm"} {
			info, err := os.Stat(name)
			if err != nil {
				t.Fatal(err)
			}
			m[name] = info.Mode().Perm()
		}
		return m
	}
	for name, mode := range modes() {
		want := fs.FileMode(0o600)
		if name == dir {
			want = 0o700
		}
		if mode != want {
			t.Errorf("%s has mode %o, want %o", name, mode, want)
		}
	}

	// A file that was copied with wider permissions is taken back, with a word.
	for _, name := range []string{path, path + "-wal", path + "-shm"} {
		if err := os.Chmod(name, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var log bytes.Buffer
	second, err := Open(t.Context(), Config{Path: path, Logger: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	for name, mode := range modes() {
		if name != dir && mode != 0o600 {
			t.Errorf("%s has mode %o after reopening, want 600", name, mode)
		}
	}
	if n := strings.Count(log.String(), "permissions were narrowed"); n != 3 {
		t.Errorf("%d lines about permissions, want 3:\n%s", n, log.String())
	}
}
