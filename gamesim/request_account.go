package gamesim

import (
	"github.com/charonrelay/charon/blaze"
	"github.com/charonrelay/charon/blaze/tdf"
)

// Kinds of tokens in logins (spec: blaze 5.1, TokenType).
const (
	tokenNone    = 0
	tokenPCLogin = 2
)

// Country and language that the game sends about a new player.
const (
	country  = "NZ"
	language = "en"
)

// LoginPassword logs in with e-mail and password (spec: blaze 4.3.1).
func LoginPassword(email, password string) Request {
	return NewRequest(blaze.Authentication, blaze.AuthLogin, func(e *tdf.Encoder) {
		e.Uint("DVID", 0)
		e.Str("MAIL", email)
		e.Str("PASS", password)
		e.Str("TOKN", "")
		e.Uint("TYPE", tokenNone)
	})
}

// SilentLogin logs in with a stored token (spec: blaze 4.3.2).
func SilentLogin(token string, id int64) Request {
	return NewRequest(blaze.Authentication, blaze.AuthSilentLogin, func(e *tdf.Encoder) {
		e.Str("AUTH", token)
		e.Int("PID", id)
		e.Uint("TYPE", tokenPCLogin)
	})
}

// CreateAccount makes a new account; terms and privacy are the paths of the
// documents that the player has accepted (spec: blaze 4.3.4).
func CreateAccount(email, password, terms, privacy string) Request {
	return NewRequest(blaze.Authentication, blaze.AuthCreateAccount, func(e *tdf.Encoder) {
		e.Int("BDAY", 0)
		e.Int("BMON", 0)
		e.Int("BYR", 0)
		e.Str("CTRY", country)
		e.Uint("DVID", 0)
		e.Bool("GEST", false)
		e.Str("LANG", language)
		e.Str("MAIL", email)
		e.Uint("OPT1", 0)
		e.Uint("OPT3", 0)
		e.Str("PASS", password)
		e.Str("PNAM", "")
		e.Str("PRIV", privacy)
		e.Str("PRNT", "")
		e.Group("PROF", func() {
			e.Str("CITY", "")
			e.Str("CTRY", "")
			e.Uint("GNDR", 0)
			e.Str("STAT", "")
			e.Str("STRT", "")
			e.Str("ZIP", "")
		})
		e.Str("TOSV", terms)
		e.Str("TSUI", terms)
	})
}

// LoginPersona chooses the player's only persona (spec: blaze 4.3.5).
func LoginPersona(name string) Request {
	return NewRequest(blaze.Authentication, blaze.AuthLoginPersona, func(e *tdf.Encoder) { e.Str("PNAM", name) })
}

// Logout ends the login, not the connection (spec: blaze 4.3.6).
func Logout() Request { return NewRequest(blaze.Authentication, blaze.AuthLogout, nil) }

// PasswordForgot asks for help by e-mail (spec: blaze 4.3.7).
func PasswordForgot(email string) Request {
	return NewRequest(blaze.Authentication, blaze.AuthPasswordForgot, func(e *tdf.Encoder) { e.Str("MAIL", email) })
}

// ListUserEntitlements2 asks what the player owns (spec: blaze 4.3.8).
func ListUserEntitlements2() Request {
	return NewRequest(blaze.Authentication, blaze.AuthListUserEntitlements2, func(e *tdf.Encoder) {
		e.Int("BUID", 0)
		e.Uint("EPSN", 1)
		e.Uint("EPSZ", 50)
		e.Str("ETAG", "")
		e.Str("GDAY", "")
		e.StrList("GNLS", "ME3PCOffers", "ME3PCContent", "ME3GenOffers", "ME3GenContent", "ME3GenAncillary")
		e.Bool("HAUP", false)
		e.Str("PJID", "")
		e.Str("PRID", "")
		e.Bool("RECU", false)
		e.Uint("STAT", 0)
		e.Str("TERD", "")
		e.Uint("TYPE", 0)
	})
}

// GetAuthToken asks for a token for the game's HTTP services (spec: blaze 4.3.11).
func GetAuthToken() Request {
	return NewRequest(blaze.Authentication, blaze.AuthGetAuthToken, nil)
}

// GetLegalDocsInfo opens the creation of an account (spec: blaze 4.3.9).
func GetLegalDocsInfo() Request {
	return NewRequest(blaze.Authentication, blaze.AuthGetLegalDocsInfo, func(e *tdf.Encoder) {
		e.Str("CTRY", country)
		e.Str("PTFM", "pc")
	})
}

// GetTermsOfServiceContent asks for the terms (spec: blaze 4.3.10).
func GetTermsOfServiceContent() Request {
	return legalContent(blaze.AuthGetTermsOfServiceContent)
}

// GetPrivacyPolicyContent asks for the privacy policy (spec: blaze 4.3.10).
func GetPrivacyPolicyContent() Request {
	return legalContent(blaze.AuthGetPrivacyPolicyContent)
}

func legalContent(command uint16) Request {
	return NewRequest(blaze.Authentication, command, func(e *tdf.Encoder) {
		e.Str("CTRY", country)
		e.Str("LANG", language)
		e.Str("PTFM", "pc")
		e.Uint("TEXT", 1)
	})
}
