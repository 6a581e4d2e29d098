package relay

import (
	"errors"
	"log/slog"
)

// The reasons for which a connection fails or ends, beside the errors of
// package upgrade. Each makes sense to a player.
var (
	// ErrNoTarget says that the game came before a server was chosen.
	ErrNoTarget = errors.New("no server is chosen; connect to one first")
	// ErrGameLeft says that the game ended its connection, as it does when it quits.
	ErrGameLeft = errors.New("the game closed the connection")
	// ErrServerLeft says that the server ended the connection.
	ErrServerLeft = errors.New("the server closed the connection")
	// ErrBroken says that the connection broke off without an orderly end.
	ErrBroken = errors.New("the connection broke off")
	// ErrStopped says that the relay was stopped.
	ErrStopped = errors.New("the connection was stopped here")
)

// EventKind says what happened to a game connection.
type EventKind int

const (
	// Opened is for a connection that reached the server.
	Opened EventKind = iota + 1
	// Closed is for a connection that was opened and ended.
	Closed
	// Failed is for a connection that was closed before it reached the server.
	Failed
)

// Event says what happened to a game connection.
type Event struct {
	Kind EventKind
	// Conn numbers the game connections of a relay, from 1.
	Conn uint64
	// Server is scheme and host of the server, to show to the player; empty if
	// it did not get as far as choosing one.
	Server string
	// Err says in plain words why the connection failed, or why it ended: it
	// then wraps [ErrGameLeft], [ErrServerLeft], [ErrBroken] or [ErrStopped].
	// It is nil for Opened.
	Err error
	// ToServer and ToGame count the bytes that a closed connection carried.
	ToServer, ToGame int64
}

// report logs e and passes it on.
func (r *Relay) report(e Event) {
	attrs := []any{slog.Uint64("conn", e.Conn), slog.String("server", e.Server)}
	switch e.Kind {
	case Opened:
		r.config.Logger.Info("game connected to the server", attrs...)
	case Closed:
		r.config.Logger.Info("game connection ended", append(attrs, slog.String("reason", e.Err.Error()),
			slog.Int64("to_server", e.ToServer), slog.Int64("to_game", e.ToGame))...)
	case Failed:
		r.config.Logger.Warn("game connection failed", append(attrs, slog.Any("error", e.Err))...)
	}
	r.config.OnEvent(e)
}
