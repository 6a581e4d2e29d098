package game

import (
	"github.com/charonrelay/charon/blaze"
	"github.com/charonrelay/charon/blaze/tdf"
	"github.com/charonrelay/charon/engine/presence"
)

// setupReason is why a player is sent a setup (GameSetupReason, spec: blaze 4.1).
type setupReason struct {
	joined  bool   // otherwise created
	session uint32 // of matchmaking; 0 for none
	user    uint32
}

func (r setupReason) encode(e *tdf.Encoder) {
	if r.session != 0 {
		e.Union("REAS", setupMatchmaking, func() {
			e.Uint("FIT", FitScore)
			e.Uint("MAXF", FitScore)
			e.Uint("MSID", uint64(r.session))
			e.Uint("RSLT", resultJoinedExisting)
			e.Uint("USID", uint64(r.user))
		})
		return
	}
	context := uint64(contextCreate)
	if r.joined {
		context = contextJoin
	}
	e.Union("REAS", setupDataless, func() { e.Uint("DCTX", context) })
}

// setup is NotifyGameSetup (spec: blaze 4.6.16).
func (g *Game) setup(reason setupReason) blaze.Packet {
	return notification(blaze.NotifyGameSetup, func(e *tdf.Encoder) {
		e.Group("GAME", func() { g.encodeGame(e) })
		e.List("PROS", tdf.TypeGroup, len(g.members), func(i int) {
			e.ElemGroup(func() { g.encodePlayer(e, g.members[i]) })
		})
		reason.encode(e)
	})
}

// encodeGame writes ReplicatedGameData (spec: blaze 4.1).
func (g *Game) encodeGame(e *tdf.Encoder) {
	host := g.host.user
	net := host.Network()
	hostInfo := func() {
		e.Uint("HPID", uint64(host.ID))
		e.Uint("HSLT", uint64(g.host.slot))
	}
	g.encodeAdmins(e)
	e.StrMap("ATTR", g.attrs)
	e.UintList("CAP", Capacity, 0)
	g.gid(e)
	e.Str("GNAM", host.Name)
	e.Uint("GPVH", versionHash(g.version))
	e.Uint("GSET", uint64(g.settings))
	e.Uint("GSID", g.reporting)
	e.Uint("GSTA", uint64(g.state))
	e.Str("GTYP", "")
	e.List("HNET", tdf.TypeGroup, 1, func(int) { net.Address.EncodeElement(e) })
	e.Uint("HSES", uint64(host.ID))
	e.Bool("IGNO", false)
	e.Uint("MCAP", Capacity)
	net.QoS.Encode(e, "NQOS")
	e.Bool("NRES", false)
	e.Uint("NTOP", topologyPeerHosted)
	e.Str("PGID", "")
	e.Blob("PGSR", nil)
	e.Group("PHST", hostInfo)
	e.Uint("PRES", presenceStandard)
	e.Str("PSAS", presence.PingSite)
	e.Uint("QCAP", 0)
	e.Uint("SEED", uint64(g.seed))
	e.Uint("TCAP", 0)
	e.Group("THST", hostInfo)
	e.Str("UUID", g.uuid)
	e.Uint("VOIP", voipPeerToPeer)
	e.Str("VSTR", g.version)
	e.Blob("XNNC", nil)
	e.Blob("XSES", nil)
}

// encodeAdmins writes ADMN: every member, as servers that are proven with the
// game do (spec: blaze U18).
func (g *Game) encodeAdmins(e *tdf.Encoder) {
	e.List("ADMN", tdf.TypeVarint, len(g.members), func(i int) { e.ElemUint(uint64(g.members[i].user.ID)) })
}

// encodePlayer writes ReplicatedGamePlayer (spec: blaze 4.1).
func (g *Game) encodePlayer(e *tdf.Encoder, m *member) {
	id := uint64(m.user.ID)
	e.Blob("BLOB", nil)
	e.Uint("EXID", 0)
	g.gid(e)
	e.Uint("LOC", uint64(m.user.Locale))
	e.Str("NAME", m.user.Name)
	e.Uint("PID", id)
	m.user.Network().Address.Encode(e, "PNET")
	e.Uint("SID", uint64(m.slot))
	e.Uint("SLOT", 0)
	e.Uint("STAT", uint64(m.state))
	e.Uint("TIDX", teamNone)
	e.Int("TIME", 0)
	e.ObjectID("UGID", tdf.ObjectID{})
	e.Uint("UID", id)
}

// Data returns the fields of the game's element in getGameDataFromId's GDAT:
// what a player sees before he accepts an invitation (spec: blaze 4.6.14). It
// fails with ErrGone if the game is over.
func (g *Game) Data() (fields []byte, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.over {
		return nil, ErrGone
	}
	var e tdf.Encoder
	g.encodeData(&e)
	return e.Bytes(), e.Err()
}

func (g *Game) encodeData(e *tdf.Encoder) {
	host := g.host.user
	g.encodeAdmins(e)
	e.StrMap("ATTR", g.attrs)
	e.UintList("CAP", Capacity, 0)
	g.gid(e)
	e.Str("GNAM", host.Name)
	e.Uint("GSET", uint64(g.settings))
	e.Uint("GSTA", uint64(g.state))
	e.List("HNET", tdf.TypeGroup, 1, func(int) { host.Network().Address.EncodeElement(e) })
	e.Uint("HOST", uint64(host.ID))
	e.Uint("NTOP", topologyPeerHosted)
	e.UintList("PCNT", uint64(len(g.members)), 0)
	e.Uint("PRES", presenceStandard)
	e.Str("PSAS", presence.PingSite)
	e.Str("PSID", "")
	e.Uint("QCAP", 0)
	e.Uint("QCNT", 0)
	e.Uint("SID", 0)
	e.Uint("TCAP", 0)
	e.Uint("VOIP", voipPeerToPeer)
	e.Str("VSTR", g.version)
}

// versionHash is GPVH: 32-bit FNV-1 constants on a 64-bit accumulator
// (spec: blaze 4.6.1).
func versionHash(version string) uint64 {
	h := uint64(2166136261)
	for i := range len(version) {
		h = h*16777619 ^ uint64(version[i])
	}
	return h
}
