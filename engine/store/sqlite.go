package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// ErrForeignFile means that a file exists but is not a database of this
// program.
var ErrForeignFile = errors.New("the file is not a Charon database; choose another path, or move the file away if it is of no use")

// applicationID marks our files in SQLite's header: "CHRN".
const applicationID = 'C'<<24 | 'H'<<16 | 'R'<<8 | 'N'

// busyTimeout is how long to wait for another process to finish a change.
const busyTimeout = 5 * time.Second

// createFile makes an empty database file that only its owner can read, unless
// there is a file: it will hold the key of all logins. SQLite gives the files
// beside it the same permissions.
func createFile(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	// An existing file must not be opened except by SQLite: closing any handle
	// of it would release the locks that this process has on it.
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return f.Close()
}

// narrowPermissions takes the database from everybody but its owner, in case it
// was copied or restored with wider permissions.
func narrowPermissions(path string, log *slog.Logger) error {
	if runtime.GOOS == "windows" {
		return nil // there the folder decides
	}
	for _, name := range []string{path, path + "-wal", path + "-shm"} {
		info, err := os.Stat(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		if info.Mode().Perm()&0o077 == 0 {
			continue
		}
		if err := os.Chmod(name, info.Mode().Perm()&0o700); err != nil {
			return fmt.Errorf("keep others from reading the database: %w", err)
		}
		log.Warn("others could read the database; its permissions were narrowed", slog.String("file", name))
	}
	return nil
}

// access is what a pool of connections is for.
type access int

const (
	forReading access = iota
	forWriting
)

// openPool returns a pool of at most size connections to the database.
func openPool(path string, use access, size int) (*sql.DB, error) {
	dsn, err := dataSource(path, use)
	if err != nil {
		return nil, err
	}
	pool, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, err
	}
	// Connections are kept: opening one costs more than most queries.
	pool.SetMaxOpenConns(size)
	pool.SetMaxIdleConns(size)
	return pool, nil
}

// dataSource returns the URI by which the driver opens the database.
func dataSource(path string, use access) (string, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	abs = filepath.ToSlash(abs)
	if abs[0] != '/' {
		abs = "/" + abs // a drive letter
	}
	query := url.Values{
		"_busy_timeout": {strconv.FormatInt(busyTimeout.Milliseconds(), 10)},
		"_foreign_keys": {"on"},
		"_synchronous":  {"normal"},
		"_txlock":       {"immediate"}, // a change takes its lock first, or waits for it
		"_defensive":    {"true"},
		"_dqs":          {"false"},
		"_error_rc":     {"true"},
		"_pragma":       {"trusted_schema(off)", "journal_size_limit(67108864)"},
	}
	if use == forReading {
		query.Set("_query_only", "on")
	}
	return (&url.URL{Scheme: "file", OmitHost: true, Path: abs, RawQuery: query.Encode()}).String(), nil
}

// claim checks that the database is ours, marks it if it is new, and switches it
// to a write-ahead log. A foreign database is only read.
func claim(ctx context.Context, db *sql.DB) error {
	// One query sees one state: another process may be making the database now.
	var id, objects int64
	err := db.QueryRowContext(ctx,
		`SELECT (SELECT application_id FROM pragma_application_id), (SELECT count(*) FROM sqlite_schema)`,
	).Scan(&id, &objects)
	var fault *sqlite.Error
	if errors.As(err, &fault) && fault.Code() == sqlite3.SQLITE_NOTADB {
		return ErrForeignFile
	}
	if err != nil {
		return err
	}
	if id != applicationID {
		if id != 0 || objects != 0 {
			return ErrForeignFile
		}
		if _, err := db.ExecContext(ctx, fmt.Sprintf("PRAGMA application_id = %d", applicationID)); err != nil {
			return fmt.Errorf("mark the new database: %w", err)
		}
	}
	mode, err := switchToWAL(ctx, db)
	if err != nil {
		return fmt.Errorf("switch to a write-ahead log: %w", err)
	}
	if mode != "wal" {
		return fmt.Errorf("the file system does not support a write-ahead log (SQLite stays in mode %q); use a local disk", mode)
	}
	return nil
}

// switchToWAL returns the journal mode that it achieves. SQLite itself does not
// wait here for another process that is making the database: it holds a lock
// already when it asks for the next, and two that waited so would wait for ever.
func switchToWAL(ctx context.Context, db *sql.DB) (mode string, err error) {
	const pause = 20 * time.Millisecond
	for patience := busyTimeout; ; patience -= pause {
		err = db.QueryRowContext(ctx, `PRAGMA journal_mode = WAL`).Scan(&mode)
		var fault *sqlite.Error
		if !errors.As(err, &fault) || fault.Code()&0xff != sqlite3.SQLITE_BUSY || patience <= 0 {
			return mode, err
		}
		select {
		case <-ctx.Done():
			return "", ctx.Err()
		case <-time.After(pause):
		}
	}
}

// checkpoint forces all changes into the database file and empties the log. If
// another process uses the database, it does as much of that as it can.
func checkpoint(db *sql.DB) error {
	_, err := db.ExecContext(context.Background(), `PRAGMA wal_checkpoint(TRUNCATE)`)
	return err
}
