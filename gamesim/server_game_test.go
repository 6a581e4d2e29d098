package gamesim

import (
	"fmt"
	"slices"

	"github.com/charonrelay/charon/blaze"
	"github.com/charonrelay/charon/blaze/tdf"
)

// The matches of the test server.

type game struct {
	s          *server
	id         uint64
	creator    string
	attributes []tdf.Pair
	settings   uint64
	state      uint64
	reporting  uint64
	members    []*seated
	host       *seated
}

type seated struct {
	*peer
	slot      uint64
	stat      uint64
	announced bool
}

type waiter struct {
	peer  *peer
	rules map[string]string
}

func (p *peer) handleGame(r blaze.Packet, request tdf.Group) bool {
	answer := func(fields func(*tdf.Encoder)) { p.send(r.Reply(fields)) }
	g := p.s.games[request.Uint("GID")]
	switch r.Command {
	case blaze.GameAdvanceGameState, blaze.GameSetGameSettings, blaze.GameSetGameAttributes, blaze.GameReplayGame,
		blaze.GameUpdateMeshConnection, blaze.GameAddAdminPlayer, blaze.GameRemovePlayer:
		if g == nil {
			p.send(r.ReplyError(blaze.CodeGameInvalidGameID))
			return true
		}
	}
	switch r.Command {
	case blaze.GameCreateGame:
		p.createGame(r, request)
	case blaze.GameAdvanceGameState:
		answer(nil)
		g.setState(request.Uint("GSTA"))
	case blaze.GameSetGameSettings:
		answer(nil)
		g.settings = request.Uint("GSET")
		g.all(blaze.NotifyGameSettingsChange, func(e *tdf.Encoder) {
			e.Uint("ATTR", g.settings)
			e.Uint("GID", g.id)
		})
	case blaze.GameSetGameAttributes:
		answer(nil)
		changed := pairs(request.Map("ATTR"))
		for _, c := range changed {
			g.attributes = slices.DeleteFunc(g.attributes, func(a tdf.Pair) bool { return a.Key == c.Key })
		}
		g.attributes = append(g.attributes, changed...)
		tdf.SortPairs(g.attributes)
		g.all(blaze.NotifyGameAttribChange, func(e *tdf.Encoder) {
			e.StrMap("ATTR", changed)
			e.Uint("GID", g.id)
		})
	case blaze.GameReplayGame:
		answer(nil)
		g.setState(StateLobby)
		if !p.s.pocketRelay {
			g.reporting++
		}
		g.all(blaze.NotifyGameReportingIDChange, func(e *tdf.Encoder) {
			e.Uint("GID", g.id)
			e.Uint("GRID", g.reporting)
		})
	case blaze.GameUpdateMeshConnection:
		answer(nil)
		p.connected(g, request)
	case blaze.GameAddAdminPlayer:
		answer(nil)
		g.adminChange(request.Int("PID"), 0)
	case blaze.GameRemovePlayer:
		answer(nil)
		if target := p.s.find(request.Int("PID")); target != nil && target.game == g {
			g.remove(target, request.Uint("REAS"), false)
		}
	case blaze.GameJoinGame:
		target := p.s.find(request.Group("USER").Int("ID"))
		switch {
		case target == nil:
			p.send(r.ReplyError(blaze.CodeGameJoinPlayerFailed))
		case target.game == nil:
			p.send(r.ReplyError(blaze.CodeGameInvalidGameID))
		case len(target.game.members) == maxPlayers:
			p.send(r.ReplyError(blaze.CodeGameFull))
		default:
			answer(func(e *tdf.Encoder) {
				e.Uint("GID", target.game.id)
				e.Uint("JGS", 0)
			})
			target.game.enter(p, false)
		}
	case blaze.GameStartMatchmaking:
		p.startMatchmaking(r, request)
	case blaze.GameCancelMatchmaking:
		p.s.waiting = slices.DeleteFunc(p.s.waiting, func(w *waiter) bool { return w.peer == p })
		answer(nil)
	case blaze.GameGetGameDataFromID:
		id, _ := element(request.List("GLST"), 0)
		g := p.s.games[id.Uint()]
		if g == nil {
			p.send(r.ReplyError(blaze.CodeGameInvalidGameID))
			return true
		}
		answer(g.browserData)
	default:
		return false
	}
	return true
}

func (p *peer) createGame(r blaze.Packet, request tdf.Group) {
	p.s.lastGame++
	g := &game{
		s: p.s, id: p.s.lastGame, creator: p.user.name(),
		attributes: pairs(request.Map("ATTR")), settings: request.Uint("GSET"),
		state: StateNew, reporting: 18014398695176361,
	}
	p.s.games[g.id] = g
	p.send(r.Reply(func(e *tdf.Encoder) { e.Uint("GID", g.id) }))
	g.host = &seated{peer: p, stat: statConnected}
	g.members = append(g.members, g.host)
	p.notify(blaze.GameManager, blaze.NotifyGameSetup, func(e *tdf.Encoder) {
		g.setup(e)
		e.Union("REAS", reasonDataless, func() { e.Uint("DCTX", contextCreate) })
	})
	p.game = g
	p.publish(p.subscribers())
	queue := p.s.waiting
	p.s.waiting = nil
	for _, w := range queue {
		if g.fits(w) {
			g.enter(w.peer, true)
		} else {
			p.s.waiting = append(p.s.waiting, w)
		}
	}
}

func (p *peer) startMatchmaking(r blaze.Packet, request tdf.Group) {
	w := &waiter{p, make(map[string]string)}
	for x := range request.Group("CRIT").List("RLST").All() {
		value, _ := element(x.Group().List("VALU"), 0)
		w.rules[x.Group().Str("NAME")] = value.Str()
	}
	p.send(r.Reply(func(e *tdf.Encoder) { e.Uint("MSID", p.ticket()) }))
	for _, g := range p.s.games {
		if g.fits(w) {
			g.enter(p, true)
			return
		}
	}
	p.s.waiting = append(p.s.waiting, w)
	if !p.s.pocketRelay {
		p.status()
	}
}

func (p *peer) ticket() uint64 {
	if p.s.pocketRelay {
		return uint64(p.user.id)
	}
	return uint64(p.user.id) + 1000
}

func (p *peer) status() {
	p.notify(blaze.GameManager, blaze.NotifyMatchmakingAsyncStatus, func(e *tdf.Encoder) {
		e.List("ASIL", tdf.TypeGroup, 1, func(int) { e.ElemGroup(func() { p.statusFields(e) }) })
		e.Uint("MSID", p.ticket())
		e.Uint("USID", uint64(p.user.id))
	})
}

func (p *peer) statusFields(e *tdf.Encoder) {
	one := func(label string, value uint64) func() { return func() { e.Uint(label, value) } }
	two := func(a string, x uint64, b string, y uint64) func() {
		return func() {
			e.Uint(a, x)
			e.Uint(b, y)
		}
	}
	emptyGRDA := func() { e.Map("GRDA", tdf.TypeString, tdf.TypeGroup, 0, nil) }
	e.Group("CGS", func() {
		e.Uint("EVST", 6)
		e.Uint("MMSN", 1)
		e.Uint("NOMP", 0)
	})
	e.Group("CUST", nil)
	e.Group("DNFS", two("MDNF", 0, "XDNF", 0))
	e.Group("FGS", one("GNUM", 0))
	e.Group("GEOS", one("DIST", 0))
	if p.s.pocketRelay {
		emptyGRDA()
	}
	e.Group("GSRD", two("PMAX", 4, "PMIN", 2))
	e.Group("HBRD", one("BVAL", 1))
	e.Group("HVRD", one("VVAL", 0))
	e.Group("PSRS", nil)
	e.Group("RRDA", one("RVAL", 0))
	e.Group("TSRS", two("TMAX", 0, "TMIN", 0))
	if p.s.pocketRelay {
		emptyGRDA()
	}
	e.Group("VGRS", one("VVAL", 0))
}

func (g *game) fits(w *waiter) bool {
	attributes := make(map[string]string)
	for _, a := range g.attributes {
		attributes[a.Key] = a.Value
	}
	names := map[string]string{"ME3_gameMapMatchRule": "ME3map", "ME3_gameEnemyTypeRule": "ME3gameEnemyType", "ME3_gameDifficultyRule": "ME3gameDifficulty"}
	for _, pack := range packAttributes {
		names["ME3_rule_"+pack[4:]] = pack
	}
	for name, attribute := range names {
		if v := w.rules[name]; v != "abstain" && v != attributes[attribute] {
			return false
		}
	}
	return len(g.members) < maxPlayers && g.settings&2 != 0
}

func (g *game) all(id uint16, fields func(*tdf.Encoder)) {
	for _, m := range g.bySlot() {
		m.notify(blaze.GameManager, id, fields)
	}
}

func (g *game) bySlot() []*seated {
	if g.s.pocketRelay {
		return slices.Clone(g.members)
	}
	return slices.SortedFunc(slices.Values(g.members), func(a, b *seated) int { return int(a.slot) - int(b.slot) })
}

func (g *game) slotOf(m *seated) uint64 {
	if g.s.pocketRelay {
		return uint64(slices.Index(g.members, m))
	}
	return m.slot
}

func (g *game) setState(state uint64) {
	g.state = state
	g.all(blaze.NotifyGameStateChange, func(e *tdf.Encoder) {
		e.Uint("GID", g.id)
		e.Uint("GSTA", state)
	})
}

func (g *game) adminChange(id int64, operation uint64) {
	g.all(blaze.NotifyAdminListChange, func(e *tdf.Encoder) {
		e.Int("ALST", id)
		e.Uint("GID", g.id)
		e.Uint("OPER", operation)
		e.Int("UID", g.host.user.id)
	})
}

func (g *game) enter(p *peer, matchmaking bool) {
	if matchmaking {
		p.status()
	}
	j := &seated{peer: p, stat: statConnecting}
	for slices.ContainsFunc(g.members, func(m *seated) bool { return m.slot == j.slot }) {
		j.slot++
	}
	present := g.bySlot()
	g.members = append(g.members, j)
	for _, m := range present {
		m.introduce(p)
		p.introduce(m.peer)
	}
	for _, m := range present {
		m.notify(blaze.GameManager, blaze.NotifyPlayerJoining, func(e *tdf.Encoder) {
			e.Uint("GID", g.id)
			e.Group("PDAT", func() { g.player(e, j) })
		})
	}
	p.notify(blaze.GameManager, blaze.NotifyGameSetup, func(e *tdf.Encoder) {
		g.setup(e)
		if !matchmaking {
			e.Union("REAS", reasonDataless, func() { e.Uint("DCTX", contextJoin) })
			return
		}
		e.Union("REAS", reasonMatchmaking, func() {
			e.Uint("FIT", fitScore)
			e.Uint("MAXF", fitScore)
			e.Uint("MSID", p.ticket())
			e.Uint("RSLT", 2)
			e.Uint("USID", uint64(p.user.id))
		})
	})
	p.game = g
	p.publish(p.subscribers())
}

func (p *peer) connected(g *game, request tdf.Group) {
	for x := range request.List("TARG").All() {
		joiner := p.game.find(p)
		if p == g.host.peer {
			joiner = p.game.find(p.s.find(x.Group().Int("PID")))
		} else if p.s.pocketRelay {
			continue
		}
		if joiner == nil || joiner.announced {
			continue
		}
		joiner.announced, joiner.stat = true, statConnected
		g.all(blaze.NotifyGamePlayerStateChange, func(e *tdf.Encoder) {
			e.Uint("GID", g.id)
			e.Int("PID", joiner.user.id)
			e.Uint("STAT", statConnected)
		})
		g.all(blaze.NotifyPlayerJoinCompleted, func(e *tdf.Encoder) {
			e.Uint("GID", g.id)
			e.Int("PID", joiner.user.id)
		})
	}
}

func (g *game) find(p *peer) *seated {
	for _, m := range g.members {
		if m.peer == p {
			return m
		}
	}
	return nil
}

func (g *game) remove(p *peer, reason uint64, lost bool) {
	m := g.find(p)
	subscribers := p.subscribers()
	p.game = nil
	if lost {
		subscribers = nil
	}
	p.publish(subscribers)
	removed := func(e *tdf.Encoder) {
		e.Uint("CNTX", 0)
		e.Uint("GID", g.id)
		e.Int("PID", p.user.id)
		e.Uint("REAS", reason)
	}
	g.members = slices.DeleteFunc(g.members, func(x *seated) bool { return x == m })
	g.all(blaze.NotifyPlayerRemoved, removed)
	p.notify(blaze.GameManager, blaze.NotifyPlayerRemoved, removed)
	for _, r := range g.members {
		r.farewell(p.user)
		p.farewell(r.user)
	}
	if len(g.members) == 0 {
		delete(g.s.games, g.id)
		return
	}
	migrate := g.host == m
	if migrate {
		g.host = g.members[0]
	}
	g.adminChange(p.user.id, 1)
	if !migrate {
		return
	}
	before := g.state
	if g.s.pocketRelay {
		before = StateInGame
	}
	g.setState(StateMigrating)
	g.all(blaze.NotifyHostMigrationStart, func(e *tdf.Encoder) {
		e.Uint("GID", g.id)
		e.Int("HOST", g.host.user.id)
		e.Uint("PMIG", 2)
		e.Uint("SLOT", g.slotOf(g.host))
	})
	g.setState(before)
	g.all(blaze.NotifyHostMigrationFinished, func(e *tdf.Encoder) { e.Uint("GID", g.id) })
}

func (g *game) player(e *tdf.Encoder, m *seated) {
	e.Blob("BLOB", nil)
	e.Uint("EXID", 0)
	e.Uint("GID", g.id)
	e.Uint("LOC", localeNumber("enNZ"))
	e.Str("NAME", m.user.name())
	e.Int("PID", m.user.id)
	m.address(e, "PNET")
	e.Uint("SID", g.slotOf(m))
	e.Uint("SLOT", 0)
	e.Uint("STAT", m.stat)
	e.Uint("TIDX", 0xffff)
	e.Int("TIME", 0)
	e.ObjectID("UGID", noObject)
	e.Uint("UID", uint64(m.user.id))
}

func (g *game) admins(e *tdf.Encoder) {
	var ids []uint64
	for _, m := range g.bySlot() {
		ids = append(ids, uint64(m.user.id))
	}
	e.UintList("ADMN", ids...)
}

func (g *game) hostAddress(e *tdf.Encoder) {
	e.List("HNET", tdf.TypeGroup, 1, func(int) { e.ElemUnion(addressPair, func() { g.host.pairFields(e) }) })
}

func (g *game) setup(e *tdf.Encoder) {
	hostInfo := func() {
		e.Int("HPID", g.host.user.id)
		e.Uint("HSLT", g.slotOf(g.host))
	}
	e.Group("GAME", func() {
		g.admins(e)
		e.StrMap("ATTR", g.attributes)
		e.UintList("CAP", 4, 0)
		e.Uint("GID", g.id)
		e.Str("GNAM", g.creator)
		e.Uint("GPVH", versionHash(protocolVersion))
		e.Uint("GSET", g.settings)
		e.Uint("GSID", g.reporting)
		e.Uint("GSTA", g.state)
		e.Str("GTYP", "")
		g.hostAddress(e)
		e.Uint("HSES", uint64(g.host.user.id))
		e.Bool("IGNO", false)
		e.Uint("MCAP", 4)
		e.Group("NQOS", func() { g.host.qualityFields(e) })
		e.Bool("NRES", false)
		e.Uint("NTOP", 0)
		e.Str("PGID", "")
		e.Blob("PGSR", nil)
		e.Group("PHST", hostInfo)
		e.Uint("PRES", 1)
		e.Str("PSAS", bestPingSite)
		e.Uint("QCAP", 0)
		e.Uint("SEED", 1000+g.id)
		e.Uint("TCAP", 0)
		e.Group("THST", hostInfo)
		e.Str("UUID", fmt.Sprintf("286a2373-3e6e-46b9-8294-%012x", g.id))
		e.Uint("VOIP", 2)
		e.Str("VSTR", protocolVersion)
		e.Blob("XNNC", nil)
		e.Blob("XSES", nil)
	})
	members := g.bySlot()
	e.List("PROS", tdf.TypeGroup, len(members), func(i int) { e.ElemGroup(func() { g.player(e, members[i]) }) })
}

func (g *game) browserData(e *tdf.Encoder) {
	e.List("GDAT", tdf.TypeGroup, 1, func(int) {
		e.ElemGroup(func() {
			g.admins(e)
			e.StrMap("ATTR", g.attributes)
			e.UintList("CAP", 4, 0)
			e.Uint("GID", g.id)
			e.Str("GNAM", g.creator)
			e.Uint("GSET", g.settings)
			e.Uint("GSTA", g.state)
			g.hostAddress(e)
			e.Int("HOST", g.host.user.id)
			e.Uint("NTOP", 0)
			e.UintList("PCNT", uint64(len(g.members)), 0)
			e.Uint("PRES", 1)
			e.Str("PSAS", bestPingSite)
			if g.s.pocketRelay {
				e.Str("PGID", "")
			} else {
				e.Str("PSID", "")
			}
			e.Uint("QCAP", 0)
			e.Uint("QCNT", 0)
			e.Uint("SID", 0)
			e.Uint("TCAP", 0)
			e.Uint("VOIP", 2)
			e.Str("VSTR", protocolVersion)
		})
	})
}
