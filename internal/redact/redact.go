// Package redact keeps secrets out of logs, whatever the code that logs was thinking of.
package redact

import (
	"context"
	"log/slog"
)

// Placeholder stands in for a secret.
const Placeholder = "[redacted]"

// New returns a handler that passes records on to next without secrets:
//
//   - An attribute whose key names a secret (password, token, association, secret, authorization, cookie, key and relatives, in any case and
//     inside compound names such as sessionToken or X-Association) gets the value Placeholder, and a group of such a name only has that.
//   - An e-mail address under a key that says so keeps its first letter and its domain.
//   - In all other text, errors included, passwords and secret parameters in URLs, tokens of the server, password hashes
//     and Authorization values are replaced.
//   - Headers and string maps are treated like groups. Structures, and maps and lists of them, are not looked into: only their type is logged.
//
// Groups and slog.LogValuer are followed. Messages are passed on as they are, for they are constants.
func New(next slog.Handler) slog.Handler { return &handler{next: next} }

type handler struct {
	next slog.Handler
	hide bool // inside a group whose name is a secret's
}

func (h *handler) Enabled(ctx context.Context, level slog.Level) bool {
	return h.next.Enabled(ctx, level)
}

func (h *handler) Handle(ctx context.Context, record slog.Record) error {
	clean := slog.NewRecord(record.Time, record.Level, record.Message, record.PC)
	record.Attrs(func(attr slog.Attr) bool {
		clean.AddAttrs(h.attr(attr))
		return true
	})
	return h.next.Handle(ctx, clean)
}

func (h *handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	clean := make([]slog.Attr, len(attrs))
	for i, attr := range attrs {
		clean[i] = h.attr(attr)
	}
	return &handler{next: h.next.WithAttrs(clean), hide: h.hide}
}

func (h *handler) WithGroup(name string) slog.Handler {
	if name == "" {
		return h
	}
	return &handler{next: h.next.WithGroup(name), hide: h.hide || kindOf(name) != public}
}

func (h *handler) attr(attr slog.Attr) slog.Attr {
	if h.hide && !attr.Equal(slog.Attr{}) {
		return slog.String(attr.Key, Placeholder)
	}
	return attribute(attr, maxDepth)
}
