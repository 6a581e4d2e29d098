package gamesim

import (
	"context"
	"errors"
	"slices"

	"github.com/charonrelay/charon/blaze/tdf"
)

// Lobby is one match as its players should see it. Each method lets one client
// act and then checks what every client must receive of it, which is the table
// of spec: blaze 8.9 for any number of players. A lobby is for one goroutine;
// its clients must have been in the menu and may not be used by others
// meanwhile. After an error nothing is known of the match any more.
type Lobby struct {
	id         uint64
	creator    string // display name
	attributes []tdf.Pair
	settings   uint64
	state      uint64
	reporting  uint64 // GSID and GRID
	seed       uint64
	uuid       string
	members    []*member // in the order of joining
	host       *member
}

// member is a player in the match.
type member struct {
	*Client
	// slot is given when joining and never changes.
	slot uint64
	// stat is the PlayerState.
	stat uint64
	// announced says that the others were told that the join is complete.
	announced bool
}

// PlayerStates (spec: blaze 5.1).
const (
	statConnecting = 2
	statConnected  = 4
)

// ID returns the game id.
func (l *Lobby) ID() uint64 { return l.id }

// Host returns the host, nil if nobody is left.
func (l *Lobby) Host() *Client {
	if l.host == nil {
		return nil
	}
	return l.host.Client
}

// script collects what each client must receive, in order.
type script struct {
	clients []*Client
	wants   map[*Client][]Want
}

func (s *script) to(c *Client, wants ...Want) {
	if s.wants == nil {
		s.wants = make(map[*Client][]Want)
	}
	if _, ok := s.wants[c]; !ok {
		s.clients = append(s.clients, c)
	}
	s.wants[c] = append(s.wants[c], wants...)
}

// perform sends a request and checks what everybody receives. Nothing is
// promised about the order between two connections.
func (s *script) perform(ctx context.Context, step string, by *Client, r Request) error {
	if err := by.Send(ctx, r); err != nil {
		return err
	}
	return s.observe(ctx, step)
}

func (s *script) observe(ctx context.Context, step string) error {
	for _, c := range s.clients {
		if err := c.Expect(ctx, step, s.wants[c]...); err != nil {
			return err
		}
	}
	return nil
}

// all tells every member the same.
func (l *Lobby) all(s *script, wants ...Want) {
	for _, m := range l.members {
		s.to(m.Client, wants...)
	}
}

// freeSlot returns the lowest slot that nobody has (spec: blaze 4.6.1).
func (l *Lobby) freeSlot() uint64 {
	for slot := uint64(0); ; slot++ {
		if !slices.ContainsFunc(l.members, func(m *member) bool { return m.slot == slot }) {
			return slot
		}
	}
}

// bySlot returns the members in slot order.
func (l *Lobby) bySlot() []*member {
	return slices.SortedFunc(slices.Values(l.members), func(a, b *member) int { return int(a.slot) - int(b.slot) })
}

// slots returns what the server may call the slot of m: the one it got when it
// joined, and for Pocket Relay servers its position in the list of members.
func (l *Lobby) slots(m *member) []any {
	if !m.cfg.Lenient {
		return []any{m.slot}
	}
	return []any{m.slot, slices.Index(l.members, m)}
}

// errors of scenarios that do what no game could.
var (
	errNotMember = errors.New("the client is not in the lobby")
	errNoHost    = errors.New("nobody is left in the lobby")
)

// member returns the member that plays with c.
func (l *Lobby) member(c *Client, step string) (*member, error) {
	for _, m := range l.members {
		if m.Client == c {
			return m, nil
		}
	}
	return nil, &Failure{Client: c.cfg.Name, Step: step, Err: errNotMember}
}

// alive returns an error if everybody has left, for then the server has removed
// the match.
func (l *Lobby) alive(step string) error {
	if l.host == nil {
		return &Failure{Client: "lobby", Step: step, Err: errNoHost}
	}
	return nil
}

// byHost lets the host send a request of which every member is told the same.
func (l *Lobby) byHost(ctx context.Context, step string, r Request, wants ...Want) error {
	if err := l.alive(step); err != nil {
		return err
	}
	var s script
	s.to(l.host.Client, Answer())
	l.all(&s, wants...)
	return s.perform(ctx, step, l.host.Client, r)
}
