package blaze_test

import (
	"github.com/charonrelay/charon/blaze"
	"github.com/charonrelay/charon/blaze/tdf"
)

// joining is NotifyPlayerJoining (spec: blaze 4.6.17).
type joining struct {
	GameID uint64
	Player player
}

// searching is NotifyMatchmakingAsyncStatus (spec: blaze 4.6.10), of which
// only the rating differs.
type searching struct {
	Rating            int64
	SessionID, UserID uint64
}

const skillRule = "ME3_characterSkill_Rule"

func encodeSearching(e *tdf.Encoder, s searching) {
	group := func(label string, contents ...any) {
		e.Group(label, func() { encodeShort(e, contents) })
	}
	e.List("ASIL", tdf.TypeGroup, 1, func(int) {
		e.ElemGroup(func() {
			group("CGS", "EVST", 6, "MMSN", 1, "NOMP", 0)
			group("CUST")
			group("DNFS", "MDNF", 0, "XDNF", 0)
			group("FGS", "GNUM", 0)
			group("GEOS", "DIST", 0)
			group("GSRD", "PMAX", 4, "PMIN", 2)
			group("HBRD", "BVAL", 1)
			group("HVRD", "VVAL", 0)
			group("PSRS")
			group("RRDA", "RVAL", 0)
			group("TSRS", "TMAX", 0, "TMIN", 0)
			e.Map("UEDS", tdf.TypeString, tdf.TypeGroup, 1, func(int) {
				e.ElemStr(skillRule)
				e.ElemGroup(func() {
					e.Int("AMAX", 500)
					e.Int("AMIN", 0)
					e.Int("MUED", s.Rating)
					e.Str("NAME", skillRule)
				})
			})
			group("VGRS", "VVAL", 0)
		})
	})
	e.Uint("MSID", s.SessionID)
	e.Uint("USID", s.UserID)
}

func decodeSearching(g tdf.Group) searching {
	s := searching{SessionID: g.Uint("MSID"), UserID: g.Uint("USID")}
	for _, status := range groups(g.List("ASIL")) {
		for rule, v := range status.Map("UEDS").All() {
			if rule.Str() == skillRule && v.Group().Str("NAME") == skillRule {
				s.Rating = v.Group().Int("MUED")
			}
		}
	}
	return s
}

// meshUpdate is UpdateMeshConnectionRequest (spec: blaze 4.6.11).
type meshUpdate struct {
	GameID  uint64
	Targets []meshTarget
}

type meshTarget struct {
	Flags  uint64
	Player int64
	Status uint64
}

func encodeMeshUpdate(e *tdf.Encoder, m meshUpdate) {
	e.Uint("GID", m.GameID)
	e.List("TARG", tdf.TypeGroup, len(m.Targets), func(i int) {
		e.ElemGroup(func() {
			e.Uint("FLGS", m.Targets[i].Flags)
			e.Int("PID", m.Targets[i].Player)
			e.Uint("STAT", m.Targets[i].Status)
		})
	})
}

func decodeMeshUpdate(g tdf.Group) meshUpdate {
	m := meshUpdate{GameID: g.Uint("GID")}
	for _, t := range groups(g.List("TARG")) {
		m.Targets = append(m.Targets, meshTarget{t.Uint("FLGS"), t.Int("PID"), t.Uint("STAT")})
	}
	return m
}

var gameVectors = []vector{
	of("a10_game_setup_created", notification(blaze.GameManager, blaze.NotifyGameSetup),
		createdGame(), func(e *tdf.Encoder, s gameSetup) { s.encode(e) }, decodeGameSetup),
	of("a11_game_setup_matchmade", notification(blaze.GameManager, blaze.NotifyGameSetup),
		matchedGame(), func(e *tdf.Encoder, s gameSetup) { s.encode(e) }, decodeGameSetup),
	of("a12_player_joining", notification(blaze.GameManager, blaze.NotifyPlayerJoining), joining{1, joiner},
		func(e *tdf.Encoder, j joining) {
			e.Uint("GID", j.GameID)
			e.Group("PDAT", func() { j.Player.encode(e) })
		},
		func(g tdf.Group) joining { return joining{g.Uint("GID"), decodePlayer(g.Group("PDAT"))} }),
	of("a13_matchmaking_async_status", notification(blaze.GameManager, blaze.NotifyMatchmakingAsyncStatus),
		searching{100, 2, 2}, encodeSearching, decodeSearching),
	short("a14_admin_list_change", "", notification(blaze.GameManager, blaze.NotifyAdminListChange),
		"ALST", 2, "GID", 1, "OPER", 0, "UID", 1),
	short("a15_game_settings_change", "", notification(blaze.GameManager, blaze.NotifyGameSettingsChange),
		"ATTR", 285, "GID", 1),
	of("a20_update_mesh_connection_request", request(blaze.GameManager, blaze.GameUpdateMeshConnection, 147),
		meshUpdate{1, []meshTarget{{0, 2, 2}}}, encodeMeshUpdate, decodeMeshUpdate),
}
