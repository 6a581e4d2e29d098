package blaze

// Commands of Authentication (spec: blaze 3.2).
const (
	AuthCreateAccount            uint16 = 0xa
	AuthListUserEntitlements2    uint16 = 0x1d
	AuthGetAuthToken             uint16 = 0x24
	AuthGetPasswordRules         uint16 = 0x26
	AuthLogin                    uint16 = 0x28
	AuthPasswordForgot           uint16 = 0x2d
	AuthGetPrivacyPolicyContent  uint16 = 0x2f
	AuthSilentLogin              uint16 = 0x32
	AuthLogout                   uint16 = 0x46
	AuthLoginPersona             uint16 = 0x6e
	AuthOriginLogin              uint16 = 0x98
	AuthGetLegalDocsInfo         uint16 = 0xf2
	AuthGetTermsOfServiceContent uint16 = 0xf6
)

// Commands of GameManager (spec: blaze 3.3).
const (
	GameCreateGame           uint16 = 0x1
	GameAdvanceGameState     uint16 = 0x3
	GameSetGameSettings      uint16 = 0x4
	GameSetGameAttributes    uint16 = 0x7
	GameJoinGame             uint16 = 0x9
	GameRemovePlayer         uint16 = 0xb
	GameStartMatchmaking     uint16 = 0xd
	GameCancelMatchmaking    uint16 = 0xe
	GameFinalizeGameCreation uint16 = 0xf
	GameReplayGame           uint16 = 0x13
	GameUpdateMeshConnection uint16 = 0x1d
	GameGetGameDataFromID    uint16 = 0x69
	GameAddAdminPlayer       uint16 = 0x6a
)

// Notifications of GameManager that servers send (spec: blaze 3.3).
const (
	NotifyMatchmakingFailed      uint16 = 0xa
	NotifyMatchmakingAsyncStatus uint16 = 0xc
	NotifyGameSetup              uint16 = 0x14
	NotifyPlayerJoining          uint16 = 0x15
	NotifyPlayerJoinCompleted    uint16 = 0x1e
	NotifyPlayerRemoved          uint16 = 0x28
	NotifyHostMigrationFinished  uint16 = 0x3c
	NotifyHostMigrationStart     uint16 = 0x46
	NotifyGameAttribChange       uint16 = 0x50
	NotifyGameStateChange        uint16 = 0x64
	NotifyGameSettingsChange     uint16 = 0x6e
	NotifyGameReportingIDChange  uint16 = 0x71
	NotifyGamePlayerStateChange  uint16 = 0x74
	NotifyAdminListChange        uint16 = 0xca
)

// RedirectorGetServerInstance is the Redirector's only command (spec: blaze 3.4).
const RedirectorGetServerInstance uint16 = 0x1

// Commands of Stats (spec: blaze 3.5).
const (
	StatsGetLeaderboardGroup       uint16 = 0xa
	StatsGetLeaderboard            uint16 = 0xc
	StatsGetCenteredLeaderboard    uint16 = 0xd
	StatsGetFilteredLeaderboard    uint16 = 0xe
	StatsGetLeaderboardEntityCount uint16 = 0x12
)

// Commands of Util (spec: blaze 3.6).
const (
	UtilFetchClientConfig   uint16 = 0x1
	UtilPing                uint16 = 0x2
	UtilGetTelemetryServer  uint16 = 0x5
	UtilGetTickerServer     uint16 = 0x6
	UtilPreAuth             uint16 = 0x7
	UtilPostAuth            uint16 = 0x8
	UtilUserSettingsLoad    uint16 = 0xa
	UtilUserSettingsSave    uint16 = 0xb
	UtilUserSettingsLoadAll uint16 = 0xc
	UtilSetClientMetrics    uint16 = 0x16
	UtilSuspendUserPing     uint16 = 0x1b
)

// Command and notification of Messaging (spec: blaze 3.7).
const (
	MessagingFetchMessages uint16 = 0x2
	NotifyMessage          uint16 = 0x1
)

// AssociationGetLists is a command of AssociationLists (spec: blaze 3.8).
const AssociationGetLists uint16 = 0x6

// Command and notification of GameReporting (spec: blaze 3.9).
const (
	ReportingSubmitOfflineGameReport uint16 = 0x2
	NotifyReportResult               uint16 = 0x72
)

// Commands of UserSessions (spec: blaze 3.10).
const (
	UsersUpdateHardwareFlags uint16 = 0x8
	UsersLookupUser          uint16 = 0xc
	UsersUpdateNetworkInfo   uint16 = 0x14
	UsersResumeSession       uint16 = 0x23
)

// Notifications of UserSessions (spec: blaze 3.10, 4.5.6).
const (
	NotifyUserExtendedData uint16 = 0x1
	NotifyUserAdded        uint16 = 0x2
	NotifyUserRemoved      uint16 = 0x3
	NotifyUserDisconnected uint16 = 0x4
	NotifyUserUpdated      uint16 = 0x5
)

// Error codes of Authentication (spec: blaze 6.3.1); what the game shows for
// each is in spec: blaze 6.4.
const (
	CodeAuthInvalidUser     ErrorCode = 0xb
	CodeAuthInvalidPassword ErrorCode = 0xc
	CodeAuthInvalidToken    ErrorCode = 0xd
	CodeAuthExpiredToken    ErrorCode = 0xe
	CodeAuthExists          ErrorCode = 0xf
	CodeAuthInvalidField    ErrorCode = 0x15
	CodeAuthInvalidEmail    ErrorCode = 0x16
)

// Error codes of GameManager (spec: blaze 6.3.2).
const (
	CodeGameInvalidSettings  ErrorCode = 0x1
	CodeGameInvalidGameID    ErrorCode = 0x2
	CodeGameFull             ErrorCode = 0x4
	CodeGamePermissionDenied ErrorCode = 0x1e
	CodeGameAlreadyMember    ErrorCode = 0x67
	CodeGameJoinPlayerFailed ErrorCode = 0x6c
)

// Error codes of Util (spec: blaze 4.4.8, 4.4.9, 6.3.5).
const (
	CodeUtilSettingNotFound ErrorCode = 0xc8
	CodeUtilTooManySettings ErrorCode = 0xc9
	CodeUtilSuspendTooLong  ErrorCode = 0x12c
	CodeUtilSuspendTooShort ErrorCode = 0x12d
	CodeUtilPingSuspended   ErrorCode = 0x12e
)

// CodeUsersLookupNotFound is the answer of UserSessions.lookupUser for nobody;
// servers send it although its official name is another (spec: blaze 4.5.4, 6.3.9).
const CodeUsersLookupNotFound ErrorCode = 0xb
