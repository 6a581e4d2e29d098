// Command version prints the build's description; the test of package buildinfo builds it with a stamped version.
package main

import (
	"os"

	"github.com/charonrelay/charon/internal/buildinfo"
)

func main() {
	_, _ = os.Stdout.WriteString(buildinfo.String() + "\n")
}
