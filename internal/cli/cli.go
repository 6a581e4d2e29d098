// Package cli is what the programs' command lines have in common: parsing,
// exit codes, configuration files, signals and logs.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/charonrelay/charon/internal/redact"
)

// Exit codes of all verbs.
const (
	ExitDone   = 0
	ExitFailed = 1
	ExitUsage  = 2
)

// Env is what a verb may use of the outside. Verbs are methods
// Run(*cli.Env) error.
type Env struct {
	// Context is done at Ctrl-C and at SIGTERM.
	Context        context.Context
	Stdout, Stderr io.Writer
}

// Logger returns a logger that writes lines for people to Stderr, without
// secrets.
func (e *Env) Logger(level slog.Level) *slog.Logger {
	return slog.New(redact.New(slog.NewTextHandler(e.Stderr, &slog.HandlerOptions{Level: level})))
}

// Program describes a program to [Main].
type Program struct {
	Name, Description string
	// Verbs points to a structure with a field for each verb.
	Verbs any
}

// Main runs the verb that args name and returns the exit code.
func Main(p Program, args []string, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	env := &Env{Context: ctx, Stdout: stdout, Stderr: stderr}
	code, err := run(p, args, env)
	if err != nil {
		_, _ = fmt.Fprintf(stderr, "%s: %v\n", p.Name, err)
	}
	return code
}

// run keeps kong from ending the process itself: help does by default.
func run(p Program, args []string, env *Env) (code int, err error) {
	exited := false
	parser, err := kong.New(p.Verbs,
		kong.Name(p.Name), kong.Description(p.Description),
		kong.Writers(env.Stdout, env.Stderr), kong.Bind(env),
		kong.Exit(func(c int) { code, exited = c, true }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
	)
	if err != nil {
		return ExitFailed, err
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	verb, err := parser.Parse(args)
	if exited {
		return code, nil
	}
	if err != nil {
		return ExitUsage, fmt.Errorf("%w\nSee: %s --help", err, p.Name)
	}
	if err := verb.Run(); err != nil {
		if errors.Is(err, ErrSilent) {
			return ExitFailed, nil
		}
		return ExitFailed, err
	}
	return ExitDone, nil
}

// ErrSilent makes a verb fail without a further message: it has said
// everything itself.
var ErrSilent = errors.New("failed")
