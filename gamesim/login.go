package gamesim

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/charonrelay/charon/blaze"
	"github.com/charonrelay/charon/blaze/tdf"
)

// maxToken is how much of a token the game seems to keep, in bytes (spec:
// blaze 4.3, 4.5.1).
const maxToken = 127

// errNoAccount says that there is nothing to log in with.
var errNoAccount = errors.New("the game has neither a stored token nor an e-mail address to log in with")

// Login logs in as the game does at its start: with the stored token, and if
// the server refuses that, after a logout with e-mail and password (spec: blaze
// 8.3 a, c).
func (c *Client) Login(ctx context.Context) error {
	if c.me.Token != "" {
		err := c.LoginToken(ctx)
		if err == nil || !tokenRefused(err) || c.me.Email == "" {
			return err
		}
		if err := c.Logout(ctx); err != nil {
			return err
		}
	}
	if c.me.Email == "" {
		return &Failure{Client: c.cfg.Name, Step: "login", Err: errNoAccount}
	}
	return c.LoginPassword(ctx)
}

// tokenRefused reports whether err is the refusal of a token.
func tokenRefused(err error) bool {
	var refused *RefusedError
	return errors.As(err, &refused) &&
		(refused.Code == blaze.CodeAuthInvalidToken || refused.Code == blaze.CodeAuthExpiredToken)
}

// resumeRefused reports whether err is one of the refusals of a session key.
func resumeRefused(err error) bool {
	const notFound = 0x16
	var refused *RefusedError
	return tokenRefused(err) || errors.As(err, &refused) && refused.Code == notFound
}

// LoginToken logs in with the stored token (spec: blaze 8.3 a).
func (c *Client) LoginToken(ctx context.Context) error {
	return c.Do(ctx, "silentLogin", SilentLogin(c.me.Token, c.me.ID), c.fullLogin(c.me.Token))
}

// Resume takes up the session of an earlier connection by its key (spec: blaze
// 4.5.1, 8.7). The answer may be empty. Whether the server still has what the
// game reported is its own choice.
func (c *Client) Resume(ctx context.Context) error {
	c.told = announced{unsure, unsure}
	return c.Do(ctx, "resumeSession", ResumeSession(c.me.SessionKey), Answer(Holds("SESS", "is the session of the player or missing", func(v tdf.Value) string {
		if v.Raw() != nil && v.Group().Int("BUID") != c.me.ID {
			return fmt.Sprintf("belongs to player %d, not %d", v.Group().Int("BUID"), c.me.ID)
		}
		return ""
	})))
}

// fullLogin expects a FullLoginResponse and takes the account over from it.
func (c *Client) fullLogin(token string) Want {
	return Answer(append(c.session("SESS."), isSecret("PCTK", token, "the token that was presented"), Is("NTOS", 0))...)
}

// session checks a SessionInfo at the path prefix and takes it over.
func (c *Client) session(prefix string) []Check {
	checks := []Check{filled(prefix+"KEY", maxToken), filled(prefix+"PDTL.DSNM", 255)}
	if c.me.ID != 0 {
		checks = append(checks, Is(prefix+"BUID", c.me.ID), Is(prefix+"PDTL.PID", c.me.ID), Is(prefix+"UID", c.me.ID))
	}
	if c.me.Email != "" {
		checks = append(checks, Holds(prefix+"MAIL", "is the e-mail address of the account", func(v tdf.Value) string {
			if !strings.EqualFold(v.Str(), c.me.Email) {
				return "is another one than that of the account"
			}
			return ""
		}))
	}
	return append(checks,
		Keep(prefix+"KEY", func(v tdf.Value) { c.me.SessionKey = v.Str() }),
		Keep(prefix+"BUID", func(v tdf.Value) { c.me.ID = v.Int() }),
		Keep(prefix+"PDTL.DSNM", func(v tdf.Value) { c.me.Name = v.Str() }),
	)
}

// LoginPassword logs in with e-mail and password (spec: blaze 8.3 c).
func (c *Client) LoginPassword(ctx context.Context) error {
	c.forget()
	if err := c.Do(ctx, "login", LoginPassword(c.me.Email, c.me.Password), c.shortLogin()); err != nil {
		return err
	}
	return c.loginPersona(ctx)
}

// CreateAccount creates the account of the Config and logs in with it (spec:
// blaze 8.3 d).
func (c *Client) CreateAccount(ctx context.Context) error {
	c.forget()
	var terms, privacy string
	if err := c.Do(ctx, "getLegalDocsInfo", GetLegalDocsInfo(), Answer()); err != nil {
		return err
	}
	if err := c.Do(ctx, "getTermsOfServiceContent", GetTermsOfServiceContent(), c.document(&terms)); err != nil {
		return err
	}
	if err := c.Do(ctx, "getPrivacyPolicyContent", GetPrivacyPolicyContent(), c.document(&privacy)); err != nil {
		return err
	}
	if err := c.Do(ctx, "createAccount", CreateAccount(c.me.Email, c.me.Password, terms, privacy), c.shortLogin()); err != nil {
		return err
	}
	return c.loginPersona(ctx)
}

// document expects a legal document and keeps its path. The length must be that
// of the text; Pocket Relay servers send a constant (spec: blaze 4.3.10).
func (c *Client) document(path *string) Want {
	var length uint64
	return Answer(
		filled("LDVC", 255),
		Keep("TCOL", func(v tdf.Value) { length = v.Uint() }),
		Holds("TCOT", "has TCOL bytes", func(v tdf.Value) string {
			if n := uint64(len(v.StrBytes())); n != length && !c.cfg.Lenient {
				return fmt.Sprintf("has %d bytes, but TCOL says %d", n, length)
			}
			return ""
		}),
		Keep("LDVC", func(v tdf.Value) { *path = v.Str() }),
	)
}

// forget drops what an earlier login has left.
func (c *Client) forget() {
	c.me.ID, c.me.Name, c.me.Token, c.me.SessionKey = 0, "", "", ""
}

// shortLogin expects a LoginResponse and takes the account over from it.
func (c *Client) shortLogin() Want {
	return Answer(
		Is("NTOS", 0),
		filled("PCTK", maxToken),
		filled("SKEY", maxToken),
		Len("PLST", 1),
		filled("PLST[0].DSNM", 255),
		Keep("PCTK", func(v tdf.Value) { c.me.Token = v.Str() }),
		Keep("SKEY", func(v tdf.Value) { c.me.SessionKey = v.Str() }),
		Keep("UID", func(v tdf.Value) { c.me.ID = v.Int() }),
		Holds("PLST[0].PID", "is the id of the account", func(v tdf.Value) string {
			if v.Int() != c.me.ID || c.me.ID == 0 {
				return fmt.Sprintf("is %d, but UID is %d", v.Int(), c.me.ID)
			}
			return ""
		}),
		Keep("PLST[0].DSNM", func(v tdf.Value) { c.me.Name = v.Str() }),
	)
}

func (c *Client) loginPersona(ctx context.Context) error {
	checks := append(c.session(""), Is("PDTL.DSNM", c.me.Name))
	return c.Do(ctx, "loginPersona", LoginPersona(c.me.Name), Answer(checks...))
}

// Logout ends the login and keeps the connection; the player must not be in a
// game (spec: blaze 4.3.6).
func (c *Client) Logout(ctx context.Context) error {
	wants := []Want{Answer()}
	if c.selfSub {
		wants = append(wants, userRemoved(c))
	}
	if err := c.Do(ctx, "logout", Logout(), wants...); err != nil {
		return err
	}
	c.loggedOut()
	return nil
}

// loggedOut notes that the server has taken the login away. Whether it keeps
// the network data for the next one is its own choice.
func (c *Client) loggedOut() {
	c.selfSub = false
	c.told.doubt()
}

// doubt turns knowledge into a guess.
func (a *announced) doubt() {
	if a.network == known {
		a.network = unsure
	}
	if a.hardware == known {
		a.hardware = unsure
	}
}
