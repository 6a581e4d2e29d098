package util

import (
	"context"
	"strconv"

	"github.com/charonrelay/charon/blaze"
	"github.com/charonrelay/charon/blaze/tdf"
	"github.com/charonrelay/charon/engine/content"
	"github.com/charonrelay/charon/engine/presence"
	"github.com/charonrelay/charon/engine/session"
)

// Constants of preAuth and postAuth (spec: blaze 4.4.1 to 4.4.3, appendix B).
const (
	serviceName   = "masseffect-3-pc"
	projectID     = "303107"
	serverVersion = "Blaze 3.15.08.0 (CL# 1905397)\n"
	qosServiceID  = 0x45410805
	qosSiteName   = "prod-sjc"
	locale        = 0x656e4e5a // enNZ
	telemetryKey  = "^               \u03a4 \u078a  \u0730        \u4c59 \u01ce          \u0089 \u00ec            \u0309  \u031a \u0219  \u0617  \u035b \u0319    \ubca6    \u0121 \u018c       \u02f2\ue215\u0480 "
)

// components are announced in this order (spec: blaze 4.4.1).
var components = [...]uint64{
	0x1, 0x19, 0x4, 0x1c, 0x7, 0x9, 0xf802, 0x7800, 0xf, 0x7801, 0x7802, 0x7803, 0x7805, 0x7806, 0x7d0,
}

func (c *Component) preAuth(_ context.Context, s *session.Session, req *session.Request) (session.Reply, error) {
	if l := uint32(req.Body.Group("CINF").Uint("LOC")); l != 0 {
		s.SetLocale(l)
	}
	site := func(e *tdf.Encoder) {
		e.Str("PSA", s.Local.String())
		e.Uint("PSP", content.PortHTTP)
		e.Str("SNA", qosSiteName)
	}
	return func(e *tdf.Encoder) {
		e.Bool("ANON", false)
		e.Str("ASRC", projectID)
		e.UintList("CIDS", components[:]...)
		e.Str("CNGN", "")
		e.Group("CONF", func() {
			e.StrMap("CONF", []tdf.Pair{
				{Key: "pingPeriod", Value: "15s"},
				{Key: "voipHeadsetUpdateRate", Value: "1000"},
				{Key: "xlspConnectionIdleTimeout", Value: "300"},
			})
		})
		e.Str("INST", serviceName)
		e.Bool("MINR", false)
		e.Str("NASP", "cem_ea_id")
		e.Str("PILD", "")
		e.Str("PLAT", "pc")
		e.Str("PTAG", "")
		e.Group("QOSS", func() {
			e.Group("BWPS", func() { site(e) })
			e.Uint("LNP", 1)
			e.Map("LTPS", tdf.TypeString, tdf.TypeGroup, 1, func(int) {
				e.ElemStr(presence.PingSite)
				e.ElemGroup(func() { site(e) })
			})
			e.Uint("SVID", qosServiceID)
		})
		e.Str("RSRC", projectID)
		e.Str("SVER", serverVersion)
	}, nil
}

// postAuth also makes the session be told about its own user from now on,
// after the response (spec: blaze 4.4.2).
func (c *Component) postAuth(_ context.Context, s *session.Session, _ *session.Request) (session.Reply, error) {
	u := s.User()
	if u == nil {
		return nil, session.Fail(blaze.CodeAuthRequired)
	}
	u.SubscribeSelf()
	return func(e *tdf.Encoder) {
		e.Group("PSS", func() {
			e.Str("ADRS", "playersyncservice.ea.com")
			e.Blob("CSIG", nil)
			e.Str("PJID", projectID)
			e.Uint("PORT", 443)
			e.Uint("RPRT", 0xf)
			e.Uint("TIID", 0)
		})
		e.Group("TELE", func() { encodeTelemetry(e, s) })
		e.Group("TICK", func() { encodeTicker(e, s, u.ID) })
		e.Group("UROP", func() {
			e.Uint("TMOP", 1)
			e.Uint("UID", uint64(u.ID))
		})
	}, nil
}

// getTelemetryServer has the fields of postAuth's group at its top (spec:
// blaze 4.4.3).
func (c *Component) getTelemetryServer(_ context.Context, s *session.Session, _ *session.Request) (session.Reply, error) {
	return func(e *tdf.Encoder) { encodeTelemetry(e, s) }, nil
}

func (c *Component) getTickerServer(_ context.Context, s *session.Session, _ *session.Request) (session.Reply, error) {
	var player uint32
	if u := s.User(); u != nil {
		player = u.ID
	}
	return func(e *tdf.Encoder) { encodeTicker(e, s, player) }, nil
}

func encodeTelemetry(e *tdf.Encoder, s *session.Session) {
	e.Str("ADRS", s.Local.String())
	e.Bool("ANON", false)
	e.Str("DISA", content.DisabledCountries)
	e.Str("FILT", content.TelemetryFilter)
	e.Uint("LOC", locale)
	e.Str("NOOK", "US,CA,MX")
	e.Uint("PORT", content.PortTelemetry)
	e.Uint("SDLY", content.TelemetryDelay)
	e.Str("SESS", "pcwdjtOCVpD")
	e.Str("SKEY", telemetryKey)
	e.Uint("SPCT", content.TelemetryPercent)
	e.Str("STIM", "")
}

func encodeTicker(e *tdf.Encoder, s *session.Session, player uint32) {
	e.Str("ADRS", s.Local.String())
	e.Uint("PORT", content.PortTicker)
	e.Str("SKEY", strconv.FormatUint(uint64(player), 10)+",10.23.15.2:8999,masseffect-3-pc,10,50,50,50,50,0,12")
}
