package gamesim

import (
	"fmt"
	"slices"

	"github.com/charonrelay/charon/blaze"
	"github.com/charonrelay/charon/blaze/tdf"
)

// Expectations about a match (spec: blaze 4.6.16, 4.6.17).

// fitScore is the score that players are matched with (spec: blaze 4.6.10).
const fitScore = 21600

// tunnelPort is where every player's computer has the tunnel to the host
// (spec: blaze 4.6.1).
const tunnelPort = 42132

// Ways into a game (spec: blaze 5.1, DatalessContext).
const (
	contextCreate = 0
	contextJoin   = 1
)

// gameSetup expects NotifyGameSetup for the newest or only member; reason has
// the checks of REAS.
func (l *Lobby) gameSetup(to *member, reason ...Check) Want {
	h := l.host
	checks := []Check{
		Is("GAME.GID", l.id),
		Holds("GAME.ADMN", "is all players", l.admins(to)),
		Is("GAME.ATTR", l.attributes),
		Is("GAME.GNAM", l.creator, h.me.Name),
		Is("GAME.VSTR", protocolVersion),
		Is("GAME.GPVH", versionHash(protocolVersion)),
		Is("GAME.GSET", l.settings),
		Is("GAME.GSTA", l.state),
		Len("GAME.HNET", 1),
		Holds("GAME", "has a host address that suits its topology", hostReachable),
		Is("GAME.PHST.HPID", h.me.ID),
		Is("GAME.PHST.HSLT", l.slots(h)...),
		Is("GAME.THST.HPID", h.me.ID),
		Is("GAME.THST.HSLT", l.slots(h)...),
		Holds("PROS", "is the members", l.roster(to)),
	}
	checks = append(checks, quality("GAME.NQOS", h.network())...)
	if !to.cfg.Lenient {
		checks = append(checks, Is("GAME.HSES", h.me.ID))
	}
	checks = append(checks, reason...)
	if to == h {
		return Notify(blaze.GameManager, blaze.NotifyGameSetup, append(checks,
			Keep("GAME.GSID", func(v tdf.Value) { l.reporting = v.Uint() }),
			Keep("GAME.SEED", func(v tdf.Value) { l.seed = v.Uint() }),
			Keep("GAME.UUID", func(v tdf.Value) { l.uuid = v.Str() }),
		)...)
	}
	// These were told to the creator, perhaps after this list is made.
	return Notify(blaze.GameManager, blaze.NotifyGameSetup, append(checks,
		Holds("GAME", "has the identity of the game", func(v tdf.Value) string {
			g := v.Group()
			if g.Uint("GSID") != l.reporting || g.Uint("SEED") != l.seed || g.Str("UUID") != l.uuid {
				return fmt.Sprintf("has GSID %d, SEED %d, UUID %s, but the game began with %d, %d, %s",
					g.Uint("GSID"), g.Uint("SEED"), g.Str("UUID"), l.reporting, l.seed, l.uuid)
			}
			return ""
		}),
	)...)
}

// created checks REAS for the creator, joined for somebody who joined a player.
func created() []Check { return dataless(contextCreate) }
func joined() []Check  { return dataless(contextJoin) }

func dataless(context int) []Check {
	return []Check{unionIs("REAS", reasonDataless), Is("REAS.DCTX", context)}
}

// matched checks REAS for a player who was matched. FIT must equal MAXF (spec:
// blaze 4.6.10).
func matched(t *Ticket) []Check {
	const joinedNewGame, joinedExistingGame = 1, 2
	results := []any{joinedExistingGame}
	if t.client.cfg.Lenient {
		results = append(results, joinedNewGame)
	}
	return []Check{
		unionIs("REAS", reasonMatchmaking),
		Is("REAS.FIT", fitScore),
		Is("REAS.MAXF", fitScore),
		Is("REAS.MSID", t.session),
		Is("REAS.RSLT", results...),
		Is("REAS.USID", t.client.me.ID),
	}
}

// admins checks ADMN: all players; other servers may leave it to the host.
func (l *Lobby) admins(to *member) func(tdf.Value) string {
	want := make([]uint64, 0, maxPlayers)
	for _, m := range l.bySlot() {
		want = append(want, uint64(m.me.ID))
	}
	slices.Sort(want)
	host := uint64(l.host.me.ID)
	return func(v tdf.Value) string {
		got := slices.Sorted(slices.Values(numbers(v)))
		if to.cfg.Lenient && slices.Contains(got, host) || slices.Equal(got, want) {
			return ""
		}
		return fmt.Sprintf("is %v, not %v", got, want)
	}
}

// hostReachable compares NTOP with HNET: a pair for a host in the open, one
// address for a tunnel (spec: blaze 4.6.1).
func hostReachable(v tdf.Value) string {
	const peerHosted, dedicated = 0, 1
	g := v.Group()
	first, _ := element(g.List("HNET"), 0)
	index, member, _ := first.Union()
	switch topology := g.Uint("NTOP"); {
	case topology == peerHosted && index == addressPair:
		return ""
	case topology == dedicated && index == addressSingle:
		if member.Uint("PORT") != tunnelPort || member.Uint("IP") == 0 {
			return fmt.Sprintf("has the tunnel at %v", member)
		}
		return ""
	default:
		return fmt.Sprintf("has NTOP %d and union %d in HNET", topology, index)
	}
}

// seat is where a player sits and how far it has joined.
type seat struct {
	ID   int64
	Slot uint64
	Stat uint64
}

// roster checks PROS: everybody in slot order. Pocket Relay servers list them
// in the order of joining and number them through.
func (l *Lobby) roster(to *member) func(tdf.Value) string {
	var seats, positions []seat
	for _, m := range l.bySlot() {
		seats = append(seats, seat{m.me.ID, m.slot, m.stat})
	}
	for i, m := range l.members {
		positions = append(positions, seat{m.me.ID, uint64(i), m.stat})
	}
	names := make(map[int64]*member, len(l.members))
	for _, m := range l.members {
		names[m.me.ID] = m
	}
	return func(v tdf.Value) string {
		var got []seat
		for x := range v.List().All() {
			p := x.Group()
			got = append(got, seat{p.Int("PID"), p.Uint("SID"), p.Uint("STAT")})
			if m := names[p.Int("PID")]; m != nil {
				if reason := l.wrongPlayer(p, m); reason != "" {
					return reason
				}
			}
		}
		if slices.Equal(got, seats) || to.cfg.Lenient && slices.Equal(got, positions) {
			return ""
		}
		return fmt.Sprintf("is %+v, not %+v", got, seats)
	}
}

// wrongPlayer checks what does not depend on the slot of a ReplicatedGamePlayer.
func (l *Lobby) wrongPlayer(p tdf.Group, m *member) string {
	checks := []Check{
		Is("GID", l.id),
		Is("NAME", m.me.Name),
		Is("LOC", localeNumber(DefaultLocale), localeNumber(m.cfg.Locale)),
		address("PNET", m.Client),
	}
	if !m.cfg.Lenient {
		checks = append(checks, Is("UID", m.me.ID))
	}
	for _, c := range checks {
		if err := c.run(p); err != nil {
			return fmt.Sprintf("lists player %d whose %v", m.me.ID, err)
		}
	}
	return ""
}

// playerJoining expects NotifyPlayerJoining.
func (l *Lobby) playerJoining(m *member) Want {
	return Notify(blaze.GameManager, blaze.NotifyPlayerJoining,
		Is("GID", l.id),
		Is("PDAT.PID", m.me.ID),
		Is("PDAT.SID", l.slots(m)...),
		Is("PDAT.STAT", statConnecting),
		Holds("PDAT", "describes the player", func(v tdf.Value) string { return l.wrongPlayer(v.Group(), m) }),
	)
}

// joinCompleted expects the two notifications of a mesh connection.
func (l *Lobby) joinCompleted(m *member) []Want {
	return []Want{
		Notify(blaze.GameManager, blaze.NotifyGamePlayerStateChange, Is("GID", l.id), Is("PID", m.me.ID), Is("STAT", statConnected)),
		Notify(blaze.GameManager, blaze.NotifyPlayerJoinCompleted, Is("GID", l.id), Is("PID", m.me.ID)),
	}
}

// adminChange expects NotifyAdminListChange.
func (l *Lobby) adminChange(of *member, operation int, host *member) Want {
	return Notify(blaze.GameManager, blaze.NotifyAdminListChange,
		Is("ALST", of.me.ID), Is("GID", l.id), Is("OPER", operation), Is("UID", host.me.ID))
}

// stateChange expects NotifyGameStateChange to one of the states.
func (l *Lobby) stateChange(states ...any) Want {
	return Notify(blaze.GameManager, blaze.NotifyGameStateChange, Is("GID", l.id), Is("GSTA", states...))
}

// playerRemoved expects NotifyPlayerRemoved about a player who left; a lost
// connection counts as that (spec: blaze 1.6).
func (l *Lobby) playerRemoved(m *member) Want {
	return Notify(blaze.GameManager, blaze.NotifyPlayerRemoved, Is("GID", l.id), Is("PID", m.me.ID), Is("REAS", reasonLeft))
}

// status expects NotifyMatchmakingAsyncStatus.
func (t *Ticket) status() Want {
	return Notify(blaze.GameManager, blaze.NotifyMatchmakingAsyncStatus,
		Len("ASIL", 1), Is("MSID", t.session), Is("USID", t.client.me.ID))
}

// versionHash is the GPVH of a protocol version (spec: blaze 4.6.1).
func versionHash(version string) uint64 {
	h := uint64(2166136261)
	for i := range len(version) {
		h = h*16777619 ^ uint64(version[i])
	}
	return h
}
