//go:build !windows

package portowner

import (
	"net/netip"
	"syscall"
	"testing"
)

const inUse = syscall.EADDRINUSE

func TestExplainMissingRights(t *testing.T) {
	failure := bindError(syscall.EACCES)
	err := Explain(failure, "tcp", netip.MustParseAddrPort("127.0.0.1:80"))
	assertExplained(t, err, failure, "port 80 (tcp) on 127.0.0.1 needs more rights than this program has; choose a port above 1023: ")
}
