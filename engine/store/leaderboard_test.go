package store

import (
	"testing"

	"github.com/charonrelay/charon/engine/leaderboard"
)

func TestScores(t *testing.T) {
	db := tempDB(t)
	id := addAccount(t, db, "a").ID
	check := func(board leaderboard.Board, want uint32, wantOK bool) {
		t.Helper()
		if v, ok, err := db.Score(t.Context(), id, board); v != want || ok != wantOK || err != nil {
			t.Errorf("board %d: %d, %v, %v; want %d, %v", board, v, ok, err, want, wantOK)
		}
	}
	save := func(scores ...leaderboard.Score) {
		t.Helper()
		if err := db.SaveScores(t.Context(), id, scores); err != nil {
			t.Fatal(err)
		}
	}
	check(leaderboard.N7Rating, 0, false)
	save(leaderboard.Score{Board: leaderboard.N7Rating, Value: 0})
	check(leaderboard.N7Rating, 0, true)
	check(leaderboard.ChallengePoints, 0, false)
	save(leaderboard.Score{Board: leaderboard.N7Rating, Value: 1<<32 - 1}, leaderboard.Score{Board: leaderboard.ChallengePoints, Value: 7})
	check(leaderboard.N7Rating, 1<<32-1, true)
	check(leaderboard.ChallengePoints, 7, true)
	save(leaderboard.Score{Board: leaderboard.N7Rating, Value: 5}) // down is fine
	check(leaderboard.N7Rating, 5, true)
	check(leaderboard.ChallengePoints, 7, true)
}

func TestScoresAllOrNone(t *testing.T) {
	db := tempDB(t)
	id := addAccount(t, db, "a").ID
	err := db.SaveScores(t.Context(), id, []leaderboard.Score{{Board: leaderboard.N7Rating, Value: 1}, {Board: 9, Value: 1}})
	if err == nil {
		t.Error("a board that does not exist was accepted")
	}
	if n := count(t, db, `SELECT count(*) FROM leaderboard`); n != 0 {
		t.Errorf("%d scores of a failed report are left", n)
	}
	if err := db.SaveScores(t.Context(), 99, []leaderboard.Score{{Value: 1}}); err == nil {
		t.Error("a score of a player who does not exist was saved")
	}
	if err := db.SaveScores(t.Context(), id, []leaderboard.Score{{Value: 1}}); err != nil {
		t.Errorf("the database does not work after a failed change: %v", err)
	}
}
