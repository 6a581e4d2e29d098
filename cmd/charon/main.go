// Charon lets Mass Effect 3 play multiplayer on community servers, or on this
// computer.
package main

import (
	"os"

	"github.com/charonrelay/charon/internal/cli"
	"github.com/charonrelay/charon/internal/console"
)

type verbs struct {
	Run      runVerb         `cmd:"" help:"Start everything the game needs and keep it running until Ctrl-C."`
	Selftest selftestVerb    `cmd:"" help:"Play a whole match with simulated players and say what works."`
	Version  cli.VersionVerb `cmd:"" help:"Print the version."`
}

func main() {
	console.Attach()
	os.Exit(cli.Main(cli.Program{
		Name:        "charon",
		Description: "Plays Mass Effect 3 multiplayer on community servers, or on this computer.",
		Verbs:       &verbs{},
	}, os.Args[1:], os.Stdout, os.Stderr))
}
