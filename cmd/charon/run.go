package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"

	"github.com/alecthomas/kong"

	"github.com/charonrelay/charon/app"
	"github.com/charonrelay/charon/internal/buildinfo"
	"github.com/charonrelay/charon/internal/cli"
	"github.com/charonrelay/charon/internal/folders"
)

type runVerb struct {
	Config   string     `help:"Read settings from this file instead of the usual one." placeholder:"FILE" env:"CHARON_CONFIG" toml:"-"`
	Server   string     `help:"Server to play on: an address, or \"local\" for the one in this program." default:"local" placeholder:"URL|local" env:"CHARON_SERVER" toml:"server"`
	Listen   netip.Addr `help:"Loopback address for the game's services." default:"127.0.0.1" placeholder:"127.x.y.z" env:"CHARON_LISTEN" toml:"listen"`
	Data     string     `help:"Folder for Charon's data instead of the usual one." placeholder:"DIR" env:"CHARON_DATA" toml:"data"`
	NoHosts  bool       `help:"Leave the hosts file alone. This is the only mode for now." env:"CHARON_NO_HOSTS" toml:"no_hosts"`
	LogLevel slog.Level `help:"How much to log: DEBUG, INFO, WARN or ERROR." default:"INFO" placeholder:"LEVEL" env:"CHARON_LOG_LEVEL" toml:"log_level"`
}

// BeforeResolve takes settings from the configuration file.
func (v *runVerb) BeforeResolve(ctx *kong.Context) error {
	f, err := folders.Default()
	if err != nil {
		return err
	}
	return cli.LoadConfig(ctx, v, f.ConfigFile())
}

// Validate checks what flags alone do not.
func (v *runVerb) Validate() error {
	return errors.Join(validListen(v.Listen), validServer(v.Server))
}

// Run runs the services until Ctrl-C.
func (v *runVerb) Run(env *cli.Env) error {
	data, err := v.dataFolder()
	if err != nil {
		return err
	}
	out := &progress{out: env.Stdout, listen: v.Listen, data: data}
	out.greet()
	return app.New(app.Config{
		Server: v.Server, Listen: v.Listen, Data: data, OnChange: out.show, Logger: env.Logger(v.LogLevel),
	}).Run(env.Context)
}

func (v *runVerb) dataFolder() (string, error) {
	if v.Data != "" {
		return v.Data, nil
	}
	f, err := folders.Default()
	return f.Data, err
}

// hostsFile is where the system keeps names of its own.
func hostsFile() string {
	if runtime.GOOS == "windows" {
		return filepath.Join(os.Getenv("SystemRoot"), "System32", "drivers", "etc", "hosts")
	}
	return "/etc/hosts"
}

// progress renders snapshots as lines on a terminal.
type progress struct {
	out    io.Writer
	listen netip.Addr
	data   string
	last   app.Snapshot
}

func (p *progress) line(format string, args ...any) {
	_, _ = fmt.Fprintf(p.out, format+"\n", args...)
}

func (p *progress) greet() {
	p.line("%s", buildinfo.String())
	p.line("hosts file: left alone, Charon cannot change it yet. For the game to come here, put this line into")
	p.line("            %s:", hostsFile())
	p.line("            %s gosredirector.ea.com", p.listen)
}

func (p *progress) show(s app.Snapshot) {
	defer func() { p.last = s }()
	if s.State == app.Starting {
		kind := "server"
		if s.Server.Bundled {
			kind = "own server"
		}
		p.line("%-11s %s   version %s", kind, s.Server.Name, s.Server.Version)
		for _, v := range s.Services {
			p.line("%-11s %s   %s", v.Name, v.Address, v.Purpose)
		}
	}
	switch {
	case s.State == app.Ready && p.last.State == app.Starting:
		p.line("ready: start Mass Effect 3. Ctrl-C stops Charon.")
	case s.State == app.Ready && p.last.State == app.Degraded:
		p.line("the server can be reached again")
	case s.State == app.Degraded && s.Problem != p.last.Problem:
		p.line("problem: %s", s.Problem)
	case s.State == app.Stopping && p.last.State != app.Stopping:
		p.line("stopping")
	}
}
