package presence

import (
	"github.com/charonrelay/charon/blaze"
	"github.com/charonrelay/charon/blaze/tdf"
)

// PingSite is the alias of the one QoS site that games are told, and that is
// everybody's best (spec: blaze 5.2).
const PingSite = "ea-sjc"

// Constants of the extended data (spec: blaze 4.1, 5.2).
const (
	statN7Rating   = 0x70001 // component Stats, attribute 1
	accountLocale  = 0x64654445
	flagSubscribed = 1
	flagOnline     = 2
	componentGame  = uint16(blaze.GameManager)
)

func (u *User) encodeIdentification(e *tdf.Encoder) {
	id := uint64(u.ID)
	e.Uint("AID", id)
	e.Uint("ALOC", accountLocale)
	e.Blob("EXBB", nil)
	e.Uint("EXID", 0)
	e.Uint("ID", id)
	e.Str("NAME", u.Name)
}

// encodeExtendedData writes UserSessionExtendedData (spec: blaze 4.1).
func (u *User) encodeExtendedData(e *tdf.Encoder) {
	u.net.Address.Encode(e, "ADDR")
	e.Str("BPS", PingSite)
	e.Str("CTY", "")
	e.VariableAbsent("CVAR")
	e.Map("DMAP", tdf.TypeVarint, tdf.TypeVarint, 1, func(int) {
		e.ElemUint(statN7Rating)
		e.ElemUint(uint64(u.rating))
	})
	e.Uint("HWFG", uint64(u.net.Hardware))
	if n := len(u.net.Latencies); n > 0 { // official servers leave empty lists out (spec: blaze 2.10 rule 3)
		e.List("PSLM", tdf.TypeVarint, n, func(i int) { e.ElemInt(u.net.Latencies[i]) })
	}
	u.net.QoS.Encode(e, "QDAT")
	e.Uint("UATT", 0)
	if u.entered {
		e.List("ULST", tdf.TypeObjectID, 1, func(int) {
			e.ElemObjectID(tdf.ObjectID{ObjectType: tdf.ObjectType{Component: componentGame, Type: 1}, ID: uint64(u.game)})
		})
	}
}

func (u *User) extendedDataUpdate() blaze.Packet {
	return blaze.NewNotification(blaze.UserSessions, blaze.NotifyUserExtendedData, func(e *tdf.Encoder) {
		e.Group("DATA", func() { u.encodeExtendedData(e) })
		e.Uint("USID", uint64(u.ID))
	})
}

func (u *User) userAdded() blaze.Packet {
	return blaze.NewNotification(blaze.UserSessions, blaze.NotifyUserAdded, func(e *tdf.Encoder) {
		e.Group("DATA", func() { u.encodeExtendedData(e) })
		e.Group("USER", func() { u.encodeIdentification(e) })
	})
}

func userUpdated(id uint32) blaze.Packet {
	return blaze.NewNotification(blaze.UserSessions, blaze.NotifyUserUpdated, func(e *tdf.Encoder) {
		e.Uint("FLGS", flagSubscribed|flagOnline)
		e.Uint("ID", uint64(id))
	})
}

func userRemoved(id uint32) blaze.Packet {
	return blaze.NewNotification(blaze.UserSessions, blaze.NotifyUserRemoved, func(e *tdf.Encoder) {
		e.Uint("BUID", uint64(id))
	})
}

// disconnected is what the connection of an older login is told when the same
// player logs in elsewhere (spec: blaze 4.3, 4.5.6).
func disconnected() blaze.Packet {
	return blaze.NewNotification(blaze.UserSessions, blaze.NotifyUserDisconnected, func(e *tdf.Encoder) {
		e.Uint("SDR", 0)
	})
}
