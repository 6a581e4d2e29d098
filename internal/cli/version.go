package cli

import (
	"fmt"

	"github.com/charonrelay/charon/internal/buildinfo"
)

// VersionVerb prints one line that says which build this is.
type VersionVerb struct{}

// Run implements the verb.
func (VersionVerb) Run(env *Env) error {
	_, err := fmt.Fprintln(env.Stdout, buildinfo.String())
	return err
}
