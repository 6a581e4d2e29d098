package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/charonrelay/charon/engine/account"
)

func TestMain(m *testing.M) {
	if role := os.Getenv(childRole); role != "" {
		os.Exit(runChild(role, os.Getenv(childPath)))
	}
	goleak.VerifyTestMain(m)
}

// at is the time of changes whose time does not matter.
var at = time.Date(2026, 3, 1, 12, 0, 0, 123456000, time.UTC)

func openDB(t testing.TB, path string) *DB {
	t.Helper()
	db, err := Open(t.Context(), Config{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

func tempDB(t testing.TB) *DB {
	t.Helper()
	return openDB(t, filepath.Join(t.TempDir(), "engine.db"))
}

// addAccount makes an account whose e-mail and name contain tag.
func addAccount(t testing.TB, db *DB, tag string) account.Account {
	t.Helper()
	a, err := db.CreateAccount(t.Context(), newAccount(tag))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func newAccount(tag string) account.NewAccount {
	return account.NewAccount{
		Email:        strings.ToUpper(tag) + "@Example.com",
		EmailKey:     tag + "@example.com",
		Name:         "Name-" + tag,
		NameKey:      "name-" + tag,
		PasswordHash: "hash of " + tag,
		At:           at,
	}
}

// count returns the result of a query for one number.
func count(t testing.TB, db *DB, query string, args ...any) int {
	t.Helper()
	var n int
	if err := db.read.QueryRow(query, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestOpenSettings(t *testing.T) {
	db := tempDB(t)
	for _, pool := range []*sql.DB{db.write, db.read} {
		for pragma, want := range map[string]string{
			"journal_mode":   "wal",
			"synchronous":    "1",
			"foreign_keys":   "1",
			"busy_timeout":   "5000",
			"trusted_schema": "0",
			"application_id": "1128813134", // "CHRN"
		} {
			var got string
			if err := pool.QueryRow("PRAGMA " + pragma).Scan(&got); err != nil {
				t.Fatal(err)
			}
			if got != want {
				t.Errorf("%s = %s, want %s", pragma, got, want)
			}
		}
	}
	if _, err := db.read.Exec(`DELETE FROM accounts`); err == nil {
		t.Error("a connection for reading could delete")
	}
	if err := db.Ping(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestPingAfterClose(t *testing.T) {
	db, err := Open(t.Context(), Config{Path: filepath.Join(t.TempDir(), "engine.db")})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if err := db.Ping(t.Context()); err == nil {
		t.Error("a closed database answered")
	}
}

func TestOpenRefusesBadPaths(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, path := range map[string]string{
		"no path":           "",
		"a folder":          dir,
		"folder is a file":  filepath.Join(dir, "file", "engine.db"),
		"folder is strange": "a\x00b/engine.db",
	} {
		t.Run(name, func(t *testing.T) {
			if db, err := Open(t.Context(), Config{Path: path}); err == nil {
				t.Error(errors.Join(errors.New("it opened"), db.Close()))
			}
		})
	}
}

func TestOpenCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Open(ctx, Config{Path: filepath.Join(t.TempDir(), "engine.db")}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
}

// A path is a path, whatever a URI makes of its characters.
func TestOddPath(t *testing.T) {
	name := "my #1 data & 100%41.db"
	if runtime.GOOS != "windows" {
		name = "what? " + name
	}
	path := filepath.Join(t.TempDir(), "not there", "yet", name)
	openDB(t, path)
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
}

func TestRelativePath(t *testing.T) {
	t.Chdir(t.TempDir())
	openDB(t, "engine.db")
	if _, err := os.Stat("engine.db"); err != nil {
		t.Error(err)
	}
}

func TestForeignFileRefused(t *testing.T) {
	sqliteFile := func(statements ...string) func(*testing.T, string) {
		return func(t *testing.T, path string) {
			db, err := sql.Open("sqlite", path)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			for _, s := range statements {
				if _, err := db.Exec(s); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	text := func(content string) func(*testing.T, string) {
		return func(t *testing.T, path string) {
			if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	tests := map[string]func(*testing.T, string){
		"the reference's app.db":   sqliteFile(`CREATE TABLE players (id integer PRIMARY KEY)`),
		"a database in WAL mode":   sqliteFile(`PRAGMA journal_mode=WAL`, `CREATE TABLE t (x)`),
		"another application's id": sqliteFile(`PRAGMA application_id = 42`),
		"short text":               text("hello"),
		"long text":                text(strings.Repeat("[server]\nport = 80\n", 1000)),
	}
	for name, make := range tests {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "foreign.db")
			make(t, path)
			before, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			info, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}

			_, err = Open(t.Context(), Config{Path: path})
			if !errors.Is(err, ErrForeignFile) || !strings.Contains(err.Error(), path) {
				t.Errorf("got %v, want ErrForeignFile with the path", err)
			}
			after, err := os.ReadFile(path)
			if err != nil || !bytes.Equal(before, after) {
				t.Errorf("the file was changed (read error %v)", err)
			}
			if now, err := os.Stat(path); err != nil || now.Mode() != info.Mode() {
				t.Errorf("the file's mode was changed from %v to %v (%v)", info.Mode(), now.Mode(), err)
			}
		})
	}
}

// Files of zero bytes are what an interrupted first start leaves.
func TestEmptyFileIsNew(t *testing.T) {
	path := filepath.Join(t.TempDir(), "engine.db")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	addAccount(t, openDB(t, path), "a")
}

func TestNewerSchemaRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "engine.db")
	db := openDB(t, path)
	addAccount(t, db, "a")
	if _, err := db.write.Exec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (999, 1)`); err != nil {
		t.Fatal(err)
	}
	_, err := Open(t.Context(), Config{Path: path})
	if !errors.Is(err, ErrNewerSchema) {
		t.Fatalf("got %v, want ErrNewerSchema", err)
	}
	for _, part := range []string{path, "999", "newer version of Charon"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q does not mention %q", err, part)
		}
	}
	if n := count(t, db, `SELECT count(*) FROM accounts`); n != 1 {
		t.Errorf("%d accounts left, want 1", n)
	}
}

func TestReopenKeepsSchema(t *testing.T) {
	path := filepath.Join(t.TempDir(), "engine.db")
	var log bytes.Buffer
	for range 3 {
		db, err := Open(t.Context(), Config{Path: path, Logger: slog.New(slog.NewTextHandler(&log, nil))})
		if err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if n := strings.Count(log.String(), "schema was brought up to date"); n != 1 {
		t.Errorf("the schema was migrated %d times, want once:\n%s", n, log.String())
	}
}

// After Close, everything is in the one file.
func TestCloseCheckpoints(t *testing.T) {
	path := filepath.Join(t.TempDir(), "engine.db")
	reader := openDB(t, path) // keeps SQLite from tidying up by itself
	db, err := Open(t.Context(), Config{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 50 {
		addAccount(t, db, fmt.Sprint("p", i))
	}
	if info, err := os.Stat(path + "-wal"); err != nil || info.Size() == 0 {
		t.Fatalf("no log to begin with: %v, %v", info, err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path + "-wal"); err != nil || info.Size() != 0 {
		t.Errorf("the log has %d bytes after Close (%v), want 0", info.Size(), err)
	}
	if n := count(t, reader, `SELECT count(*) FROM accounts`); n != 50 {
		t.Errorf("%d accounts, want 50", n)
	}
}

// No query walks through a table whose size grows with the number of players.
func TestQueriesUseIndexes(t *testing.T) {
	db := tempDB(t)
	for _, query := range []string{
		`SELECT * FROM accounts WHERE id = 1`,
		`SELECT * FROM accounts WHERE email_key = 'x'`,
		`SELECT key, value FROM player_data WHERE player_id = 1`,
		`SELECT count(*) FROM player_data WHERE player_id = 1`,
		`SELECT value FROM leaderboard WHERE board = 1 AND player_id = 1`,
		`SELECT player_id, value FROM leaderboard WHERE board = 1 ORDER BY value DESC, player_id LIMIT 20`,
		`DELETE FROM leaderboard WHERE player_id = 1`,
	} {
		for _, step := range plan(t, db, query) {
			if strings.Contains(step, "SCAN") || strings.Contains(step, "TEMP B-TREE") {
				t.Errorf("%s\n  plan: %s", query, step)
			}
		}
	}
}

// plan returns the steps by which SQLite answers query.
func plan(t *testing.T, db *DB, query string) (steps []string) {
	t.Helper()
	rows, err := db.write.Query(`EXPLAIN QUERY PLAN ` + query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var id, parent, unused int
		var step string
		if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
			t.Fatal(err)
		}
		steps = append(steps, step)
	}
	if err := rows.Err(); err != nil || len(steps) == 0 {
		t.Fatalf("no plan for %s: %v", query, err)
	}
	return steps
}
