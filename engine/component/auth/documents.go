package auth

import (
	"context"

	"github.com/charonrelay/charon/blaze"
	"github.com/charonrelay/charon/blaze/tdf"
	"github.com/charonrelay/charon/engine/account"
	"github.com/charonrelay/charon/engine/content"
	"github.com/charonrelay/charon/engine/session"
)

// grantDate is when all entitlements were granted (spec: blaze appendix B).
const grantDate = "2012-12-15T16:15Z"

const entitlementActive = 1

// listUserEntitlements answers everything in one page, and nothing to a search
// for a particular tag (spec: blaze 4.3.8).
func (c *Component) listUserEntitlements(_ context.Context, _ *session.Session, req *session.Request) (session.Reply, error) {
	if req.Body.Str("ETAG") != "" {
		return nil, nil
	}
	list := content.Entitlements()
	return func(e *tdf.Encoder) {
		e.List("NLST", tdf.TypeGroup, len(list), func(i int) {
			e.ElemGroup(func() { encodeEntitlement(e, list[i]) })
		})
	}, nil
}

func encodeEntitlement(e *tdf.Encoder, t content.Entitlement) {
	e.Str("DEVI", "")
	e.Str("GDAY", grantDate)
	e.Str("GNAM", t.Group)
	e.Uint("ID", t.ID)
	e.Bool("ISCO", false)
	e.Int("PID", 0)
	e.Str("PJID", t.Project)
	e.Uint("PRCA", uint64(t.Catalog))
	e.Str("PRID", t.Product)
	e.Uint("STAT", entitlementActive)
	e.Uint("STRC", 0)
	e.Str("TAG", t.Tag)
	e.Str("TDAY", "")
	e.Uint("TYPE", uint64(t.Kind))
	e.Uint("UCNT", 0)
	e.Uint("VER", 0)
}

// getLegalDocsInfo is spec: blaze 4.3.9.
func (c *Component) getLegalDocsInfo(context.Context, *session.Session, *session.Request) (session.Reply, error) {
	return func(e *tdf.Encoder) {
		e.Uint("EAMC", 0)
		e.Str("LHST", "")
		e.Uint("PMC", 0)
		e.Str("PPUI", "")
		e.Str("TSUI", "")
	}, nil
}

// getDocument is spec: blaze 4.3.10. The length is that of the text.
func (c *Component) getDocument(document func() content.Document) session.Handler {
	return func(context.Context, *session.Session, *session.Request) (session.Reply, error) {
		d := document()
		return func(e *tdf.Encoder) {
			e.Str("LDVC", d.Path)
			e.Uint("TCOL", uint64(len(d.Text)))
			e.Str("TCOT", d.Text)
		}, nil
	}
}

// passwordCharacters are what the game lets people type (spec: blaze 4.3.12).
const passwordCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789" +
	"!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"

func (c *Component) getPasswordRules(context.Context, *session.Session, *session.Request) (session.Reply, error) {
	return func(e *tdf.Encoder) {
		e.Uint("MAXS", 64)
		e.Uint("MINS", account.MinPassword)
		e.Str("VDCH", passwordCharacters)
	}, nil
}

// passwordForgot has an empty answer whether the address is known or not.
func (c *Component) passwordForgot(_ context.Context, s *session.Session, _ *session.Request) (session.Reply, error) {
	s.Log().Info("player asks for a forgotten password")
	return nil, nil
}

// getAuthToken hands out a fresh token for the game's HTTP requests
// (spec: blaze 4.3.11).
func (c *Component) getAuthToken(_ context.Context, s *session.Session, _ *session.Request) (session.Reply, error) {
	l := s.Login()
	if l == nil {
		return nil, session.Fail(blaze.CodeAuthRequired)
	}
	token := c.cfg.Accounts.IssueToken(l.Account)
	return func(e *tdf.Encoder) { e.Str("AUTH", token) }, nil
}
