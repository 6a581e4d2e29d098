package session

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"

	"github.com/charonrelay/charon/blaze"
	"github.com/charonrelay/charon/blaze/tdf"
	"github.com/charonrelay/charon/engine/presence"
)

// Request is a request whose body has been validated.
type Request struct {
	blaze.Header
	Body tdf.Group
}

// Reply writes the fields of a response; nil is an empty response.
type Reply = func(*tdf.Encoder)

// Handler answers a request of any session. It runs on the session's own
// goroutine; notifications it causes for the same session follow its response.
type Handler func(ctx context.Context, s *Session, req *Request) (Reply, error)

// UserHandler answers a request of a session that is logged in.
type UserHandler func(ctx context.Context, u *presence.User, req *Request) (Reply, error)

// CodeError is an error that is answered with a particular code. Any other
// error is answered with [blaze.CodeSystem] and logged.
type CodeError struct {
	Code blaze.ErrorCode
	// Err says why, for the log; nil if the code says it all.
	Err error
}

// Fail returns a [*CodeError] without a further reason.
func Fail(code blaze.ErrorCode) error { return &CodeError{Code: code} }

// Error implements error.
func (e *CodeError) Error() string {
	if e.Err != nil {
		return e.Err.Error()
	}
	return fmt.Sprintf("answered with error 0x%x", uint16(e.Code))
}

// Unwrap returns the reason.
func (e *CodeError) Unwrap() error { return e.Err }

type route struct {
	component blaze.Component
	command   uint16
}

// Router finds the handler of a command. Commands without one get an empty
// response, as the game expects (spec: blaze 3.1). All Handle calls come
// before the first request.
type Router struct {
	handlers map[route]Handler
	unknown  atomic.Uint64
}

// NewRouter returns a router without handlers.
func NewRouter() *Router { return &Router{handlers: make(map[route]Handler)} }

// Handle sets the handler of a command.
func (r *Router) Handle(c blaze.Component, command uint16, h Handler) {
	r.handlers[route{c, command}] = h
}

// HandleUser sets the handler of a command that needs a login; without one it
// is answered with [blaze.CodeAuthRequired] (spec: blaze 4.0).
func (r *Router) HandleUser(c blaze.Component, command uint16, h UserHandler) {
	r.Handle(c, command, func(ctx context.Context, s *Session, req *Request) (Reply, error) {
		u := s.User()
		if u == nil {
			return nil, Fail(blaze.CodeAuthRequired)
		}
		return h(ctx, u, req)
	})
}

// Unknown returns how many requests had no handler.
func (r *Router) Unknown() uint64 { return r.unknown.Load() }

// answer returns the response to p.
func (r *Router) answer(ctx context.Context, s *Session, p blaze.Packet) blaze.Packet {
	body, err := p.Fields()
	if err != nil {
		s.log.Log(ctx, s.complain(), "request body cannot be decoded", "command", blaze.CommandName(p.Component, p.Command), "error", err)
		return p.ReplyError(blaze.CodeSystem)
	}
	h := r.handlers[route{p.Component, p.Command}]
	if h == nil {
		r.unknown.Add(1)
		s.log.Debug("request has no handler, answered empty", "packet", lazy(p))
		return p.Reply(nil)
	}
	reply, err := h(ctx, s, &Request{p.Header, body})
	if err == nil {
		return p.Reply(reply)
	}
	var coded *CodeError
	if !errors.As(err, &coded) {
		coded = &CodeError{Code: blaze.CodeSystem, Err: err}
	}
	level := slog.LevelDebug
	if coded.Err != nil && serverFault(coded.Code) {
		level = slog.LevelError
	}
	s.log.Log(ctx, level, "request refused", "command", blaze.CommandName(p.Component, p.Command),
		"code", blaze.ErrorName(p.Component, coded.Code), "error", coded.Err)
	return p.ReplyError(coded.Code)
}

// serverFault reports whether a code says that the server has failed, and not
// the game (spec: blaze 6.1).
func serverFault(code blaze.ErrorCode) bool {
	switch code {
	case blaze.CodeSystem, blaze.CodeDatabase, blaze.CodeDatabaseNoConn, blaze.CodeDatabaseInit:
		return true
	}
	return false
}

// lazyPacket makes the dump of a packet only if it is logged.
type lazyPacket blaze.Packet

func lazy(p blaze.Packet) lazyPacket { return lazyPacket(p) }

// LogValue implements [slog.LogValuer].
func (p lazyPacket) LogValue() slog.Value {
	return slog.StringValue(fmt.Sprintf("%v", blaze.Packet(p)))
}
