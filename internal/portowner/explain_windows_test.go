package portowner

import (
	"net/netip"
	"strings"
	"testing"

	"golang.org/x/sys/windows"
)

const inUse = windows.WSAEADDRINUSE

func TestExplainReservedPort(t *testing.T) {
	addr := netip.MustParseAddrPort("127.0.0.1:42127")
	failure := bindError(windows.WSAEACCES)
	free := func(string, netip.AddrPort) (Owner, error) { return Owner{}, ErrNotFound }
	taken := func(string, netip.AddrPort) (Owner, error) { return Owner{PID: 7, Name: "a.exe"}, nil }
	assertExplained(t, explain(failure, "tcp4", addr, free), failure, "is reserved by Windows")
	assertExplained(t, explain(failure, "tcp4", addr, free), failure, "protocol=tcp\" lists")
	assertExplained(t, explain(failure, "tcp4", addr, taken), failure, "in use by a.exe (process 7)")
	if text := explain(failure, "tcp4", addr, free).Error(); !strings.HasSuffix(text, " (Windows error 10013)") {
		t.Errorf("the number is missing at the end of %q", text)
	}
}
