package game

import (
	"github.com/charonrelay/charon/blaze"
	"github.com/charonrelay/charon/blaze/tdf"
)

// The notifications of spec: blaze 4.6.17, fields in order.

func notification(id uint16, fields func(*tdf.Encoder)) blaze.Packet {
	return blaze.NewNotification(blaze.GameManager, id, fields)
}

func (g *Game) gid(e *tdf.Encoder) { e.Uint("GID", uint64(g.ID)) }

func (g *Game) stateChange(s State) blaze.Packet {
	return notification(blaze.NotifyGameStateChange, func(e *tdf.Encoder) {
		g.gid(e)
		e.Uint("GSTA", uint64(s))
	})
}

func (g *Game) settingsChange() blaze.Packet {
	return notification(blaze.NotifyGameSettingsChange, func(e *tdf.Encoder) {
		e.Uint("ATTR", uint64(g.settings))
		g.gid(e)
	})
}

func (g *Game) attributesChange(changes Attributes) blaze.Packet {
	return notification(blaze.NotifyGameAttribChange, func(e *tdf.Encoder) {
		e.StrMap("ATTR", changes)
		g.gid(e)
	})
}

func (g *Game) reportingIDChange() blaze.Packet {
	return notification(blaze.NotifyGameReportingIDChange, func(e *tdf.Encoder) {
		g.gid(e)
		e.Uint("GRID", g.reporting)
	})
}

func (g *Game) adminChange(player uint32, operation uint64) blaze.Packet {
	return notification(blaze.NotifyAdminListChange, func(e *tdf.Encoder) {
		e.Uint("ALST", uint64(player))
		g.gid(e)
		e.Uint("OPER", operation)
		e.Uint("UID", uint64(g.host.user.ID))
	})
}

func (g *Game) playerStateChange(m *member) blaze.Packet {
	return notification(blaze.NotifyGamePlayerStateChange, func(e *tdf.Encoder) {
		g.gid(e)
		e.Uint("PID", uint64(m.user.ID))
		e.Uint("STAT", uint64(m.state))
	})
}

func (g *Game) joinCompleted(m *member) blaze.Packet {
	return notification(blaze.NotifyPlayerJoinCompleted, func(e *tdf.Encoder) {
		g.gid(e)
		e.Uint("PID", uint64(m.user.ID))
	})
}

func (g *Game) playerJoining(m *member) blaze.Packet {
	return notification(blaze.NotifyPlayerJoining, func(e *tdf.Encoder) {
		g.gid(e)
		e.Group("PDAT", func() { g.encodePlayer(e, m) })
	})
}

func (g *Game) playerRemoved(m *member, reason RemovedReason) blaze.Packet {
	return notification(blaze.NotifyPlayerRemoved, func(e *tdf.Encoder) {
		e.Uint("CNTX", 0)
		g.gid(e)
		e.Uint("PID", uint64(m.user.ID))
		e.Uint("REAS", uint64(reason))
	})
}

func (g *Game) migrationStart() blaze.Packet {
	return notification(blaze.NotifyHostMigrationStart, func(e *tdf.Encoder) {
		g.gid(e)
		e.Uint("HOST", uint64(g.host.user.ID))
		e.Uint("PMIG", migrationBoth)
		e.Uint("SLOT", uint64(g.host.slot))
	})
}

func (g *Game) migrationFinished() blaze.Packet {
	return notification(blaze.NotifyHostMigrationFinished, g.gid)
}
