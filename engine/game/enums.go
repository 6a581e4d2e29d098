package game

// State is a game's GSTA (spec: blaze 5.1). Values without a name are kept and
// forwarded as they are.
type State uint32

// The states the server itself acts on.
const (
	StateInitializing State = 0x1
	StateMigrating    State = 0x5
	StateDestructing  State = 0x6
	StatePreGame      State = 0x82
	StateInGame       State = 0x83
)

// Settings are a game's GSET flags (spec: blaze 5.1).
type Settings uint32

// The flags the server itself acts on.
const (
	OpenToMatchmaking Settings = 0x2
	JoinInProgress    Settings = 0x100
)

// PlayerState is a member's STAT (spec: blaze 5.1).
type PlayerState uint8

// The player states in use.
const (
	PlayerConnecting PlayerState = 2
	PlayerConnected  PlayerState = 4
)

// RemovedReason is the REAS of a removal (spec: blaze 5.1). Values of the
// game's are forwarded unchanged.
type RemovedReason uint32

// PlayerLeft is the reason for everybody who goes, a lost connection included
// (spec: blaze U29).
const PlayerLeft RemovedReason = 6

// Capacity is how many players fit into a game.
const Capacity = 4

// Constants of the setup and of migrations (spec: blaze 4.1, 5.1).
const (
	topologyPeerHosted   = 0
	presenceStandard     = 1
	voipPeerToPeer       = 2
	migrationBoth        = 2
	adminAdded           = 0
	adminRemoved         = 1
	teamNone             = 0xffff
	setupDataless        = 0
	setupMatchmaking     = 3
	contextCreate        = 0
	contextJoin          = 1
	resultJoinedExisting = 2
	// FitScore is both the fit and the best possible fit of every match, the
	// choice that is proven to work (spec: blaze U21).
	FitScore = 21600
)

// DefaultVersion is the protocol version string of an unmodified game with
// the current client configuration (spec: blaze appendix B).
const DefaultVersion = "ME3-295976325-179181965240128"
