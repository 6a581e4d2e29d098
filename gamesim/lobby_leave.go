package gamesim

import (
	"context"
	"slices"

	"github.com/charonrelay/charon/blaze"
	"github.com/charonrelay/charon/blaze/tdf"
)

// Leave lets c leave the match. If it was the host, the match must move to the
// longest-present member (spec: blaze 4.6.9).
func (l *Lobby) Leave(ctx context.Context, c *Client) error {
	const step = "removePlayer"
	m, err := l.member(c, step)
	if err != nil {
		return err
	}
	var s script
	s.to(c, Answer())
	l.remove(&s, m)
	return s.perform(ctx, step, c, RemovePlayer(l.id, c.me.ID, reasonLeft))
}

// Disconnect closes c's connection without a word, as a game does that ends
// (spec: blaze 8.7). Its last data may be left out then.
func (l *Lobby) Disconnect(ctx context.Context, c *Client) error {
	const step = "connection lost"
	m, err := l.member(c, step)
	if err != nil {
		return err
	}
	var s script
	for _, r := range l.members {
		if r != m {
			s.to(r.Client, Maybe(userData(c, 0)))
		}
	}
	l.removeRest(&s, m)
	if err := c.Close(); err != nil {
		return err
	}
	return s.observe(ctx, step)
}

// remove adds what everybody receives when m leaves, m included.
func (l *Lobby) remove(s *script, m *member) {
	var farewells [][]Want
	for _, r := range l.members {
		if r != m {
			farewells = append(farewells, []Want{userRemoved(r.Client)})
		}
	}
	s.to(m.Client, userData(m.Client, 0), l.playerRemoved(m), Mixed(farewells...))
	for _, r := range l.members {
		if r != m {
			s.to(r.Client, userData(m.Client, 0))
		}
	}
	l.removeRest(s, m)
}

// removeRest takes m out and adds what the remaining members receive after its
// last data.
func (l *Lobby) removeRest(s *script, m *member) {
	l.members = slices.DeleteFunc(l.members, func(r *member) bool { return r == m })
	migrate := l.host == m
	if migrate {
		l.host = nil
		if len(l.members) > 0 {
			l.host = l.members[0]
		}
	}
	if l.host == nil {
		return
	}
	l.all(s, l.playerRemoved(m), userRemoved(m.Client), l.adminChange(m, adminRemoved, l.host))
	if migrate {
		l.migrate(s)
	}
}

// migrate adds the host migration (spec: blaze 4.6.9 step 5). Pocket Relay
// servers number the slots anew and do not restore the state.
func (l *Lobby) migrate(s *script) {
	states := []any{l.state}
	if l.host.cfg.Lenient {
		states = append(states, StateLobby, StateInGame)
	}
	restored := l.stateChange(states...)
	restored.checks = append(restored.checks, Keep("GSTA", func(v tdf.Value) { l.state = v.Uint() }))
	l.all(s,
		l.stateChange(StateMigrating),
		Notify(blaze.GameManager, blaze.NotifyHostMigrationStart,
			Is("GID", l.id), Is("HOST", l.host.me.ID), Is("PMIG", 2), Is("SLOT", l.slots(l.host)...)),
		restored,
		Notify(blaze.GameManager, blaze.NotifyHostMigrationFinished, Is("GID", l.id)),
	)
}
