package blaze_test

import (
	"github.com/charonrelay/charon/blaze"
	"github.com/charonrelay/charon/blaze/tdf"
)

// login is LoginResponse (Session zero) or FullLoginResponse (spec: blaze 4.3.1, 4.3.2).
type login struct {
	Token     string
	Personas  []persona
	Session   *session
	Key       string
	AccountID int64
}

func encodeLogin(e *tdf.Encoder, l login) {
	if l.Session != nil {
		e.Bool("AGUP", false)
	}
	e.Str("LDHT", "")
	e.Bool("NTOS", false)
	e.Str("PCTK", l.Token)
	if l.Session == nil {
		e.List("PLST", tdf.TypeGroup, len(l.Personas), func(i int) { e.ElemGroup(func() { l.Personas[i].encode(e) }) })
	}
	e.Str("PRIV", "")
	if l.Session != nil {
		e.Group("SESS", func() { l.Session.encode(e) })
	} else {
		e.Str("SKEY", l.Key)
	}
	e.Bool("SPAM", false)
	e.Str("THST", "")
	e.Str("TSUI", "")
	e.Str("TURI", "")
	if l.Session == nil {
		e.Int("UID", l.AccountID)
	}
}

func decodeLogin(g tdf.Group) login {
	l := login{Token: g.Str("PCTK"), Key: g.Str("SKEY"), AccountID: g.Int("UID")}
	for _, p := range groups(g.List("PLST")) {
		l.Personas = append(l.Personas, decodePersona(p))
	}
	if g.Has("SESS") {
		s := decodeSession(g.Group("SESS"))
		l.Session = &s
	}
	return l
}

var authVectors = []vector{
	of("a01_silent_login_response", reply(blaze.Authentication, blaze.AuthSilentLogin, 4),
		login{Token: "TOK", Session: &testSession}, encodeLogin, decodeLogin),
	of("a02_login_response", reply(blaze.Authentication, blaze.AuthLogin, 4),
		login{Token: "TOK", Personas: []persona{testPersona}, Key: "1", AccountID: 1}, encodeLogin, decodeLogin),
	of("a03_login_persona_response", reply(blaze.Authentication, blaze.AuthLoginPersona, 14),
		testSession, func(e *tdf.Encoder, s session) { s.encode(e) }, decodeSession),
}
