package gamesim

import (
	"cmp"
	"slices"

	"github.com/charonrelay/charon/blaze"
	"github.com/charonrelay/charon/blaze/tdf"
)

// The messages of the test server.

func (p *peer) handle(r blaze.Packet) {
	g, err := r.Fields()
	if err != nil {
		p.send(r.ReplyError(blaze.CodeSystem))
		return
	}
	answer := func(fields func(*tdf.Encoder)) { p.send(r.Reply(fields)) }
	refuse := func(code blaze.ErrorCode) { p.send(r.ReplyError(code)) }
	m := message{r.Component, r.Command}
	if p.user == nil && slices.Contains(needLogin, m) {
		refuse(blaze.CodeAuthRequired)
		return
	}
	switch m {
	case message{blaze.Util, blaze.UtilPreAuth}:
		answer(func(e *tdf.Encoder) { preAuthFields(e, cmp.Or(p.s.pingPeriod, "15s")) })
	case message{blaze.Util, blaze.UtilPing}:
		answer(func(e *tdf.Encoder) { e.Uint("STIM", 1700000000) })
	case message{blaze.Util, blaze.UtilFetchClientConfig}:
		answer(func(e *tdf.Encoder) { e.StrMap("CONF", configuration(g.Str("CFID"))) })
	case message{blaze.Authentication, blaze.AuthGetLegalDocsInfo}:
		answer(func(e *tdf.Encoder) {
			e.Uint("EAMC", 0)
			e.Str("LHST", "")
			e.Uint("PMC", 0)
			e.Str("PPUI", "")
			e.Str("TSUI", "")
		})
	case message{blaze.Authentication, blaze.AuthGetTermsOfServiceContent}, message{blaze.Authentication, blaze.AuthGetPrivacyPolicyContent}:
		answer(func(e *tdf.Encoder) {
			length := uint64(8)
			if p.s.pocketRelay {
				length = 0xdaed
			}
			e.Str("LDVC", "webterms/au/en/pc")
			e.Uint("TCOL", length)
			e.Str("TCOT", "<h1></h1"[:8])
		})
	case message{blaze.Authentication, blaze.AuthCreateAccount}:
		switch email := g.Str("MAIL"); {
		case !slices.Contains([]byte(email), '@'):
			refuse(blaze.CodeAuthInvalidEmail)
		case p.s.byEmail(email) != nil:
			refuse(blaze.CodeAuthExists)
		default:
			u := &user{id: int64(len(p.s.users) + 1), email: email, password: g.Str("PASS")}
			p.s.users = append(p.s.users, u)
			p.login(u)
			answer(p.loginResponse)
		}
	case message{blaze.Authentication, blaze.AuthLogin}:
		u := p.s.byEmail(g.Str("MAIL"))
		switch {
		case !slices.Contains([]byte(g.Str("MAIL")), '@'):
			refuse(blaze.CodeAuthInvalidEmail)
		case u == nil:
			refuse(blaze.CodeAuthInvalidUser)
		case u.password != g.Str("PASS"):
			refuse(blaze.CodeAuthInvalidPassword)
		default:
			p.login(u)
			answer(p.loginResponse)
		}
	case message{blaze.Authentication, blaze.AuthSilentLogin}:
		u := p.s.byToken(g.Str("AUTH"))
		if u == nil || u.id != g.Int("PID") && !p.s.pocketRelay {
			refuse(blaze.CodeAuthInvalidToken)
			return
		}
		p.login(u)
		answer(p.fullLogin)
	case message{blaze.UserSessions, blaze.UsersResumeSession}:
		u := p.s.byToken(g.Str("SKEY"))
		if u == nil || p.s.pocketRelay {
			refuse(blaze.CodeAuthInvalidToken)
			return
		}
		p.login(u)
		answer(p.fullLogin)
	case message{blaze.Authentication, blaze.AuthLoginPersona}:
		answer(p.session)
	case message{blaze.Authentication, blaze.AuthLogout}:
		answer(nil)
		p.logout(false)
	case message{blaze.Authentication, blaze.AuthListUserEntitlements2}:
		answer(func(e *tdf.Encoder) {
			e.List("NLST", tdf.TypeGroup, 1, func(int) { e.ElemGroup(func() { entitlementFields(e) }) })
		})
	case message{blaze.Authentication, blaze.AuthGetAuthToken}:
		answer(func(e *tdf.Encoder) { e.Str("AUTH", p.user.token()) })
	case message{blaze.Util, blaze.UtilPostAuth}:
		answer(func(e *tdf.Encoder) { postAuthFields(e, p.user.id) })
		p.selfSub = true
		p.introduce(p)
	case message{blaze.UserSessions, blaze.UsersUpdateNetworkInfo}:
		answer(nil)
		p.setNetwork(g)
		p.publish(p.subscribers())
	case message{blaze.UserSessions, blaze.UsersUpdateHardwareFlags}:
		answer(nil)
		p.hardware = g.Uint("HWFG")
		p.publish(p.subscribers())
	case message{blaze.Util, blaze.UtilUserSettingsSave}:
		kept := slices.DeleteFunc(p.user.settings, func(s tdf.Pair) bool { return s.Key == g.Str("KEY") })
		p.user.settings = append(kept, tdf.Pair{Key: g.Str("KEY"), Value: g.Str("DATA")})
		tdf.SortPairs(p.user.settings)
		answer(nil)
	case message{blaze.Util, blaze.UtilUserSettingsLoadAll}:
		answer(func(e *tdf.Encoder) { e.StrMap("SMAP", p.user.settings) })
	case message{blaze.Util, blaze.UtilSuspendUserPing}:
		switch t := g.Int("TVAL"); {
		case t < 90_000_000:
			refuse(blaze.CodeUtilSuspendTooShort)
		case t > 90_000_000:
			refuse(blaze.CodeUtilSuspendTooLong)
		default:
			refuse(blaze.CodeUtilPingSuspended)
		}
	case message{blaze.Messaging, blaze.MessagingFetchMessages}:
		answer(func(e *tdf.Encoder) { e.Uint("MCNT", 1) })
		p.notify(blaze.Messaging, blaze.NotifyMessage, p.message)
	case message{blaze.AssociationLists, blaze.AssociationGetLists}:
		answer(listFields)
	case message{blaze.UserSessions, blaze.UsersLookupUser}:
		of := p.s.find(g.Int("ID"))
		if of == nil {
			refuse(blaze.CodeUsersLookupNotFound)
			return
		}
		answer(func(e *tdf.Encoder) {
			e.Group("EDAT", func() { of.extendedData(e) })
			e.Uint("FLGS", 2)
			e.Group("USER", func() { of.identification(e) })
		})
	case message{blaze.GameReporting, blaze.ReportingSubmitOfflineGameReport}:
		answer(nil)
		p.notify(blaze.GameReporting, blaze.NotifyReportResult, func(e *tdf.Encoder) {
			e.VariableAbsent("DATA")
			e.Int("EROR", 0)
			e.Bool("FNL", false)
			e.Uint("GHID", 0)
			e.Uint("GRID", 0)
		})
	default:
		if r.Component != blaze.GameManager || !p.handleGame(r, g) {
			answer(nil)
		}
	}
}

var needLogin = []message{
	{blaze.Authentication, blaze.AuthLoginPersona}, {blaze.Authentication, blaze.AuthGetAuthToken},
	{blaze.Util, blaze.UtilPostAuth}, {blaze.Util, blaze.UtilUserSettingsSave}, {blaze.Util, blaze.UtilUserSettingsLoadAll},
	{blaze.Messaging, blaze.MessagingFetchMessages}, {blaze.GameReporting, blaze.ReportingSubmitOfflineGameReport},
	{blaze.GameManager, blaze.GameCreateGame}, {blaze.GameManager, blaze.GameJoinGame},
	{blaze.GameManager, blaze.GameStartMatchmaking}, {blaze.GameManager, blaze.GameCancelMatchmaking},
	{blaze.GameManager, blaze.GameSetGameAttributes}, {blaze.GameManager, blaze.GameUpdateMeshConnection},
	{blaze.GameManager, blaze.GameAddAdminPlayer},
}

func (p *peer) setNetwork(g tdf.Group) {
	_, pair, _ := g.Union("ADDR")
	x, i := pair.Group("EXIP"), pair.Group("INIP")
	p.pair = &[4]uint64{x.Uint("IP"), x.Uint("PORT"), i.Uint("IP"), i.Uint("PORT")}
	if p.pair[0] == 0 {
		p.pair[0], p.pair[1] = 0x7f000001, p.pair[3]
	}
	q := g.Group("NQOS")
	p.quality = [3]uint64{q.Uint("DBPS"), q.Uint("NATT"), q.Uint("UBPS")}
	p.latency = nil
	for _, ms := range g.Map("NLMP").All() {
		p.latency = append(p.latency, ms.Uint())
	}
}

func (p *peer) address(e *tdf.Encoder, label string) {
	if p.pair == nil {
		e.UnionUnset(label)
		return
	}
	e.Union(label, addressPair, func() { p.pairFields(e) })
}

func (p *peer) pairFields(e *tdf.Encoder) {
	e.Group("EXIP", func() {
		e.Uint("IP", p.pair[0])
		e.Uint("PORT", p.pair[1])
	})
	e.Group("INIP", func() {
		e.Uint("IP", p.pair[2])
		e.Uint("PORT", p.pair[3])
	})
}

func (p *peer) qualityFields(e *tdf.Encoder) {
	e.Uint("DBPS", p.quality[0])
	e.Uint("NATT", p.quality[1])
	e.Uint("UBPS", p.quality[2])
}

func (p *peer) extendedData(e *tdf.Encoder) {
	p.address(e, "ADDR")
	e.Str("BPS", bestPingSite)
	e.Str("CTY", "")
	e.VariableAbsent("CVAR")
	e.Map("DMAP", tdf.TypeVarint, tdf.TypeVarint, 1, func(int) {
		e.ElemUint(0x70001)
		e.ElemUint(100)
	})
	e.Uint("HWFG", p.hardware)
	if len(p.latency) > 0 || p.s.pocketRelay {
		e.UintList("PSLM", p.latency...)
	}
	e.Group("QDAT", func() { p.qualityFields(e) })
	e.Uint("UATT", 0)
	if p.game != nil {
		e.List("ULST", tdf.TypeObjectID, 1, func(int) {
			e.ElemObjectID(tdf.ObjectID{ObjectType: gameObject, ID: p.game.id})
		})
	}
}

func (p *peer) identification(e *tdf.Encoder) {
	e.Int("AID", p.user.id)
	e.Uint("ALOC", localeNumber("deDE"))
	e.Blob("EXBB", nil)
	e.Uint("EXID", 0)
	e.Int("ID", p.user.id)
	e.Str("NAME", p.user.name())
}

func (p *peer) persona(e *tdf.Encoder) {
	e.Str("DSNM", p.user.name())
	e.Uint("LAST", 0)
	e.Int("PID", p.user.id)
	e.Uint("STAS", 2)
	e.Uint("XREF", 0)
	e.Uint("XTYP", 0)
}

func (p *peer) session(e *tdf.Encoder) {
	e.Int("BUID", p.user.id)
	e.Bool("FRST", false)
	e.Str("KEY", p.user.token())
	e.Int("LLOG", 0)
	e.Str("MAIL", p.user.email)
	e.Group("PDTL", func() { p.persona(e) })
	e.Int("UID", p.user.id)
}

func (p *peer) loginResponse(e *tdf.Encoder) {
	e.Str("LDHT", "")
	e.Bool("NTOS", false)
	e.Str("PCTK", p.user.token())
	e.List("PLST", tdf.TypeGroup, 1, func(int) { e.ElemGroup(func() { p.persona(e) }) })
	e.Str("PRIV", "")
	e.Str("SKEY", p.user.token())
	e.Bool("SPAM", false)
	e.Str("THST", "")
	e.Str("TSUI", "")
	e.Str("TURI", "")
	e.Int("UID", p.user.id)
}

func (p *peer) fullLogin(e *tdf.Encoder) {
	e.Bool("AGUP", false)
	e.Str("LDHT", "")
	e.Bool("NTOS", false)
	e.Str("PCTK", p.user.token())
	e.Str("PRIV", "")
	e.Group("SESS", func() { p.session(e) })
	e.Bool("SPAM", false)
	e.Str("THST", "")
	e.Str("TSUI", "")
	e.Str("TURI", "")
}

func (p *peer) message(e *tdf.Encoder) {
	me := tdf.ObjectID{ObjectType: userObject, ID: uint64(p.user.id)}
	e.Uint("FLAG", 1)
	e.Uint("MGID", 1)
	e.Str("NAME", "Hi\n")
	e.Group("PYLD", func() {
		e.StrMap("ATTR", []tdf.Pair{{Key: "B0000", Value: "160"}})
		e.Uint("FLAG", 1)
		e.Uint("STAT", 0)
		e.Uint("TAG", 0)
		e.ObjectID("TARG", me)
		e.Uint("TYPE", 0)
	})
	e.ObjectID("SRCE", me)
	e.Uint("TIME", 0)
}

func preAuthFields(e *tdf.Encoder, pingPeriod string) {
	site := func() {
		e.Str("PSA", "127.0.0.1")
		e.Uint("PSP", 42131)
		e.Str("SNA", "prod-sjc")
	}
	e.Bool("ANON", false)
	e.Str("ASRC", "303107")
	e.UintList("CIDS", serverComponents...)
	e.Str("CNGN", "")
	e.Group("CONF", func() {
		e.StrMap("CONF", []tdf.Pair{
			{Key: "pingPeriod", Value: pingPeriod},
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
		e.Group("BWPS", site)
		e.Uint("LNP", 1)
		e.Map("LTPS", tdf.TypeString, tdf.TypeGroup, 1, func(int) {
			e.ElemStr(bestPingSite)
			e.ElemGroup(site)
		})
		e.Uint("SVID", 0x45410805)
	})
	e.Str("RSRC", "303107")
	e.Str("SVER", "Blaze 3.15.08.0 (CL# 1905397)\n")
}

func postAuthFields(e *tdf.Encoder, id int64) {
	e.Group("PSS", func() {
		e.Str("ADRS", "playersyncservice.ea.com")
		e.Blob("CSIG", nil)
		e.Str("PJID", "303107")
		e.Uint("PORT", 443)
		e.Uint("RPRT", 15)
		e.Uint("TIID", 0)
	})
	e.Group("TELE", func() {
		e.Str("ADRS", "127.0.0.1")
		e.Bool("ANON", false)
		e.Str("DISA", "**")
		e.Str("FILT", "-UION/****")
		e.Uint("LOC", localeNumber("enNZ"))
		e.Str("NOOK", "US,CA,MX")
		e.Uint("PORT", 42129)
		e.Uint("SDLY", 15000)
		e.Str("SESS", "pcwdjtOCVpD")
		e.Str("SKEY", "key")
		e.Uint("SPCT", 75)
		e.Str("STIM", "")
	})
	e.Group("TICK", func() {
		e.Str("ADRS", "127.0.0.1")
		e.Uint("PORT", 8999)
		e.Str("SKEY", "1,10.23.15.2:8999,masseffect-3-pc,10,50,50,50,50,0,12")
	})
	e.Group("UROP", func() {
		e.Uint("TMOP", 1)
		e.Int("UID", id)
	})
}

func entitlementFields(e *tdf.Encoder) {
	e.Str("DEVI", "")
	e.Str("GDAY", "2012-12-15T16:15Z")
	e.Str("GNAM", "ME3PCOffers")
	e.Uint("ID", 1015819446559)
	e.Bool("ISCO", false)
	e.Int("PID", 0)
	e.Str("PJID", "300241")
	e.Uint("PRCA", 2)
	e.Str("PRID", "OFB-MASS:44370")
	e.Uint("STAT", 1)
	e.Uint("STRC", 0)
	e.Str("TAG", "ONLINE_ACCESS")
	e.Str("TDAY", "")
	e.Uint("TYPE", 1)
	e.Uint("UCNT", 0)
	e.Uint("VER", 0)
}

func listFields(e *tdf.Encoder) {
	e.List("LMAP", tdf.TypeGroup, 1, func(int) {
		e.ElemGroup(func() {
			e.Group("INFO", func() {
				e.ObjectID("BOID", tdf.ObjectID{ObjectType: listObject, ID: 0x74B09C4})
				e.Uint("FLGS", 4)
				e.Group("LID", func() {
					e.Str("LNM", "friendList")
					e.Uint("TYPE", 1)
				})
				e.Uint("LMS", 200)
				e.Uint("PRID", 0)
			})
			e.Uint("OFRC", 0)
			e.Uint("TOCT", 0)
		})
	})
}

// configuration returns the entries of a client configuration.
func configuration(name string) []tdf.Pair {
	switch name {
	case "ME3_DATA":
		var ps []tdf.Pair
		for _, key := range dataKeys {
			ps = append(ps, tdf.Pair{Key: key, Value: "http://127.0.0.1/"})
		}
		tdf.SortPairs(ps)
		return ps
	case "ME3_BINI_VERSION":
		return []tdf.Pair{{Key: "SECTION", Value: "BINI_PC_COMPRESSED"}, {Key: "VERSION", Value: "40128"}}
	case "ME3_BINI_PC_COMPRESSED":
		return []tdf.Pair{{Key: "CHUNK_0", Value: "AQIDBA=="}, {Key: "CHUNK_SIZE", Value: "255"}, {Key: "DATA_SIZE", Value: "8"}}
	}
	return nil
}
