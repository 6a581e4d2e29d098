package gamesim

import (
	"fmt"
	"log/slog"
	"net/netip"
	"slices"
	"time"

	"github.com/charonrelay/charon/blaze"
	"github.com/charonrelay/charon/blaze/tdf"
)

// Defaults of a [Config].
const (
	// DefaultTimeout is how long a client waits for an expected packet.
	DefaultTimeout = 10 * time.Second
	// DefaultLocale is the one in the specification's captures.
	DefaultLocale = "enNZ"
)

// RedirectorHost and RedirectorPort are where the game asks for its server
// (spec: client 1.1).
const (
	RedirectorHost = "gosredirector.ea.com"
	RedirectorPort = 42127
)

// GamePort is the UDP port of the game's own match traffic (spec: client 1.2).
const GamePort = 3659

// What the game and its servers call themselves and one another.
const (
	serviceName     = "masseffect-3-pc"
	bestPingSite    = "ea-sjc"
	protocolVersion = "ME3-295976325-179181965240128"
	maxPlayers      = 4
)

// Config says which game to simulate. The zero value is a game as installed:
// it resolves the redirector's name and has no account yet.
type Config struct {
	// Name labels the client in failures and logs; "game" if empty.
	Name string
	// Redirector is the host:port of the redirector; RedirectorHost and
	// RedirectorPort if empty. Names are resolved to IPv4 only, as the game
	// does. The certificate must be good for RedirectorHost in any case.
	Redirector string
	// Server is the host:port of the main server; if set, the redirector is
	// not asked.
	Server string
	// Account is what Login uses.
	Account Account
	// Locale is four letters, language and country; DefaultLocale if empty.
	Locale string
	// Network is what the game reports of its connection; nil means a game
	// whose QoS probes got no answer, on the address of the connection.
	Network *Network
	// Timeout bounds each wait for a packet, each write, and each stage of
	// connecting; DefaultTimeout if 0.
	Timeout time.Duration
	// Lenient accepts the deviations of Pocket Relay servers where the
	// specification tells two forms.
	Lenient bool
	// Logger gets one debug line per packet, without contents; nil discards.
	Logger *slog.Logger
	// Observe, if set, sees every packet of the main connection. It is called
	// from the client's goroutines, must not block, and must not keep or
	// change the body, which may hold secrets.
	Observe func(sent bool, p blaze.Packet)
}

// Account is what a game knows of its player.
type Account struct {
	Email, Password string
	// Token is the PC login token that the last login left behind, ID the
	// player it belongs to (spec: blaze 8.3).
	Token string
	ID    int64
	// Name is the display name and SessionKey the key for resuming; both are
	// given by the server.
	Name, SessionKey string
}

// Network is what a game reports of its connection (spec: blaze 4.5.2).
type Network struct {
	// Internal is the address in the local network, External the one that the
	// QoS probes found; invalid for 0.0.0.0:0.
	Internal, External netip.AddrPort
	// NAT is the NatType: 0 open to 3 strict, 4 unknown.
	NAT uint8
	// Down and Up are bandwidths in bits per second.
	Down, Up uint32
	// Latency has the milliseconds to each ping site, by alias, sorted by it.
	Latency []SiteLatency
}

// SiteLatency is one measured ping site.
type SiteLatency struct {
	Alias string
	// Milliseconds is 0x0FFF0FFF for a site without an answer.
	Milliseconds int32
}

func (c Config) withDefaults() (Config, error) {
	if c.Name == "" {
		c.Name = "game"
	}
	if c.Locale == "" {
		c.Locale = DefaultLocale
	}
	if len(c.Locale) != 4 {
		return c, fmt.Errorf("gamesim: locale %q must have four letters, such as %q", c.Locale, DefaultLocale)
	}
	if c.Timeout < 0 {
		return c, fmt.Errorf("gamesim: timeout %v must not be negative", c.Timeout)
	}
	if c.Timeout == 0 {
		c.Timeout = DefaultTimeout
	}
	if c.Network != nil {
		if !c.Network.Internal.Addr().Is4() || c.Network.External.IsValid() && !c.Network.External.Addr().Is4() {
			return c, fmt.Errorf("gamesim: the game's addresses %v and %v must be IPv4", c.Network.Internal, c.Network.External)
		}
		if !slices.IsSortedFunc(c.Network.Latency, func(a, b SiteLatency) int { return tdf.CompareKeys(a.Alias, b.Alias) }) {
			return c, fmt.Errorf("gamesim: ping sites must be sorted by alias")
		}
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	return c, nil
}

// localeNumber packs four letters the way the game does (spec: blaze 5.2).
func localeNumber(s string) uint64 {
	var n uint64
	for i := range len(s) {
		n = n<<8 | uint64(s[i])
	}
	return n
}
