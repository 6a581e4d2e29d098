// Package store keeps the server's lasting data in a SQLite database: accounts,
// player data, scores and secrets. The packages that own these define what they
// need as an interface; DB implements all of them.
//
// # What is safe when
//
// A method that changes something returns after its transaction is committed to
// the write-ahead log (journal_mode=WAL, synchronous=NORMAL).
//
// Killing the process at any moment (kill -9, a crash) costs nothing that was
// committed: the log has already been handed to the operating system, and the
// next Open reads it. A change whose method had not returned is there as a whole
// or not at all.
//
// A power cut or a crash of the operating system can cost the most recent
// changes, because the log is not forced to the disk at each commit: everything
// since the last checkpoint is at risk, in practice what the system had not
// written out by itself (Linux does so after about 30 seconds, Windows after a
// few). Changes are lost from the newest backwards, without gaps, and the
// database stays consistent. A checkpoint forces all earlier changes to the
// disk; one happens whenever the log reaches 1,000 pages (about 4 MB), and when
// the database is closed.
//
// # Connections
//
// All changes go through one connection, so that they queue up in this process
// in memory instead of polling for SQLite's lock; reads have connections of
// their own and neither wait for a change nor delay one. Several processes may
// have the database open; they wait for each other's changes for up to
// busyTimeout.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
)

// Config says which database to open.
type Config struct {
	// Path is the database file. It is made if it does not exist, readable
	// only for its owner, together with missing folders above it. On Windows
	// the folder decides who may read it. Network drives are not supported.
	Path string
	// Logger gets changes of the schema and of file permissions, nil for none.
	Logger *slog.Logger
}

// DB is an open database. It is safe for concurrent use.
type DB struct {
	write *sql.DB // for changes; one connection
	read  *sql.DB // for reads; changes are refused

	accounts    accountQueries
	playerData  playerDataQueries
	secrets     secretQueries
	leaderboard leaderboardQueries
}

// Open opens the database, making it or bringing its schema up to date as
// needed. The error is ErrForeignFile or ErrNewerSchema if the file is not for
// this program; it is left as it was then.
func Open(ctx context.Context, cfg Config) (*DB, error) {
	db, err := open(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("open the database %s: %w", cfg.Path, err)
	}
	return db, nil
}

func open(ctx context.Context, cfg Config) (_ *DB, err error) {
	log := cfg.Logger
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	if cfg.Path == "" {
		return nil, errors.New("no path is set")
	}
	if err := createFile(cfg.Path); err != nil {
		return nil, err
	}

	db := new(DB)
	defer func() {
		if err != nil {
			err = errors.Join(err, db.closePools())
		}
	}()
	if db.write, err = openPool(cfg.Path, forWriting, 1); err != nil {
		return nil, err
	}
	if err := claim(ctx, db.write); err != nil {
		return nil, err
	}
	if err := narrowPermissions(cfg.Path, log); err != nil {
		return nil, err
	}
	if err := migrate(ctx, db.write, log); err != nil {
		return nil, err
	}
	if db.read, err = openPool(cfg.Path, forReading, max(4, runtime.GOMAXPROCS(0))); err != nil {
		return nil, err
	}
	return db, db.prepare(ctx)
}

// prepare compiles all queries: SQLite takes four times longer for a small
// change that is compiled anew each time.
func (db *DB) prepare(ctx context.Context) error {
	p := preparer{ctx: ctx, write: db.write, read: db.read}
	db.accounts = prepareAccounts(&p)
	db.playerData = preparePlayerData(&p)
	db.secrets = prepareSecrets(&p)
	db.leaderboard = prepareLeaderboard(&p)
	return p.err
}

// Ping reads from the database to see whether it works.
func (db *DB) Ping(ctx context.Context) error {
	var used bool
	if err := db.read.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM accounts)`).Scan(&used); err != nil {
		return fmt.Errorf("read from the database: %w", err)
	}
	return nil
}

// Close forces all changes to the disk and closes the database. Calls that are
// under way should be over by then.
func (db *DB) Close() error {
	// Reads end first: they keep a checkpoint from completing.
	err := db.read.Close()
	if cerr := checkpoint(db.write); cerr != nil {
		err = errors.Join(err, cerr)
	}
	if cerr := db.write.Close(); cerr != nil {
		err = errors.Join(err, cerr)
	}
	if err != nil {
		return fmt.Errorf("close the database: %w", err)
	}
	return nil
}

// closePools closes what a failed Open had opened.
func (db *DB) closePools() error {
	var err error
	for _, pool := range []*sql.DB{db.read, db.write} {
		if pool != nil {
			err = errors.Join(err, pool.Close())
		}
	}
	return err
}

// preparer compiles queries until the first error.
type preparer struct {
	ctx         context.Context
	write, read *sql.DB
	err         error
}

// change compiles a query that changes something, lookup one that does not.
func (p *preparer) change(query string) *sql.Stmt { return p.prepare(p.write, query) }
func (p *preparer) lookup(query string) *sql.Stmt { return p.prepare(p.read, query) }

func (p *preparer) prepare(pool *sql.DB, query string) *sql.Stmt {
	if p.err != nil {
		return nil
	}
	stmt, err := pool.PrepareContext(p.ctx, query)
	if err != nil {
		p.err = fmt.Errorf("prepare %q: %w", query, err)
	}
	return stmt
}
