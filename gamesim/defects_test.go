package gamesim

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charonrelay/charon/blaze"
	"github.com/charonrelay/charon/blaze/tdf"
)

// setNumber replaces a number in the body, at labels separated by dots.
func setNumber(p blaze.Packet, path string, value uint64) blaze.Packet {
	g, err := p.Fields()
	if err != nil {
		panic(err)
	}
	i := strings.LastIndexByte(path, '.')
	p.Body = assemble(g, "", func(at string, fs []rawField) []rawField {
		if at != path[:i+1] {
			return fs
		}
		for j := range fs {
			if fs[j].tag == mustTag(path[i+1:]) {
				var e tdf.Encoder
				e.ElemUint(value)
				fs[j].typ, fs[j].value = tdf.TypeVarint, e.Bytes()
			}
		}
		return fs
	})
	return p
}

// defect spoils what a server says.
type defect func(to *peer, p blaze.Packet) []blaze.Packet

// on applies f to every packet of a kind.
func on(typ blaze.Type, c blaze.Component, id uint16, f func(p blaze.Packet) []blaze.Packet) defect {
	return func(_ *peer, p blaze.Packet) []blaze.Packet {
		if p.Type == typ && p.Component == c && p.Command == id {
			return f(p)
		}
		return []blaze.Packet{p}
	}
}

func onNotify(c blaze.Component, id uint16, f func(p blaze.Packet) []blaze.Packet) defect {
	return on(blaze.Notification, c, id, f)
}

func setting(path string, value uint64) func(blaze.Packet) []blaze.Packet {
	return func(p blaze.Packet) []blaze.Packet { return []blaze.Packet{setNumber(p, path, value)} }
}

func drop(blaze.Packet) []blaze.Packet { return nil }

func twice(p blaze.Packet) []blaze.Packet { return []blaze.Packet{p, p} }

// TestSelfTestFindsDefects plays against servers with one mistake each and
// demands that it is found, at the right step and for the right reason.
func TestSelfTestFindsDefects(t *testing.T) {
	const gm, us = blaze.GameManager, blaze.UserSessions
	// swapped delivers a packet after the next one to the same peer.
	swapped := func(c blaze.Component, id uint16) defect {
		held := make(map[*peer]blaze.Packet)
		return func(to *peer, p blaze.Packet) []blaze.Packet {
			if before, ok := held[to]; ok {
				delete(held, to)
				return []blaze.Packet{p, before}
			}
			if p.Type == blaze.Notification && p.Component == c && p.Command == id {
				held[to] = p
				return nil
			}
			return []blaze.Packet{p}
		}
	}
	for _, tc := range []struct {
		name   string
		defect defect
		step   string // of the report
		want   []string
	}{
		{"pings without time", on(blaze.Response, blaze.Util, blaze.UtilPing, setting("STIM", 0)), "open the sessions", []string{"stranger: ping: ", "STIM is 0"}},
		{"other components", on(blaze.Response, blaze.Util, blaze.UtilPreAuth, setting("CIDS", 0)), "open the sessions", []string{"CIDS: is a varint, not a list"}},
		{"an error for an unknown command", func(_ *peer, p blaze.Packet) []blaze.Packet {
			if p.Component == 0xb {
				return []blaze.Packet{p.ReplyError(0x4002)}
			}
			return []blaze.Packet{p}
		}, "refuse what needs a login", []string{"stranger: without a login: expected the response: the server refused 0xb.0x1: component not found (0x4002)"}},
		{"play without login", func(_ *peer, p blaze.Packet) []blaze.Packet {
			if p.Component == gm && p.Command == blaze.GameCreateGame && p.Type == blaze.ErrorReply {
				return []blaze.Packet{p.Reply(func(e *tdf.Encoder) { e.Uint("GID", 1) })}
			}
			return []blaze.Packet{p}
		}, "refuse what needs a login", []string{"expected an error reply with code [0x4004]: this is not the packet that should come now"}},
		{"other code for a wrong password", func(_ *peer, p blaze.Packet) []blaze.Packet {
			if p.Error == blaze.CodeAuthInvalidPassword {
				return []blaze.Packet{p.ReplyError(blaze.CodeSystem)}
			}
			return []blaze.Packet{p}
		}, "refuse wrong logins", []string{"expected an error reply with code [0xc]: the server refused Authentication.login: system (0x4001)"}},
		{"no online access", on(blaze.Response, blaze.Authentication, blaze.AuthListUserEntitlements2, func(p blaze.Packet) []blaze.Packet {
			return []blaze.Packet{p.Reply(nil)}
		}), "enter the multiplayer menu", []string{"has no active ONLINE_ACCESS"}},
		{"not subscribed to itself", onNotify(us, blaze.NotifyUserAdded, drop), "enter the multiplayer menu", []string{"expected notification UserSessions.UserAdded", "this is not the packet"}},
		{"no message", onNotify(blaze.Messaging, blaze.NotifyMessage, drop), "enter the multiplayer menu", []string{"fetchMessages: expected notification Messaging.", "it did not come in time"}},
		{"lost settings", on(blaze.Response, blaze.Util, blaze.UtilUserSettingsLoadAll, func(p blaze.Packet) []blaze.Packet {
			return []blaze.Packet{p.Reply(nil)}
		}), "save settings and load them back", []string{"player 1: userSettingsLoadAll: expected the settings as saved"}},
		{"no word of a newer login", onNotify(us, blaze.NotifyUserDisconnected, drop), "log in with the token on a second connection", []string{"a newer login of the same player: expected notification UserSessions.", "the connection ended"}},
		{"notification before the response", func() defect {
			var held []blaze.Packet
			return func(_ *peer, p blaze.Packet) []blaze.Packet {
				if p.Type == blaze.Response && p.Component == gm && p.Command == blaze.GameAdvanceGameState {
					held = append(held, p)
					return nil
				}
				out := append([]blaze.Packet{p}, held...)
				held = nil
				return out
			}
		}(), "cancel matchmaking", []string{"advanceGameState: expected the response: this is not the packet that should come now; got\nGameManager.NotifyGameStateChange"}},
		{"zero as matchmaking session", on(blaze.Response, gm, blaze.GameStartMatchmaking, setting("MSID", 0)), "cancel matchmaking", []string{"MSID is 0"}},
		{"cancelled players matched", func(to *peer, p blaze.Packet) []blaze.Packet {
			if p.Type == blaze.Response && p.Command == blaze.GameCancelMatchmaking {
				to.s.waiting = append(to.s.waiting, &waiter{to, map[string]string{
					"ME3_gameMapMatchRule": "abstain", "ME3_gameEnemyTypeRule": "abstain", "ME3_gameDifficultyRule": "abstain",
					"ME3_rule_dlc2300": "abstain", "ME3_rule_dlc2500": "abstain", "ME3_rule_dlc2700": "abstain", "ME3_rule_dlc3050": "abstain", "ME3_rule_dlc3225": "abstain",
				}})
			}
			return []blaze.Packet{p}
		}, "cancel matchmaking", []string{"player 2: finalizeGameCreation: expected the response: this is not the packet that should come now; got\nUserSessions.UserAdded"}},
		{"no status before the setup", onNotify(gm, blaze.NotifyMatchmakingAsyncStatus, drop), "wait in the queue", []string{"player 2: createGame: expected notification GameManager.NotifyMatchmakingAsyncStatus"}},
		{"other session in the status", onNotify(gm, blaze.NotifyMatchmakingAsyncStatus, setting("MSID", 1)), "cancel matchmaking", []string{"this is not the packet"}},
		{"other session in the setup", onNotify(gm, blaze.NotifyGameSetup, setting("REAS.MSID", 1)), "wait in the queue", []string{"REAS.MSID is 1, not 1002"}},
		{"unequal fit", onNotify(gm, blaze.NotifyGameSetup, setting("REAS.FIT", 16250)), "wait in the queue", []string{"REAS.FIT is 16250, not 21600"}},
		{"other reason", onNotify(gm, blaze.NotifyGameSetup, setting("REAS.DCTX", 2)), "cancel matchmaking", []string{"REAS.DCTX is 2, not 0"}},
		{"other host slot", onNotify(gm, blaze.NotifyGameSetup, setting("GAME.PHST.HSLT", 3)), "cancel matchmaking", []string{"GAME.PHST.HSLT is 3, not 0"}},
		{"other version hash", onNotify(gm, blaze.NotifyGameSetup, setting("GAME.GPVH", 3)), "cancel matchmaking", []string{"GAME.GPVH is 3, not"}},
		{"topology without tunnel", onNotify(gm, blaze.NotifyGameSetup, setting("GAME.NTOP", 1)), "cancel matchmaking", []string{"GAME has NTOP 1 and union 2 in HNET"}},
		{"players in other slots", onNotify(gm, blaze.NotifyGameSetup, setting("PROS.SID", 3)), "cancel matchmaking", []string{"PROS is [{ID:2 Slot:3 Stat:4}], not [{ID:2 Slot:0 Stat:4}]"}},
		{"unknown state of players", onNotify(gm, blaze.NotifyGameSetup, setting("PROS.STAT", 9)), "cancel matchmaking", []string{"PROS[0].STAT: is 9, not 0 or 1 or 2 or 3 or 4 or 5"}},
		{"introduced too late", swapped(us, blaze.NotifyUserUpdated), "enter the multiplayer menu", []string{"expected notification UserSessions.UserUpdated"}},
		{"setup before the data", swapped(gm, blaze.NotifyGameSetup), "cancel matchmaking", []string{"createGame: expected notification GameManager.NotifyGameSetup", "got\nUserSessions.UserSessionExtendedDataUpdate"}},
		{"wrong game in the data", onNotify(us, blaze.NotifyUserExtendedData, func(p blaze.Packet) []blaze.Packet {
			p.Body = []byte(strings.ReplaceAll(string(p.Body), "\x04\x09\x01\x04\x01\x01", "\x04\x09\x01\x04\x01\x09"))
			return []blaze.Packet{p}
		}), "cancel matchmaking", []string{"DATA.ULST is [{{4 1} 9}], not [{{4 1} 1}]"}},
		{"join announced twice", onNotify(gm, blaze.NotifyPlayerJoinCompleted, twice), "cancel matchmaking", []string{"player 2: removePlayer: expected the response: this is not the packet"}},
		{"join not announced", onNotify(gm, blaze.NotifyPlayerJoinCompleted, drop), "cancel matchmaking", []string{"updateMeshConnection: expected notification GameManager.NotifyPlayerJoinCompleted", "it did not come in time"}},
		{"a fifth player", on(blaze.ErrorReply, gm, blaze.GameJoinGame, func(p blaze.Packet) []blaze.Packet {
			if p.Error == blaze.CodeGameFull {
				return []blaze.Packet{p.Reply(func(e *tdf.Encoder) {
					e.Uint("GID", 2)
					e.Uint("JGS", 0)
				})}
			}
			return []blaze.Packet{p}
		}), "refuse a fifth player", []string{"stranger: a full game: expected an error reply with code [0x4]"}},
		{"other settings", onNotify(gm, blaze.NotifyGameSettingsChange, setting("ATTR", 1)), "start the match", []string{"setGameSettings", "ATTR is 1, not 285"}},
		{"no result of the report", onNotify(blaze.GameReporting, blaze.NotifyReportResult, drop), "finish the match and report", []string{"submitOfflineGameReport", "it did not come in time"}},
		{"the same reporting id", onNotify(gm, blaze.NotifyGameReportingIDChange, setting("GRID", 18014398695176361)), "return to the lobby", []string{"GRID is still 18014398695176361"}},
		{"other reason for leaving", onNotify(gm, blaze.NotifyPlayerRemoved, setting("REAS", 2)), "cancel matchmaking", []string{"REAS is 2, not 6"}},
		{"removed users stay", onNotify(us, blaze.NotifyUserRemoved, func() func(blaze.Packet) []blaze.Packet {
			n := 0
			return func(p blaze.Packet) []blaze.Packet {
				if n++; n > 2 {
					return nil
				}
				return []blaze.Packet{p}
			}
		}()), "refuse a fifth player", []string{"stranger: logout: expected notification UserSessions.UserRemoved"}},
		{"other order of administrators", onNotify(gm, blaze.NotifyAdminListChange, setting("OPER", 1)), "connect the players", []string{"OPER is 1, not 0"}},
		{"migration to another slot", onNotify(gm, blaze.NotifyHostMigrationStart, setting("SLOT", 0)), "move the match when the host leaves", []string{"SLOT is 0, not 2"}},
		{"migration to another host", onNotify(gm, blaze.NotifyHostMigrationStart, setting("HOST", 2)), "move the match when the host leaves", []string{"HOST is 2, not 3"}},
		{"state lost in the migration", func() defect {
			migrating := make(map[*peer]bool)
			return func(to *peer, p blaze.Packet) []blaze.Packet {
				if p.Component == gm && p.Command == blaze.NotifyGameStateChange && p.Type == blaze.Notification {
					g, _ := p.Fields()
					if migrating[to] {
						p = setNumber(p, "GSTA", StateInGame)
					}
					migrating[to] = g.Uint("GSTA") == StateMigrating
				}
				return []blaze.Packet{p}
			}
		}(), "move the match when the host leaves", []string{"GSTA is 131, not 130"}},
		{"migration without end", onNotify(gm, blaze.NotifyHostMigrationFinished, drop), "move the match when the host leaves", []string{"expected notification GameManager.NotifyHostMigrationFinished", "it did not come in time"}},
		{"game stays without players", func(_ *peer, p blaze.Packet) []blaze.Packet {
			if p.Command == blaze.GameGetGameDataFromID && p.Component == gm && p.Type == blaze.ErrorReply {
				return []blaze.Packet{p.Reply(nil)}
			}
			return []blaze.Packet{p}
		}, "refuse what does not exist", []string{"GDAT: missing"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t)
			s.tamper = tc.defect
			// A busy machine must not time out where nothing is missing.
			timeout := 30 * time.Second
			if strings.Contains(strings.Join(tc.want, ""), "in time") || strings.Contains(strings.Join(tc.want, ""), "UserRemoved") {
				timeout = 5 * time.Second
			}
			var last Step
			err := SelfTest(t.Context(), SelfTestConfig{Server: s.addr(), Timeout: timeout}, func(step Step) { last = step })
			var f *Failure
			if !errors.As(err, &f) {
				t.Fatalf("%v is no Failure", err)
			}
			if last.OK || !errors.Is(last.Err, err) || last.Detail != err.Error() || !strings.HasPrefix(last.Name, tc.step) {
				t.Errorf("found at %q, want %q", last.Name, tc.step)
			}
			if slices.ContainsFunc(tc.want, func(want string) bool { return !strings.Contains(err.Error(), want) }) {
				t.Errorf("got  %s\nwant %q", err, tc.want)
			}
		})
	}
}

func TestSelfTestBounds(t *testing.T) {
	report := func(Step) {}
	if err := SelfTest(t.Context(), SelfTestConfig{Players: 5}, report); err == nil || err.Error() != "gamesim: 5 players cannot play, choose 2 to 4" {
		t.Error(err)
	}
	silent := scripted{}.start(t)
	if err := SelfTest(t.Context(), SelfTestConfig{Server: silent, Limit: 500 * time.Millisecond}, report); err == nil || !strings.Contains(err.Error(), "the self-test took longer than 500ms") {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := SelfTest(ctx, SelfTestConfig{Server: silent}, report); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// TestLobbyMisuse tries what no game could do.
func TestLobbyMisuse(t *testing.T) {
	c := dialTest(t, Config{Server: scripted{}.start(t)})
	l := new(Lobby)
	for _, err := range []error{
		l.Leave(t.Context(), c), l.Disconnect(t.Context(), c), l.Connect(t.Context(), c, true), l.Report(t.Context(), c, 1, 1),
	} {
		if !errors.Is(err, errNotMember) {
			t.Errorf("%v, want %v", err, errNotMember)
		}
	}
	for _, err := range []error{l.Open(t.Context()), l.Advance(t.Context(), StateLobby), l.Replay(t.Context()), l.Inspect(t.Context(), c), l.Matchmake(t.Context(), c, DefaultMatch), l.JoinPlayer(t.Context(), c, c)} {
		if !errors.Is(err, errNoHost) {
			t.Errorf("%v, want %v", err, errNoHost)
		}
	}
	if l.Host() != nil {
		t.Error("an empty lobby has a host")
	}
}
