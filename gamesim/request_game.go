package gamesim

import (
	"github.com/charonrelay/charon/blaze"
	"github.com/charonrelay/charon/blaze/tdf"
)

// Game settings that the game sends (spec: blaze 5.1).
const (
	SettingsOpen        = 287  // a new lobby: open to everything
	SettingsClosed      = 285  // a running match: closed to matchmaking
	settingsMatchmaking = 1311 // in a matchmaking request
)

// Game states that the game sends (spec: blaze 5.1).
const (
	StateNew       = 1
	StateMigrating = 5
	StateLobby     = 130
	StateInGame    = 131
)

// reasonLeft is the reason of players who leave by themselves (spec: blaze 5.1,
// PlayerRemovedReason).
const reasonLeft = 6

// JoinMethod player: through the friend list (spec: blaze 5.1).
const joinByPlayer = 8

// teamUnspecified is the index of no team.
const teamUnspecified = 0xffff

// The player connection states of updateMeshConnection (spec: blaze 5.1).
const meshConnected = 2

// matchmakingMillis is how long the game wants to search.
const matchmakingMillis = 1800000

// The multiplayer packs, whose rules every search has (spec: blaze 5.3).
var packAttributes = []string{"ME3_dlc2300", "ME3_dlc2500", "ME3_dlc2700", "ME3_dlc3050", "ME3_dlc3225"}

// Match describes what a lobby offers or a search looks for.
type Match struct {
	// Map, Enemy and Difficulty are attribute values such as "map11",
	// "enemy1", "difficulty0"; in a search, "" accepts any.
	Map, Enemy, Difficulty string
	// Privacy is "PUBLIC", "PRIVATE" or "FRIENDS"; searches do not have it.
	Privacy string
	// Packs is the value of the five pack attributes, "required" in real
	// games; the value "required" if empty. A value of its own keeps
	// simulated and real players apart.
	Packs string
}

// DefaultMatch is the lobby of the specification's captures.
var DefaultMatch = Match{Map: "map11", Enemy: "enemy1", Difficulty: "difficulty0", Privacy: "PUBLIC"}

// attributes returns the attributes of a lobby, sorted.
func (m Match) attributes() []tdf.Pair {
	ps := []tdf.Pair{
		{Key: "ME3gameDifficulty", Value: m.Difficulty},
		{Key: "ME3gameEnemyType", Value: m.Enemy},
		{Key: "ME3map", Value: m.Map},
		{Key: "ME3privacy", Value: m.Privacy},
	}
	for _, pack := range packAttributes {
		ps = append(ps, tdf.Pair{Key: pack, Value: m.packs()})
	}
	tdf.SortPairs(ps)
	return ps
}

func (m Match) packs() string {
	if m.Packs == "" {
		return "required"
	}
	return m.Packs
}

// rule is one generic rule of a search.
type rule struct{ name, threshold, value string }

// rules returns the rules of a search in the game's order (spec: blaze 4.6.10).
func (m Match) rules() []rule {
	rs := []rule{{"ME3_gameStateMatchRule", "quickMatch", "MATCH_MAKING"}}
	for _, r := range []rule{
		{name: "ME3_gameMapMatchRule", value: m.Map},
		{name: "ME3_gameEnemyTypeRule", value: m.Enemy},
		{name: "ME3_gameDifficultyRule", value: m.Difficulty},
	} {
		r.threshold = "requireExactMatch"
		if r.value == "" {
			r.threshold, r.value = "quickMatch", "abstain"
		}
		rs = append(rs, r)
	}
	for _, pack := range packAttributes {
		rs = append(rs, rule{"ME3_rule_" + pack[len("ME3_"):], "requireExactMatch", m.packs()})
	}
	return rs
}

// CreateGame opens a lobby (spec: blaze 4.6.2). The game puts the player's
// e-mail address or name into name.
func CreateGame(name string, m Match, n Network) Request {
	return NewRequest(blaze.GameManager, blaze.GameCreateGame, func(e *tdf.Encoder) {
		e.StrMap("ATTR", m.attributes())
		e.ObjectID("BTPL", noObject)
		e.Str("GCTR", "")
		e.Uint("GENT", 0)
		e.Str("GNAM", name)
		e.Uint("GSET", SettingsOpen)
		e.Str("GTYP", "")
		e.Str("GURL", "")
		e.List("HNET", tdf.TypeGroup, 1, func(int) {
			e.ElemUnion(addressPair, func() { writeAddressPair(e, n) })
		})
		e.Bool("IGNO", false)
		e.Bool("NRES", false)
		e.Uint("NTOP", 0)
		e.UintList("PCAP", maxPlayers, 0)
		e.Str("PGID", "")
		e.Blob("PGSC", nil)
		e.Uint("PMAX", maxPlayers)
		e.Uint("PRES", 1)
		e.Uint("QCAP", 0)
		e.Uint("RGID", 0)
		e.Uint("SLOT", 0)
		e.Uint("TCAP", 0)
		e.Uint("TIDX", teamUnspecified)
		e.Uint("VOIP", 2)
		e.Str("VSTR", protocolVersion)
	})
}

// FinalizeGameCreation may follow createGame (spec: blaze 4.6.15).
func FinalizeGameCreation(gid uint64) Request {
	return NewRequest(blaze.GameManager, blaze.GameFinalizeGameCreation, func(e *tdf.Encoder) {
		e.Uint("GID", gid)
		e.Blob("XNNC", nil)
		e.Blob("XSES", nil)
	})
}

// AdvanceGameState changes the state of a game (spec: blaze 4.6.3).
func AdvanceGameState(gid, state uint64) Request {
	return NewRequest(blaze.GameManager, blaze.GameAdvanceGameState, func(e *tdf.Encoder) {
		e.Uint("GID", gid)
		e.Uint("GSTA", state)
	})
}

// SetGameSettings changes the settings of a game (spec: blaze 4.6.4).
func SetGameSettings(gid, settings uint64) Request {
	return NewRequest(blaze.GameManager, blaze.GameSetGameSettings, func(e *tdf.Encoder) {
		e.Uint("GID", gid)
		e.Uint("GSET", settings)
	})
}

// SetGameAttributes adds or replaces attributes of a game (spec: blaze 4.6.5);
// attributes must be sorted.
func SetGameAttributes(gid uint64, attributes ...tdf.Pair) Request {
	return NewRequest(blaze.GameManager, blaze.GameSetGameAttributes, func(e *tdf.Encoder) {
		e.StrMap("ATTR", attributes)
		e.Uint("GID", gid)
	})
}

// JoinGame joins the game of a player (spec: blaze 4.6.6).
func JoinGame(player int64, n Network) Request {
	return NewRequest(blaze.GameManager, blaze.GameJoinGame, func(e *tdf.Encoder) {
		e.ObjectID("BTPL", noObject)
		e.Uint("GENT", 0)
		e.Uint("GID", 0)
		e.Str("GVER", protocolVersion)
		e.Uint("JMET", joinByPlayer)
		e.Union("PNET", addressPair, func() { writeAddressPair(e, n) })
		e.Uint("SLID", 255)
		e.Uint("SLOT", 0)
		e.Uint("TIDX", teamUnspecified)
		e.Group("USER", func() { writeUser(e, player) })
	})
}

// RemovePlayer takes a player out of a game (spec: blaze 4.6.7).
func RemovePlayer(gid uint64, player int64, reason uint64) Request {
	return NewRequest(blaze.GameManager, blaze.GameRemovePlayer, func(e *tdf.Encoder) {
		e.ObjectID("BTPL", noObject)
		e.Uint("CNTX", 0)
		e.Uint("GID", gid)
		e.Int("PID", player)
		e.Uint("REAS", reason)
	})
}

// StartMatchmaking searches for a lobby (spec: blaze 4.6.10).
func StartMatchmaking(m Match, n Network) Request {
	return NewRequest(blaze.GameManager, blaze.GameStartMatchmaking, func(e *tdf.Encoder) {
		e.ObjectID("BTPL", noObject)
		e.Group("CRIT", func() { writeCriteria(e, m) })
		e.Uint("DUR", matchmakingMillis)
		e.Uint("GENT", 0)
		e.Str("GNAM", "")
		e.Uint("GSET", settingsMatchmaking)
		e.Str("GVER", protocolVersion)
		e.Bool("IGNO", false)
		e.Uint("MODE", 3)
		e.Uint("NTOP", 0)
		e.Uint("PMAX", 0)
		e.Union("PNET", addressPair, func() { writeAddressPair(e, n) })
		e.Uint("QCAP", 0)
		e.Uint("VOIP", 2)
	})
}

// writeCriteria writes the fields of MatchmakingCriteriaData (spec: blaze 4.6.10).
func writeCriteria(e *tdf.Encoder, m Match) {
	const skillRule = "ME3_characterSkill_Rule"
	threshold := func(value string) func() { return func() { e.Str("THLD", value) } }
	e.Group("CUST", nil)
	e.Group("DNF", func() { e.Int("DNF", 101) })
	e.Group("GEO", threshold(""))
	e.Group("GNAM", func() { e.Str("SUBS", "") })
	e.Group("NAT", threshold("hostBalancing"))
	e.Group("PSR", threshold(""))
	e.Group("RANK", func() {
		e.Str("THLD", "")
		e.Uint("VALU", 1)
	})
	rs := m.rules()
	e.List("RLST", tdf.TypeGroup, len(rs), func(i int) {
		e.ElemGroup(func() {
			e.Str("NAME", rs[i].name)
			e.Str("THLD", rs[i].threshold)
			e.StrList("VALU", rs[i].value)
		})
	})
	e.Group("RSZR", func() {
		e.Uint("PCAP", 65535)
		e.Uint("PMIN", 0)
	})
	e.Group("SIZE", func() {
		e.Uint("ISSG", 0)
		e.Uint("PCAP", maxPlayers)
		e.Uint("PCNT", maxPlayers)
		e.Uint("PMIN", 2)
		e.Str("THLD", "matchAny")
	})
	e.Group("TEAM", func() {
		e.Uint("PCAP", 0)
		e.Uint("PCNT", 0)
		e.Uint("PMIN", 0)
		e.Uint("SDIF", 0)
		e.Str("THLD", "")
		e.Uint("TID", 65535)
	})
	e.Map("UED", tdf.TypeString, tdf.TypeGroup, 1, func(int) {
		e.ElemStr(skillRule)
		e.ElemGroup(func() {
			e.Int("CVAL", 0)
			e.Str("NAME", skillRule)
			e.Int("OVAL", 0)
			e.Str("THLD", "quickMatch")
		})
	})
	e.Group("VIAB", threshold("hostViability"))
	e.Group("VIRT", func() {
		e.Str("THLD", "")
		e.Uint("VALU", 1)
	})
}

// CancelMatchmaking gives a search up (spec: blaze 4.6.10).
func CancelMatchmaking(session uint64) Request {
	return NewRequest(blaze.GameManager, blaze.GameCancelMatchmaking, func(e *tdf.Encoder) { e.Uint("MSID", session) })
}

// UpdateMeshConnection reports that the sender has a connection to a player
// (spec: blaze 4.6.11).
func UpdateMeshConnection(gid uint64, player int64) Request {
	return NewRequest(blaze.GameManager, blaze.GameUpdateMeshConnection, func(e *tdf.Encoder) {
		e.Uint("GID", gid)
		e.List("TARG", tdf.TypeGroup, 1, func(int) {
			e.ElemGroup(func() {
				e.Uint("FLGS", 0)
				e.Int("PID", player)
				e.Uint("STAT", meshConnected)
			})
		})
	})
}

// ReplayGame returns to the lobby after a match (spec: blaze 4.6.12).
func ReplayGame(gid uint64) Request {
	return NewRequest(blaze.GameManager, blaze.GameReplayGame, func(e *tdf.Encoder) { e.Uint("GID", gid) })
}

// AddAdminPlayer gives a player rights in the game (spec: blaze 4.6.13).
func AddAdminPlayer(gid uint64, player int64) Request {
	return NewRequest(blaze.GameManager, blaze.GameAddAdminPlayer, func(e *tdf.Encoder) {
		e.Uint("GID", gid)
		e.Int("PID", player)
	})
}

// GetGameDataFromID asks about a game from outside (spec: blaze 4.6.14).
func GetGameDataFromID(gid uint64) Request {
	return NewRequest(blaze.GameManager, blaze.GameGetGameDataFromID, func(e *tdf.Encoder) {
		e.Str("DNAM", "")
		e.UintList("GLST", gid)
	})
}

// SubmitOfflineGameReport reports the sender's ratings after a match (spec:
// blaze 4.10); a country code has two letters.
func SubmitOfflineGameReport(player int64, countryCode string, challengePoints, rating uint64) Request {
	return NewRequest(blaze.GameReporting, blaze.ReportingSubmitOfflineGameReport, func(e *tdf.Encoder) {
		e.Uint("FNSH", 0)
		e.VariableAbsent("PRVT")
		e.Group("RPRT", func() {
			e.Variable("GAME", 1, "GAME", func() {
				e.Group("GAME", nil)
				e.Map("PLYR", tdf.TypeVarint, tdf.TypeGroup, 1, func(int) {
					e.ElemInt(player)
					e.ElemGroup(func() {
						e.Uint("CTRY", localeNumber(countryCode))
						e.Uint("NCHP", challengePoints)
						e.Uint("NRAT", rating)
					})
				})
			})
			e.Uint("GRID", 0)
			e.Str("GTYP", "massEffectReport")
		})
	})
}
