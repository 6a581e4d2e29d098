package app

import (
	"log/slog"
	"net/netip"
	"strings"
)

// Local is the server address that means the bundled engine.
const Local = "local"

// Config is what an App can be told.
type Config struct {
	// Server is the address of the server as people type it, or [Local].
	Server string
	// Listen is the loopback address of all local services.
	Listen netip.Addr
	// Data is the folder of the database and the certificate.
	Data string
	// OnChange, if not nil, is told each new snapshot, one after another. It
	// must not block and must not call the App.
	OnChange func(Snapshot)
	// Logger gets what happens; nil for nothing.
	Logger *slog.Logger
}

// IsLocal reports whether a server address means the bundled engine.
func IsLocal(server string) bool {
	return strings.EqualFold(strings.TrimSpace(server), Local)
}
