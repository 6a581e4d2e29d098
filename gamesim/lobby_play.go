package gamesim

import (
	"context"
	"fmt"
	"slices"

	"github.com/charonrelay/charon/blaze"
	"github.com/charonrelay/charon/blaze/tdf"
)

// Advance lets the host change the state of the match (spec: blaze 4.6.3).
func (l *Lobby) Advance(ctx context.Context, state uint64) error {
	l.state = state
	return l.byHost(ctx, "advanceGameState", AdvanceGameState(l.id, state), l.stateChange(state))
}

// SetSettings lets the host change the settings (spec: blaze 4.6.4).
func (l *Lobby) SetSettings(ctx context.Context, settings uint64) error {
	l.settings = settings
	return l.byHost(ctx, "setGameSettings", SetGameSettings(l.id, settings),
		Notify(blaze.GameManager, blaze.NotifyGameSettingsChange, Is("ATTR", settings), Is("GID", l.id)))
}

// SetAttributes lets the host add or replace attributes (spec: blaze 4.6.5).
func (l *Lobby) SetAttributes(ctx context.Context, attributes ...tdf.Pair) error {
	tdf.SortPairs(attributes)
	for _, a := range attributes {
		l.attributes = slices.DeleteFunc(l.attributes, func(old tdf.Pair) bool { return old.Key == a.Key })
	}
	l.attributes = append(l.attributes, attributes...)
	return l.byHost(ctx, "setGameAttributes", SetGameAttributes(l.id, attributes...),
		Notify(blaze.GameManager, blaze.NotifyGameAttribChange, Is("ATTR", attributes), Is("GID", l.id)))
}

// Report lets the member c report its ratings after the match (spec: blaze
// 4.10).
func (l *Lobby) Report(ctx context.Context, c *Client, challengePoints, rating uint64) error {
	const step = "submitOfflineGameReport"
	if _, err := l.member(c, step); err != nil {
		return err
	}
	return c.Do(ctx, step, SubmitOfflineGameReport(c.me.ID, country, challengePoints, rating),
		Answer(),
		Notify(blaze.GameReporting, blaze.NotifyReportResult, Is("EROR", 0), Is("FNL", false)))
}

// Replay lets the host return to the lobby state. The round gets a new
// reporting id; Pocket Relay servers keep theirs (spec: blaze 4.6.12).
func (l *Lobby) Replay(ctx context.Context) error {
	l.state = StateLobby
	next := uint64(0)
	err := l.byHost(ctx, "replayGame", ReplayGame(l.id),
		l.stateChange(StateLobby),
		Notify(blaze.GameManager, blaze.NotifyGameReportingIDChange, Is("GID", l.id), Holds("GRID", "is a new reporting id", func(v tdf.Value) string {
			grid := v.Uint()
			switch {
			case grid == 0:
				return "is 0"
			case grid == l.reporting && !l.host.cfg.Lenient:
				return fmt.Sprintf("is still %d", grid)
			case next != 0 && grid != next:
				return fmt.Sprintf("is %d, but another player was told %d", grid, next)
			}
			next = grid
			return ""
		})))
	l.reporting = next
	return err
}
