package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/charonrelay/charon/engine/leaderboard"
)

var _ leaderboard.Store = (*DB)(nil)

type leaderboardQueries struct {
	save, score *sql.Stmt
}

func prepareLeaderboard(p *preparer) leaderboardQueries {
	return leaderboardQueries{
		save: p.change(`
			INSERT INTO leaderboard (board, player_id, value) VALUES ($1, $2, $3)
			ON CONFLICT (board, player_id) DO UPDATE SET value = excluded.value`),
		score: p.lookup(`SELECT value FROM leaderboard WHERE board = $1 AND player_id = $2`),
	}
}

// SaveScores implements leaderboard.Store.
func (db *DB) SaveScores(ctx context.Context, player uint32, scores []leaderboard.Score) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("save scores of player %d: %w", player, err)
		}
	}()
	tx, err := db.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // does nothing after a commit
	save := tx.StmtContext(ctx, db.leaderboard.save)
	defer save.Close()
	for _, s := range scores {
		if _, err := save.ExecContext(ctx, s.Board, player, s.Value); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// Score implements leaderboard.Store.
func (db *DB) Score(ctx context.Context, player uint32, board leaderboard.Board) (value uint32, ok bool, err error) {
	err = db.leaderboard.score.QueryRowContext(ctx, board, player).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, fmt.Errorf("read a score of player %d: %w", player, err)
	}
	return value, true, nil
}
