package store

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/charonrelay/charon/engine/token"
)

var _ token.SecretStore = (*DB)(nil)

type secretQueries struct {
	insert, byName *sql.Stmt
}

func prepareSecrets(p *preparer) secretQueries {
	return secretQueries{
		insert: p.change(`INSERT INTO secrets (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING`),
		byName: p.lookup(`SELECT value FROM secrets WHERE name = $1`),
	}
}

// Secret implements token.SecretStore.
func (db *DB) Secret(ctx context.Context, name string, fresh []byte) ([]byte, error) {
	if _, err := db.secrets.insert.ExecContext(ctx, name, fresh); err != nil {
		return nil, fmt.Errorf("store the secret %q: %w", name, err)
	}
	var value []byte
	if err := db.secrets.byName.QueryRowContext(ctx, name).Scan(&value); err != nil {
		return nil, fmt.Errorf("read the secret %q: %w", name, err)
	}
	return value, nil
}
