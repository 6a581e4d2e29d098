package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/charonrelay/charon/engine/playerdata"
)

var _ playerdata.Store = (*DB)(nil)

type playerDataQueries struct {
	save, one, all *sql.Stmt
}

func preparePlayerData(p *preparer) playerDataQueries {
	return playerDataQueries{
		save: p.change(`
			INSERT INTO player_data (player_id, key, value, updated_at)
			SELECT $1, $2, $3, $4
			FROM (SELECT count(*) AS keys, coalesce(sum(length(value)), 0) AS bytes,
			             max(CASE WHEN key = $2 THEN length(value) END) AS old
			      FROM player_data WHERE player_id = $1) AS present
			WHERE (old IS NOT NULL OR keys < $5)
			  AND (bytes - coalesce(old, 0) + length($3) <= $6 OR length($3) <= old)
			ON CONFLICT (player_id, key) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at`),
		one: p.lookup(`SELECT value FROM player_data WHERE player_id = $1 AND key = $2`),
		all: p.lookup(`SELECT key, value FROM player_data WHERE player_id = $1`),
	}
}

// SavePlayerData implements playerdata.Store.
func (db *DB) SavePlayerData(ctx context.Context, player uint32, e playerdata.Entry, at time.Time, limits playerdata.Limits) error {
	result, err := db.playerData.save.ExecContext(ctx, player, e.Key, []byte(e.Value), at.UnixMicro(), limits.Keys, limits.Bytes)
	if err != nil {
		return fmt.Errorf("save data of player %d: %w", player, err)
	}
	saved, err := result.RowsAffected()
	if err != nil {
		return fmt.Errorf("save data of player %d: %w", player, err)
	}
	if saved == 0 {
		return playerdata.ErrFull
	}
	return nil
}

// PlayerDataValue implements playerdata.Store.
func (db *DB) PlayerDataValue(ctx context.Context, player uint32, key string) (string, error) {
	var value string
	err := db.playerData.one.QueryRowContext(ctx, player, key).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		return "", playerdata.ErrNoSuchKey
	}
	if err != nil {
		return "", fmt.Errorf("load data of player %d: %w", player, err)
	}
	return value, nil
}

// PlayerData implements playerdata.Store.
func (db *DB) PlayerData(ctx context.Context, player uint32) (entries []playerdata.Entry, err error) {
	defer func() {
		if err != nil {
			entries, err = nil, fmt.Errorf("load data of player %d: %w", player, err)
		}
	}()
	rows, err := db.playerData.all.QueryContext(ctx, player)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var e playerdata.Entry
		if err := rows.Scan(&e.Key, &e.Value); err != nil {
			return nil, err
		}
		entries = append(entries, e)
	}
	return entries, rows.Err()
}
