// Package gamemanager is the GameManager component: it reads the commands
// about games and matchmaking and carries them out on packages game and
// matchmaking (spec: blaze 4.6).
package gamemanager

import (
	"context"
	"errors"

	"github.com/charonrelay/charon/blaze"
	"github.com/charonrelay/charon/engine/game"
	"github.com/charonrelay/charon/engine/matchmaking"
	"github.com/charonrelay/charon/engine/presence"
	"github.com/charonrelay/charon/engine/session"
)

// Users finds players who are online.
type Users interface {
	Find(id uint32) *presence.User
}

// Config is what a Component needs. All fields are required.
type Config struct {
	Users       Users
	Games       game.Directory
	Matchmaking matchmaking.Matchmaker
}

// Component answers the GameManager commands.
type Component struct{ cfg Config }

// New returns the component.
func New(cfg Config) *Component { return &Component{cfg} }

// Register adds the component's commands.
func (c *Component) Register(r *session.Router) {
	handle := func(command uint16, h session.UserHandler) { r.HandleUser(blaze.GameManager, command, h) }
	handle(blaze.GameCreateGame, c.createGame)
	handle(blaze.GameJoinGame, c.joinGame)
	handle(blaze.GameRemovePlayer, c.removePlayer)
	handle(blaze.GameAdvanceGameState, c.advanceGameState)
	handle(blaze.GameSetGameSettings, c.setGameSettings)
	handle(blaze.GameSetGameAttributes, c.setGameAttributes)
	handle(blaze.GameReplayGame, c.replayGame)
	handle(blaze.GameAddAdminPlayer, c.addAdminPlayer)
	handle(blaze.GameUpdateMeshConnection, c.updateMeshConnection)
	handle(blaze.GameGetGameDataFromID, c.getGameData)
	handle(blaze.GameStartMatchmaking, c.startMatchmaking)
	handle(blaze.GameCancelMatchmaking, c.cancelMatchmaking)
}

// Depart takes the user out of matchmaking and his game: on his own wish, when
// he logs out, and when his connection ends.
func (c *Component) Depart(u *presence.User) {
	c.cfg.Matchmaking.Cancel(u)
	if g := c.cfg.Games.Find(u.Game()); g != nil && g.Leave(u, game.PlayerLeft) {
		c.cfg.Matchmaking.Examine(g)
	}
}

// find returns the game that a request names.
func (c *Component) find(req *session.Request) (*game.Game, error) {
	if g := c.cfg.Games.Find(uint32(req.Body.Uint("GID"))); g != nil {
		return g, nil
	}
	return nil, session.Fail(blaze.CodeGameInvalidGameID)
}

// onGame carries out a command on the game it names.
func (c *Component) onGame(req *session.Request, do func(*game.Game) error) (session.Reply, error) {
	g, err := c.find(req)
	if err != nil {
		return nil, err
	}
	return nil, refusal(do(g))
}

// change is onGame for what may make the game fit players who wait.
func (c *Component) change(req *session.Request, do func(*game.Game) error) (session.Reply, error) {
	return c.onGame(req, func(g *game.Game) error {
		if err := do(g); err != nil {
			return err
		}
		c.cfg.Matchmaking.Examine(g)
		return nil
	})
}

// refusal gives the error of a game command its code.
func refusal(err error) error {
	code := blaze.CodeSystem
	switch {
	case err == nil:
		return nil
	case errors.Is(err, game.ErrGone):
		code = blaze.CodeGameInvalidGameID
	case errors.Is(err, game.ErrFull):
		code = blaze.CodeGameFull
	case errors.Is(err, game.ErrPermission):
		code = blaze.CodeGamePermissionDenied
	case errors.Is(err, game.ErrBusy):
		code = blaze.CodeGameAlreadyMember
	case errors.Is(err, game.ErrAttributes), errors.Is(err, game.ErrVersion):
		code = blaze.CodeGameInvalidSettings
	}
	return &session.CodeError{Code: code, Err: err}
}

func (c *Component) advanceGameState(_ context.Context, u *presence.User, req *session.Request) (session.Reply, error) {
	return c.change(req, func(g *game.Game) error {
		return g.SetState(u, game.State(req.Body.Uint("GSTA")))
	})
}

func (c *Component) setGameSettings(_ context.Context, u *presence.User, req *session.Request) (session.Reply, error) {
	return c.change(req, func(g *game.Game) error {
		return g.SetSettings(u, game.Settings(req.Body.Uint("GSET")))
	})
}

func (c *Component) setGameAttributes(_ context.Context, u *presence.User, req *session.Request) (session.Reply, error) {
	return c.change(req, func(g *game.Game) error {
		changes, err := game.DecodeAttributes(req.Body.Map("ATTR"))
		if err != nil {
			return err
		}
		return g.SetAttributes(u, changes)
	})
}

func (c *Component) replayGame(_ context.Context, u *presence.User, req *session.Request) (session.Reply, error) {
	return c.change(req, func(g *game.Game) error { return g.Replay(u) })
}

func (c *Component) removePlayer(_ context.Context, u *presence.User, req *session.Request) (session.Reply, error) {
	return c.change(req, func(g *game.Game) error {
		return g.Remove(u, uint32(req.Body.Uint("PID")), game.RemovedReason(req.Body.Uint("REAS")))
	})
}

func (c *Component) addAdminPlayer(_ context.Context, u *presence.User, req *session.Request) (session.Reply, error) {
	return c.onGame(req, func(g *game.Game) error { return g.AddAdmin(u, uint32(req.Body.Uint("PID"))) })
}

// meshConnected is the STAT of a connection that stands (spec: blaze 5.1).
const meshConnected = 2

func (c *Component) updateMeshConnection(_ context.Context, u *presence.User, req *session.Request) (session.Reply, error) {
	return c.onGame(req, func(g *game.Game) error {
		for v := range req.Body.List("TARG").All() {
			target := v.Group()
			if target.Uint("STAT") != meshConnected {
				continue
			}
			if err := g.Connected(u, uint32(target.Uint("PID"))); err != nil {
				return err
			}
		}
		return nil
	})
}
