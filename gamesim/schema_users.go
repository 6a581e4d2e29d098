package gamesim

import "github.com/charonrelay/charon/blaze"

// listInfo describes an association list (spec: blaze 4.1).
var listInfo = fields{
	{"BOID", objID},
	{"FLGS", u32},
	{"LID", fields{
		{"LNM", str},
		{"TYPE", u32},
	}},
	{"LMS", u32},
	{"PRID", u32},
}

// leaderboardRows is the answer to every question for rows (spec: blaze 4.7.2).
var leaderboardRows = fields{
	{"LDLS", omitEmpty(listOf{fields{
		{"ENAM", str},
		{"ENID", i64},
		{"RANK", i32},
		{"RSTA", str},
		{"RWFG", boolean},
		{"RWOT", omitted},
		{"RWST", unionOf{unset: true}},
		{"STAT", listOf{str}},
		{"UATT", only(u64, 0)},
	}})},
}

// userResponses are those of UserSessions, AssociationLists, Messaging and
// Stats (spec: blaze 4.5, 4.7, 4.8, 4.9). GameReporting answers empty.
var userResponses = map[message]fields{
	{blaze.UserSessions, blaze.UsersLookupUser}: {
		{"EDAT", userSessionExtendedData},
		{"FLGS", u32},
		{"USER", userIdentification},
	},
	{blaze.UserSessions, blaze.UsersResumeSession}: fullLoginResponse,
	{blaze.AssociationLists, blaze.AssociationGetLists}: {
		{"LMAP", listOf{fields{
			{"INFO", listInfo},
			{"MEML", omitted},
			{"OFRC", u32},
			{"TOCT", u32},
		}}},
	},
	{blaze.Messaging, blaze.MessagingFetchMessages}: {
		{"MCNT", u32},
	},
	{blaze.Stats, blaze.StatsGetLeaderboard}:         leaderboardRows,
	{blaze.Stats, blaze.StatsGetCenteredLeaderboard}: leaderboardRows,
	{blaze.Stats, blaze.StatsGetFilteredLeaderboard}: leaderboardRows,
}

// userNotifications are those of UserSessions, Messaging and GameReporting
// (spec: blaze 4.5.6, 4.8.2, 4.10).
var userNotifications = map[message]fields{
	{blaze.UserSessions, blaze.NotifyUserExtendedData}: {
		{"DATA", userSessionExtendedData},
		{"USID", i64},
	},
	{blaze.UserSessions, blaze.NotifyUserAdded}: {
		{"DATA", userSessionExtendedData},
		{"USER", userIdentification},
	},
	{blaze.UserSessions, blaze.NotifyUserRemoved}: {
		{"BUID", i64},
	},
	{blaze.UserSessions, blaze.NotifyUserDisconnected}: {
		{"SDR", u32},
	},
	{blaze.UserSessions, blaze.NotifyUserUpdated}: {
		{"FLGS", u32},
		{"ID", i64},
	},
	{blaze.Messaging, blaze.NotifyMessage}: {
		{"FLAG", u32},
		{"MGID", u32},
		{"NAME", str},
		{"PYLD", fields{
			{"ATTR", stringMap},
			{"FLAG", u32},
			{"STAT", u32},
			{"TAG", u32},
			{"TARG", objID},
			{"TYPE", u32},
		}},
		{"SRCE", objID},
		{"TIME", u32},
	},
	{blaze.GameReporting, blaze.NotifyReportResult}: {
		{"DATA", absent},
		{"EROR", i32},
		{"FNL", boolean},
		{"GHID", u64},
		{"GRID", u64},
	},
}
