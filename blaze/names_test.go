package blaze_test

import (
	"testing"

	"github.com/charonrelay/charon/blaze"
)

func TestComponents(t *testing.T) {
	for c, want := range map[blaze.Component]string{
		1: "Authentication", 4: "GameManager", 5: "Redirector", 7: "Stats", 9: "Util", 15: "Messaging",
		25: "AssociationLists", 28: "GameReporting", 30722: "UserSessions", 0x7d0: "0x7d0",
	} {
		if got := c.String(); got != want {
			t.Errorf("component %d is %s, want %s", c, got, want)
		}
	}
}

// Every command and notification with a constant has the name of spec: blaze 3.
func TestNames(t *testing.T) {
	for _, c := range []struct {
		component blaze.Component
		id        uint16
		want      string
	}{
		{blaze.Authentication, blaze.AuthCreateAccount, "createAccount"},
		{blaze.Authentication, blaze.AuthListUserEntitlements2, "listUserEntitlements2"},
		{blaze.Authentication, blaze.AuthGetAuthToken, "getAuthToken"},
		{blaze.Authentication, blaze.AuthGetPasswordRules, "getPasswordRules"},
		{blaze.Authentication, blaze.AuthLogin, "login"},
		{blaze.Authentication, blaze.AuthPasswordForgot, "passwordForgot"},
		{blaze.Authentication, blaze.AuthGetPrivacyPolicyContent, "getPrivacyPolicyContent"},
		{blaze.Authentication, blaze.AuthSilentLogin, "silentLogin"},
		{blaze.Authentication, blaze.AuthLogout, "logout"},
		{blaze.Authentication, blaze.AuthLoginPersona, "loginPersona"},
		{blaze.Authentication, blaze.AuthOriginLogin, "originLogin"},
		{blaze.Authentication, blaze.AuthGetLegalDocsInfo, "getLegalDocsInfo"},
		{blaze.Authentication, blaze.AuthGetTermsOfServiceContent, "getTermsOfServiceContent"},
		{blaze.GameManager, blaze.GameCreateGame, "createGame"},
		{blaze.GameManager, blaze.GameAdvanceGameState, "advanceGameState"},
		{blaze.GameManager, blaze.GameSetGameSettings, "setGameSettings"},
		{blaze.GameManager, blaze.GameSetGameAttributes, "setGameAttributes"},
		{blaze.GameManager, blaze.GameJoinGame, "joinGame"},
		{blaze.GameManager, blaze.GameRemovePlayer, "removePlayer"},
		{blaze.GameManager, blaze.GameStartMatchmaking, "startMatchmaking"},
		{blaze.GameManager, blaze.GameCancelMatchmaking, "cancelMatchmaking"},
		{blaze.GameManager, blaze.GameFinalizeGameCreation, "finalizeGameCreation"},
		{blaze.GameManager, blaze.GameReplayGame, "replayGame"},
		{blaze.GameManager, blaze.GameUpdateMeshConnection, "updateMeshConnection"},
		{blaze.GameManager, blaze.GameGetGameDataFromID, "getGameDataFromId"},
		{blaze.GameManager, blaze.GameAddAdminPlayer, "addAdminPlayer"},
		{blaze.Redirector, blaze.RedirectorGetServerInstance, "getServerInstance"},
		{blaze.Stats, blaze.StatsGetLeaderboardGroup, "getLeaderboardGroup"},
		{blaze.Stats, blaze.StatsGetLeaderboard, "getLeaderboard"},
		{blaze.Stats, blaze.StatsGetCenteredLeaderboard, "getCenteredLeaderboard"},
		{blaze.Stats, blaze.StatsGetFilteredLeaderboard, "getFilteredLeaderboard"},
		{blaze.Stats, blaze.StatsGetLeaderboardEntityCount, "getLeaderboardEntityCount"},
		{blaze.Util, blaze.UtilFetchClientConfig, "fetchClientConfig"},
		{blaze.Util, blaze.UtilPing, "ping"},
		{blaze.Util, blaze.UtilGetTelemetryServer, "getTelemetryServer"},
		{blaze.Util, blaze.UtilGetTickerServer, "getTickerServer"},
		{blaze.Util, blaze.UtilPreAuth, "preAuth"},
		{blaze.Util, blaze.UtilPostAuth, "postAuth"},
		{blaze.Util, blaze.UtilUserSettingsLoad, "userSettingsLoad"},
		{blaze.Util, blaze.UtilUserSettingsSave, "userSettingsSave"},
		{blaze.Util, blaze.UtilUserSettingsLoadAll, "userSettingsLoadAll"},
		{blaze.Util, blaze.UtilSetClientMetrics, "setClientMetrics"},
		{blaze.Util, blaze.UtilSuspendUserPing, "suspendUserPing"},
		{blaze.Messaging, blaze.MessagingFetchMessages, "fetchMessages"},
		{blaze.AssociationLists, blaze.AssociationGetLists, "getLists"},
		{blaze.GameReporting, blaze.ReportingSubmitOfflineGameReport, "submitOfflineGameReport"},
		{blaze.UserSessions, blaze.UsersUpdateHardwareFlags, "updateHardwareFlags"},
		{blaze.UserSessions, blaze.UsersLookupUser, "lookupUser"},
		{blaze.UserSessions, blaze.UsersUpdateNetworkInfo, "updateNetworkInfo"},
		{blaze.UserSessions, blaze.UsersResumeSession, "resumeSession"},
		// Without a constant.
		{blaze.Authentication, 0x2c, "consumecode"},
		{blaze.Authentication, 0xf1, "acceptLegalDocs"},
		{blaze.Authentication, 0x1f4, "checkSinglePlayerLogin"},
		{blaze.GameManager, 0x97, "unregisterDynamicDedicatedServerCreator"},
		{blaze.AssociationLists, 4, "setUsersToList"},
		{blaze.GameReporting, 0x65, "submitTrustedEndGameReport"},
		{blaze.UserSessions, 0x17, "lookupUserGeoIPData"},
		{blaze.Util, 0x99, "0x99"},
	} {
		if got, want := blaze.CommandName(c.component, c.id), c.component.String()+"."+c.want; got != want {
			t.Errorf("command %#x is %s, want %s", c.id, got, want)
		}
	}
	for _, c := range []struct {
		component blaze.Component
		id        uint16
		want      string
	}{
		{blaze.GameManager, blaze.NotifyMatchmakingFailed, "NotifyMatchmakingFailed"},
		{blaze.GameManager, blaze.NotifyMatchmakingAsyncStatus, "NotifyMatchmakingAsyncStatus"},
		{blaze.GameManager, blaze.NotifyGameSetup, "NotifyGameSetup"},
		{blaze.GameManager, blaze.NotifyPlayerJoining, "NotifyPlayerJoining"},
		{blaze.GameManager, blaze.NotifyPlayerJoinCompleted, "NotifyPlayerJoinCompleted"},
		{blaze.GameManager, blaze.NotifyPlayerRemoved, "NotifyPlayerRemoved"},
		{blaze.GameManager, blaze.NotifyHostMigrationFinished, "NotifyHostMigrationFinished"},
		{blaze.GameManager, blaze.NotifyHostMigrationStart, "NotifyHostMigrationStart"},
		{blaze.GameManager, blaze.NotifyGameAttribChange, "NotifyGameAttribChange"},
		{blaze.GameManager, blaze.NotifyGameStateChange, "NotifyGameStateChange"},
		{blaze.GameManager, blaze.NotifyGameSettingsChange, "NotifyGameSettingsChange"},
		{blaze.GameManager, blaze.NotifyGameReportingIDChange, "NotifyGameReportingIdChange"},
		{blaze.GameManager, blaze.NotifyGamePlayerStateChange, "NotifyGamePlayerStateChange"},
		{blaze.GameManager, blaze.NotifyAdminListChange, "NotifyAdminListChange"},
		{blaze.Messaging, blaze.NotifyMessage, "NotifyMessage"},
		{blaze.GameReporting, blaze.NotifyReportResult, "ResultNotification"},
		{blaze.UserSessions, blaze.NotifyUserExtendedData, "UserSessionExtendedDataUpdate"},
		{blaze.UserSessions, blaze.NotifyUserAdded, "UserAdded"},
		{blaze.UserSessions, blaze.NotifyUserRemoved, "UserRemoved"},
		{blaze.UserSessions, blaze.NotifyUserDisconnected, "UserSessionDisconnected"},
		{blaze.UserSessions, blaze.NotifyUserUpdated, "UserUpdated"},
		{blaze.Stats, 0x32, "GetStatsAsyncNotification"},
		{0x7d0, 1, "0x1"},
	} {
		if got, want := blaze.NotificationName(c.component, c.id), c.component.String()+"."+c.want; got != want {
			t.Errorf("notification %#x is %s, want %s", c.id, got, want)
		}
	}
}

// Spec: blaze 1.4, 6.1, 6.3 and the codes of the game's telemetry.
func TestErrorCodes(t *testing.T) {
	for _, c := range []struct {
		component blaze.Component
		code      blaze.ErrorCode
		name      string
		logged    uint32
	}{
		{blaze.Util, blaze.CodeAuthRequired, "authentication required (0x4004)", 1074003968},
		{blaze.GameManager, blaze.CodeGamePermissionDenied, "permission denied (0x1e)", 1966084},
		{blaze.Stats, blaze.CodeSystem, "system (0x4001)", 0x40010000},
		{blaze.Stats, blaze.CodeStringTooLong, "string too long (0x400c)", 0x400c0000},
		{blaze.Util, blaze.CodeDatabase, "database: system (0x4065)", 0x40650000},
		{blaze.Util, blaze.CodeDatabaseNoConn, "database: no connection available (0x4068)", 0x40680000},
		{blaze.Util, blaze.CodeDatabaseInit, "database: init failure (0x406d)", 0x406d0000},
		{blaze.Authentication, blaze.CodeAuthInvalidUser, "invalid user (0xb)", 0xb0001},
		{blaze.Authentication, blaze.CodeAuthInvalidPassword, "invalid password (0xc)", 0xc0001},
		{blaze.Authentication, blaze.CodeAuthInvalidToken, "invalid token (0xd)", 0xd0001},
		{blaze.Authentication, blaze.CodeAuthExpiredToken, "expired token (0xe)", 0xe0001},
		{blaze.Authentication, blaze.CodeAuthExists, "exists (0xf)", 0xf0001},
		{blaze.Authentication, blaze.CodeAuthInvalidField, "invalid field (0x15)", 0x150001},
		{blaze.Authentication, blaze.CodeAuthInvalidEmail, "invalid email (0x16)", 0x160001},
		{blaze.Authentication, 0x12c, "too many persona for namespace (0x12c)", 0x12c0001},
		{blaze.GameManager, blaze.CodeGameInvalidGameID, "invalid game id (0x2)", 0x20004},
		{blaze.GameManager, blaze.CodeGameFull, "game full (0x4)", 0x40004},
		{blaze.GameManager, blaze.CodeGameAlreadyMember, "already game member (0x67)", 0x670004},
		{blaze.GameManager, blaze.CodeGameJoinPlayerFailed, "join player failed (0x6c)", 0x6c0004},
		{blaze.Util, blaze.CodeUtilSettingNotFound, "uss record not found (0xc8)", 0xc80009},
		{blaze.Util, blaze.CodeUtilTooManySettings, "uss too many keys (0xc9)", 0xc90009},
		{blaze.Util, blaze.CodeUtilSuspendTooLong, "suspend ping time too large (0x12c)", 0x12c0009},
		{blaze.Util, blaze.CodeUtilSuspendTooShort, "suspend ping time too small (0x12d)", 0x12d0009},
		{blaze.Util, blaze.CodeUtilPingSuspended, "ping suspended (0x12e)", 0x12e0009},
		{blaze.UserSessions, blaze.CodeUsersLookupNotFound, "access group err default group (0xb)", 0xb7802},
		{blaze.Redirector, 0xd, "unknown schedule id (0xd)", 0xd0005},
		{blaze.Messaging, 9, "invalid param (0x9)", 0x9000f},
		{blaze.AssociationLists, 0x11, "paired list is full or too many users (0x11)", 0x110019},
		{blaze.GameReporting, 0x1fc, "gamehistory err invalid qvars (0x1fc)", 0x1fc001c},
		{blaze.GameManager, 0xfff, "unknown error (0xfff)", 0xfff0004},
		{0x7d0, 1, "unknown error (0x1)", 0x107d0},
	} {
		if got := blaze.ErrorName(c.component, c.code); got != c.name {
			t.Errorf("%v %#x is %s, want %s", c.component, uint16(c.code), got, c.name)
		}
		if got := c.code.LogValue(c.component); got != c.logged {
			t.Errorf("%v %#x is logged as %d, want %d", c.component, uint16(c.code), got, c.logged)
		}
	}
}
