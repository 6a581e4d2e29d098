package leaderboard_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/charonrelay/charon/engine/account"
	"github.com/charonrelay/charon/engine/leaderboard"
	"github.com/charonrelay/charon/engine/store"
)

func TestReport(t *testing.T) {
	db, err := store.Open(t.Context(), store.Config{Path: filepath.Join(t.TempDir(), "engine.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	a, err := db.CreateAccount(t.Context(), account.NewAccount{
		Email: "a@b.c", EmailKey: "a@b.c", Name: "a", NameKey: "a", At: time.Unix(0, 0),
	})
	if err != nil {
		t.Fatal(err)
	}
	s := leaderboard.New(db)

	type state struct {
		n7, cp       uint32
		hasN7, hasCP bool
	}
	steps := []struct {
		name   string
		n7, cp *uint32
		want   state
	}{
		{"nothing", nil, nil, state{}},
		{"challenge points only", nil, new(uint32(40)), state{cp: 40, hasCP: true}},
		{"rating only", new(uint32(0)), nil, state{hasN7: true, cp: 40, hasCP: true}},
		{"both", new(uint32(4294967295)), new(uint32(50)), state{n7: 4294967295, hasN7: true, cp: 50, hasCP: true}},
		{"nothing again", nil, nil, state{n7: 4294967295, hasN7: true, cp: 50, hasCP: true}},
		{"lower rating", new(uint32(120)), nil, state{n7: 120, hasN7: true, cp: 50, hasCP: true}},
	}
	for _, tt := range steps {
		t.Run(tt.name, func(t *testing.T) {
			if err := s.Report(t.Context(), a.ID, tt.n7, tt.cp); err != nil {
				t.Fatal(err)
			}
			var got state
			var err error
			if got.n7, got.hasN7, err = s.Rating(t.Context(), a.ID); err != nil {
				t.Fatal(err)
			}
			if got.cp, got.hasCP, err = db.Score(t.Context(), a.ID, leaderboard.ChallengePoints); err != nil {
				t.Fatal(err)
			}
			if got != tt.want {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
		})
	}

	if err := s.Report(t.Context(), a.ID+1, new(uint32(1)), nil); err == nil {
		t.Error("a report for a player who does not exist was accepted")
	}
	if _, ok, err := s.Rating(t.Context(), a.ID+1); ok || err != nil {
		t.Errorf("a player who does not exist has a rating: %v, %v", ok, err)
	}
}
