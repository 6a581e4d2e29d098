package matchmaking

import (
	"github.com/charonrelay/charon/blaze"
	"github.com/charonrelay/charon/blaze/tdf"
	"github.com/charonrelay/charon/engine/game"
	"github.com/charonrelay/charon/engine/presence"
)

const resultTimedOut = 3 // MatchmakingResult (spec: blaze 5.1)

// skillRule is the one rule the status reports a range for.
const skillRule = "ME3_characterSkill_Rule"

// failed is NotifyMatchmakingFailed (spec: blaze 4.6.10).
func failed(u *presence.User) blaze.Packet {
	return blaze.NewNotification(blaze.GameManager, blaze.NotifyMatchmakingFailed, func(e *tdf.Encoder) {
		e.Uint("MAXF", game.FitScore)
		e.Uint("MSID", uint64(session(u)))
		e.Uint("RSLT", resultTimedOut)
		e.Uint("USID", uint64(u.ID))
	})
}

// status is NotifyMatchmakingAsyncStatus with the one complete group that the
// game needs before it joins (spec: blaze 4.6.10).
func status(u *presence.User) blaze.Packet {
	return blaze.NewNotification(blaze.GameManager, blaze.NotifyMatchmakingAsyncStatus, func(e *tdf.Encoder) {
		e.List("ASIL", tdf.TypeGroup, 1, func(int) { e.ElemGroup(func() { encodeStatus(e, u.Rating()) }) })
		e.Uint("MSID", uint64(session(u)))
		e.Uint("USID", uint64(u.ID))
	})
}

type number struct {
	label string
	value uint64
}

func encodeStatus(e *tdf.Encoder, rating uint32) {
	group := func(label string, fields ...number) {
		e.Group(label, func() {
			for _, f := range fields {
				e.Uint(f.label, f.value)
			}
		})
	}
	group("CGS", number{"EVST", 6}, number{"MMSN", 1}, number{"NOMP", 0})
	group("CUST")
	group("DNFS", number{"MDNF", 0}, number{"XDNF", 0})
	group("FGS", number{"GNUM", 0})
	group("GEOS", number{"DIST", 0})
	group("GSRD", number{"PMAX", game.Capacity}, number{"PMIN", 2})
	group("HBRD", number{"BVAL", 1})
	group("HVRD", number{"VVAL", 0})
	group("PSRS")
	group("RRDA", number{"RVAL", 0})
	group("TSRS", number{"TMAX", 0}, number{"TMIN", 0})
	e.Map("UEDS", tdf.TypeString, tdf.TypeGroup, 1, func(int) {
		e.ElemStr(skillRule)
		e.ElemGroup(func() {
			e.Uint("AMAX", 500)
			e.Uint("AMIN", 0)
			e.Uint("MUED", uint64(rating))
			e.Str("NAME", skillRule)
		})
	})
	group("VGRS", number{"VVAL", 0})
}
