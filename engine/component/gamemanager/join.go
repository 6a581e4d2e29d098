package gamemanager

import (
	"context"
	"time"

	"github.com/charonrelay/charon/blaze"
	"github.com/charonrelay/charon/blaze/tdf"
	"github.com/charonrelay/charon/engine/game"
	"github.com/charonrelay/charon/engine/matchmaking"
	"github.com/charonrelay/charon/engine/presence"
	"github.com/charonrelay/charon/engine/session"
)

// createGame makes the user the host of a new game; one he was in, he leaves
// (spec: blaze 4.6.2).
func (c *Component) createGame(_ context.Context, u *presence.User, req *session.Request) (session.Reply, error) {
	attrs, err := game.DecodeAttributes(req.Body.Map("ATTR"))
	if err != nil {
		return nil, refusal(err)
	}
	c.Depart(u)
	g, err := c.cfg.Games.Create(u, game.Setup{
		Attributes: attrs,
		Settings:   game.Settings(req.Body.Uint("GSET")),
		Version:    req.Body.Str("VSTR"),
	})
	if err != nil {
		return nil, refusal(err)
	}
	c.cfg.Matchmaking.Examine(g)
	return func(e *tdf.Encoder) { e.Uint("GID", uint64(g.ID)) }, nil
}

// joinGame joins the game of a player or, if none is named, a game
// (spec: blaze 4.6.6).
func (c *Component) joinGame(_ context.Context, u *presence.User, req *session.Request) (session.Reply, error) {
	g, err := c.invited(req)
	if err != nil {
		return nil, err
	}
	if u.Game() == g.ID {
		return nil, session.Fail(blaze.CodeGameAlreadyMember)
	}
	if !g.View().Joinable() { // before he leaves what he has
		return nil, session.Fail(blaze.CodeGameFull)
	}
	c.Depart(u)
	if err := g.Join(u, game.Entry{}); err != nil {
		return nil, refusal(err)
	}
	return func(e *tdf.Encoder) {
		e.Uint("GID", uint64(g.ID))
		e.Uint("JGS", 0)
	}, nil
}

func (c *Component) invited(req *session.Request) (*game.Game, error) {
	id := uint32(req.Body.Group("USER").Uint("ID"))
	if id == 0 {
		return c.find(req)
	}
	host := c.cfg.Users.Find(id)
	if host == nil {
		return nil, session.Fail(blaze.CodeGameJoinPlayerFailed)
	}
	if g := c.cfg.Games.Find(host.Game()); g != nil {
		return g, nil
	}
	return nil, session.Fail(blaze.CodeGameInvalidGameID)
}

// startMatchmaking answers with the session id; what is found follows as
// notifications (spec: blaze 4.6.10).
func (c *Component) startMatchmaking(_ context.Context, u *presence.User, req *session.Request) (session.Reply, error) {
	c.Depart(u)
	id := c.cfg.Matchmaking.Start(u, matchmaking.DecodeCriteria(req.Body.Group("CRIT")),
		time.Duration(uint32(req.Body.Uint("DUR")))*time.Millisecond)
	return func(e *tdf.Encoder) { e.Uint("MSID", uint64(id)) }, nil
}

// cancelMatchmaking also gives up a game that was found in the meantime
// (spec: blaze 4.6.10).
func (c *Component) cancelMatchmaking(_ context.Context, u *presence.User, _ *session.Request) (session.Reply, error) {
	c.Depart(u)
	return nil, nil
}

// maxGameData bounds how many games one request may ask for; the game asks for one.
const maxGameData = 16

// getGameData is getGameDataFromId (spec: blaze 4.6.14).
func (c *Component) getGameData(_ context.Context, _ *presence.User, req *session.Request) (session.Reply, error) {
	ids := req.Body.List("GLST")
	if ids.Len() == 0 || ids.Len() > maxGameData {
		return nil, session.Fail(blaze.CodeSystem)
	}
	var found [][]byte
	for id := range ids.All() {
		g := c.cfg.Games.Find(uint32(id.Uint()))
		if g == nil {
			return nil, session.Fail(blaze.CodeGameInvalidGameID)
		}
		d, err := g.Data()
		if err != nil {
			return nil, refusal(err)
		}
		found = append(found, d)
	}
	return func(e *tdf.Encoder) {
		e.List("GDAT", tdf.TypeGroup, len(found), func(i int) { e.ElemGroup(func() { e.Raw(found[i]) }) })
	}, nil
}
