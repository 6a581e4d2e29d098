package game_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/charonrelay/charon/blaze/tdf"
	"github.com/charonrelay/charon/engine/game"
	"github.com/charonrelay/charon/engine/internal/wiretest"
	"github.com/charonrelay/charon/engine/presence"
)

// player is a user who has sent postAuth.
type player struct {
	*presence.User
	*wiretest.Recorder
}

func newPlayer(id uint32) player {
	r := new(wiretest.Recorder)
	u := presence.NewUser(presence.Identity{ID: id, Name: fmt.Sprint("player ", id), Locale: 0x656e4e5a}, r, presence.NewNetwork(), 0)
	u.SubscribeSelf()
	r.Take()
	return player{u, r}
}

func newPlayers(n uint32) []player {
	p := make([]player, n)
	for i := range p {
		p[i] = newPlayer(uint32(i + 1))
	}
	return p
}

func newDirectory() *game.LocalDirectory { return game.NewLocalDirectory(time.Now) }

func create(t testing.TB, d *game.LocalDirectory, host player) *game.Game {
	t.Helper()
	g, err := d.Create(host.User, game.Setup{Settings: 0x11f})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func join(t testing.TB, g *game.Game, players ...player) {
	t.Helper()
	for _, p := range players {
		if err := g.Join(p.User, game.Entry{}); err != nil {
			t.Fatal(err)
		}
	}
}

// told compares what a player was told since the last look; G stands for the game's id.
func told(t testing.TB, g *game.Game, p player, want ...string) {
	t.Helper()
	got := p.Lines()
	for i := range got {
		got[i] = strings.NewReplacer(fmt.Sprintf("GID: %d", g.ID), "GID: G", fmt.Sprintf("(4,1,%d)", g.ID), "(4,1,G)").Replace(got[i])
	}
	if diff := cmp.Diff(append([]string{}, want...), got); diff != "" {
		t.Errorf("player %d:\n%s", p.ID, diff)
	}
}

func forget(players ...player) {
	for _, p := range players {
		p.Take()
	}
}

// TestJoinAndLeave is spec: blaze 4.6.8 and 4.6.9 with three players.
func TestJoinAndLeave(t *testing.T) {
	d, p := newDirectory(), newPlayers(3)
	g := create(t, d, p[0])
	told(t, g, p[0], "Setup {GID: G} GSTA 1 host 1 in slot 0, 1@0/4, REAS 0 {DCTX: 0}", "EXT(1) +ULST(4,1,G)")
	join(t, g, p[1])
	forget(p...)
	join(t, g, p[2])
	newcomer := []string{"UserAdded(3) -ULST", "UserUpdated {FLGS: 3, ID: 3}", "Joining {GID: G} 3@2/2", "EXT(3) +ULST(4,1,G)"}
	told(t, g, p[0], newcomer...)
	told(t, g, p[1], newcomer...)
	told(t, g, p[2],
		"UserAdded(1) +ULST(4,1,G)", "UserUpdated {FLGS: 3, ID: 1}", "UserAdded(2) +ULST(4,1,G)", "UserUpdated {FLGS: 3, ID: 2}",
		"Setup {GID: G} GSTA 1 host 1 in slot 0, 1@0/4 2@1/2 3@2/2, REAS 0 {DCTX: 1}", "EXT(3) +ULST(4,1,G)")

	if !g.Leave(p[1].User, game.PlayerLeft) || g.Leave(p[1].User, game.PlayerLeft) {
		t.Error("Leave does not tell members from others")
	}
	left := []string{"EXT(2) -ULST", "PlayerRemoved {CNTX: 0, GID: G, PID: 2, REAS: 6}", "UserRemoved {BUID: 2}",
		"AdminListChange {ALST: 2, GID: G, OPER: 1, UID: 1}"}
	told(t, g, p[0], left...)
	told(t, g, p[2], left...)
	told(t, g, p[1], "EXT(2) -ULST", "PlayerRemoved {CNTX: 0, GID: G, PID: 2, REAS: 6}", "UserRemoved {BUID: 1}", "UserRemoved {BUID: 3}")

	g.Leave(p[2].User, game.PlayerLeft)
	forget(p...)
	g.Leave(p[0].User, 8)
	told(t, g, p[0], "EXT(1) -ULST", "PlayerRemoved {CNTX: 0, GID: G, PID: 1, REAS: 8}")
	if d.Count() != 0 || d.Find(g.ID) != nil || len(d.Games()) != 0 {
		t.Error("the game is still there without players")
	}
	if err := g.Join(p[1].User, game.Entry{}); !errors.Is(err, game.ErrGone) {
		t.Errorf("join of a game that is over: %v", err)
	}
	if _, err := g.Data(); !errors.Is(err, game.ErrGone) {
		t.Errorf("data of a game that is over: %v", err)
	}
}

// TestHostLeaves is spec: blaze 4.6.9 step 5: the longest-present member
// becomes host in the slot he has, and the state from before comes back.
func TestHostLeaves(t *testing.T) {
	d, p := newDirectory(), newPlayers(4)
	g := create(t, d, p[0])
	join(t, g, p[1], p[2])
	g.Leave(p[1].User, game.PlayerLeft) // slot 1 is free, player 3 is in slot 2
	join(t, g, p[3])                    // takes it
	if err := g.SetState(p[0].User, game.StateInGame); err != nil {
		t.Fatal(err)
	}
	forget(p...)
	g.Leave(p[0].User, game.PlayerLeft)
	told(t, g, p[3], "EXT(1) -ULST", "PlayerRemoved {CNTX: 0, GID: G, PID: 1, REAS: 6}", "UserRemoved {BUID: 1}",
		"AdminListChange {ALST: 1, GID: G, OPER: 1, UID: 3}",
		"GameStateChange {GID: G, GSTA: 5}", "HostMigrationStart {GID: G, HOST: 3, PMIG: 2, SLOT: 2}",
		"GameStateChange {GID: G, GSTA: 131}", "HostMigrationFinished {GID: G}")
	forget(p...)
	join(t, g, p[1])
	got := p[1].Lines()
	if want := "host 3 in slot 2, 2@0/2 4@1/2 3@2/2"; !strings.Contains(strings.Join(got, "\n"), want) {
		t.Errorf("a newcomer does not hear %q:\n%s", want, strings.Join(got, "\n"))
	}
	if err := g.SetState(p[2].User, game.StatePreGame); err != nil {
		t.Errorf("the new host has no authority: %v", err)
	}
}

// TestSlots is spec: blaze 4.6.1: a slot stays for a whole stay and is the
// lowest free one for a newcomer.
func TestSlots(t *testing.T) {
	d, p := newDirectory(), newPlayers(6)
	g := create(t, d, p[0])
	join(t, g, p[1], p[2], p[3])
	if err := g.Join(p[4].User, game.Entry{}); !errors.Is(err, game.ErrFull) {
		t.Errorf("a fifth player: %v", err)
	}
	if p[4].Game() != 0 {
		t.Error("a refused player is claimed")
	}
	g.Leave(p[0].User, game.PlayerLeft)
	g.Leave(p[2].User, game.PlayerLeft)
	join(t, g, p[4])
	forget(p...)
	join(t, g, p[5])
	got := strings.Join(p[5].Lines(), "\n")
	if want := "host 2 in slot 1, 5@0/2 2@1/2 6@2/2 4@3/2,"; !strings.Contains(got, want) {
		t.Errorf("no %q in\n%s", want, got)
	}
}

// TestConnected is spec: blaze 4.6.11.
func TestConnected(t *testing.T) {
	d, p := newDirectory(), newPlayers(5)
	g := create(t, d, p[0])
	join(t, g, p[1], p[2], p[3])
	forget(p...)
	announced := func(id int) []string {
		return []string{fmt.Sprintf("GamePlayerStateChange {GID: G, PID: %d, STAT: 4}", id), fmt.Sprintf("PlayerJoinCompleted {GID: G, PID: %d}", id)}
	}
	for _, step := range []struct {
		name   string
		by     int
		target uint32
		want   []string
	}{
		{"host about a joiner", 0, 2, announced(2)},
		{"host again", 0, 2, nil},
		{"joiner about the host, after him", 1, 1, nil},
		{"joiner about the host", 2, 1, announced(3)},
		{"joiner about another joiner", 3, 2, nil},
		{"joiner about himself", 3, 4, nil},
		{"host about himself", 0, 1, announced(1)},
		{"host about a stranger", 0, 77, nil},
	} {
		if err := g.Connected(p[step.by].User, step.target); err != nil {
			t.Errorf("%s: %v", step.name, err)
		}
		for _, member := range p[:4] {
			told(t, g, member, step.want...)
		}
	}
	if err := g.Connected(p[4].User, 4); !errors.Is(err, game.ErrPermission) {
		t.Errorf("stranger: %v", err)
	}
	// Another stay is announced again.
	g.Leave(p[1].User, game.PlayerLeft)
	join(t, g, p[1])
	forget(p...)
	if err := g.Connected(p[0].User, 2); err != nil {
		t.Error(err)
	}
	told(t, g, p[3], announced(2)...)
}

// TestCommands has the effect of every command, and who may give it
// (engine 15 S-04).
func TestCommands(t *testing.T) {
	attrs := game.Attributes{{Key: "ME3map", Value: "map2"}}
	for _, tt := range []struct {
		name   string
		do     func(g *game.Game, by *presence.User) error
		member bool // any member may; otherwise the host only
		want   []string
	}{
		{"state", func(g *game.Game, by *presence.User) error { return g.SetState(by, 8) }, false, []string{"GameStateChange {GID: G, GSTA: 8}"}},
		{"settings", func(g *game.Game, by *presence.User) error { return g.SetSettings(by, 0x12345) }, false,
			[]string{"GameSettingsChange {ATTR: 74565, GID: G}"}},
		{"attributes", func(g *game.Game, by *presence.User) error { return g.SetAttributes(by, attrs) }, true,
			[]string{`GameAttribChange {ATTR: {"ME3map": "map2"}, GID: G}`}},
		{"add admin", func(g *game.Game, by *presence.User) error { return g.AddAdmin(by, 2) }, false,
			[]string{"AdminListChange {ALST: 2, GID: G, OPER: 0, UID: 1}"}},
		{"add a stranger as admin", func(g *game.Game, by *presence.User) error { return g.AddAdmin(by, 9) }, true, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d, p := newDirectory(), newPlayers(3)
			g := create(t, d, p[0])
			join(t, g, p[1])
			forget(p...)
			if err := tt.do(g, p[2].User); !errors.Is(err, game.ErrPermission) {
				t.Errorf("stranger: %v", err)
			}
			told(t, g, p[0])
			err := tt.do(g, p[1].User)
			switch {
			case tt.member && err != nil, tt.name != "add admin" && !tt.member && !errors.Is(err, game.ErrPermission):
				t.Errorf("member: %v", err)
			case tt.member:
				told(t, g, p[0], tt.want...)
				told(t, g, p[1], tt.want...)
			default:
				told(t, g, p[0])
				told(t, g, p[1])
			}
			if err := tt.do(g, p[0].User); err != nil {
				t.Errorf("host: %v", err)
			}
			told(t, g, p[0], tt.want...)
			told(t, g, p[1], tt.want...)
			told(t, g, p[2])
		})
	}
}

func TestReplay(t *testing.T) {
	d, p := newDirectory(), newPlayers(2)
	g := create(t, d, p[0])
	join(t, g, p[1])
	forget(p...)
	if err := g.Replay(p[1].User); !errors.Is(err, game.ErrPermission) {
		t.Errorf("member: %v", err)
	}
	seen := map[string]bool{}
	for range 3 {
		if err := g.Replay(p[0].User); err != nil {
			t.Fatal(err)
		}
		if host, member := p[0].Lines(), p[1].Lines(); len(host) != 2 || cmp.Diff(host, member) != "" {
			t.Fatalf("host hears %v, member %v", host, member)
		} else if want := fmt.Sprintf("GameStateChange {GID: %d, GSTA: 130}", g.ID); host[0] != want {
			t.Errorf("first %s", host[0])
		} else {
			seen[host[1]] = true
		}
	}
	if len(seen) != 3 {
		t.Errorf("reporting ids repeat: %v", seen)
	}
}

func TestRemove(t *testing.T) {
	d, p := newDirectory(), newPlayers(4)
	g := create(t, d, p[0])
	join(t, g, p[1], p[2])
	for _, tt := range []struct {
		name   string
		by     int
		target uint32
		want   error
		gone   bool
	}{
		{"stranger removes a member", 3, 2, game.ErrPermission, false},
		{"stranger removes himself", 3, 4, game.ErrPermission, false},
		{"member removes another", 1, 3, game.ErrPermission, false},
		{"member removes the host", 1, 1, game.ErrPermission, false},
		{"member removes nobody", 1, 99, nil, false},
		{"host removes a member", 0, 2, nil, true},
		{"member leaves", 2, 3, nil, true},
	} {
		if err := g.Remove(p[tt.by].User, tt.target, 8); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
		if tt.target <= 3 {
			if gone := p[tt.target-1].Game() == 0; gone != tt.gone {
				t.Errorf("%s: gone is %v", tt.name, gone)
			}
		}
	}
}

// TestAttributes is spec: blaze 4.6.5: changes are merged, sent as they came,
// in the order that the game's library keeps.
func TestAttributes(t *testing.T) {
	d, p := newDirectory(), newPlayers(1)
	g, err := d.Create(p[0].User, game.Setup{Attributes: game.Attributes{{Key: "b", Value: "1"}, {Key: "ME3privacy", Value: "PUBLIC"}}})
	if err != nil {
		t.Fatal(err)
	}
	forget(p...)
	if err := g.SetAttributes(p[0].User, game.Attributes{{Key: "A", Value: "2"}, {Key: "b", Value: "3"}}); err != nil {
		t.Fatal(err)
	}
	told(t, g, p[0], `GameAttribChange {ATTR: {"A": "2", "b": "3"}, GID: G}`)
	want := game.Attributes{{Key: "A", Value: "2"}, {Key: "b", Value: "3"}, {Key: "ME3privacy", Value: "PUBLIC"}}
	if diff := cmp.Diff(want, g.View().Attributes); diff != "" {
		t.Error(diff)
	}
	for i := range 100 {
		err = g.SetAttributes(p[0].User, game.Attributes{{Key: fmt.Sprint("key ", i), Value: "x"}})
		if err != nil {
			break
		}
	}
	if !errors.Is(err, game.ErrAttributes) || len(g.View().Attributes) > 64 {
		t.Errorf("%d attributes, %v", len(g.View().Attributes), err)
	}
}

func TestDecodeAttributes(t *testing.T) {
	decode := func(n int, pair func(e *tdf.Encoder, i int)) (game.Attributes, error) {
		var e tdf.Encoder
		e.Map("ATTR", tdf.TypeString, tdf.TypeString, n, func(i int) { pair(&e, i) })
		body, err := tdf.Parse(e.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		return game.DecodeAttributes(body.Map("ATTR"))
	}
	numbered := func(e *tdf.Encoder, i int) { e.ElemStr(fmt.Sprint(i)); e.ElemStr("v") }
	if a, err := decode(64, numbered); err != nil || len(a) != 64 {
		t.Errorf("64 attributes: %d, %v", len(a), err)
	}
	if _, err := decode(65, numbered); !errors.Is(err, game.ErrAttributes) {
		t.Errorf("65 attributes: %v", err)
	}
	if _, err := decode(1, func(e *tdf.Encoder, _ int) { e.ElemStr("k"); e.ElemStr(strings.Repeat("x", 1024)) }); !errors.Is(err, game.ErrAttributes) {
		t.Errorf("long value: %v", err)
	}
	a, err := decode(3, func(e *tdf.Encoder, i int) { e.ElemStr([]string{"b", "A", "b"}[i]); e.ElemStr(fmt.Sprint(i)) })
	if diff := cmp.Diff(game.Attributes{{Key: "A", Value: "1"}, {Key: "b", Value: "2"}}, a); diff != "" || err != nil {
		t.Errorf("the last of a repeated key counts: %v\n%s", err, diff)
	}
}

// TestDestructingState has a host who sets the state that servers set for a
// game that ends: nobody comes any more, but those who are in it can leave.
func TestDestructingState(t *testing.T) {
	d, p := newDirectory(), newPlayers(3)
	g := create(t, d, p[0])
	join(t, g, p[1])
	if err := g.SetState(p[0].User, game.StateDestructing); err != nil {
		t.Fatal(err)
	}
	if err := g.Join(p[2].User, game.Entry{}); !errors.Is(err, game.ErrFull) {
		t.Errorf("join: %v", err)
	}
	g.Leave(p[0].User, game.PlayerLeft)
	if d.Find(g.ID) != g {
		t.Fatal("the game is gone while a player is in it")
	}
	if err := g.SetState(p[1].User, game.StatePreGame); err != nil {
		t.Errorf("the new host cannot bring it back: %v", err)
	}
	g.Leave(p[1].User, game.PlayerLeft)
	if d.Count() != 0 || p[0].Game() != 0 || p[1].Game() != 0 {
		t.Errorf("%d games, players in %d and %d", d.Count(), p[0].Game(), p[1].Game())
	}
}

// TestOneGameOnly: a player is never in two games (engine 15 B-25).
func TestOneGameOnly(t *testing.T) {
	d, p := newDirectory(), newPlayers(3)
	g := create(t, d, p[0])
	other := create(t, d, p[1])
	if _, err := d.Create(p[0].User, game.Setup{}); !errors.Is(err, game.ErrBusy) {
		t.Errorf("second game: %v", err)
	}
	if d.Count() != 2 {
		t.Errorf("%d games after a failed creation", d.Count())
	}
	for _, x := range []*game.Game{g, other} {
		if err := x.Join(p[0].User, game.Entry{}); !errors.Is(err, game.ErrBusy) {
			t.Errorf("join: %v", err)
		}
	}
	p[2].End()
	if err := g.Join(p[2].User, game.Entry{}); !errors.Is(err, game.ErrBusy) {
		t.Errorf("join after the logout: %v", err)
	}
	if _, err := d.Create(p[2].User, game.Setup{}); !errors.Is(err, game.ErrBusy) {
		t.Errorf("creation after the logout: %v", err)
	}
}

// TestJoinBesideEndedMember has a member whose login is over but who is not
// out of the game yet: the newcomer must know who the setup talks about, and
// be told when he has gone.
func TestJoinBesideEndedMember(t *testing.T) {
	d, p := newDirectory(), newPlayers(3)
	g := create(t, d, p[0])
	join(t, g, p[1])
	p[1].End()
	forget(p...)
	join(t, g, p[2])
	told(t, g, p[2],
		"UserAdded(1) +ULST(4,1,G)", "UserUpdated {FLGS: 3, ID: 1}", "UserAdded(2) +ULST(4,1,G)", "UserUpdated {FLGS: 3, ID: 2}",
		"Setup {GID: G} GSTA 1 host 1 in slot 0, 1@0/4 2@1/2 3@2/2, REAS 0 {DCTX: 1}", "EXT(3) +ULST(4,1,G)")
	g.Leave(p[1].User, game.PlayerLeft)
	p[1].Farewell()
	told(t, g, p[2], "EXT(2) -ULST", "PlayerRemoved {CNTX: 0, GID: G, PID: 2, REAS: 6}", "UserRemoved {BUID: 2}",
		"AdminListChange {ALST: 2, GID: G, OPER: 1, UID: 1}")
}

func TestAccept(t *testing.T) {
	d, p := newDirectory(), newPlayers(2)
	g := create(t, d, p[0])
	forget(p...)
	var seen game.View
	err := g.Join(p[1].User, game.Entry{Accept: func(v game.View) bool { seen = v; return false }})
	if !errors.Is(err, game.ErrUnfit) || p[1].Game() != 0 || seen.Players != 1 {
		t.Errorf("%v, in game %d, saw %+v", err, p[1].Game(), seen)
	}
	told(t, g, p[0])
	told(t, g, p[1])
}

func TestVersion(t *testing.T) {
	d, p := newDirectory(), newPlayers(1)
	if _, err := d.Create(p[0].User, game.Setup{Version: strings.Repeat("v", 65)}); !errors.Is(err, game.ErrVersion) {
		t.Errorf("long version: %v", err)
	}
	if _, err := d.Create(p[0].User, game.Setup{Version: "other"}); err != nil {
		t.Fatal(err)
	}
	body := wiretest.Body(t, p[0].Take()[0])
	if v := body.Group("GAME").Str("VSTR"); v != "other" {
		t.Errorf("version %q", v)
	}
}

// TestUnique is engine 15 B-27.
func TestUnique(t *testing.T) {
	d := newDirectory()
	seen := map[string]bool{}
	for i := range uint32(200) {
		p := newPlayer(i + 1)
		create(t, d, p)
		g := wiretest.Body(t, p.Take()[0]).Group("GAME")
		uuid := g.Str("UUID")
		if len(uuid) != 36 || strings.ToLower(uuid) != uuid || uuid[14] != '4' {
			t.Errorf("UUID %q", uuid)
		}
		if id := g.Uint("GID"); id == 0 || id > 0x7fffffff {
			t.Errorf("game id %d", id)
		}
		for _, what := range []string{fmt.Sprint("GID ", g.Uint("GID")), fmt.Sprint("GSID ", g.Uint("GSID")), "UUID " + uuid} {
			if seen[what] {
				t.Errorf("%s repeats", what)
			}
			seen[what] = true
		}
	}
}

// TestCapacityIsAtomic is engine 15 B-13: many join at once.
func TestCapacityIsAtomic(t *testing.T) {
	d, p := newDirectory(), newPlayers(30)
	g := create(t, d, p[0])
	var wg sync.WaitGroup
	for _, x := range p[1:] {
		wg.Go(func() { _ = g.Join(x.User, game.Entry{}) })
	}
	wg.Wait()
	in := 0
	for _, x := range p {
		if x.Game() != 0 {
			in++
		}
	}
	if in != game.Capacity || g.View().Players != game.Capacity {
		t.Errorf("%d players think that they are in, the game has %d", in, g.View().Players)
	}
}
