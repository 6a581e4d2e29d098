package auth

import (
	"github.com/charonrelay/charon/blaze/tdf"
	"github.com/charonrelay/charon/engine/session"
)

// loginResponse is LoginResponse (spec: blaze 4.3.1).
func loginResponse(l *session.Login) session.Reply {
	return func(e *tdf.Encoder) {
		e.Str("LDHT", "")
		e.Bool("NTOS", false)
		e.Str("PCTK", l.Token)
		e.List("PLST", tdf.TypeGroup, 1, func(int) {
			e.ElemGroup(func() { encodePersona(e, l) })
		})
		e.Str("PRIV", "")
		e.Str("SKEY", l.Token)
		e.Bool("SPAM", false)
		e.Str("THST", "")
		e.Str("TSUI", "")
		e.Str("TURI", "")
		e.Uint("UID", uint64(l.User.ID))
	}
}

// fullLoginResponse is FullLoginResponse (spec: blaze 4.3.2).
func fullLoginResponse(l *session.Login) session.Reply {
	return func(e *tdf.Encoder) {
		e.Bool("AGUP", false)
		e.Str("LDHT", "")
		e.Bool("NTOS", false)
		e.Str("PCTK", l.Token)
		e.Str("PRIV", "")
		e.Group("SESS", func() { sessionInfo(l)(e) })
		e.Bool("SPAM", false)
		e.Str("THST", "")
		e.Str("TSUI", "")
		e.Str("TURI", "")
	}
}

// sessionInfo writes SessionInfo (spec: blaze 4.1).
func sessionInfo(l *session.Login) session.Reply {
	return func(e *tdf.Encoder) {
		id := uint64(l.User.ID)
		e.Uint("BUID", id)
		e.Bool("FRST", false)
		e.Str("KEY", l.Token)
		e.Int("LLOG", 0)
		e.Str("MAIL", l.Account.Email)
		e.Group("PDTL", func() { encodePersona(e, l) })
		e.Uint("UID", id)
	}
}

// encodePersona writes PersonaDetails (spec: blaze 4.1).
func encodePersona(e *tdf.Encoder, l *session.Login) {
	e.Str("DSNM", l.User.Name)
	e.Uint("LAST", 0)
	e.Uint("PID", uint64(l.User.ID))
	e.Uint("STAS", 0)
	e.Uint("XREF", 0)
	e.Uint("XTYP", 0)
}
