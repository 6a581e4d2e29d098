package gamesim

import (
	"context"

	"github.com/charonrelay/charon/blaze/tdf"
)

// Ticket is a search that waits in the queue of a server.
type Ticket struct {
	client  *Client
	session uint64
}

// Search starts matchmaking where nothing fits yet, so that the player waits
// (spec: blaze 4.6.10). CreateLobby delivers the players of tickets.
func Search(ctx context.Context, c *Client, m Match) (*Ticket, error) {
	t := &Ticket{client: c}
	if err := c.Do(ctx, "startMatchmaking", StartMatchmaking(m, c.network()), t.answer()); err != nil {
		return nil, err
	}
	return t, nil
}

// answer expects the response to startMatchmaking.
func (t *Ticket) answer() Want {
	return Answer(Holds("MSID", "is a session", func(v tdf.Value) string {
		if t.session = v.Uint(); t.session == 0 {
			return "is 0"
		}
		return ""
	}))
}

// Cancel gives the search up; the player then waits no longer.
func (t *Ticket) Cancel(ctx context.Context) error {
	return t.client.Do(ctx, "cancelMatchmaking", CancelMatchmaking(t.session), AnyNumber(t.status()), Answer())
}

// CreateLobby opens a match with c as its host. The players of waiting tickets
// must be put into it in their order, as far as there is room (spec: blaze
// 4.6.2, 8.5).
func CreateLobby(ctx context.Context, c *Client, m Match, waiting ...*Ticket) (*Lobby, error) {
	host := &member{Client: c, stat: statConnected}
	l := &Lobby{
		creator:    c.me.Name,
		attributes: m.attributes(),
		settings:   SettingsOpen,
		state:      StateNew,
		members:    []*member{host},
		host:       host,
	}
	const step = "createGame"
	if err := c.Do(ctx, step, CreateGame(c.me.Name, m, c.network()), Answer(Holds("GID", "is a game", func(v tdf.Value) string {
		if l.id = v.Uint(); l.id == 0 {
			return "is 0"
		}
		return ""
	}))); err != nil {
		return nil, err
	}
	var s script
	s.to(c, l.gameSetup(host, created()...), userData(c, l.id))
	for _, t := range waiting {
		l.enter(&s, t.client, t, matched(t))
	}
	return l, s.observe(ctx, step)
}

// Open does what the host's game does right after createGame: it ends the
// creation, enters the lobby state and reports its own connection (spec: blaze
// 8.5 rows 27-29).
func (l *Lobby) Open(ctx context.Context) error {
	const step = "finalizeGameCreation"
	if err := l.alive(step); err != nil {
		return err
	}
	h := l.host
	if err := h.Do(ctx, step, FinalizeGameCreation(l.id), Answer()); err != nil {
		return err
	}
	if err := l.Advance(ctx, StateLobby); err != nil {
		return err
	}
	return l.report(ctx, h, h)
}

// Matchmake lets c find this match (spec: blaze 8.6).
func (l *Lobby) Matchmake(ctx context.Context, c *Client, m Match) error {
	const step = "startMatchmaking"
	if err := l.alive(step); err != nil {
		return err
	}
	var s script
	t := &Ticket{client: c}
	if err := c.Do(ctx, step, StartMatchmaking(m, c.network()), t.answer()); err != nil {
		return err
	}
	l.enter(&s, c, t, matched(t))
	return s.observe(ctx, step)
}

// JoinPlayer lets c look for the player to, ask about the match it is in, and
// join it (spec: blaze 8.6, last row).
func (l *Lobby) JoinPlayer(ctx context.Context, c, to *Client) error {
	const step = "lookupUser"
	if err := l.alive(step); err != nil {
		return err
	}
	if err := c.Do(ctx, step, LookupUser(to.me.ID), Answer(append(extendedData("EDAT", to, l.id),
		Is("USER.ID", to.me.ID), Is("USER.NAME", to.me.Name), Is("FLGS", 2))...)); err != nil {
		return err
	}
	if err := l.Inspect(ctx, c); err != nil {
		return err
	}
	var s script
	s.to(c, Answer(Is("GID", l.id), Is("JGS", 0)))
	l.enter(&s, c, nil, joined())
	return s.perform(ctx, "joinGame", c, JoinGame(to.me.ID, c.network()))
}

// Inspect lets c ask about the match from outside (spec: blaze 4.6.14).
func (l *Lobby) Inspect(ctx context.Context, c *Client) error {
	const step = "getGameDataFromId"
	if err := l.alive(step); err != nil {
		return err
	}
	return c.Do(ctx, step, GetGameDataFromID(l.id), Answer(
		Len("GDAT", 1),
		Is("GDAT[0].GID", l.id),
		Is("GDAT[0].ATTR", l.attributes),
		Is("GDAT[0].GSET", l.settings),
		Is("GDAT[0].GSTA", l.state),
		Is("GDAT[0].HOST", l.host.me.ID),
		Is("GDAT[0].PCNT", []uint64{uint64(len(l.members)), 0}),
		Is("GDAT[0].VSTR", protocolVersion),
	))
}

// enter adds what everybody receives when c comes in (spec: blaze 4.6.8); t is
// its search, nil if it had none.
func (l *Lobby) enter(s *script, c *Client, t *Ticket, reason []Check) {
	j := &member{Client: c, slot: l.freeSlot(), stat: statConnecting}
	present := l.bySlot()
	l.members = append(l.members, j)
	if t != nil {
		s.to(c, Repeated(t.status()))
	}
	var introductions [][]Want
	for _, e := range present {
		introductions = append(introductions, []Want{userAdded(e.Client, l.id), userUpdated(e.Client)})
		s.to(e.Client, userAdded(c, 0), userUpdated(c), l.playerJoining(j))
	}
	if c.cfg.Lenient {
		s.to(c, Mixed(introductions...))
	} else {
		for _, i := range introductions {
			s.to(c, i...)
		}
	}
	s.to(c, l.gameSetup(j, reason...))
	l.all(s, userData(c, l.id))
}

// Connect lets the host and the member c report their connection to each
// other. Whichever report comes first completes the join; Pocket Relay servers
// listen to the host only (spec: blaze 4.6.11). The host's game then makes c an
// administrator (spec: blaze 4.6.13).
func (l *Lobby) Connect(ctx context.Context, c *Client, hostFirst bool) error {
	m, err := l.member(c, "updateMeshConnection")
	if err != nil {
		return err
	}
	reporters := []*member{l.host, m}
	if !hostFirst && !c.cfg.Lenient {
		reporters = []*member{m, l.host}
	}
	for _, by := range reporters {
		other := l.host
		if by == l.host {
			other = m
		}
		if err := l.report(ctx, by, other); err != nil {
			return err
		}
	}
	return l.byHost(ctx, "addAdminPlayer", AddAdminPlayer(l.id, c.me.ID), l.adminChange(m, adminAdded, l.host))
}

// Operations of NotifyAdminListChange (spec: blaze 5.1).
const (
	adminAdded   = 0
	adminRemoved = 1
)

// report lets by report its connection to other. The one of the two who is not
// the host has then joined, which everybody is told once.
func (l *Lobby) report(ctx context.Context, by, other *member) error {
	var s script
	s.to(by.Client, Answer())
	joiner := other
	if other == l.host {
		joiner = by
	}
	if !joiner.announced {
		joiner.announced, joiner.stat = true, statConnected
		l.all(&s, l.joinCompleted(joiner)...)
	}
	return s.perform(ctx, "updateMeshConnection", by.Client, UpdateMeshConnection(l.id, other.me.ID))
}
