package gamesim

import "github.com/charonrelay/charon/blaze"

// gameResponses are those of GameManager (spec: blaze 4.6).
var gameResponses = map[message]fields{
	{blaze.GameManager, blaze.GameCreateGame}: {
		{"GID", u32},
	},
	{blaze.GameManager, blaze.GameJoinGame}: {
		{"GID", u32},
		{"JGS", enum(2)},
	},
	{blaze.GameManager, blaze.GameStartMatchmaking}: {
		{"MSID", u32},
	},
	{blaze.GameManager, blaze.GameGetGameDataFromID}: {
		{"GDAT", listOf{gameBrowserData}},
	},
}

// gameBrowserData is one game of getGameDataFromId (spec: blaze 4.6.14).
var gameBrowserData = fields{
	{"ADMN", listOf{i64}},
	{"ATTR", omitEmpty(stringMap)},
	{"CAP", only(listOf{u16}, []uint64{maxPlayers, 0})},
	{"CRIT", omitted},
	{"GID", u32},
	{"GNAM", str},
	{"GSET", u32},
	{"GSTA", u32},
	{"HNET", listOf{hostAddress}},
	{"HOST", i64},
	{"NTOP", only(u32, 0)},
	{"PCNT", listOf{u16}},
	{"PRES", only(u32, 1)},
	{"PSAS", only(str, bestPingSite, "")},
	{"PGID", deviation(str)}, // in place of PSID
	{"PSID", corrected(str)},
	{"QCAP", only(u16, 0)},
	{"QCNT", only(u16, 0)},
	{"ROST", omitEmpty(listOf{fields{
		{"EXID", u64},
		{"LOC", u32},
		{"NAME", str},
		{"PATT", omitted},
		{"PID", i64},
		{"STAT", enum(5)},
		{"TIDX", u16},
	}})},
	{"SID", u64},
	{"TCAP", only(u16, 0)},
	{"TINF", omitted},
	{"VOIP", only(u32, 2)},
	{"VSTR", str},
}

// matchmakingStatus is the one element of NotifyMatchmakingAsyncStatus (spec:
// blaze 4.6.10).
var matchmakingStatus = fields{
	{"CGS", fields{
		{"EVST", u32},
		{"MMSN", u32},
		{"NOMP", u32},
	}},
	{"CUST", fields{}},
	{"DNFS", fields{
		{"MDNF", i64},
		{"XDNF", i64},
	}},
	{"FGS", fields{
		{"GNUM", u32},
	}},
	{"GEOS", fields{
		{"DIST", u32},
	}},
	{"GRDA", omitEmpty(mapOf{str, fields{
		{"NAME", str},
		{"VALU", omitEmpty(listOf{str})},
	}})},
	{"GSRD", fields{
		{"PMAX", u32},
		{"PMIN", u32},
	}},
	{"HBRD", fields{
		{"BVAL", enum(2)},
	}},
	{"HVRD", fields{
		{"VVAL", enum(3)},
	}},
	{"PSRS", fields{
		{"VALU", omitEmpty(listOf{str})},
	}},
	{"RRDA", fields{
		{"RVAL", u8},
	}},
	{"SKRS", omitted},
	{"TSRS", fields{
		{"TMAX", u16},
		{"TMIN", u16},
	}},
	{"GRDA", deviation(mapOf{str, fields{}})}, // in place of UEDS
	{"UEDS", omitEmpty(mapOf{str, fields{
		{"AMAX", i64},
		{"AMIN", i64},
		{"MUED", i64},
		{"NAME", str},
	}})},
	{"VGRS", fields{
		{"VVAL", u8},
	}},
}

// gameNotifications are those of GameManager (spec: blaze 4.6.16, 4.6.17).
var gameNotifications = map[message]fields{
	{blaze.GameManager, blaze.NotifyMatchmakingFailed}: {
		{"MAXF", u32},
		{"MSID", u32},
		{"RSLT", enum(6)},
		{"USID", u32},
	},
	{blaze.GameManager, blaze.NotifyMatchmakingAsyncStatus}: {
		{"ASIL", listOf{matchmakingStatus}},
		{"MSID", u32},
		{"USID", u32},
	},
	{blaze.GameManager, blaze.NotifyGameSetup}: {
		{"GAME", replicatedGameData},
		{"PROS", listOf{replicatedGamePlayer}},
		{"QUEU", omitted},
		{"REAS", gameSetupReason},
	},
	{blaze.GameManager, blaze.NotifyPlayerJoining}: {
		{"GID", u32},
		{"PDAT", replicatedGamePlayer},
	},
	{blaze.GameManager, blaze.NotifyPlayerJoinCompleted}: {
		{"GID", u32},
		{"PID", i64},
	},
	{blaze.GameManager, blaze.NotifyPlayerRemoved}: {
		{"CNTX", only(u16, 0)},
		{"GID", u32},
		{"PID", i64},
		{"REAS", enum(12)},
	},
	{blaze.GameManager, blaze.NotifyHostMigrationStart}: {
		{"GID", u32},
		{"HOST", i64},
		{"PMIG", enum(2)},
		{"SLOT", u8},
	},
	{blaze.GameManager, blaze.NotifyHostMigrationFinished}: {
		{"GID", u32},
	},
	{blaze.GameManager, blaze.NotifyGameAttribChange}: {
		{"ATTR", stringMap},
		{"GID", u32},
	},
	{blaze.GameManager, blaze.NotifyGameStateChange}: {
		{"GID", u32},
		{"GSTA", u32},
	},
	{blaze.GameManager, blaze.NotifyGameSettingsChange}: {
		{"ATTR", u32},
		{"GID", u32},
	},
	{blaze.GameManager, blaze.NotifyGameReportingIDChange}: {
		{"GID", u32},
		{"GRID", u64},
	},
	{blaze.GameManager, blaze.NotifyGamePlayerStateChange}: {
		{"GID", u32},
		{"PID", i64},
		{"STAT", enum(5)},
	},
	{blaze.GameManager, blaze.NotifyAdminListChange}: {
		{"ALST", i64},
		{"GID", u32},
		{"OPER", enum(2)},
		{"UID", i64},
	},
}
