package main

import (
	"fmt"

	"github.com/charonrelay/charon/internal/buildinfo"
	"github.com/charonrelay/charon/internal/cli"
)

type versionVerb struct{}

// Run prints one line.
func (versionVerb) Run(env *cli.Env) error {
	_, err := fmt.Fprintln(env.Stdout, buildinfo.String())
	return err
}
