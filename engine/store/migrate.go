package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"

	"github.com/pressly/goose/v3"
)

// ErrNewerSchema means that a newer version of the program has changed the
// schema of the database. Going back needs a backup from before.
var ErrNewerSchema = errors.New("the database was made by a newer version of Charon; use that version, or restore a backup from before the update")

//go:embed migrations/*.sql
var migrations embed.FS

// migrate brings the schema up to date. Several processes may do so at once.
func migrate(ctx context.Context, db *sql.DB, log *slog.Logger) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, db, files, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return err
	}
	for {
		have, want, err := provider.GetVersions(ctx)
		if err != nil {
			return fmt.Errorf("read the schema version: %w", err)
		}
		if have > want {
			return fmt.Errorf("%w (its schema has version %d, this program knows version %d)", ErrNewerSchema, have, want)
		}
		if have == want {
			return nil
		}
		if _, err = provider.Up(ctx); err == nil {
			log.Info("the database schema was brought up to date", slog.Int64("from", have), slog.Int64("to", want))
			return nil
		}
		// Each step is a transaction with the record of its version. A step
		// fails if another process has just done it; then go on from there.
		if now, verr := provider.GetDBVersion(ctx); verr != nil || now == have {
			return fmt.Errorf("bring the schema up to date: %w", err)
		}
	}
}
