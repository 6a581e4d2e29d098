package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"path/filepath"

	"github.com/alecthomas/kong"

	"github.com/charonrelay/charon/engine"
	"github.com/charonrelay/charon/engine/store"
	"github.com/charonrelay/charon/internal/cli"
	"github.com/charonrelay/charon/internal/portowner"
)

// configFile is read from the working directory if it is there.
const configFile = "charon-server.toml"

// settings are the flags of serve, its environment variables, and the keys of
// its configuration file.
type settings struct {
	Config      string     `help:"Read settings from this file instead of ./charon-server.toml." placeholder:"FILE" env:"CHARON_CONFIG" toml:"-"`
	Listen      string     `help:"Address and port for players." default:":8042" placeholder:"[HOST]:PORT" env:"CHARON_LISTEN" toml:"listen"`
	Data        string     `help:"Folder for the database." default:"data" placeholder:"DIR" env:"CHARON_DATA" toml:"data"`
	PublicIP    netip.Addr `help:"IPv4 address under which players elsewhere reach players on this machine or network." placeholder:"A.B.C.D" env:"CHARON_PUBLIC_IP" toml:"public_ip"`
	MaxSessions int        `help:"How many games can be connected at once." default:"16384" placeholder:"N" env:"CHARON_MAX_SESSIONS" toml:"max_sessions"`
	LogLevel    slog.Level `help:"How much to log: DEBUG, INFO, WARN or ERROR." default:"INFO" placeholder:"LEVEL" env:"CHARON_LOG_LEVEL" toml:"log_level"`
}

// BeforeResolve takes settings from the configuration file.
func (s *settings) BeforeResolve(ctx *kong.Context) error {
	return cli.LoadConfig(ctx, s, configFile)
}

// Validate checks what flags alone do not.
func (s *settings) Validate() error {
	var problems []error
	if _, _, err := net.SplitHostPort(s.Listen); err != nil {
		problems = append(problems, fmt.Errorf("listen: %q is not an address with a port; use for example :8042 or 127.0.0.1:8042", s.Listen))
	}
	if s.PublicIP.IsValid() && !s.PublicIP.Is4() {
		problems = append(problems, fmt.Errorf("public_ip: %s is not an IPv4 address, and the game knows no others", s.PublicIP))
	}
	if s.MaxSessions < 1 {
		problems = append(problems, fmt.Errorf("max_sessions: %d sessions are none; use 1 or more", s.MaxSessions))
	}
	return errors.Join(problems...)
}

type serveVerb struct{ settings }

// Run serves until the context ends.
func (v *serveVerb) Run(env *cli.Env) (err error) {
	log := env.Logger(v.LogLevel)
	db, err := store.Open(env.Context, store.Config{Path: filepath.Join(v.Data, "engine.db"), Logger: log})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	eng, err := engine.New(env.Context, engine.Config{PublicIP: v.PublicIP, MaxSessions: v.MaxSessions, Logger: log}, db)
	if err != nil {
		return err
	}
	ln, err := v.listen(env)
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(env.Stdout, "ready: players connect to %s\n", ln.Addr())
	return eng.Serve(env.Context, ln)
}

func (v *serveVerb) listen(env *cli.Env) (net.Listener, error) {
	ln, err := (&net.ListenConfig{}).Listen(env.Context, "tcp", v.Listen)
	if err == nil {
		return ln, nil
	}
	var op *net.OpError
	if errors.As(err, &op) {
		if tcp, ok := op.Addr.(*net.TCPAddr); ok {
			return nil, portowner.Explain(err, "tcp", netip.AddrPortFrom(tcp.AddrPort().Addr().Unmap(), tcp.AddrPort().Port()))
		}
	}
	return nil, err
}

type checkVerb struct{ settings }

// Run says what serve would use; parsing has checked it.
func (v *checkVerb) Run(env *cli.Env) error {
	_, err := fmt.Fprintf(env.Stdout, "the configuration is good: players connect to %s, the data is in %s\n", v.Listen, v.Data)
	return err
}
