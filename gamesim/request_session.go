package gamesim

import (
	"github.com/charonrelay/charon/blaze"
	"github.com/charonrelay/charon/blaze/tdf"
)

// The build that the game reports (spec: client 3.3, blaze 4.4.1).
const (
	sdkVersion        = "3.15.6.0"
	clientName        = "MassEffect3-pc"
	clientSKU         = "134845"
	clientVersion     = "05427.124"
	dirtySDKVersion   = "8.14.7.1"
	environment       = "prod"
	platform          = "Windows"
	redirectBuildTime = "Dec 21 2012 12:47:10"
	preAuthBuildTime  = "Dec 21 2012 12:46:51"
	macAddress        = "aa:bb:cc:dd:ee:ff"
)

// natUnknown is the NatType of a game whose QoS probes got no answer (spec: blaze 5.1).
const natUnknown = 4

// GetServerInstance asks the redirector (spec: client 3.3).
func GetServerInstance(locale string) Request {
	return NewRequest(blaze.Redirector, blaze.RedirectorGetServerInstance, func(e *tdf.Encoder) {
		e.Str("BSDK", sdkVersion)
		e.Str("BTIM", redirectBuildTime)
		e.Str("CLNT", clientName)
		e.Uint("CLTP", 0)
		e.Str("CSKU", clientSKU)
		e.Str("CVER", clientVersion)
		e.Str("DSDK", dirtySDKVersion)
		e.Str("ENV", environment)
		e.UnionUnset("FPID")
		e.Uint("LOC", localeNumber(locale))
		e.Str("NAME", serviceName)
		e.Str("PLAT", platform)
		e.Str("PROF", "standardSecure_v3")
	})
}

// PreAuth opens a session (spec: blaze 4.4.1).
func PreAuth(locale string) Request {
	return NewRequest(blaze.Util, blaze.UtilPreAuth, func(e *tdf.Encoder) {
		e.Group("CDAT", func() {
			e.Bool("IITO", false)
			e.Uint("LANG", localeNumber(locale))
			e.Str("SVCN", serviceName)
			e.Uint("TYPE", 0)
		})
		e.Group("CINF", func() {
			e.Str("BSDK", sdkVersion)
			e.Str("BTIM", preAuthBuildTime)
			e.Str("CLNT", clientName)
			e.Str("CSKU", clientSKU)
			e.Str("CVER", clientVersion)
			e.Str("DSDK", dirtySDKVersion)
			e.Str("ENV", environment)
			e.Uint("LOC", localeNumber(locale))
			e.Str("MAC", macAddress)
			e.Str("PLAT", platform)
		})
		e.Group("FCCR", func() { e.Str("CFID", "BlazeSDK") })
	})
}

// Ping is the sign of life (spec: blaze 4.4.4).
func Ping() Request { return NewRequest(blaze.Util, blaze.UtilPing, nil) }

// FetchClientConfig asks for a named configuration (spec: blaze 4.4.5).
func FetchClientConfig(name string) Request {
	return NewRequest(blaze.Util, blaze.UtilFetchClientConfig, func(e *tdf.Encoder) { e.Str("CFID", name) })
}

// PostAuth asks for what needs a login (spec: blaze 4.4.2).
func PostAuth() Request { return NewRequest(blaze.Util, blaze.UtilPostAuth, nil) }

// UserSettingsSave stores one setting (spec: blaze 4.4.6).
func UserSettingsSave(key, value string) Request {
	return NewRequest(blaze.Util, blaze.UtilUserSettingsSave, func(e *tdf.Encoder) {
		e.Str("DATA", value)
		e.Str("KEY", key)
		e.Int("UID", 0)
	})
}

// UserSettingsLoadAll asks for all settings (spec: blaze 4.4.7).
func UserSettingsLoadAll() Request {
	return NewRequest(blaze.Util, blaze.UtilUserSettingsLoadAll, nil)
}

// SetClientMetrics reports a game without UPnP (spec: blaze 4.4.10).
func SetClientMetrics() Request {
	return NewRequest(blaze.Util, blaze.UtilSetClientMetrics, func(e *tdf.Encoder) {
		e.Uint("UBFL", 0)
		e.Str("UDEV", "")
		e.Uint("UFLG", 31)
		e.Int("ULRC", 0)
		e.Uint("UNAT", natUnknown)
		e.Uint("USTA", 0)
		e.Uint("UWAN", 0)
	})
}

// SuspendUserPing announces silence, in microseconds (spec: blaze 4.4.9).
func SuspendUserPing(microseconds int64) Request {
	return NewRequest(blaze.Util, blaze.UtilSuspendUserPing, func(e *tdf.Encoder) { e.Int("TVAL", microseconds) })
}

// UpdateNetworkInfo reports the game's connection (spec: blaze 4.5.2).
func UpdateNetworkInfo(n Network) Request {
	return NewRequest(blaze.UserSessions, blaze.UsersUpdateNetworkInfo, func(e *tdf.Encoder) {
		e.Union("ADDR", addressPair, func() { writeAddressPair(e, n) })
		if len(n.Latency) > 0 {
			e.Map("NLMP", tdf.TypeString, tdf.TypeVarint, len(n.Latency), func(i int) {
				e.ElemStr(n.Latency[i].Alias)
				e.ElemInt(int64(n.Latency[i].Milliseconds))
			})
		}
		e.Group("NQOS", func() {
			e.Uint("DBPS", uint64(n.Down))
			e.Uint("NATT", uint64(n.NAT))
			e.Uint("UBPS", uint64(n.Up))
		})
	})
}

// UpdateHardwareFlags reports the hardware; 1 is a headset (spec: blaze 4.5.3).
func UpdateHardwareFlags(flags uint64) Request {
	return NewRequest(blaze.UserSessions, blaze.UsersUpdateHardwareFlags, func(e *tdf.Encoder) { e.Uint("HWFG", flags) })
}

// LookupUser asks for a player who is online (spec: blaze 4.5.4).
func LookupUser(id int64) Request {
	return NewRequest(blaze.UserSessions, blaze.UsersLookupUser, func(e *tdf.Encoder) { writeUser(e, id) })
}

// ResumeSession takes up a session after a lost connection (spec: blaze 4.5.1).
func ResumeSession(key string) Request {
	return NewRequest(blaze.UserSessions, blaze.UsersResumeSession, func(e *tdf.Encoder) { e.Str("SKEY", key) })
}

// FetchMessages asks for the messages of the menu (spec: blaze 4.8.1).
func FetchMessages() Request {
	return NewRequest(blaze.Messaging, blaze.MessagingFetchMessages, func(e *tdf.Encoder) {
		e.Uint("FLAG", 0)
		e.Uint("MGID", 0)
		e.Uint("PIDX", 0)
		e.Uint("PSIZ", 0)
		e.Uint("SMSK", 0)
		e.Uint("SORT", 0)
		e.ObjectID("SRCE", noObject)
		e.Uint("STAT", 0)
		e.ObjectID("TARG", noObject)
		e.Uint("TYPE", 0)
	})
}

// GetLists asks for the friend list (spec: blaze 4.9).
func GetLists() Request {
	return NewRequest(blaze.AssociationLists, blaze.AssociationGetLists, func(e *tdf.Encoder) {
		e.List("ALST", tdf.TypeGroup, 1, func(int) {
			e.ElemGroup(func() {
				e.ObjectID("BOID", noObject)
				e.Uint("FLGS", 1)
				e.Group("LID", func() {
					e.Str("LNM", "")
					e.Uint("TYPE", 1)
				})
				e.Uint("LMS", 0)
				e.Uint("PRID", 0)
			})
		})
		e.Uint("MXRC", 0xffffffff)
		e.Uint("OFRC", 0)
	})
}
