package matchmaking_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/charonrelay/charon/blaze/tdf"
	"github.com/charonrelay/charon/engine/game"
	"github.com/charonrelay/charon/engine/internal/wiretest"
	"github.com/charonrelay/charon/engine/matchmaking"
	"github.com/charonrelay/charon/engine/presence"
)

type player struct {
	*presence.User
	*wiretest.Recorder
}

func newPlayer(id uint32) player {
	r := new(wiretest.Recorder)
	return player{presence.NewUser(presence.Identity{ID: id, Name: fmt.Sprint("player ", id)}, r, presence.NewNetwork(), 0), r}
}

// open is the settings of a lobby that everybody may come into.
const open = game.OpenToMatchmaking | game.JoinInProgress

// lobby creates a game with the attributes k, v, k, v and so on.
func lobby(t testing.TB, d *game.LocalDirectory, host player, s game.Settings, attrs ...string) *game.Game {
	t.Helper()
	g, err := d.Create(host.User, game.Setup{Settings: s, Attributes: attributes(attrs...)})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func attributes(kv ...string) game.Attributes {
	var a game.Attributes
	for i := 0; i < len(kv); i += 2 {
		a = append(a, tdf.Pair{Key: kv[i], Value: kv[i+1]})
	}
	return a
}

// rule is one element of RLST.
type rule struct {
	name   string
	values []string
}

func criteria(t testing.TB, rules ...rule) matchmaking.Criteria {
	t.Helper()
	var e tdf.Encoder
	e.List("RLST", tdf.TypeGroup, len(rules), func(i int) {
		e.ElemGroup(func() {
			e.Str("NAME", rules[i].name)
			e.Str("THLD", "quickMatch")
			e.StrList("VALU", rules[i].values...)
		})
	})
	g, err := tdf.Parse(e.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	return matchmaking.DecodeCriteria(g)
}

const (
	mapRule        = "ME3_gameMapMatchRule"
	enemyRule      = "ME3_gameEnemyTypeRule"
	difficultyRule = "ME3_gameDifficultyRule"
)

// TestFits is spec: blaze 4.6.1 and 4.6.10, engine 15 B-14 and B-28.
func TestFits(t *testing.T) {
	is := func(name string, values ...string) rule { return rule{name, values} }
	allDLC := func() []rule {
		var r []rule
		for _, n := range []string{"2300", "2500", "2700", "3050", "3225"} {
			r = append(r, is("ME3_rule_dlc"+n, "required"))
		}
		return r
	}
	dlcGame := attributes("ME3_dlc2300", "required", "ME3_dlc2500", "required", "ME3_dlc2700", "required", "ME3_dlc3050", "required", "ME3_dlc3225", "required")
	for _, tt := range []struct {
		name     string
		rules    []rule
		attrs    game.Attributes
		settings game.Settings
		state    game.State
		want     bool
	}{
		{"nothing asked", nil, nil, open, game.StatePreGame, true},
		{"public", nil, attributes("ME3privacy", "PUBLIC"), open, game.StatePreGame, true},
		{"private", nil, attributes("ME3privacy", "PRIVATE"), open, game.StatePreGame, false},
		{"friends", nil, attributes("ME3privacy", "FRIENDS"), open, game.StatePreGame, false},
		{"closed to matchmaking", nil, nil, 285, game.StatePreGame, false},
		{"open as observed", nil, nil, 287, game.StatePreGame, true},
		{"match runs, join in progress", nil, nil, 287, game.StateInGame, true},
		{"match runs, no join in progress", nil, nil, 287 &^ game.JoinInProgress, game.StateInGame, false},
		{"lobby, no join in progress", nil, nil, 287 &^ game.JoinInProgress, game.StatePreGame, true},
		{"fresh game", nil, nil, open, game.StateInitializing, true},
		{"map fits", []rule{is(mapRule, "map2")}, attributes("ME3map", "map2"), open, game.StatePreGame, true},
		{"map differs", []rule{is(mapRule, "map2")}, attributes("ME3map", "map3"), open, game.StatePreGame, false},
		{"map missing", []rule{is(mapRule, "map2")}, nil, open, game.StatePreGame, false},
		{"one of several values", []rule{is(mapRule, "map1", "map2", "map3"), is(enemyRule, "enemy1")},
			attributes("ME3map", "map3", "ME3gameEnemyType", "enemy1"), open, game.StatePreGame, true},
		{"none of several values", []rule{is(mapRule, "map1", "map2")}, attributes("ME3map", "map3"), open, game.StatePreGame, false},
		{"rule after one with several values", []rule{is(mapRule, "map1", "map2"), is(enemyRule, "enemy1")},
			attributes("ME3map", "map2", "ME3gameEnemyType", "enemy2"), open, game.StatePreGame, false},
		{"rule after one with no value", []rule{is(mapRule), is(difficultyRule, "difficulty1")},
			attributes("ME3map", "map3", "ME3gameDifficulty", "difficulty0"), open, game.StatePreGame, false},
		{"abstain", []rule{is(mapRule, "abstain"), is(enemyRule, "abstain"), is(difficultyRule, "abstain")}, nil, open, game.StatePreGame, true},
		{"abstain among others", []rule{is(mapRule, "map1", "abstain")}, attributes("ME3map", "map2"), open, game.StatePreGame, true},
		{"other rules", []rule{is("ME3_gameStateMatchRule", "MATCH_MAKING"), is("ME3_rule_dlc9999", "required")}, nil, open, game.StatePreGame, true},
		{"all add-ons", allDLC(), dlcGame, open, game.StatePreGame, true},
		{"add-on missing at the player", allDLC()[1:], dlcGame, open, game.StatePreGame, false},
		{"add-on abstained", append(allDLC()[1:], is("ME3_rule_dlc2300", "abstain")), dlcGame, open, game.StatePreGame, false},
		{"add-on missing in the game", allDLC(), dlcGame[1:], open, game.StatePreGame, false},
		{"value too long to be one", []rule{is(mapRule, strings.Repeat("m", 65), "map2")}, attributes("ME3map", "map2"), open, game.StatePreGame, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v := game.View{Attributes: tt.attrs, Settings: tt.settings, State: tt.state, Players: 1}
			if got := criteria(t, tt.rules...).Fits(v); got != tt.want {
				t.Errorf("fits: %v, want %v", got, tt.want)
			}
		})
	}
}

// FuzzDecodeCriteria feeds hostile criteria; the result must hold little.
func FuzzDecodeCriteria(f *testing.F) {
	var e tdf.Encoder
	e.List("RLST", tdf.TypeGroup, 1, func(int) {
		e.ElemGroup(func() { e.Str("NAME", mapRule); e.StrList("VALU", "map1", "map2") })
	})
	f.Add(e.Bytes())
	f.Add([]byte{})
	f.Fuzz(func(_ *testing.T, body []byte) {
		g, err := tdf.Parse(body)
		if err != nil {
			return
		}
		matchmaking.DecodeCriteria(g).Fits(game.View{Settings: open, Attributes: attributes("ME3map", "map1")})
	})
}

func newMatchmaking() (*matchmaking.Local, *game.LocalDirectory) {
	d := game.NewLocalDirectory(time.Now)
	return matchmaking.NewLocal(d, time.Now), d
}

// TestJoinExisting: the fullest game first, then the oldest.
func TestJoinExisting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, d := newMatchmaking()
		id := uint32(0)
		next := func() player { id++; return newPlayer(id) }
		var games []*game.Game
		for _, members := range []int{1, 2, 3, 3, 4} {
			g := lobby(t, d, next(), open)
			for range members - 1 {
				if err := g.Join(next().User, game.Entry{}); err != nil {
					t.Fatal(err)
				}
			}
			games = append(games, g)
			time.Sleep(time.Second)
		}
		var order []int
		for range 7 {
			p := next()
			if got := m.Start(p.User, criteria(t), 0); got != p.ID {
				t.Errorf("MSID %d, want %d", got, p.ID)
			}
			order = append(order, slices.IndexFunc(games, func(g *game.Game) bool { return g.ID == p.Game() }))
		}
		if diff := cmp.Diff([]int{2, 3, 1, 1, 0, 0, 0}, order); diff != "" {
			t.Error(diff)
		}
		if p := next(); m.Start(p.User, criteria(t), 0) != p.ID || p.Game() != 0 || m.Waiting() != 1 {
			t.Errorf("all games are full: in game %d, %d waiting", p.Game(), m.Waiting())
		}
	})
}

// TestQueue is engine 15 B-01: a player whose wishes do not fit holds nobody
// up; the others come in order of arrival until the game is full.
func TestQueue(t *testing.T) {
	m, d := newMatchmaking()
	var p []player
	for i := range uint32(7) {
		x := newPlayer(i + 1)
		p = append(p, x)
		want := criteria(t)
		if i%2 == 0 {
			want = criteria(t, rule{mapRule, []string{"map7"}})
		}
		m.Start(x.User, want, 0)
		if got := x.Lines(); len(got) != 0 {
			t.Errorf("told %v while there is no game", got)
		}
	}
	host := newPlayer(100)
	g := lobby(t, d, host, open, "ME3map", "map1")
	m.Examine(g)
	var in []uint32
	for _, x := range p {
		if x.Game() == g.ID {
			in = append(in, x.ID)
		}
	}
	if diff := cmp.Diff([]uint32{2, 4, 6}, in); diff != "" {
		t.Error(diff)
	}
	if m.Waiting() != 4 {
		t.Errorf("%d waiting", m.Waiting())
	}
	if got := p[1].Lines(); len(got) < 2 || got[0] != "Searching {MSID: 2, USID: 2}" || !strings.Contains(strings.Join(got, "\n"), "REAS 3 {MSID: 2, USID: 2}") {
		t.Errorf("a matched player is told %v", got)
	}
	// The map changes, but the game is full; then a place becomes free.
	if err := g.SetAttributes(host.User, attributes("ME3map", "map7")); err != nil {
		t.Fatal(err)
	}
	m.Examine(g)
	if p[0].Game() != 0 {
		t.Error("a fifth player came in")
	}
	g.Leave(p[1].User, game.PlayerLeft)
	m.Examine(g)
	if p[0].Game() != g.ID || p[2].Game() != 0 {
		t.Errorf("the first one who fits is in game %d, the second in %d", p[0].Game(), p[2].Game())
	}
}

// TestQueueForgets is engine 15 B-02.
func TestQueueForgets(t *testing.T) {
	m, d := newMatchmaking()
	p, q := newPlayer(1), newPlayer(2)
	m.Start(p.User, criteria(t), 0)
	m.Start(p.User, criteria(t, rule{mapRule, []string{"map1"}}), 0)
	if m.Waiting() != 1 {
		t.Errorf("%d searches of one player", m.Waiting())
	}
	g := lobby(t, d, newPlayer(3), open, "ME3map", "map2")
	m.Examine(g)
	if p.Game() != 0 {
		t.Error("the first of two searches counts")
	}
	m.Cancel(p.User)
	m.Cancel(p.User)
	if m.Waiting() != 0 {
		t.Error("a cancelled search waits")
	}
	// A player who found a game by himself leaves the queue when his turn comes.
	m.Start(q.User, criteria(t, rule{mapRule, []string{"map9"}}), 0)
	if err := g.Join(q.User, game.Entry{}); err != nil {
		t.Fatal(err)
	}
	m.Examine(lobby(t, d, newPlayer(4), open, "ME3map", "map9"))
	if q.Game() != g.ID || m.Waiting() != 0 {
		t.Errorf("in game %d, %d waiting", q.Game(), m.Waiting())
	}
	// A login that is over when its search begins has had its Cancel.
	p.End()
	m.Start(p.User, criteria(t, rule{mapRule, []string{"nowhere"}}), 0)
	if m.Waiting() != 0 {
		t.Error("somebody who has gone waits")
	}
}

// TestTimes is the status every 20 s and the failure at the end of the search.
func TestTimes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, _ := newMatchmaking()
		ctx, stop := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() { m.Run(ctx) })
		short, long := newPlayer(1), newPlayer(2)
		m.Start(short.User, criteria(t), 50*time.Second)
		m.Start(long.User, criteria(t), 100*time.Hour)
		const searching = "Searching {MSID: %d, USID: %d}"
		time.Sleep(49 * time.Second)
		synctest.Wait()
		if diff := cmp.Diff([]string{fmt.Sprintf(searching, 1, 1), fmt.Sprintf(searching, 1, 1)}, short.Lines()); diff != "" {
			t.Error(diff)
		}
		time.Sleep(7 * time.Second)
		synctest.Wait()
		if diff := cmp.Diff([]string{"MatchmakingFailed {MAXF: 21600, MSID: 1, RSLT: 3, USID: 1}"}, short.Lines()); diff != "" {
			t.Error(diff)
		}
		time.Sleep(30*time.Minute - 56*time.Second)
		time.Sleep(5 * time.Second)
		synctest.Wait()
		got := long.Lines()
		if n := len(got); n < 80 || n > 91 || got[n-1] != "MatchmakingFailed {MAXF: 21600, MSID: 2, RSLT: 3, USID: 2}" {
			t.Errorf("%d messages in 30 minutes, the last %s", n, got[n-1])
		}
		time.Sleep(time.Hour)
		synctest.Wait()
		if n := len(short.Lines()) + len(long.Lines()); n != 0 || m.Waiting() != 0 {
			t.Errorf("%d messages after the end, %d waiting", n, m.Waiting())
		}
		stop()
		wg.Wait()
	})
}
