package gamemanager

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/charonrelay/charon/blaze"
	"github.com/charonrelay/charon/blaze/tdf"
	"github.com/charonrelay/charon/engine/game"
	"github.com/charonrelay/charon/engine/internal/wiretest"
	"github.com/charonrelay/charon/engine/matchmaking"
	"github.com/charonrelay/charon/engine/presence"
	"github.com/charonrelay/charon/engine/session"
)

const modelPlayers = 7

// model is what the rules of spec: engine 4 and 5 say about games and
// searches, without locks, packets and ids.
type model struct {
	games map[uint32]*modelGame // by the real id
	queue []modelSearch
}

type modelGame struct {
	members  []modelMember // in order of arrival
	host     uint32
	state    uint64
	settings uint64
	level    string
	created  int
}

type modelMember struct {
	id   uint32
	slot uint64
	stat uint64
}

type modelSearch struct {
	player uint32
	level  string // "" for any
}

func (g *modelGame) joinable() bool { return g.state != 6 && len(g.members) < 4 }

func (g *modelGame) fits(level string) bool {
	return g.joinable() && g.settings&2 != 0 && (g.state < 0x83 || g.settings&0x100 != 0) && (level == "" || level == g.level)
}

func (g *modelGame) index(id uint32) int {
	return slices.IndexFunc(g.members, func(m modelMember) bool { return m.id == id })
}

func (g *modelGame) join(id uint32, stat uint64) {
	slot := uint64(0)
	for slices.ContainsFunc(g.members, func(m modelMember) bool { return m.slot == slot }) {
		slot++
	}
	g.members = append(g.members, modelMember{id, slot, stat})
}

func (m *model) gameOf(id uint32) (uint32, *modelGame) {
	for gid, g := range m.games {
		if g.index(id) >= 0 {
			return gid, g
		}
	}
	return 0, nil
}

func (m *model) leave(id uint32) {
	m.queue = slices.DeleteFunc(m.queue, func(s modelSearch) bool { return s.player == id })
	gid, g := m.gameOf(id)
	if g == nil {
		return
	}
	i := g.index(id)
	g.members = slices.Delete(g.members, i, i+1)
	if len(g.members) == 0 {
		delete(m.games, gid)
		return
	}
	if g.host == id {
		g.host = g.members[0].id
	}
	m.examine(g)
}

func (m *model) examine(g *modelGame) {
	m.queue = slices.DeleteFunc(m.queue, func(s modelSearch) bool {
		if !g.fits(s.level) {
			return false
		}
		g.join(s.player, 2)
		return true
	})
}

func (m *model) search(id uint32, level string) {
	m.leave(id)
	var best *modelGame
	for _, g := range m.games {
		if g.fits(level) && (best == nil || len(g.members) > len(best.members) ||
			len(g.members) == len(best.members) && g.created < best.created) {
			best = g
		}
	}
	if best == nil {
		m.queue = append(m.queue, modelSearch{id, level})
		return
	}
	best.join(id, 2)
}

// world is the real thing beside its model.
type world struct {
	model
	c     *Component
	users *presence.LocalRegistry
	games *game.LocalDirectory
	mm    *matchmaking.Local
	clock time.Time
	steps int

	online map[uint32]*presence.User
	peers  map[uint32]*wiretest.Recorder
	views  map[uint32]*wiretest.View
}

func newWorld() *world {
	w := &world{
		model: model{games: map[uint32]*modelGame{}}, users: presence.NewLocalRegistry(), clock: time.Unix(0, 0),
		online: map[uint32]*presence.User{}, peers: map[uint32]*wiretest.Recorder{}, views: map[uint32]*wiretest.View{},
	}
	now := func() time.Time { return w.clock }
	w.games = game.NewLocalDirectory(now)
	w.mm = matchmaking.NewLocal(w.games, now)
	w.c = New(Config{Users: w.users, Games: w.games, Matchmaking: w.mm})
	return w
}

// login is what package auth does; a login that is there already is replaced.
func (w *world) login(t *rapid.T, id uint32) {
	old, peer := w.online[id], w.peers[id]
	w.peers[id], w.views[id] = new(wiretest.Recorder), wiretest.NewView(id)
	u := presence.NewUser(presence.Identity{ID: id, Name: fmt.Sprint("player ", id)}, w.peers[id], presence.NewNetwork(), 0)
	w.online[id] = u
	if replaced := w.users.Register(u); replaced != old {
		t.Fatalf("login replaces %p, want %p", replaced, old)
	}
	if old != nil {
		w.depart(t, old, peer)
		w.leave(id)
	}
	u.SubscribeSelf()
}

func (w *world) logout(t *rapid.T, id uint32) {
	w.depart(t, w.online[id], w.peers[id])
	w.leave(id)
	delete(w.online, id)
	delete(w.peers, id)
	delete(w.views, id)
}

// depart ends a login; the last that is heard of it is that the player has gone.
func (w *world) depart(t *rapid.T, u *presence.User, peer *wiretest.Recorder) {
	u.End()
	w.c.Depart(u)
	w.users.Unregister(u)
	u.Farewell()
	lines := peer.Lines()
	if want := fmt.Sprintf("UserRemoved {BUID: %d}", u.ID); lines[len(lines)-1] != want {
		t.Fatalf("the last word is %s", lines[len(lines)-1])
	}
}

type command func(*Component, *presence.User, *session.Request) (session.Reply, error)

func do(h func(*Component) session.UserHandler) command {
	return func(c *Component, u *presence.User, req *session.Request) (session.Reply, error) {
		return h(c)(context.Background(), u, req)
	}
}

// request carries a command out and compares the code of its answer.
func (w *world) request(t *rapid.T, id uint32, h command, want blaze.ErrorCode, fields func(*tdf.Encoder)) tdf.Group {
	var e tdf.Encoder
	if fields != nil {
		fields(&e)
	}
	body, err := tdf.Parse(e.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	reply, err := h(w.c, w.online[id], &session.Request{Body: body})
	var coded *session.CodeError
	switch {
	case err == nil && want != 0:
		t.Fatalf("no error, want 0x%x", uint16(want))
	case err != nil && (!errors.As(err, &coded) || coded.Code != want):
		t.Fatalf("error %v, want 0x%x", err, uint16(want))
	}
	answer, err := blaze.Header{}.Reply(reply).Fields()
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

var levels = []string{"map1", "map2"}

func (w *world) create(t *rapid.T, id uint32) {
	settings := rapid.SampledFrom([]uint64{287, 285, 31}).Draw(t, "settings")
	level := rapid.SampledFrom(levels).Draw(t, "map")
	w.leave(id)
	answer := w.request(t, id, do(func(c *Component) session.UserHandler { return c.createGame }), 0, func(e *tdf.Encoder) {
		e.StrMap("ATTR", []tdf.Pair{{Key: "ME3map", Value: level}, {Key: "ME3privacy", Value: "PUBLIC"}})
		e.Uint("GSET", settings)
	})
	g := &modelGame{host: id, state: 1, settings: settings, level: level, created: w.steps}
	g.join(id, 4)
	w.model.games[uint32(answer.Uint("GID"))] = g
	w.examine(g)
}

func (w *world) join(t *rapid.T, id uint32) {
	target := rapid.Uint32Range(1, modelPlayers).Draw(t, "target")
	_, g := w.gameOf(target)
	_, own := w.gameOf(id)
	want := blaze.ErrorCode(0)
	switch {
	case w.online[target] == nil:
		want = 0x6c
	case g == nil:
		want = 0x2
	case g == own:
		want = 0x67
	case !g.joinable():
		want = 0x4
	default:
		w.leave(id)
		g.join(id, 2)
	}
	w.request(t, id, do(func(c *Component) session.UserHandler { return c.joinGame }), want, func(e *tdf.Encoder) {
		e.Group("USER", func() { e.Uint("ID", uint64(target)) })
	})
}

func (w *world) searchGame(t *rapid.T, id uint32) {
	level := rapid.SampledFrom(append(levels, "")).Draw(t, "map")
	w.search(id, level)
	w.request(t, id, do(func(c *Component) session.UserHandler { return c.startMatchmaking }), 0, func(e *tdf.Encoder) {
		e.Group("CRIT", func() {
			e.List("RLST", tdf.TypeGroup, 1, func(int) {
				e.ElemGroup(func() {
					e.Str("NAME", "ME3_gameMapMatchRule")
					if level == "" {
						e.StrList("VALU", "abstain")
					} else {
						e.StrList("VALU", "map9", level)
					}
				})
			})
		})
	})
}

// any draws a game, mostly the player's own.
func (w *world) any(t *rapid.T, id uint32) (uint32, *modelGame) {
	if gid, g := w.gameOf(id); g != nil && rapid.IntRange(0, 3).Draw(t, "own") > 0 {
		return gid, g
	}
	if ids := slices.Sorted(maps.Keys(w.model.games)); len(ids) > 0 { // a deterministic choice needs an order
		gid := rapid.SampledFrom(ids).Draw(t, "game")
		return gid, w.model.games[gid]
	}
	return 77, nil
}

// onGame carries out a command on some game; change is what it does for those
// who may.
func (w *world) onGame(t *rapid.T, id uint32, h func(*Component) session.UserHandler, hostOnly bool, fields func(*tdf.Encoder), change func(*modelGame)) {
	gid, g := w.any(t, id)
	want := blaze.ErrorCode(0)
	switch {
	case g == nil:
		want = 0x2
	case g.index(id) < 0, hostOnly && g.host != id:
		want = 0x1e
	default:
		change(g)
		w.examine(g)
	}
	w.request(t, id, do(h), want, func(e *tdf.Encoder) { fields(e); e.Uint("GID", uint64(gid)) })
}

func (w *world) setAttributes(t *rapid.T, id uint32) {
	level := rapid.SampledFrom(levels).Draw(t, "map")
	w.onGame(t, id, func(c *Component) session.UserHandler { return c.setGameAttributes }, false,
		func(e *tdf.Encoder) { e.StrMap("ATTR", []tdf.Pair{{Key: "ME3map", Value: level}}) },
		func(g *modelGame) { g.level = level })
}

func (w *world) setSettings(t *rapid.T, id uint32) {
	settings := rapid.SampledFrom([]uint64{287, 285, 31}).Draw(t, "settings")
	w.onGame(t, id, func(c *Component) session.UserHandler { return c.setGameSettings }, true,
		func(e *tdf.Encoder) { e.Uint("GSET", settings) }, func(g *modelGame) { g.settings = settings })
}

func (w *world) advance(t *rapid.T, id uint32) {
	state := rapid.SampledFrom([]uint64{130, 131, 6}).Draw(t, "state")
	w.onGame(t, id, func(c *Component) session.UserHandler { return c.advanceGameState }, true,
		func(e *tdf.Encoder) { e.Uint("GSTA", state) }, func(g *modelGame) { g.state = state })
}

func (w *world) replay(t *rapid.T, id uint32) {
	w.onGame(t, id, func(c *Component) session.UserHandler { return c.replayGame }, true,
		func(*tdf.Encoder) {}, func(g *modelGame) { g.state = 130 })
}

func (w *world) mesh(t *rapid.T, id uint32) {
	target := rapid.Uint32Range(1, modelPlayers).Draw(t, "target")
	w.onGame(t, id, func(c *Component) session.UserHandler { return c.updateMeshConnection }, false, func(e *tdf.Encoder) {
		e.List("TARG", tdf.TypeGroup, 1, func(int) {
			e.ElemGroup(func() { e.Uint("PID", uint64(target)); e.Uint("STAT", 2) })
		})
	}, func(g *modelGame) {
		i := g.index(target)
		switch {
		case i < 0, id != g.host && target != g.host:
			return
		case id != g.host:
			i = g.index(id)
		}
		g.members[i].stat = 4
	})
}

func (w *world) removePlayer(t *rapid.T, id uint32) {
	gid, g := w.any(t, id)
	target := rapid.Uint32Range(1, modelPlayers).Draw(t, "target")
	want := blaze.ErrorCode(0)
	switch {
	case g == nil:
		want = 0x2
	case g.index(id) < 0, g.index(target) >= 0 && target != id && g.host != id:
		want = 0x1e
	case g.index(target) >= 0:
		w.leave(target)
	}
	w.request(t, id, do(func(c *Component) session.UserHandler { return c.removePlayer }), want, func(e *tdf.Encoder) {
		e.Uint("GID", uint64(gid))
		e.Uint("PID", uint64(target))
	})
}

// check compares the world with its model, and what every player believes with both.
func (w *world) check(t *rapid.T) {
	w.steps++
	w.clock = w.clock.Add(time.Millisecond)
	if w.games.Count() != len(w.model.games) || w.mm.Waiting() != len(w.queue) || w.users.Count() != len(w.online) {
		t.Fatalf("%d games, %d waiting, %d online; want %d, %d, %d",
			w.games.Count(), w.mm.Waiting(), w.users.Count(), len(w.model.games), len(w.queue), len(w.online))
	}
	for id, u := range w.online {
		view := w.views[id]
		for _, p := range w.peers[id].Take() {
			if err := view.Apply(p); err != nil {
				t.Fatal(err)
			}
		}
		gid, g := w.gameOf(id)
		if u.Game() != gid || w.users.Find(id) != u {
			t.Fatalf("player %d is in game %d, want %d", id, u.Game(), gid)
		}
		want := wiretest.NewView(id)
		want.Known[uint64(id)] = true
		if g != nil {
			want.Game, want.Host, want.State, want.Settings = uint64(gid), uint64(g.host), g.state, g.settings
			want.Attrs = map[string]string{"ME3map": g.level, "ME3privacy": "PUBLIC"}
			want.Players = map[uint64]wiretest.Player{}
			for _, m := range g.members {
				want.Known[uint64(m.id)] = true
				want.Players[uint64(m.id)] = wiretest.Player{Slot: m.slot, State: m.stat}
			}
		}
		if diff := cmp.Diff(want, view, cmp.AllowUnexported(wiretest.View{})); diff != "" {
			t.Fatalf("player %d believes (+):\n%s", id, diff)
		}
	}
}

func (w *world) cancel(t *rapid.T, id uint32) {
	w.leave(id)
	w.request(t, id, do(func(c *Component) session.UserHandler { return c.cancelMatchmaking }), 0, nil)
}

// TestModel plays random commands of many players against the model. After
// each step everybody must know exactly what is true.
func TestModel(t *testing.T) {
	const rounds = 5 // of a hundred plays each
	for range rounds {
		rapid.Check(t, play)
	}
}

func play(t *rapid.T) {
	w := newWorld()
	for id := range uint32(modelPlayers) {
		w.login(t, id+1)
	}
	as := func(act func(*rapid.T, uint32)) func(*rapid.T) {
		return func(t *rapid.T) {
			ids := slices.Sorted(maps.Keys(w.online))
			if len(ids) == 0 {
				t.Skip("nobody is online")
			}
			act(t, rapid.SampledFrom(ids).Draw(t, "player"))
		}
	}
	t.Repeat(map[string]func(*rapid.T){
		"":              w.check,
		"login":         func(t *rapid.T) { w.login(t, rapid.Uint32Range(1, modelPlayers).Draw(t, "player")) },
		"logout":        as(w.logout),
		"create":        as(w.create),
		"join":          as(w.join),
		"join too":      as(w.join),
		"search":        as(w.searchGame),
		"search too":    as(w.searchGame),
		"cancel":        as(w.cancel),
		"attributes":    as(w.setAttributes),
		"settings":      as(w.setSettings),
		"state":         as(w.advance),
		"replay":        as(w.replay),
		"mesh":          as(w.mesh),
		"remove player": as(w.removePlayer),
	})
}
