package engine_test

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/charonrelay/charon/blaze"
	"github.com/charonrelay/charon/blaze/tdf"
	"github.com/charonrelay/charon/engine"
	"github.com/charonrelay/charon/engine/internal/wiretest"
)

// TestAuthority is engine 15 S-04: who gets which answer to every command
// about a game. Nobody but those who may changes anything.
func TestAuthority(t *testing.T) {
	s := start(t, engine.Config{})
	host, member, stranger, anonymous := s.player(1), s.player(2), s.player(3), s.dial(nil)
	gid := host.must(blaze.GameManager, blaze.GameCreateGame, createGame).Uint("GID")
	member.must(blaze.GameManager, blaze.GameJoinGame, joinPlayer(1))
	attributes := func(gid uint64) func(*tdf.Encoder) {
		return func(e *tdf.Encoder) {
			e.StrMap("ATTR", []tdf.Pair{{Key: "ME3map", Value: "map2"}})
			e.Uint("GID", gid)
		}
	}
	data := func(gid uint64) func(*tdf.Encoder) { return func(e *tdf.Encoder) { e.UintList("GLST", gid) } }
	const ok, noGame, denied, login = 0, 0x2, 0x1e, 0x4004
	for _, tt := range []struct {
		name                                     string
		command                                  uint16
		fields                                   func(gid uint64) func(*tdf.Encoder)
		anonymous, stranger, member, host, wrong blaze.ErrorCode
	}{
		{"state", blaze.GameAdvanceGameState, func(g uint64) func(*tdf.Encoder) { return onGame(g, "GSTA", 131) }, login, denied, denied, ok, noGame},
		{"settings", blaze.GameSetGameSettings, func(g uint64) func(*tdf.Encoder) { return onGame(g, "GSET", 1) }, login, denied, denied, ok, noGame},
		{"attributes", blaze.GameSetGameAttributes, attributes, login, denied, ok, ok, noGame},
		{"replay", blaze.GameReplayGame, func(g uint64) func(*tdf.Encoder) { return onGame(g, "", 0) }, login, denied, denied, ok, noGame},
		{"admin", blaze.GameAddAdminPlayer, func(g uint64) func(*tdf.Encoder) { return onGame(g, "PID", 2) }, login, denied, ok, ok, noGame},
		{"mesh", blaze.GameUpdateMeshConnection, func(g uint64) func(*tdf.Encoder) { return mesh(g, 9, 2) }, login, denied, ok, ok, noGame},
		{"data", blaze.GameGetGameDataFromID, data, login, ok, ok, ok, noGame},
		{"remove the host", blaze.GameRemovePlayer, func(g uint64) func(*tdf.Encoder) { return removePlayer(g, 1) }, login, denied, denied, ok, noGame},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, by := range []struct {
				name string
				c    *client
				gid  uint64
				want blaze.ErrorCode
			}{
				{"anonymous", anonymous, gid, tt.anonymous}, {"stranger", stranger, gid, tt.stranger}, {"member", member, gid, tt.member},
				{"wrong game", host, gid ^ 1<<30, tt.wrong}, {"host", host, gid, tt.host},
			} {
				if by.want != ok {
					host.flush()
					member.flush()
				}
				p := by.c.ask(blaze.GameManager, tt.command, tt.fields(by.gid))
				if p.Error != by.want {
					t.Errorf("%s: error 0x%x, want 0x%x", by.name, uint16(p.Error), uint16(by.want))
				}
				if by.want != ok {
					host.told()
					member.told()
				}
			}
		})
	}
	for _, command := range []uint16{blaze.GameCreateGame, blaze.GameJoinGame, blaze.GameStartMatchmaking, blaze.GameCancelMatchmaking} {
		anonymous.refused(login, blaze.GameManager, command, nil)
	}
	anonymous.refused(login, blaze.Messaging, blaze.MessagingFetchMessages, nil)
	anonymous.refused(login, blaze.GameReporting, blaze.ReportingSubmitOfflineGameReport, nil)
	anonymous.refused(login, blaze.Util, blaze.UtilPostAuth, nil)
	anonymous.refused(login, blaze.Util, blaze.UtilUserSettingsSave, nil)
	anonymous.refused(login, blaze.Util, blaze.UtilUserSettingsLoadAll, nil)
	anonymous.refused(login, blaze.UserSessions, blaze.UsersLookupUser, func(e *tdf.Encoder) { e.Uint("ID", 1) }) // S-10
}

// TestGameData is spec: blaze 4.6.14.
func TestGameData(t *testing.T) {
	s := start(t, engine.Config{})
	host, other := s.player(1), s.player(2)
	gid := host.must(blaze.GameManager, blaze.GameCreateGame, createGame).Uint("GID")
	ask := func(ids ...uint64) blaze.Packet {
		return other.ask(blaze.GameManager, blaze.GameGetGameDataFromID, func(e *tdf.Encoder) { e.UintList("GLST", ids...) })
	}
	body := wiretest.Body(t, ask(gid, gid))
	n := 0
	for v := range body.List("GDAT").All() {
		g := v.Group()
		if g.Uint("GID") != gid || g.Uint("HOST") != 1 || g.Str("GNAM") != host.name || g.Uint("GSET") != 287 {
			t.Errorf("got %v", g)
		}
		n++
	}
	if n != 2 {
		t.Errorf("%d games", n)
	}
	for _, tt := range []struct {
		ids  []uint64
		want blaze.ErrorCode
	}{{nil, 0x4001}, {[]uint64{gid, gid + 1}, 0x2}, {make([]uint64, 17), 0x4001}} {
		if p := ask(tt.ids...); p.Error != tt.want {
			t.Errorf("%v: %v", tt.ids, p)
		}
	}
}

// TestReportForOthers is engine 15 S-05 over the wire: only the sender's score
// is kept.
func TestReportForOthers(t *testing.T) {
	s := start(t, engine.Config{})
	c, victim := s.player(1), s.player(2)
	c.must(blaze.GameReporting, blaze.ReportingSubmitOfflineGameReport, func(e *tdf.Encoder) {
		e.Group("RPRT", func() {
			e.Variable("GAME", 1, "GAME", func() {
				e.Map("PLYR", tdf.TypeVarint, tdf.TypeGroup, 2, func(i int) {
					e.ElemUint(uint64(i + 1))
					e.ElemGroup(func() { e.Uint("NCHP", 1000000); e.Uint("NRAT", 9999) })
				})
			})
		})
	})
	victim.must(blaze.Authentication, blaze.AuthSilentLogin, silent(victim.token, 2))
	body := c.must(blaze.UserSessions, blaze.UsersLookupUser, func(e *tdf.Encoder) { e.Uint("ID", 2) })
	if text := fmt.Sprint(body); !strings.Contains(text, "DMAP: {458753: 0}") {
		t.Errorf("the victim's rating was changed: %s", text)
	}
}

// TestLeaveTheOther is engine 15 B-02 and B-04: whoever creates, joins or
// searches leaves what he was in, and nothing stands still.
func TestLeaveTheOther(t *testing.T) {
	s := start(t, engine.Config{})
	a, b := s.player(1), s.player(2)
	a.must(blaze.GameManager, blaze.GameCreateGame, createGame)
	a.flush()
	left := []string{"EXT(1) -ULST", "PlayerRemoved {CNTX: 0, GID: G%d, PID: 1, REAS: 6}"}
	gone := func(n int) []string { return []string{left[0], fmt.Sprintf(left[1], n)} }
	setup := func(n int) []string {
		return []string{fmt.Sprintf("Setup {GID: G%d} GSTA 1 host 1 in slot 0, 1@0/4, REAS 0 {DCTX: 0}", n), fmt.Sprintf("EXT(1) +ULST(4,1,G%d)", n)}
	}
	answer := func(c *client, command uint16, fields func(*tdf.Encoder)) []string {
		return append(s.lines(c.until(c.send(blaze.GameManager, command, fields))), c.flush()...)
	}
	join := func(parts ...[]string) []string {
		var all []string
		for _, p := range parts {
			all = append(all, p...)
		}
		return all
	}
	a.compare(join([]string{"R {GID: G2}"}, gone(1), setup(2)), answer(a, blaze.GameCreateGame, createGame))
	b.must(blaze.GameManager, blaze.GameCreateGame, createGame)
	b.flush()
	got := answer(a, blaze.GameJoinGame, joinPlayer(2))
	a.compare(join([]string{"R {GID: G3, JGS: 0}"}, gone(2)), got[:3])
	if n := s.engine.Stats().Games; n != 1 {
		t.Errorf("%d games", n)
	}
	b.flush()
	// Searching leaves the game, and finds it again.
	got = answer(a, blaze.GameStartMatchmaking, search)
	a.compare([]string{"R {MSID: 1}", "EXT(1) -ULST", "PlayerRemoved {CNTX: 0, GID: G3, PID: 1, REAS: 6}", "UserRemoved {BUID: 2}",
		"Searching {MSID: 1, USID: 1}"}, got[:5])
	// Cancelling in a game leaves it.
	a.compare([]string{"R {}", "EXT(1) -ULST", "PlayerRemoved {CNTX: 0, GID: G3, PID: 1, REAS: 6}", "UserRemoved {BUID: 2}"},
		answer(a, blaze.GameCancelMatchmaking, nil))
	a.compare([]string{"R {}"}, answer(a, blaze.GameCancelMatchmaking, nil))

	// Whoever waits and creates is no longer searching.
	a.must(blaze.GameManager, blaze.GameStartMatchmaking, searchFor("map1"))
	a.must(blaze.GameManager, blaze.GameCreateGame, createGame)
	a.flush()
	b.must(blaze.GameManager, blaze.GameSetGameAttributes, func(e *tdf.Encoder) {
		e.StrMap("ATTR", []tdf.Pair{{Key: "ME3map", Value: "map1"}})
		e.Uint("GID", s.game("G3"))
	})
	a.told()
	if got := s.engine.Stats(); got.Searching != 0 || got.Games != 2 {
		t.Errorf("%+v", got)
	}
}

// TestFullGame: whoever is invited to a full game keeps what he has.
func TestFullGame(t *testing.T) {
	s := start(t, engine.Config{})
	host, late := s.player(1), s.player(2)
	host.must(blaze.GameManager, blaze.GameCreateGame, createGame)
	for i := range 3 {
		s.player(3+i).must(blaze.GameManager, blaze.GameJoinGame, joinPlayer(1))
	}
	late.must(blaze.GameManager, blaze.GameCreateGame, createGame)
	late.flush()
	late.refused(0x4, blaze.GameManager, blaze.GameJoinGame, joinPlayer(1))
	late.told()
	late.refused(0x6c, blaze.GameManager, blaze.GameJoinGame, joinPlayer(99))
	offline := s.player(7)
	late.refused(0x2, blaze.GameManager, blaze.GameJoinGame, joinPlayer(offline.id))
	late.told()
	if n := s.engine.Stats().Games; n != 2 {
		t.Errorf("%d games", n)
	}
}

// TestWaitersHear: everything that makes a game fit brings those in who wait
// for it, past others who do not fit (engine 15 B-01, B-28).
func TestWaitersHear(t *testing.T) {
	for _, tt := range []struct {
		name           string
		settings       uint64
		before, effect func(host *client, gid uint64)
	}{
		{"attributes", 287, func(*client, uint64) {}, nil},
		{"settings", 285, func(*client, uint64) {}, func(host *client, gid uint64) {
			host.must(blaze.GameManager, blaze.GameSetGameSettings, onGame(gid, "GSET", 287))
		}},
		{"state", 31, func(host *client, gid uint64) {
			host.must(blaze.GameManager, blaze.GameAdvanceGameState, onGame(gid, "GSTA", 131))
		}, func(host *client, gid uint64) {
			host.must(blaze.GameManager, blaze.GameAdvanceGameState, onGame(gid, "GSTA", 130))
		}},
		{"replay", 31, func(host *client, gid uint64) {
			host.must(blaze.GameManager, blaze.GameAdvanceGameState, onGame(gid, "GSTA", 131))
		}, func(host *client, gid uint64) {
			host.must(blaze.GameManager, blaze.GameReplayGame, onGame(gid, "", 0))
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := start(t, engine.Config{})
			host, picky, waiting := s.player(1), s.player(2), s.player(3)
			gid := host.must(blaze.GameManager, blaze.GameCreateGame, func(e *tdf.Encoder) {
				e.StrMap("ATTR", []tdf.Pair{{Key: "ME3map", Value: "map1"}})
				e.Uint("GSET", tt.settings)
			}).Uint("GID")
			tt.before(host, gid)
			noDLC := func(level string) func(*tdf.Encoder) {
				return func(e *tdf.Encoder) {
					e.Group("CRIT", func() {
						e.List("RLST", tdf.TypeGroup, 1, func(int) {
							e.ElemGroup(func() { e.Str("NAME", "ME3_gameMapMatchRule"); e.StrList("VALU", "map9", level) })
						})
					})
				}
			}
			picky.must(blaze.GameManager, blaze.GameStartMatchmaking, noDLC("map7"))
			level := "map1"
			if tt.effect == nil {
				level = "map2"
			}
			waiting.must(blaze.GameManager, blaze.GameStartMatchmaking, noDLC(level))
			if n := s.engine.Stats().Searching; n != 2 {
				t.Fatalf("%d searching", n)
			}
			if tt.effect != nil {
				tt.effect(host, gid)
			} else {
				host.must(blaze.GameManager, blaze.GameSetGameAttributes, func(e *tdf.Encoder) {
					e.StrMap("ATTR", []tdf.Pair{{Key: "ME3map", Value: "map2"}})
					e.Uint("GID", gid)
				})
			}
			if got := waiting.flush(); len(got) != 5 || got[0] != "Searching {MSID: 3, USID: 3}" {
				t.Errorf("told %v", got)
			}
			picky.told()
			if n := s.engine.Stats().Searching; n != 1 {
				t.Errorf("%d searching", n)
			}
		})
	}
}

// TestPlaceBecomesFree: whoever waits comes in when somebody leaves, however
// that happens.
func TestPlaceBecomesFree(t *testing.T) {
	for name, leave := range map[string]func(c *client, gid uint64){
		"removes himself": func(c *client, gid uint64) {
			c.must(blaze.GameManager, blaze.GameRemovePlayer, removePlayer(gid, c.id))
		},
		"logs out":    func(c *client, _ uint64) { c.must(blaze.Authentication, blaze.AuthLogout, nil) },
		"disconnects": func(c *client, _ uint64) { _ = c.conn.Close() },
		"creates another": func(c *client, _ uint64) {
			c.must(blaze.GameManager, blaze.GameCreateGame, func(e *tdf.Encoder) { e.Uint("GSET", 285) })
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t, engine.Config{})
			host := s.player(1)
			gid := host.must(blaze.GameManager, blaze.GameCreateGame, createGame).Uint("GID")
			var last *client
			for i := range 3 {
				last = s.player(2 + i)
				last.must(blaze.GameManager, blaze.GameJoinGame, joinPlayer(1))
			}
			waiting := s.player(5)
			waiting.must(blaze.GameManager, blaze.GameStartMatchmaking, search)
			if n := s.engine.Stats().Searching; n != 1 {
				t.Fatalf("%d searching", n)
			}
			leave(last, gid)
			var got []blaze.Packet
			for range 9 { // status, three times two about the others, setup, own data
				p, err := waiting.next()
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, p)
			}
			if diff := cmp.Diff("Setup {GID: G1} GSTA 1 host 1 in slot 0, 1@0/4 2@1/2 3@2/2 5@3/2, REAS 3 {MSID: 5, USID: 5}", s.lines(got)[7]); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestHostileAddress: an address that cannot be spelled in a setup does not
// keep others from receiving one.
func TestHostileAddress(t *testing.T) {
	s := start(t, engine.Config{PublicIP: netip.MustParseAddr("198.51.100.1")})
	for i, index := range []uint8{0, 1, 4, 5, 0x40, 0x7e} {
		host, joiner := s.player(2*i+1), s.player(2*i+2)
		host.must(blaze.UserSessions, blaze.UsersUpdateNetworkInfo, func(e *tdf.Encoder) {
			e.Union("ADDR", index, func() {
				e.Str("NAME", strings.Repeat("x", 200))
				e.Blob("AAAA", make([]byte, 1000))
			})
		})
		host.must(blaze.GameManager, blaze.GameCreateGame, createGame)
		joiner.must(blaze.GameManager, blaze.GameJoinGame, joinPlayer(host.id))
		if got := joiner.flush(); len(got) != 4 {
			t.Errorf("index %d: joiner is told %v", index, got)
		}
		if got := host.flush(); len(got) != 6 {
			t.Errorf("index %d: host is told %v", index, got)
		}
	}
}

// TestHostileGame: what one player can make the server send to others is bounded.
func TestHostileGame(t *testing.T) {
	s := start(t, engine.Config{})
	c := s.player(1)
	c.refused(0x1, blaze.GameManager, blaze.GameCreateGame, func(e *tdf.Encoder) { e.Str("VSTR", strings.Repeat("v", 1000)) })
	c.refused(0x1, blaze.GameManager, blaze.GameCreateGame, func(e *tdf.Encoder) {
		e.StrMap("ATTR", []tdf.Pair{{Key: "k", Value: strings.Repeat("v", 100000)}})
	})
	gid := c.must(blaze.GameManager, blaze.GameCreateGame, createGame).Uint("GID")
	c.refused(0x1, blaze.GameManager, blaze.GameSetGameAttributes, func(e *tdf.Encoder) {
		e.Map("ATTR", tdf.TypeString, tdf.TypeString, 100, func(i int) { e.ElemStr(fmt.Sprint(i)); e.ElemStr("v") })
		e.Uint("GID", gid)
	})
	// The state that means "destructing" locks nobody in.
	mate := s.player(2)
	mate.must(blaze.GameManager, blaze.GameJoinGame, joinPlayer(1))
	c.must(blaze.GameManager, blaze.GameAdvanceGameState, onGame(gid, "GSTA", 6))
	s.player(3).refused(0x4, blaze.GameManager, blaze.GameJoinGame, joinPlayer(1))
	c.must(blaze.GameManager, blaze.GameRemovePlayer, removePlayer(gid, 1))
	mate.must(blaze.GameManager, blaze.GameCreateGame, createGame)
	if n := s.engine.Stats().Games; n != 1 {
		t.Errorf("%d games", n)
	}
}
