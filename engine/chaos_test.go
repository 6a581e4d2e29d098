package engine_test

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/charonrelay/charon/blaze"
	"github.com/charonrelay/charon/blaze/tdf"
	"github.com/charonrelay/charon/engine"
	"github.com/charonrelay/charon/engine/internal/wiretest"
	"github.com/charonrelay/charon/wire/upgrade"
)

// actor is a player who does whatever comes to his mind. He runs on a
// goroutine of his own, so that he reports errors instead of failing the test.
type actor struct {
	s     *server
	id    uint32
	token string
	rand  *rand.Rand
	games func() []uint64 // some that exist or have existed

	c    *client
	view *wiretest.View
	open []uint32 // requests without an answer yet
}

// connect opens a connection and logs in. The one before it, if any, must be
// told and closed.
func (a *actor) connect() error {
	conn, err := new(upgrade.Dialer).Dial(a.s.t.Context(), a.s.url+"/api/server/upgrade", upgrade.ProtocolBlaze, nil)
	if err != nil {
		return err
	}
	old, view := a.c, a.view
	a.c = &client{s: a.s, conn: conn, in: blaze.NewReader(conn, 0), id: a.id}
	a.view = wiretest.NewView(a.id)
	if err := a.login(); err != nil {
		return err
	}
	if old == nil {
		return nil
	}
	for {
		p, err := read(old)
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = view.Apply(p)
		}
		if err != nil {
			return fmt.Errorf("older connection: %w", err)
		}
	}
	_ = old.conn.Close()
	if !view.Disconnected || view.Game != 0 || len(view.Known) != 0 {
		return fmt.Errorf("last view of the older connection: %+v", view)
	}
	return nil
}

func (a *actor) login() error {
	a.open = nil
	for _, r := range []struct {
		component blaze.Component
		command   uint16
		fields    func(*tdf.Encoder)
	}{
		{blaze.UserSessions, blaze.UsersUpdateNetworkInfo, a.c.network},
		{blaze.Authentication, blaze.AuthSilentLogin, silent(a.token, a.id)},
		{blaze.Util, blaze.UtilPostAuth, nil},
	} {
		if err := a.send(r.component, r.command, r.fields); err != nil {
			return err
		}
	}
	return a.settle()
}

// read is client.next for goroutines that may not fail the test.
func read(c *client) (blaze.Packet, error) {
	if err := c.conn.SetReadDeadline(time.Now().Add(30 * time.Second)); err != nil {
		return blaze.Packet{}, err
	}
	return c.in.Next()
}

func (a *actor) send(component blaze.Component, command uint16, fields func(*tdf.Encoder)) error {
	b, err := blaze.NewRequest(component, command, a.c.seq, fields).AppendTo(nil)
	if err != nil {
		return err
	}
	a.open = append(a.open, a.c.seq)
	a.c.seq++
	_, err = a.c.conn.Write(b)
	return err
}

// settle reads until every request has its answer, in order.
func (a *actor) settle() error {
	for len(a.open) > 0 {
		p, err := read(a.c)
		if err != nil {
			return err
		}
		if err := a.view.Apply(p); err != nil {
			return err
		}
		if p.Type == blaze.Notification {
			continue
		}
		if p.Seq != a.open[0] || p.Error == blaze.CodeSystem || p.Error == blaze.CodeAuthRequired {
			return fmt.Errorf("player %d: answer to %d: %v", a.id, a.open[0], p)
		}
		a.open = a.open[1:]
	}
	return nil
}

// step does one thing.
func (a *actor) step() error {
	game := a.view.Game
	if g := a.games(); len(g) > 0 && a.rand.IntN(4) == 0 {
		game = g[a.rand.IntN(len(g))] // somebody else's, mostly
	}
	target := uint32(1 + a.rand.IntN(actors))
	gm := func(command uint16, fields func(*tdf.Encoder)) error {
		return a.send(blaze.GameManager, command, fields)
	}
	switch a.rand.IntN(20) {
	case 0, 1:
		return gm(blaze.GameCreateGame, createGame)
	case 2, 3, 4:
		return gm(blaze.GameJoinGame, joinPlayer(target))
	case 5, 6, 7:
		return gm(blaze.GameStartMatchmaking, searchFor([]string{"abstain", "map11", "map2"}[a.rand.IntN(3)]))
	case 8:
		return gm(blaze.GameCancelMatchmaking, nil)
	case 9:
		return gm(blaze.GameRemovePlayer, removePlayer(game, target))
	case 10:
		return gm(blaze.GameRemovePlayer, removePlayer(game, a.id))
	case 11:
		return gm(blaze.GameAdvanceGameState, onGame(game, "GSTA", []uint64{130, 131, 6, 4}[a.rand.IntN(4)]))
	case 12:
		return gm(blaze.GameSetGameSettings, onGame(game, "GSET", []uint64{287, 285, 31}[a.rand.IntN(3)]))
	case 13:
		return gm(blaze.GameSetGameAttributes, func(e *tdf.Encoder) {
			e.StrMap("ATTR", []tdf.Pair{{Key: "ME3map", Value: []string{"map11", "map2"}[a.rand.IntN(2)]}})
			e.Uint("GID", game)
		})
	case 14, 15:
		return gm(blaze.GameUpdateMeshConnection, mesh(game, target, 2))
	case 16:
		return a.send(blaze.UserSessions, blaze.UsersUpdateHardwareFlags, func(e *tdf.Encoder) { e.Uint("HWFG", a.rand.Uint64N(2)) })
	case 17:
		return a.send(blaze.UserSessions, blaze.UsersLookupUser, func(e *tdf.Encoder) { e.Uint("ID", uint64(target)) })
	case 18:
		return gm(blaze.GameReplayGame, onGame(game, "", 0))
	}
	if err := a.settle(); err != nil {
		return err
	}
	switch a.rand.IntN(3) {
	case 0: // the line is cut
		_ = a.c.conn.Close()
		a.c = nil
		return a.connect()
	case 1: // the game has crashed and starts again
		return a.connect()
	}
	if err := a.send(blaze.Authentication, blaze.AuthLogout, nil); err != nil {
		return err
	}
	if err := a.settle(); err != nil {
		return err
	}
	return a.login()
}

// play does n things, some of them without waiting for the answers.
func (a *actor) play(n int) error {
	if err := a.connect(); err != nil {
		return err
	}
	for range n {
		if err := a.step(); err != nil {
			return err
		}
		if a.rand.IntN(3) > 0 {
			if err := a.settle(); err != nil {
				return err
			}
		}
	}
	return a.settle()
}

const actors = 10

// TestChaos lets many players do everything at once. Each must be told a story
// that makes sense, at the end all stories must be the same one, and when all
// have gone nothing is left.
func TestChaos(t *testing.T) {
	steps := 250
	if testing.Short() {
		steps = 50
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	s := start(t, engine.Config{})
	var mu sync.Mutex
	seen := map[uint64]bool{}
	all := make([]*actor, actors)
	for i := range all {
		c := s.account(i + 1)
		all[i] = &actor{s: s, id: c.id, token: c.token, rand: rand.New(rand.NewPCG(uint64(i), seed))}
		all[i].games = func() []uint64 {
			mu.Lock()
			defer mu.Unlock()
			seen[all[i].view.Game] = true
			return slices.Sorted(maps.Keys(seen))
		}
		_ = c.conn.Close()
	}
	until(t, func() bool { return s.engine.Stats() == engine.Stats{} })

	var wg sync.WaitGroup
	for _, a := range all {
		wg.Go(func() {
			if err := a.play(steps); err != nil {
				t.Errorf("player %d: %v", a.id, err)
			}
		})
	}
	wg.Wait()
	if t.Failed() {
		return
	}
	compare(t, s, all)
	for _, a := range all {
		_ = a.c.conn.Close()
	}
	until(t, func() bool {
		return s.engine.Stats() == engine.Stats{UnknownCommands: s.engine.Stats().UnknownCommands}
	})
}

// compare looks for one story in what everybody believes.
func compare(t *testing.T, s *server, all []*actor) {
	t.Helper()
	games := map[uint64][]*actor{}
	alone := 0
	for _, a := range all {
		err := a.send(blaze.Util, blaze.UtilPing, nil)
		if err == nil {
			err = a.settle()
		}
		if err != nil {
			t.Fatal(err)
		}
		if a.view.Game == 0 {
			alone++
		} else {
			games[a.view.Game] = append(games[a.view.Game], a)
		}
	}
	for gid, members := range games {
		want := map[uint64]bool{}
		for _, a := range members {
			want[uint64(a.id)] = true
		}
		if got := slices.Sorted(maps.Keys(members[0].view.Players)); len(want) > 4 || !slices.Equal(got, slices.Sorted(maps.Keys(want))) {
			t.Errorf("game %d: players %v think they are in it, its members are %v", gid, want, got)
		}
		for _, a := range members {
			if diff := cmp.Diff(members[0].view, a.view, cmpopts.IgnoreUnexported(wiretest.View{})); diff != "" {
				t.Errorf("players %d and %d believe (-+):\n%s", members[0].id, a.id, diff)
			}
			if diff := cmp.Diff(want, a.view.Known); diff != "" {
				t.Errorf("player %d knows (-+):\n%s", a.id, diff)
			}
		}
	}
	got := s.engine.Stats()
	if got.Games != len(games) || got.Players != actors || got.Sessions != actors || got.Searching > alone {
		t.Errorf("%+v; %d games, %d without one", got, len(games), alone)
	}
}

// until waits for something that other goroutines bring about.
func until(t *testing.T, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !done(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("does not happen")
		}
	}
}

// TestFlood: a player who sends a hundred thousand tiny requests, and one who
// never reads, disturb nobody.
func TestFlood(t *testing.T) {
	s := start(t, engine.Config{})
	honest, flooder, deaf := s.player(1), s.player(2), s.player(3)
	honest.must(blaze.GameManager, blaze.GameCreateGame, createGame)
	deaf.must(blaze.GameManager, blaze.GameJoinGame, joinPlayer(1))
	honest.flush()

	var wg sync.WaitGroup
	defer wg.Wait()
	const n = 100_000
	wg.Go(func() {
		ping, err := blaze.NewRequest(blaze.Util, blaze.UtilPing, 0, nil).AppendTo(nil)
		if err != nil {
			t.Error(err)
			return
		}
		for range n / 1000 {
			if _, err := flooder.conn.Write(slices.Repeat(ping, 1000)); err != nil {
				t.Error(err)
				return
			}
		}
	})
	wg.Go(func() {
		for range n {
			if _, err := read(flooder); err != nil {
				t.Error(err)
				return
			}
		}
	})
	// deaf is sent all of this and reads none of it: more than its queue and the
	// buffers of the system hold.
	gid := s.game("G1")
	gone := false
	for i := 0; i < 3000 && !gone; i++ {
		honest.must(blaze.GameManager, blaze.GameSetGameAttributes, func(e *tdf.Encoder) {
			e.Map("ATTR", tdf.TypeString, tdf.TypeString, 20, func(i int) { e.ElemStr(fmt.Sprint(i)); e.ElemStr(strings.Repeat("x", 900)) })
			e.Uint("GID", gid)
		})
		gone = s.engine.Stats().Players == 2
	}
	if !gone {
		t.Error("a player who does not read is still there")
	}
	if got := s.engine.Stats(); got.Games != 1 {
		t.Errorf("%+v", got)
	}
}
