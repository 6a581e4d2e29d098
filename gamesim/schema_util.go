package gamesim

import "github.com/charonrelay/charon/blaze"

// getTelemetryServerResponse is part of postAuth (spec: blaze 4.4.3).
var getTelemetryServerResponse = fields{
	{"ADRS", str},
	{"ANON", boolean},
	{"DISA", str},
	{"FILT", str},
	{"LOC", u32},
	{"NOOK", str},
	{"PORT", u32},
	{"SDLY", u32},
	{"SESS", str},
	{"SKEY", str},
	{"SPCT", u32},
	{"STIM", str},
}

// getTickerServerResponse is part of postAuth (spec: blaze 4.4.3).
var getTickerServerResponse = fields{
	{"ADRS", str},
	{"PORT", u32},
	{"SKEY", str},
}

// serverAddress is where the main server is (spec: blaze 4.2.1).
var serverAddress = unionOf{members: map[uint8]fields{0: {
	{"HOST", optional(str)},
	{"IP", optional(u32)},
	{"PORT", u16},
}}}

// utilResponses are those of Util, and the redirector's (spec: blaze 4.2, 4.4).
var utilResponses = map[message]fields{
	{blaze.Redirector, blaze.RedirectorGetServerInstance}: {
		{"ADDR", serverAddress},
		{"AMAP", omitted},
		{"MSGS", omitEmpty(listOf{str})},
		{"NMAP", omitted},
		{"SECU", boolean},
		{"TSVN", optional(str)},
		{"XDNS", u32},
	},
	{blaze.Util, blaze.UtilPreAuth}: {
		{"ANON", only(boolean, 0)},
		{"ASRC", only(str, "303107")},
		{"CIDS", listOf{u16}},
		{"CNGN", str},
		{"CONF", fields{
			{"CONF", stringMap},
		}},
		{"INST", only(str, serviceName)},
		{"MINR", only(boolean, 0)},
		{"NASP", only(str, "cem_ea_id")},
		{"PILD", str},
		{"PLAT", only(str, "pc")},
		{"PTAG", str},
		{"QOSS", fields{
			{"BWPS", qosPingSiteInfo},
			{"LNP", u16},
			{"LTPS", optional(mapOf{str, qosPingSiteInfo})},
			{"SVID", only(u32, 0x45410805)},
		}},
		{"RSRC", only(str, "303107")},
		{"SVER", only(str, "Blaze 3.15.08.0 (CL# 1905397)\n")},
	},
	{blaze.Util, blaze.UtilPing}: {
		{"STIM", u32},
	},
	{blaze.Util, blaze.UtilFetchClientConfig}: {
		{"CONF", optional(stringMap)},
	},
	{blaze.Util, blaze.UtilPostAuth}: {
		{"PSS", fields{
			{"ADRS", str},
			{"CSIG", emptyBlob},
			{"OIDS", omitted},
			{"PJID", only(str, "303107")},
			{"PORT", u32},
			{"RPRT", u32},
			{"TIID", u32},
		}},
		{"TELE", getTelemetryServerResponse},
		{"TICK", getTickerServerResponse},
		{"UROP", fields{
			{"TMOP", enum(1)},
			{"UID", i64},
		}},
	},
	{blaze.Util, blaze.UtilUserSettingsLoadAll}: {
		{"SMAP", optional(stringMap)},
	},
}
