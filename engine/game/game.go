package game

import (
	"cmp"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/charonrelay/charon/blaze"
	"github.com/charonrelay/charon/engine/presence"
)

// Errors of game commands.
var (
	// ErrFull says that all four slots are taken, or that the host ends the game.
	ErrFull = errors.New("game: the game is full")
	// ErrGone says that the last player has left.
	ErrGone = errors.New("game: the game is over")
	// ErrBusy says that the player is in a game, or has just logged out.
	ErrBusy = errors.New("game: the player is in another game")
	// ErrUnfit says that the game is not what the player looks for.
	ErrUnfit = errors.New("game: the game does not fit")
	// ErrPermission says that the player may not do that to this game.
	ErrPermission = errors.New("game: only a member, or only the host, may do that")
	// ErrAttributes says that a client set more attributes than a game holds.
	ErrAttributes = errors.New("game: too many or too long attributes")
	// ErrVersion says that a client sent a version string of absurd length.
	ErrVersion = errors.New("game: too long version string")
)

// Game is one lobby or match.
type Game struct {
	// ID is unique among all games of all nodes.
	ID uint32

	uuid    string
	version string
	seed    uint32
	created time.Time
	onEmpty func(*Game)

	mu        sync.Mutex
	over      bool // the last player has left; nobody comes any more
	state     State
	settings  Settings
	attrs     Attributes // replaced, never changed in place
	reporting uint64     // GSID
	members   []*member  // in slot order
	host      *member
	joins     uint64 // counts joins, for the order of arrival
}

type member struct {
	user      *presence.User
	slot      uint8
	state     PlayerState
	announced bool // PlayerJoinCompleted has been sent
	arrival   uint64
}

// View is what the rules of matchmaking look at.
type View struct {
	Attributes Attributes
	Settings   Settings
	State      State
	Players    int
	Created    time.Time
}

// Joinable reports whether there is a place for one more player
// (spec: blaze 4.6.1).
func (v View) Joinable() bool { return joinable(v.State, v.Players) }

func joinable(s State, players int) bool { return s != StateDestructing && players < Capacity }

// View returns the present state of the game.
func (g *Game) View() View {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.view()
}

func (g *Game) view() View {
	return View{g.attrs, g.settings, g.state, len(g.members), g.created}
}

func (g *Game) member(u *presence.User) *member {
	for _, m := range g.members {
		if m.user == u {
			return m
		}
	}
	return nil
}

func (g *Game) memberByID(player uint32) *member {
	for _, m := range g.members {
		if m.user.ID == player {
			return m
		}
	}
	return nil
}

func (g *Game) notifyAll(p blaze.Packet) {
	for _, m := range g.members {
		m.user.Notify(p)
	}
}

// freeSlot returns the lowest slot nobody has. Slots stay as they are for a
// whole stay (spec: blaze 4.6.1).
func (g *Game) freeSlot() uint8 {
	slot := uint8(0)
	for _, m := range g.members {
		if m.slot != slot {
			break
		}
		slot++
	}
	return slot
}

func (g *Game) insert(m *member) {
	i, _ := slices.BinarySearchFunc(g.members, m, func(a, b *member) int { return cmp.Compare(a.slot, b.slot) })
	g.members = slices.Insert(g.members, i, m)
}

// do runs change for a member, or fails with ErrPermission. With hostOnly the
// member must be the host.
func (g *Game) do(u *presence.User, hostOnly bool, change func(*member) error) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.over {
		return ErrGone
	}
	m := g.member(u)
	if m == nil || hostOnly && m != g.host {
		return ErrPermission
	}
	return change(m)
}

// SetState sets the state on behalf of the host and tells all members
// (spec: blaze 4.6.3).
func (g *Game) SetState(by *presence.User, s State) error {
	return g.do(by, true, func(*member) error {
		g.setState(s)
		return nil
	})
}

func (g *Game) setState(s State) {
	g.state = s
	g.notifyAll(g.stateChange(s))
}

// SetSettings replaces the settings on behalf of the host and tells all
// members (spec: blaze 4.6.4).
func (g *Game) SetSettings(by *presence.User, s Settings) error {
	return g.do(by, true, func(*member) error {
		g.settings = s
		g.notifyAll(g.settingsChange())
		return nil
	})
}

// SetAttributes merges attributes on behalf of a member and tells all members
// which ones changed (spec: blaze 4.6.5).
func (g *Game) SetAttributes(by *presence.User, changes Attributes) error {
	return g.do(by, false, func(*member) error {
		merged, err := g.attrs.merge(changes)
		if err != nil {
			return err
		}
		g.attrs = merged
		g.notifyAll(g.attributesChange(changes))
		return nil
	})
}

// Replay brings the game back to the lobby for another round on behalf of the
// host, with a reporting id of its own (spec: blaze 4.6.12).
func (g *Game) Replay(by *presence.User) error {
	return g.do(by, true, func(*member) error {
		g.setState(StatePreGame)
		g.reporting = newReportingID()
		g.notifyAll(g.reportingIDChange())
		return nil
	})
}

// AddAdmin announces another member as admin on behalf of the host. Of other
// members the request is ignored (spec: blaze 4.6.13).
func (g *Game) AddAdmin(by *presence.User, player uint32) error {
	return g.do(by, false, func(m *member) error {
		if m == g.host && g.memberByID(player) != nil {
			g.notifyAll(g.adminChange(player, adminAdded))
		}
		return nil
	})
}

// Connected takes a report that the connection between a member and a player
// stands. What counts is the connection with the host, reported by either end,
// once for each stay (spec: blaze 4.6.11).
func (g *Game) Connected(by *presence.User, player uint32) error {
	return g.do(by, false, func(m *member) error {
		target := g.memberByID(player)
		switch {
		case target == nil:
			return nil
		case m != g.host && target != g.host:
			return nil
		case m != g.host:
			target = m
		}
		if target.announced {
			return nil
		}
		target.announced, target.state = true, PlayerConnected
		g.notifyAll(g.playerStateChange(target))
		g.notifyAll(g.joinCompleted(target))
		return nil
	})
}
