package blaze_test

import (
	"github.com/charonrelay/charon/blaze"
	"github.com/charonrelay/charon/blaze/tdf"
)

var userOne = tdf.ObjectID{ObjectType: tdf.ObjectType{Component: 0x7802, Type: 1}, ID: 1}

// message is ServerMessage (spec: blaze 4.8.2).
type message struct {
	ID         uint64
	Text       string
	Attributes []tdf.Pair
	Target     tdf.ObjectID
	Source     tdf.ObjectID
}

func encodeMessage(e *tdf.Encoder, m message) {
	e.Uint("FLAG", 1)
	e.Uint("MGID", m.ID)
	e.Str("NAME", m.Text)
	e.Group("PYLD", func() {
		e.StrMap("ATTR", m.Attributes)
		e.Uint("FLAG", 1)
		e.Uint("STAT", 0)
		e.Uint("TAG", 0)
		e.ObjectID("TARG", m.Target)
		e.Uint("TYPE", 0)
	})
	e.ObjectID("SRCE", m.Source)
	e.Uint("TIME", 0)
}

func decodeMessage(g tdf.Group) message {
	p := g.Group("PYLD")
	target, _ := p.Get("TARG")
	source, _ := g.Get("SRCE")
	return message{g.Uint("MGID"), g.Str("NAME"), pairs(p.Map("ATTR")), target.ObjectID(), source.ObjectID()}
}

// row is a row of a leaderboard (spec: blaze 4.7.2).
type row struct {
	Name  string
	ID    int64
	Rank  int64
	Value string
	Stats []string
}

func encodeRows(e *tdf.Encoder, rows []row) {
	e.List("LDLS", tdf.TypeGroup, len(rows), func(i int) {
		r := rows[i]
		e.ElemGroup(func() {
			e.Str("ENAM", r.Name)
			e.Int("ENID", r.ID)
			e.Int("RANK", r.Rank)
			e.Str("RSTA", r.Value)
			e.Bool("RWFG", false)
			e.UnionUnset("RWST")
			e.StrList("STAT", r.Stats...)
			e.Uint("UATT", 0)
		})
	})
}

func decodeRows(g tdf.Group) (rows []row) {
	for _, r := range groups(g.List("LDLS")) {
		rows = append(rows, row{r.Str("ENAM"), r.Int("ENID"), r.Int("RANK"), r.Str("RSTA"), strs(r.List("STAT"))})
	}
	return rows
}

// lists is the response of getLists with one list (spec: blaze 4.9).
type lists struct {
	Object  tdf.ObjectID
	Flags   uint64
	Name    string
	Type    uint64
	MaxSize uint64
}

func encodeLists(e *tdf.Encoder, l lists) {
	e.List("LMAP", tdf.TypeGroup, 1, func(int) {
		e.ElemGroup(func() {
			e.Group("INFO", func() {
				e.ObjectID("BOID", l.Object)
				e.Uint("FLGS", l.Flags)
				e.Group("LID", func() {
					e.Str("LNM", l.Name)
					e.Uint("TYPE", l.Type)
				})
				e.Uint("LMS", l.MaxSize)
				e.Uint("PRID", 0)
			})
			e.Uint("OFRC", 0)
			e.Uint("TOCT", 0)
		})
	})
}

func decodeLists(g tdf.Group) (l lists) {
	for _, m := range groups(g.List("LMAP")) {
		info := m.Group("INFO")
		object, _ := info.Get("BOID")
		l = lists{object.ObjectID(), info.Uint("FLGS"), info.Group("LID").Str("LNM"), info.Group("LID").Uint("TYPE"), info.Uint("LMS")}
	}
	return l
}

// report is the request submitOfflineGameReport of one player (spec: blaze 4.10).
type report struct {
	TypeID                 uint64
	Player                 uint64
	Country, Challenge, N7 uint64
	ReportID               uint64
	ReportType             string
}

func encodeReport(e *tdf.Encoder, r report) {
	e.Uint("FNSH", 0)
	e.VariableAbsent("PRVT")
	e.Group("RPRT", func() {
		e.Variable("GAME", r.TypeID, "GAME", func() {
			e.Group("GAME", nil)
			e.Map("PLYR", tdf.TypeVarint, tdf.TypeGroup, 1, func(int) {
				e.ElemUint(r.Player)
				e.ElemGroup(func() {
					e.Uint("CTRY", r.Country)
					e.Uint("NCHP", r.Challenge)
					e.Uint("NRAT", r.N7)
				})
			})
		})
		e.Uint("GRID", r.ReportID)
		e.Str("GTYP", r.ReportType)
	})
}

func decodeReport(g tdf.Group) report {
	rprt := g.Group("RPRT")
	v, _ := rprt.Get("GAME")
	id, content, _ := v.Variable()
	r := report{TypeID: id, ReportID: rprt.Uint("GRID"), ReportType: rprt.Str("GTYP")}
	for k, v := range content.Group().Map("PLYR").All() {
		p := v.Group()
		r.Player, r.Country, r.Challenge, r.N7 = k.Uint(), p.Uint("CTRY"), p.Uint("NCHP"), p.Uint("NRAT")
	}
	return r
}

// serverRequest is ServerInstanceRequest as the game sends it, with what comes
// before and after the union FPID, which is unset (spec: client 3.3).
type serverRequest struct{ Before, After []any }

var theServerRequest = serverRequest{
	[]any{
		"BSDK", "3.15.6.0", "BTIM", "Dec 21 2012 12:47:10", "CLNT", "MassEffect3-pc", "CLTP", 0, "CSKU", "134845",
		"CVER", "05427.124", "DSDK", "8.14.7.1", "ENV", "prod",
	},
	[]any{"LOC", 0x656e4e5a, "NAME", "masseffect-3-pc", "PLAT", "Windows", "PROF", "standardSecure_v3"},
}

func encodeServerRequest(e *tdf.Encoder, r serverRequest) {
	encodeShort(e, r.Before)
	e.UnionUnset("FPID")
	encodeShort(e, r.After)
}

func decodeServerRequest(g tdf.Group) serverRequest {
	if _, _, ok := g.Union("FPID"); ok || !g.Has("FPID") {
		return serverRequest{}
	}
	return serverRequest{decodeShort(g, theServerRequest.Before), decodeShort(g, theServerRequest.After)}
}

// instance is the redirector's answer (spec: client 3.3, blaze 4.2.1).
type instance struct {
	Address endpoint
	Secure  bool
	XDNS    uint64
}

func encodeInstance(e *tdf.Encoder, i instance) {
	e.Union("ADDR", 0, func() { i.Address.encode(e) })
	e.Bool("SECU", i.Secure)
	e.Uint("XDNS", i.XDNS)
}

func decodeInstance(g tdf.Group) instance {
	_, member, _ := g.Union("ADDR")
	return instance{decodeEndpoint(member), g.Bool("SECU"), g.Uint("XDNS")}
}

var otherVectors = []vector{
	of("a09_message", notification(blaze.Messaging, blaze.NotifyMessage),
		message{1, "Hi\n", []tdf.Pair{{Key: "B0000", Value: "160"}}, userOne, userOne}, encodeMessage, decodeMessage),
	of("a16_filtered_leaderboard_response", reply(blaze.Stats, blaze.StatsGetFilteredLeaderboard, 27),
		[]row{{"Test", 1, 1, "46", []string{"46"}}}, encodeRows, decodeRows),
	of("a17_association_lists_response", reply(blaze.AssociationLists, blaze.AssociationGetLists, 33),
		lists{
			Object: tdf.ObjectID{ObjectType: tdf.ObjectType{Component: 0x19, Type: 1}, ID: 0x74b09c4},
			Flags:  4, Name: "friendList", Type: 1, MaxSize: 200,
		}, encodeLists, decodeLists),
	of("a18_offline_game_report_request", request(blaze.GameReporting, blaze.ReportingSubmitOfflineGameReport, 133),
		report{TypeID: 1, Player: 1, Country: 0x4155, Challenge: 10, N7: 20, ReportType: "massEffectReport"},
		encodeReport, decodeReport),
	of("a19_game_report_result", notification(blaze.GameReporting, blaze.NotifyReportResult), true,
		func(e *tdf.Encoder, _ bool) {
			e.VariableAbsent("DATA")
			e.Int("EROR", 0)
			e.Bool("FNL", false)
			e.Uint("GHID", 0)
			e.Uint("GRID", 0)
		},
		func(g tdf.Group) bool {
			return g.Has("DATA") && g.Int("EROR") == 0 && !g.Bool("FNL") && g.Has("GHID") && g.Has("GRID")
		}),
	of("c33_server_instance_request", request(blaze.Redirector, blaze.RedirectorGetServerInstance, 0),
		theServerRequest, encodeServerRequest, decodeServerRequest),
	of("c33_server_instance_response", reply(blaze.Redirector, blaze.RedirectorGetServerInstance, 0),
		instance{Address: proxyEnd}, encodeInstance, decodeInstance),
}
