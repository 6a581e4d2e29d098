// Charon-server is the game server for operators.
package main

import (
	"os"

	"github.com/charonrelay/charon/internal/cli"
)

type verbs struct {
	Serve   serveVerb       `cmd:"" default:"withargs" help:"Run the server until SIGTERM or Ctrl-C. This is what happens without a verb."`
	Check   checkVerb       `cmd:"" help:"Check the configuration and change nothing."`
	Version cli.VersionVerb `cmd:"" help:"Print the version."`
}

func main() {
	args := os.Args[1:]
	if len(args) == 0 {
		args = []string{"serve"}
	}
	os.Exit(cli.Main(cli.Program{
		Name:        "charon-server",
		Description: "Serves Mass Effect 3 multiplayer to Charon and Pocket Relay clients.",
		Verbs:       &verbs{},
	}, args, os.Stdout, os.Stderr))
}
