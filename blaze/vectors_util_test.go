package blaze_test

import (
	"encoding/base64"
	"strconv"

	"github.com/charonrelay/charon/blaze"
	"github.com/charonrelay/charon/blaze/tdf"
)

// site is QosPingSiteInfo (spec: blaze 4.1).
type site struct {
	Host string
	Port uint64
	Name string
}

func (s site) encode(e *tdf.Encoder) {
	e.Str("PSA", s.Host)
	e.Uint("PSP", s.Port)
	e.Str("SNA", s.Name)
}

func decodeSite(g tdf.Group) site { return site{g.Str("PSA"), g.Uint("PSP"), g.Str("SNA")} }

// preAuth is PreAuthResponse (spec: blaze 4.4.1).
type preAuth struct {
	Resource      string
	Components    []uint64
	Config        []tdf.Pair
	Instance      string
	Namespace     string
	Platform      string
	Bandwidth     site
	Probes        uint64
	Sites         map[string]site // one entry
	ServiceID     uint64
	ServerVersion string
}

func encodePreAuth(e *tdf.Encoder, p preAuth) {
	e.Bool("ANON", false)
	e.Str("ASRC", p.Resource)
	e.UintList("CIDS", p.Components...)
	e.Str("CNGN", "")
	e.Group("CONF", func() { e.StrMap("CONF", p.Config) })
	e.Str("INST", p.Instance)
	e.Bool("MINR", false)
	e.Str("NASP", p.Namespace)
	e.Str("PILD", "")
	e.Str("PLAT", p.Platform)
	e.Str("PTAG", "")
	e.Group("QOSS", func() {
		e.Group("BWPS", func() { p.Bandwidth.encode(e) })
		e.Uint("LNP", p.Probes)
		for alias, s := range p.Sites {
			e.Map("LTPS", tdf.TypeString, tdf.TypeGroup, 1, func(int) {
				e.ElemStr(alias)
				e.ElemGroup(func() { s.encode(e) })
			})
		}
		e.Uint("SVID", p.ServiceID)
	})
	e.Str("RSRC", p.Resource)
	e.Str("SVER", p.ServerVersion)
}

func decodePreAuth(g tdf.Group) preAuth {
	q := g.Group("QOSS")
	p := preAuth{
		Resource:      g.Str("RSRC"),
		Components:    uints(g.List("CIDS")),
		Config:        pairs(g.Group("CONF").Map("CONF")),
		Instance:      g.Str("INST"),
		Namespace:     g.Str("NASP"),
		Platform:      g.Str("PLAT"),
		Bandwidth:     decodeSite(q.Group("BWPS")),
		Probes:        q.Uint("LNP"),
		Sites:         map[string]site{},
		ServiceID:     q.Uint("SVID"),
		ServerVersion: g.Str("SVER"),
	}
	for k, v := range q.Map("LTPS").All() {
		p.Sites[k.Str()] = decodeSite(v.Group())
	}
	return p
}

var localSite = site{"127.0.0.1", 42131, "prod-sjc"}

// chunks is the chunk map of a file (spec: blaze 7.6) in the game's order.
func chunks(file []byte) []tdf.Pair {
	const size = 255
	text := base64.StdEncoding.EncodeToString(file)
	all := []tdf.Pair{{Key: "DATA_SIZE", Value: strconv.Itoa(len(text))}, {Key: "CHUNK_SIZE", Value: strconv.Itoa(size)}}
	for i := 0; i*size < len(text); i++ {
		all = append(all, tdf.Pair{Key: "CHUNK_" + strconv.Itoa(i), Value: text[i*size : min((i+1)*size, len(text))]})
	}
	tdf.SortPairs(all)
	return all
}

var utilVectors = []vector{
	of("a04_pre_auth_response", reply(blaze.Util, blaze.UtilPreAuth, 0),
		preAuth{
			Resource: "303107",
			Components: []uint64{
				0x1, 0x19, 0x4, 0x1c, 0x7, 0x9, 0xf802, 0x7800, 0xf, 0x7801, 0x7802, 0x7803, 0x7805, 0x7806, 0x7d0,
			},
			Config: []tdf.Pair{
				{Key: "pingPeriod", Value: "15s"},
				{Key: "voipHeadsetUpdateRate", Value: "1000"},
				{Key: "xlspConnectionIdleTimeout", Value: "300"},
			},
			Instance: "masseffect-3-pc", Namespace: "cem_ea_id", Platform: "pc", Bandwidth: localSite, Probes: 1,
			Sites: map[string]site{"ea-sjc": localSite}, ServiceID: 0x45410805,
			ServerVersion: "Blaze 3.15.08.0 (CL# 1905397)\n",
		}, encodePreAuth, decodePreAuth),
	of("a05_client_config_chunks_response", reply(blaze.Util, blaze.UtilFetchClientConfig, 6), chunks([]byte{1, 2, 3, 4}),
		func(e *tdf.Encoder, p []tdf.Pair) { e.StrMap("CONF", p) },
		func(g tdf.Group) []tdf.Pair { return pairs(g.Map("CONF")) }),
	short("a21_user_settings_save_request", "", request(blaze.Util, blaze.UtilUserSettingsSave, 45),
		"DATA", "20;4;Adept;20;0.0000;50", "KEY", "class1", "UID", 0),
}
