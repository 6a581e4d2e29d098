package engine_test

import (
	"strings"
	"testing"

	"github.com/charonrelay/charon/blaze"
	"github.com/charonrelay/charon/blaze/tdf"
	"github.com/charonrelay/charon/engine"
)

// createGame, the five add-ons and all, as observed (spec: blaze 4.6.2).
func createGame(e *tdf.Encoder) {
	e.StrMap("ATTR", []tdf.Pair{
		{Key: "ME3_dlc2300", Value: "required"}, {Key: "ME3_dlc2500", Value: "required"}, {Key: "ME3_dlc2700", Value: "required"},
		{Key: "ME3_dlc3050", Value: "required"}, {Key: "ME3_dlc3225", Value: "required"}, {Key: "ME3gameDifficulty", Value: "difficulty0"},
		{Key: "ME3gameEnemyType", Value: "enemy1"}, {Key: "ME3map", Value: "map11"}, {Key: "ME3privacy", Value: "PUBLIC"},
	})
	e.Uint("GSET", 287)
	e.Str("VSTR", "ME3-295976325-179181965240128")
}

// search is startMatchmaking for anything (spec: blaze 4.6.10).
func search(e *tdf.Encoder) { searchFor("abstain")(e) }

// searchFor is startMatchmaking for one map.
func searchFor(level string) func(*tdf.Encoder) {
	rules := [][2]string{
		{"ME3_gameStateMatchRule", "MATCH_MAKING"}, {"ME3_gameMapMatchRule", level}, {"ME3_gameEnemyTypeRule", "abstain"},
		{"ME3_gameDifficultyRule", "abstain"}, {"ME3_rule_dlc2300", "required"}, {"ME3_rule_dlc2500", "required"},
		{"ME3_rule_dlc2700", "required"}, {"ME3_rule_dlc3050", "required"}, {"ME3_rule_dlc3225", "required"},
	}
	return func(e *tdf.Encoder) {
		e.Group("CRIT", func() {
			e.List("RLST", tdf.TypeGroup, len(rules), func(i int) {
				e.ElemGroup(func() {
					e.Str("NAME", rules[i][0])
					e.Str("THLD", "requireExactMatch")
					e.StrList("VALU", rules[i][1])
				})
			})
		})
		e.Uint("DUR", 1800000)
	}
}

func joinPlayer(id uint32) func(*tdf.Encoder) {
	return func(e *tdf.Encoder) { e.Group("USER", func() { e.Uint("ID", uint64(id)) }) }
}

func mesh(gid uint64, player uint32, status uint64) func(*tdf.Encoder) {
	return func(e *tdf.Encoder) {
		e.Uint("GID", gid)
		e.List("TARG", tdf.TypeGroup, 1, func(int) {
			e.ElemGroup(func() { e.Uint("FLGS", 0); e.Uint("PID", uint64(player)); e.Uint("STAT", status) })
		})
	}
}

func removePlayer(gid uint64, player uint32) func(*tdf.Encoder) {
	return func(e *tdf.Encoder) { e.Uint("GID", gid); e.Uint("PID", uint64(player)); e.Uint("REAS", 6) }
}

func onGame(gid uint64, label string, value uint64) func(*tdf.Encoder) {
	return func(e *tdf.Encoder) {
		e.Uint("GID", gid)
		if label != "" {
			e.Uint(label, value)
		}
	}
}

// trace plays lines of the reference trace (spec: blaze 8.9) with two players.
type trace struct {
	*server
	h, j *client
}

func newTrace(t *testing.T) *trace {
	s := start(t, engine.Config{})
	tr := &trace{s, s.player(1), s.player(2)}
	if tr.h.id != 1 || tr.j.id != 2 {
		t.Fatalf("players %d and %d", tr.h.id, tr.j.id)
	}
	return tr
}

// line sends a request and compares everything that both receive.
func (tr *trace) line(by *client, component blaze.Component, command uint16, fields func(*tdf.Encoder), wantH, wantJ []string) {
	tr.t.Helper()
	answer := by.until(by.send(component, command, fields))
	for _, c := range []*client{tr.h, tr.j} {
		var got []string
		if c == by {
			got = tr.lines(answer)
		}
		got = append(got, c.flush()...)
		for i := range got { // random, checked for difference elsewhere
			if at := strings.Index(got[i], "GRID: "); at >= 0 && strings.HasPrefix(got[i], "GameReportingIdChange") {
				got[i] = got[i][:at] + "GRID}"
			}
		}
		want := wantH
		if c == tr.j {
			want = wantJ
		}
		c.compare(want, append([]string{}, got...))
	}
}

// game is line for GameManager commands.
func (tr *trace) game(by *client, command uint16, fields func(*tdf.Encoder), wantH, wantJ []string) {
	tr.t.Helper()
	tr.line(by, blaze.GameManager, command, fields, wantH, wantJ)
}

const empty = "R {}"

// create has H create a game and bring it to the lobby.
func (tr *trace) create() (gid uint64) {
	tr.t.Helper()
	tr.game(tr.h, blaze.GameCreateGame, createGame,
		[]string{"R {GID: G1}", "Setup {GID: G1} GSTA 1 host 1 in slot 0, 1@0/4, REAS 0 {DCTX: 0}", "EXT(1) +ULST(4,1,G1)"}, nil)
	gid = tr.server.game("G1")
	tr.game(tr.h, blaze.GameAdvanceGameState, onGame(gid, "GSTA", 130),
		[]string{empty, "GameStateChange {GID: G1, GSTA: 130}"}, nil)
	return gid
}

// match has J come in by matchmaking.
func (tr *trace) match() {
	tr.t.Helper()
	tr.game(tr.j, blaze.GameStartMatchmaking, search,
		[]string{"UserAdded(2) -ULST", "UserUpdated {FLGS: 3, ID: 2}", "Joining {GID: G1} 2@1/2", "EXT(2) +ULST(4,1,G1)"},
		[]string{"R {MSID: 2}", "Searching {MSID: 2, USID: 2}", "UserAdded(1) +ULST(4,1,G1)", "UserUpdated {FLGS: 3, ID: 1}",
			"Setup {GID: G1} GSTA 130 host 1 in slot 0, 1@0/4 2@1/2, REAS 3 {MSID: 2, USID: 2}", "EXT(2) +ULST(4,1,G1)"})
}

// TestTrace is spec: blaze 8.9, line by line.
func TestTrace(t *testing.T) {
	tr := newTrace(t)
	gid := tr.create()
	tr.match()
	both := func(lines ...string) (h, j []string) { return append([]string{empty}, lines...), lines }

	h, j := both("GamePlayerStateChange {GID: G1, PID: 2, STAT: 4}", "PlayerJoinCompleted {GID: G1, PID: 2}")
	tr.game(tr.h, blaze.GameUpdateMeshConnection, mesh(gid, 2, 2), h, j)
	tr.game(tr.j, blaze.GameUpdateMeshConnection, mesh(gid, 1, 2), nil, []string{empty})
	h, j = both("AdminListChange {ALST: 2, GID: G1, OPER: 0, UID: 1}")
	tr.game(tr.h, blaze.GameAddAdminPlayer, onGame(gid, "PID", 2), h, j)
	h, j = both(`GameAttribChange {ATTR: {"ME3gameState": "IN_GAME_STARTING"}, GID: G1}`)
	tr.game(tr.h, blaze.GameSetGameAttributes, func(e *tdf.Encoder) {
		e.StrMap("ATTR", []tdf.Pair{{Key: "ME3gameState", Value: "IN_GAME_STARTING"}})
		e.Uint("GID", gid)
	}, h, j)
	h, j = both("GameSettingsChange {ATTR: 285, GID: G1}")
	tr.game(tr.h, blaze.GameSetGameSettings, onGame(gid, "GSET", 285), h, j)
	tr.line(tr.j, blaze.GameReporting, blaze.ReportingSubmitOfflineGameReport, nil, nil,
		[]string{empty, "ResultNotification {DATA: absent, EROR: 0, FNL: 0, GHID: 0, GRID: 0}"})
	h, j = both("GameStateChange {GID: G1, GSTA: 130}", "GameReportingIdChange {GID: G1, GRID}")
	tr.game(tr.h, blaze.GameReplayGame, onGame(gid, "", 0), h, j)
	tr.game(tr.j, blaze.GameRemovePlayer, removePlayer(gid, 2),
		[]string{"EXT(2) -ULST", "PlayerRemoved {CNTX: 0, GID: G1, PID: 2, REAS: 6}", "UserRemoved {BUID: 2}",
			"AdminListChange {ALST: 2, GID: G1, OPER: 1, UID: 1}"},
		[]string{empty, "EXT(2) -ULST", "PlayerRemoved {CNTX: 0, GID: G1, PID: 2, REAS: 6}", "UserRemoved {BUID: 1}"})
	tr.game(tr.h, blaze.GameRemovePlayer, removePlayer(gid, 1),
		[]string{empty, "EXT(1) -ULST", "PlayerRemoved {CNTX: 0, GID: G1, PID: 1, REAS: 6}"}, nil)
	if n := tr.engine.Stats().Games; n != 0 {
		t.Errorf("%d games left", n)
	}
	tr.game(tr.h, blaze.GameAdvanceGameState, onGame(gid, "GSTA", 130), []string{"E 0x2"}, nil)
}

// TestTraceHostLeaves: the host goes, J takes over in the slot he has, and the
// state is what it was.
func TestTraceHostLeaves(t *testing.T) {
	for name, state := range map[string]uint64{"lobby": 130, "match": 131} {
		t.Run(name, func(t *testing.T) {
			tr := newTrace(t)
			gid := tr.create()
			tr.match()
			change := map[uint64]string{130: "GameStateChange {GID: G1, GSTA: 130}", 131: "GameStateChange {GID: G1, GSTA: 131}"}[state]
			tr.game(tr.h, blaze.GameAdvanceGameState, onGame(gid, "GSTA", state), []string{empty, change}, []string{change})
			tr.game(tr.h, blaze.GameRemovePlayer, removePlayer(gid, 1),
				[]string{empty, "EXT(1) -ULST", "PlayerRemoved {CNTX: 0, GID: G1, PID: 1, REAS: 6}", "UserRemoved {BUID: 2}"},
				[]string{"EXT(1) -ULST", "PlayerRemoved {CNTX: 0, GID: G1, PID: 1, REAS: 6}", "UserRemoved {BUID: 1}",
					"AdminListChange {ALST: 1, GID: G1, OPER: 1, UID: 2}", "GameStateChange {GID: G1, GSTA: 5}",
					"HostMigrationStart {GID: G1, HOST: 2, PMIG: 2, SLOT: 1}", change, "HostMigrationFinished {GID: G1}"})
			tr.game(tr.h, blaze.GameJoinGame, joinPlayer(2),
				[]string{"R {GID: G1, JGS: 0}", "UserAdded(2) +ULST(4,1,G1)", "UserUpdated {FLGS: 3, ID: 2}",
					"Setup {GID: G1} GSTA " + change[len(change)-4:len(change)-1] + " host 2 in slot 1, 1@0/2 2@1/2, REAS 0 {DCTX: 1}", "EXT(1) +ULST(4,1,G1)"},
				[]string{"UserAdded(1) -ULST", "UserUpdated {FLGS: 3, ID: 1}", "Joining {GID: G1} 1@0/2", "EXT(1) +ULST(4,1,G1)"})
		})
	}
}

// TestTraceDisconnect: J's connection ends without a word.
func TestTraceDisconnect(t *testing.T) {
	tr := newTrace(t)
	tr.create()
	tr.match()
	_ = tr.j.conn.Close()
	want := []string{"EXT(2) -ULST", "PlayerRemoved {CNTX: 0, GID: G1, PID: 2, REAS: 6}", "UserRemoved {BUID: 2}",
		"AdminListChange {ALST: 2, GID: G1, OPER: 1, UID: 1}"}
	var got []blaze.Packet
	for range want {
		p, err := tr.h.next()
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, p)
	}
	tr.h.compare(want, tr.lines(got))
	tr.h.told()
}

// TestTraceJoinGame is the variant with joinGame.
func TestTraceJoinGame(t *testing.T) {
	for name, request := range map[string]func(gid uint64) func(*tdf.Encoder){
		"a player": func(uint64) func(*tdf.Encoder) { return joinPlayer(1) },
		"a game":   func(gid uint64) func(*tdf.Encoder) { return onGame(gid, "", 0) },
	} {
		t.Run(name, func(t *testing.T) {
			tr := newTrace(t)
			gid := tr.create()
			tr.game(tr.j, blaze.GameJoinGame, request(gid),
				[]string{"UserAdded(2) -ULST", "UserUpdated {FLGS: 3, ID: 2}", "Joining {GID: G1} 2@1/2", "EXT(2) +ULST(4,1,G1)"},
				[]string{"R {GID: G1, JGS: 0}", "UserAdded(1) +ULST(4,1,G1)", "UserUpdated {FLGS: 3, ID: 1}",
					"Setup {GID: G1} GSTA 130 host 1 in slot 0, 1@0/4 2@1/2, REAS 0 {DCTX: 1}", "EXT(2) +ULST(4,1,G1)"})
			tr.game(tr.j, blaze.GameJoinGame, request(gid), nil, []string{"E 0x67"})
		})
	}
}

// TestTraceQueuedFirst is the variant in which J waits before H creates.
func TestTraceQueuedFirst(t *testing.T) {
	tr := newTrace(t)
	tr.game(tr.j, blaze.GameStartMatchmaking, search, nil, []string{"R {MSID: 2}"})
	if n := tr.engine.Stats().Searching; n != 1 {
		t.Errorf("%d searching", n)
	}
	tr.game(tr.h, blaze.GameCreateGame, createGame,
		[]string{"R {GID: G1}", "Setup {GID: G1} GSTA 1 host 1 in slot 0, 1@0/4, REAS 0 {DCTX: 0}", "EXT(1) +ULST(4,1,G1)",
			"UserAdded(2) -ULST", "UserUpdated {FLGS: 3, ID: 2}", "Joining {GID: G1} 2@1/2", "EXT(2) +ULST(4,1,G1)"},
		[]string{"Searching {MSID: 2, USID: 2}", "UserAdded(1) +ULST(4,1,G1)", "UserUpdated {FLGS: 3, ID: 1}",
			"Setup {GID: G1} GSTA 1 host 1 in slot 0, 1@0/4 2@1/2, REAS 3 {MSID: 2, USID: 2}", "EXT(2) +ULST(4,1,G1)"})
	if n := tr.engine.Stats().Searching; n != 0 {
		t.Errorf("%d searching", n)
	}
}
