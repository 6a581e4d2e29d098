package game

import (
	"cmp"
	"slices"

	"github.com/charonrelay/charon/blaze"
	"github.com/charonrelay/charon/engine/presence"
)

// Entry says how a player comes into a game.
type Entry struct {
	// Session is the matchmaking session id (MSID) of a player who was matched,
	// 0 of one who joined by himself.
	Session uint32
	// Accept, if not nil, is asked under the game's lock whether the player
	// takes the game; otherwise the join fails with ErrUnfit.
	Accept func(View) bool
	// Before are notifications to the player ahead of all others.
	Before []blaze.Packet
}

// Join adds a player, tells everybody, and sends him the setup (spec: blaze
// 4.6.8). It fails with ErrFull, ErrGone, ErrUnfit or, if he is in a game or
// logged out, ErrBusy; nothing has happened then.
func (g *Game) Join(u *presence.User, entry Entry) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case g.over:
		return ErrGone
	case !joinable(g.state, len(g.members)):
		return ErrFull
	case entry.Accept != nil && !entry.Accept(g.view()):
		return ErrUnfit
	case !u.Claim(g.ID):
		return ErrBusy
	}
	for _, p := range entry.Before {
		u.Notify(p)
	}
	for _, m := range g.members {
		u.Subscribe(m.user)
		m.user.Subscribe(u)
	}
	joined := g.add(u, PlayerConnecting)
	joining := g.playerJoining(joined)
	for _, m := range g.members {
		if m != joined {
			m.user.Notify(joining)
		}
	}
	u.Notify(g.setup(setupReason{joined: true, session: entry.Session, user: u.ID}))
	u.Enter(g.ID)
	return nil
}

func (g *Game) add(u *presence.User, s PlayerState) *member {
	g.joins++
	m := &member{user: u, slot: g.freeSlot(), state: s, arrival: g.joins}
	g.insert(m)
	return m
}

// open makes u the host of a new game, whose lock is held.
func (g *Game) open(u *presence.User) error {
	if !u.Claim(g.ID) {
		g.over = true
		return ErrBusy
	}
	g.host = g.add(u, PlayerConnected)
	u.Notify(g.setup(setupReason{}))
	u.Enter(g.ID)
	return nil
}

// Leave takes the player out of the game and tells everybody. It reports
// false if he is no member.
func (g *Game) Leave(u *presence.User, reason RemovedReason) bool {
	g.mu.Lock()
	m := g.member(u)
	if m == nil {
		g.mu.Unlock()
		return false
	}
	g.remove(m, reason)
	over := g.over
	g.mu.Unlock()
	if over {
		g.onEmpty(g)
	}
	return true
}

// Remove takes a player out on behalf of a member: of himself or, if he is the
// host, of anybody. A player who is no member is no error (spec: blaze 4.6.7).
func (g *Game) Remove(by *presence.User, player uint32, reason RemovedReason) error {
	var target *presence.User
	err := g.do(by, false, func(m *member) error {
		t := g.memberByID(player)
		if t == nil {
			return nil
		}
		if t != m && m != g.host {
			return ErrPermission
		}
		target = t.user
		return nil
	})
	if err == nil && target != nil {
		g.Leave(target, reason)
	}
	return err
}

// remove is the leave sequence (spec: blaze 4.6.9).
func (g *Game) remove(m *member, reason RemovedReason) {
	g.members = slices.DeleteFunc(g.members, func(x *member) bool { return x == m })
	m.user.Release(g.ID)
	removed := g.playerRemoved(m, reason)
	g.notifyAll(removed)
	m.user.Notify(removed)
	for _, r := range g.members {
		m.user.Unsubscribe(r.user)
		r.user.Unsubscribe(m.user)
	}
	if len(g.members) == 0 {
		g.over = true
		return
	}
	wasHost := m == g.host
	if wasHost {
		g.host = g.eldest()
	}
	g.notifyAll(g.adminChange(m.user.ID, adminRemoved))
	if wasHost {
		g.migrate()
	}
}

// eldest returns the member who has been in the game longest.
func (g *Game) eldest() *member {
	return slices.MinFunc(g.members, func(a, b *member) int { return cmp.Compare(a.arrival, b.arrival) })
}

// migrate announces the new host and brings the game back to the state it was
// in (spec: blaze 4.6.9 step 5, U27).
func (g *Game) migrate() {
	before := g.state
	g.setState(StateMigrating)
	g.notifyAll(g.migrationStart())
	g.setState(before)
	g.notifyAll(g.migrationFinished())
}
