package matchmaking

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/charonrelay/charon/blaze"
	"github.com/charonrelay/charon/engine/game"
	"github.com/charonrelay/charon/engine/presence"
)

// Times of a search. The game asks for 30 minutes itself.
const (
	statusEvery = 20 * time.Second
	checkEvery  = 5 * time.Second
	maxDuration = 30 * time.Minute
)

// Games is the part of the game directory that searches use.
type Games interface {
	Games() []*game.Game
}

// Matchmaker finds games for players who search.
type Matchmaker interface {
	// Start searches a game for u, who receives at least one status before its
	// setup. An earlier search of his ends. A search without a result within
	// duration fails with a notification; 0 means the longest, 30 minutes. The
	// id is the one that everything about the search carries.
	Start(u *presence.User, c Criteria, duration time.Duration) (id uint32)
	// Cancel ends the search of u, if there is one.
	Cancel(u *presence.User)
	// Examine offers a new, changed or emptier game to everybody who waits.
	Examine(g *game.Game)
	// Waiting returns how many players are waiting.
	Waiting() int
}

// Local is the Matchmaker of a server of one node. Run drives its times.
type Local struct {
	games Games
	now   func() time.Time

	mu    sync.Mutex
	queue []*search // in order of arrival
}

type search struct {
	user     *presence.User
	criteria Criteria
	until    time.Time
	status   time.Time // when the next one is due
}

// NewLocal returns a matchmaker without searches; now tells the time.
func NewLocal(games Games, now func() time.Time) *Local {
	return &Local{games: games, now: now}
}

// session is the matchmaking session id of a user: proven clients take any,
// as long as all messages of a search have the same (spec: blaze 4.6.10).
func session(u *presence.User) uint32 { return u.ID }

// Start implements [Matchmaker].
func (l *Local) Start(u *presence.User, c Criteria, duration time.Duration) (id uint32) {
	if duration <= 0 || duration > maxDuration {
		duration = maxDuration
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.drop(u)
	if u.Ended() { // his Cancel may have been before; there would be no other
		return session(u)
	}
	now := l.now()
	s := &search{user: u, criteria: c, until: now.Add(duration), status: now.Add(statusEvery)}
	for _, g := range l.candidates(c) {
		if err := l.join(s, g); err == nil || errors.Is(err, game.ErrBusy) {
			return session(u)
		}
	}
	l.queue = append(l.queue, s)
	return session(u)
}

// candidates returns the games that fit, the fullest first, then the oldest.
func (l *Local) candidates(c Criteria) []*game.Game {
	type candidate struct {
		game *game.Game
		view game.View
	}
	var fit []candidate
	for _, g := range l.games.Games() {
		if v := g.View(); v.Joinable() && c.Fits(v) {
			fit = append(fit, candidate{g, v})
		}
	}
	slices.SortFunc(fit, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(b.view.Players, a.view.Players), a.view.Created.Compare(b.view.Created))
	})
	games := make([]*game.Game, len(fit))
	for i, f := range fit {
		games[i] = f.game
	}
	return games
}

func (l *Local) join(s *search, g *game.Game) error {
	return g.Join(s.user, game.Entry{
		Session: session(s.user),
		Accept:  s.criteria.Fits,
		Before:  []blaze.Packet{status(s.user)},
	})
}

// Cancel implements [Matchmaker].
func (l *Local) Cancel(u *presence.User) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.drop(u)
}

func (l *Local) drop(u *presence.User) {
	l.queue = slices.DeleteFunc(l.queue, func(s *search) bool { return s.user == u })
}

// Examine implements [Matchmaker].
func (l *Local) Examine(g *game.Game) {
	l.mu.Lock()
	defer l.mu.Unlock()
	v := g.View() // a change after this brings the next Examine
	over := !v.Joinable()
	l.queue = slices.DeleteFunc(l.queue, func(s *search) bool {
		if over || !s.criteria.Fits(v) {
			return false
		}
		err := l.join(s, g)
		over = errors.Is(err, game.ErrFull) || errors.Is(err, game.ErrGone)
		// A player who is busy has found a game by himself or has gone.
		return err == nil || errors.Is(err, game.ErrBusy)
	})
}

// Waiting implements [Matchmaker].
func (l *Local) Waiting() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.queue)
}

// Run tells waiting players that the search goes on, and fails searches whose
// time is over, until ctx is done.
func (l *Local) Run(ctx context.Context) {
	t := time.NewTicker(checkEvery)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			l.tick(l.now())
		}
	}
}

func (l *Local) tick(now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.queue = slices.DeleteFunc(l.queue, func(s *search) bool {
		if !now.Before(s.until) {
			s.user.Notify(failed(s.user))
			return true
		}
		if !now.Before(s.status) {
			s.status = now.Add(statusEvery)
			s.user.Notify(status(s.user))
		}
		return false
	})
}
