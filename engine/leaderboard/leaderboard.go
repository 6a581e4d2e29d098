// Package leaderboard keeps the scores by which players are ranked: the N7
// rating and the challenge points that a game reports at the end of a match
// (spec: engine 7, blaze 4.10).
package leaderboard

import "context"

// Board names one ranking (spec: engine 7.1).
type Board uint8

// The boards. The numbers are the stored ones.
const (
	N7Rating        Board = 0
	ChallengePoints Board = 1
)

// Score is a player's value on one board.
type Score struct {
	Board Board
	Value uint32
}

// Store keeps scores. Its methods are safe for concurrent use, also by several
// processes at once.
type Store interface {
	// SaveScores sets the given scores of a player, all or none.
	SaveScores(ctx context.Context, player uint32, scores []Score) error
	// Score returns a player's value on a board; ok is false if there is none.
	Score(ctx context.Context, player uint32, board Board) (value uint32, ok bool, err error)
}

// Service records and looks up scores. It is safe for concurrent use and has
// nothing to close.
type Service struct {
	store Store
}

// New returns a Service on store.
func New(store Store) *Service {
	return &Service{store: store}
}

// Report sets the player's N7 rating and challenge points to what the game
// says they are now. A nil value leaves that board as it is (spec: blaze 4.10).
// Both change together or, on an error, not at all.
func (s *Service) Report(ctx context.Context, player uint32, n7, challengePoints *uint32) error {
	var scores []Score
	if n7 != nil {
		scores = append(scores, Score{N7Rating, *n7})
	}
	if challengePoints != nil {
		scores = append(scores, Score{ChallengePoints, *challengePoints})
	}
	if len(scores) == 0 {
		return nil
	}
	return s.store.SaveScores(ctx, player, scores)
}

// Rating returns the player's N7 rating; ok is false if none was reported yet.
func (s *Service) Rating(ctx context.Context, player uint32) (n7 uint32, ok bool, err error) {
	return s.store.Score(ctx, player, N7Rating)
}
