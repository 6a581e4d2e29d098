package gamesim

import (
	"maps"

	"github.com/charonrelay/charon/blaze"
)

// loginResponse answers login and createAccount (spec: blaze 4.3.1, 4.3.4).
var loginResponse = fields{
	{"LDHT", str},
	{"NTOS", boolean},
	{"PCTK", str},
	{"PLST", listOf{personaDetails}},
	{"PRIV", str},
	{"SKEY", str},
	{"SPAM", boolean},
	{"THST", str},
	{"TSUI", str},
	{"TURI", str},
	{"UID", i64},
}

// fullLoginResponse answers silentLogin (spec: blaze 4.3.2).
var fullLoginResponse = fields{
	{"AGUP", boolean},
	{"LDHT", str},
	{"NTOS", boolean},
	{"PCTK", str},
	{"PRIV", str},
	{"SESS", sessionInfo},
	{"SPAM", boolean},
	{"THST", str},
	{"TSUI", str},
	{"TURI", str},
}

// entitlement is one of listUserEntitlements2 (spec: blaze 4.3.8).
var entitlement = fields{
	{"DEVI", str},
	{"GDAY", str},
	{"GNAM", str},
	{"ID", u64},
	{"ISCO", boolean},
	{"PID", i64},
	{"PJID", str},
	{"PRCA", enum(2)},
	{"PRID", str},
	{"STAT", enum(5)},
	{"STRC", u32},
	{"TAG", str},
	{"TDAY", str},
	{"TYPE", enum(5)},
	{"UCNT", u32},
	{"VER", u32},
}

// legalDocument answers the two requests for contents (spec: blaze 4.3.10).
var legalDocument = fields{
	{"LDVC", str},
	{"TCOL", u32},
	{"TCOT", str},
}

// accountResponses are those of Authentication (spec: blaze 4.3).
var accountResponses = map[message]fields{
	{blaze.Authentication, blaze.AuthLogin}:         loginResponse,
	{blaze.Authentication, blaze.AuthCreateAccount}: loginResponse,
	{blaze.Authentication, blaze.AuthSilentLogin}:   fullLoginResponse,
	{blaze.Authentication, blaze.AuthLoginPersona}:  sessionInfo,
	{blaze.Authentication, blaze.AuthListUserEntitlements2}: {
		{"NLST", omitEmpty(listOf{entitlement})},
	},
	{blaze.Authentication, blaze.AuthGetLegalDocsInfo}: {
		{"EAMC", u32},
		{"LHST", str},
		{"PMC", u32},
		{"PPUI", str},
		{"TSUI", str},
	},
	{blaze.Authentication, blaze.AuthGetTermsOfServiceContent}: legalDocument,
	{blaze.Authentication, blaze.AuthGetPrivacyPolicyContent}:  legalDocument,
	{blaze.Authentication, blaze.AuthGetAuthToken}: {
		{"AUTH", str},
	},
}

// bareResponses may be empty instead of following their table (spec: blaze
// 4.5.1).
var bareResponses = map[message]bool{
	{blaze.UserSessions, blaze.UsersResumeSession}: true,
}

// loginError is what official servers attach to some errors (spec: blaze 4.0).
var loginError = fields{
	{"PNAM", str},
	{"UID", u32},
}

// errorBodies has the bodies of error replies; all others are empty, and these
// may be.
var errorBodies = map[message]fields{
	{blaze.Authentication, blaze.AuthLogin}:         loginError,
	{blaze.Authentication, blaze.AuthSilentLogin}:   loginError,
	{blaze.Authentication, blaze.AuthCreateAccount}: loginError,
	{blaze.Redirector, blaze.RedirectorGetServerInstance}: {
		{"MSGS", omitEmpty(listOf{str})},
	},
}

// responses has the table of every response that is not always empty.
var responses = merged(accountResponses, utilResponses, userResponses, gameResponses)

// notifications has the table of every notification that a server sends to
// this game.
var notifications = merged(userNotifications, gameNotifications)

func merged(tables ...map[message]fields) map[message]fields {
	all := make(map[message]fields)
	for _, t := range tables {
		maps.Copy(all, t)
	}
	return all
}
