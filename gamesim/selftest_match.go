package gamesim

import (
	"context"
	"fmt"

	"github.com/charonrelay/charon/blaze"
	"github.com/charonrelay/charon/blaze/tdf"
)

// The steps of the match.

// cancelMatchmaking lets player 1 wait and give up; a lobby that would suit it
// must not fetch it any more.
func (e *evening) cancelMatchmaking(ctx context.Context) (string, error) {
	one, two := e.players[0], e.players[1]
	t, err := Search(ctx, one, e.match)
	if err != nil {
		return "", err
	}
	if err := t.Cancel(ctx); err != nil {
		return "", err
	}
	l, err := CreateLobby(ctx, two, e.match)
	if err != nil {
		return "", err
	}
	if err := l.Open(ctx); err != nil {
		return "", err
	}
	if err := l.Leave(ctx, two); err != nil {
		return "", err
	}
	return "", one.Ping(ctx) // nothing else has come before its answer
}

// queue lets player 2 wait until player 1 opens the lobby.
func (e *evening) queue(ctx context.Context) (string, error) {
	t, err := Search(ctx, e.players[1], e.match)
	if err != nil {
		return "", err
	}
	if e.lobby, err = CreateLobby(ctx, e.players[0], e.match, t); err != nil {
		return "", err
	}
	return fmt.Sprintf("game %d", e.lobby.id), e.lobby.Open(ctx)
}

// anyMatch is a search that accepts every map, enemy and difficulty.
func (e *evening) anyMatch() Match { return Match{Packs: e.match.Packs} }

func (e *evening) matchmake(ctx context.Context) (string, error) {
	return "", e.lobby.Matchmake(ctx, e.players[2], e.anyMatch())
}

func (e *evening) joinFriend(ctx context.Context) (string, error) {
	return "", e.lobby.JoinPlayer(ctx, e.players[3], e.players[0])
}

// mesh lets the second player's report come before the host's.
func (e *evening) mesh(ctx context.Context) (string, error) {
	for i, c := range e.players[1:] {
		if err := e.lobby.Connect(ctx, c, i > 0); err != nil {
			return "", err
		}
	}
	return "", nil
}

func (e *evening) refuseFifth(ctx context.Context) (string, error) {
	c := e.stranger
	if err := c.CreateAccount(ctx); err != nil {
		return "", err
	}
	if _, err := c.EnterMenu(ctx); err != nil {
		return "", err
	}
	if err := refuse(ctx, c, "a full game", refusal{JoinGame(e.players[0].me.ID, c.network()), Refusal(blaze.CodeGameFull)}); err != nil {
		return "", err
	}
	return "", c.Logout(ctx)
}

// gameState is the attribute that tells how far a match is (spec: blaze 5.3).
func gameState(value string) tdf.Pair { return tdf.Pair{Key: "ME3gameState", Value: value} }

func (e *evening) start(ctx context.Context) (string, error) {
	if err := e.lobby.SetAttributes(ctx, tdf.Pair{Key: "ME3map", Value: "map2"}, tdf.Pair{Key: "ME3gameEnemyType", Value: "enemy2"}); err != nil {
		return "", err
	}
	if err := e.lobby.SetAttributes(ctx, gameState("IN_GAME_STARTING")); err != nil {
		return "", err
	}
	if err := e.lobby.SetSettings(ctx, SettingsClosed); err != nil {
		return "", err
	}
	if err := e.lobby.Advance(ctx, StateInGame); err != nil {
		return "", err
	}
	return "", e.lobby.SetAttributes(ctx, gameState("IN_GAME_MIDGAME"))
}

func (e *evening) finish(ctx context.Context) (string, error) {
	for i, c := range e.players {
		if err := c.SaveSettings(ctx, someSettings(1000*(i+1)+500)); err != nil {
			return "", err
		}
	}
	if err := e.lobby.SetAttributes(ctx, gameState("IN_GAME_FINISHING")); err != nil {
		return "", err
	}
	for i, c := range e.players {
		if err := e.lobby.Report(ctx, c, uint64(10*(i+1)), uint64(20*(i+1))); err != nil {
			return "", err
		}
		if err := sameSettings(ctx, c, someSettings(1000*(i+1)+500)); err != nil {
			return "", err
		}
	}
	return "", nil
}

func (e *evening) replay(ctx context.Context) (string, error) {
	if err := e.lobby.Replay(ctx); err != nil {
		return "", err
	}
	if err := e.lobby.SetAttributes(ctx, gameState("IN_LOBBY")); err != nil {
		return "", err
	}
	return "", e.lobby.SetSettings(ctx, SettingsOpen)
}

// comeBack frees the second slot, which is then the lowest free one.
func (e *evening) comeBack(ctx context.Context) (string, error) {
	c := e.players[1]
	if err := e.lobby.Leave(ctx, c); err != nil {
		return "", err
	}
	if err := e.lobby.Matchmake(ctx, c, e.anyMatch()); err != nil {
		return "", err
	}
	return "", e.lobby.Connect(ctx, c, true)
}

// resume lets player 2 drop out. Pocket Relay servers practically never accept
// the session key; the game then logs in with its token (spec: blaze 4.5.1).
func (e *evening) resume(ctx context.Context) (string, error) {
	old := e.players[1]
	if err := e.lobby.Disconnect(ctx, old); err != nil {
		return "", err
	}
	cfg := e.configs[1]
	cfg.Account = old.me
	c, err := e.dial(ctx, cfg)
	if err != nil {
		return "", err
	}
	e.players[1] = c
	detail := "resumed"
	if err := c.Resume(ctx); err != nil {
		if !e.cfg.Lenient || !resumeRefused(err) {
			return "", err
		}
		detail = "the session was refused, as usual with Pocket Relay servers; logged in with the token"
		c.told = announced{}
		if err := c.Login(ctx); err != nil {
			return "", err
		}
	}
	if _, err := c.EnterMenu(ctx); err != nil {
		return "", err
	}
	if err := e.lobby.JoinPlayer(ctx, c, e.lobby.Host()); err != nil {
		return "", err
	}
	return detail, e.lobby.Connect(ctx, c, true)
}

// hostLeaves makes the longest-present guest the host. With three players or
// more that is not player 2, who has come back last.
func (e *evening) hostLeaves(ctx context.Context) (string, error) {
	if err := e.lobby.Leave(ctx, e.players[0]); err != nil {
		return "", err
	}
	// The new host has its rights.
	if err := e.lobby.SetAttributes(ctx, tdf.Pair{Key: "ME3map", Value: "map3"}); err != nil {
		return "", err
	}
	return e.lobby.Host().cfg.Name + " is the new host", nil
}

func (e *evening) returnAsGuest(ctx context.Context) (string, error) {
	if err := e.lobby.JoinPlayer(ctx, e.players[0], e.lobby.Host()); err != nil {
		return "", err
	}
	return "", e.lobby.Connect(ctx, e.players[0], true)
}

// leave empties the lobby, guests first; it is gone then.
func (e *evening) leave(ctx context.Context) (string, error) {
	for len(e.lobby.members) > 0 {
		last := e.lobby.members[len(e.lobby.members)-1]
		if err := e.lobby.Leave(ctx, last.Client); err != nil {
			return "", err
		}
	}
	return "", refuse(ctx, e.players[0], "an empty game", refusal{GetGameDataFromID(e.lobby.id), Refusal(blaze.CodeGameInvalidGameID)})
}

func (e *evening) logout(ctx context.Context) (string, error) {
	return "", e.each(func(c *Client) error {
		if err := c.Logout(ctx); err != nil {
			return err
		}
		return c.Ping(ctx)
	})
}
