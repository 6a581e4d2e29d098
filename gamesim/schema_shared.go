package gamesim

import "github.com/charonrelay/charon/blaze/tdf"

// Types that several messages share (spec: blaze 4.1). Values in only() are
// the ones that section gives as "value to send".

var ipAddress = fields{
	{"IP", u32},
	{"PORT", u16},
}

var ipPairAddress = fields{
	{"EXIP", ipAddress},
	{"INIP", ipAddress},
}

// Union indexes of a NetworkAddress that occur with ME3.
const (
	addressPair   = 2
	addressSingle = 3
)

// userAddress is where a user is: a PC game only ever reports a pair.
var userAddress = unionOf{map[uint8]fields{addressPair: ipPairAddress}, true}

// hostAddress is where the host of a game is; the single address is that of a
// tunnel (spec: blaze 4.6.1).
var hostAddress = unionOf{map[uint8]fields{addressPair: ipPairAddress, addressSingle: ipAddress}, false}

var networkQosData = fields{
	{"DBPS", u32},
	{"NATT", enum(4)},
	{"UBPS", u32},
}

var userIdentification = fields{
	{"AID", i64},
	{"ALOC", u32},
	{"EXBB", emptyBlob},
	{"EXID", only(u64, 0)},
	{"ID", i64},
	{"NAME", str},
}

var userSessionExtendedData = fields{
	{"ADDR", userAddress},
	{"BPS", only(str, bestPingSite)},
	{"CMAP", omitted},
	{"CTY", str},
	{"CVAR", absent},
	{"DMAP", mapOf{u32, i64}},
	{"HWFG", u32},
	{"PSLM", omitEmpty(listOf{i32})},
	{"QDAT", networkQosData},
	{"UATT", only(u64, 0)},
	{"ULST", omitEmpty(listOf{objID})},
}

var personaDetails = fields{
	{"DSNM", str},
	{"LAST", u32},
	{"PID", i64},
	{"STAS", enum(6)},
	{"XREF", only(u64, 0)},
	{"XTYP", only(u32, 0)},
}

var sessionInfo = fields{
	{"BUID", i64},
	{"FRST", boolean},
	{"KEY", str},
	{"LLOG", i64},
	{"MAIL", str},
	{"PDTL", personaDetails},
	{"UID", i64},
}

var hostInfo = fields{
	{"HPID", i64},
	{"HSLT", u8},
}

var replicatedGameData = fields{
	{"ADMN", listOf{i64}},
	{"ATTR", omitEmpty(stringMap)},
	{"CAP", only(listOf{u16}, []uint64{maxPlayers, 0})},
	{"CRIT", omitted},
	{"GID", u32},
	{"GNAM", str},
	{"GPVH", u64},
	{"GSET", u32},
	{"GSID", u64},
	{"GSTA", u32},
	{"GTYP", only(str, "")},
	{"HNET", listOf{hostAddress}},
	{"HSES", u32},
	{"IGNO", only(boolean, 0)},
	{"MATR", omitted},
	{"MCAP", only(u16, maxPlayers)},
	{"NQOS", networkQosData},
	{"NRES", only(boolean, 0)},
	{"NTOP", enum(1)},
	{"PGID", only(str, "")},
	{"PGSR", emptyBlob},
	{"PHST", hostInfo},
	{"PRES", restricted{u32, []any{1, 2}, true}},
	{"PSAS", only(str, bestPingSite, "")},
	{"QCAP", only(u16, 0)},
	{"SEED", u32},
	{"TCAP", only(u16, 0)},
	{"THST", hostInfo},
	{"TIDS", omitted},
	{"UUID", uuid{str}},
	{"VOIP", only(u32, 2)},
	{"VSTR", str},
	{"XNNC", emptyBlob},
	{"XSES", emptyBlob},
}

var replicatedGamePlayer = fields{
	{"BLOB", emptyBlob},
	{"EXID", only(u64, 0)},
	{"GID", u32},
	{"LOC", u32},
	{"NAME", str},
	{"PATT", omitted},
	{"PID", i64},
	{"PNET", userAddress},
	{"SID", u8},
	{"SLOT", only(u32, 0)},
	{"STAT", enum(5)},
	{"TIDX", only(u16, 0xffff)},
	{"TIME", i64},
	{"UGID", only(objID, tdf.ObjectID{})},
	{"UID", u32},
}

// Union indexes of a GameSetupReason that ME3 sees.
const (
	reasonDataless    = 0
	reasonMatchmaking = 3
)

var gameSetupReason = unionOf{members: map[uint8]fields{
	reasonDataless: {
		{"DCTX", enum(4)},
	},
	reasonMatchmaking: {
		{"FIT", u32},
		{"MAXF", u32},
		{"MSID", u32},
		{"RSLT", enum(6)},
		{"USID", u32},
	},
}}

var qosPingSiteInfo = fields{
	{"PSA", str},
	{"PSP", u16},
	{"SNA", str},
}

var stringMap = mapOf{str, str}
