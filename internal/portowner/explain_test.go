package portowner

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strings"
	"syscall"
	"testing"
)

func TestExplainNamesTheProgramInTheWay(t *testing.T) {
	for _, network := range []string{"tcp4", "udp4"} {
		t.Run(network, func(t *testing.T) {
			addr, pid := startChild(t, network)
			_, stop, failure := listen(network, addr.String())
			if failure == nil {
				_ = stop()
				t.Fatal("two programs listen on one port")
			}
			err := Explain(failure, network, addr)
			want := fmt.Sprintf("port %d (%s) on 127.0.0.1 is already in use by %s (process %d); close that program and try again: ",
				addr.Port(), network, executable(t), pid)
			assertExplained(t, err, failure, want)
		})
	}
}

func TestExplainNamesThisProgram(t *testing.T) {
	addr := mustListen(t, "tcp4", "127.0.0.1:0")
	_, _, failure := listen("tcp4", addr.String())
	err := Explain(failure, "tcp", addr)
	assertExplained(t, err, failure, fmt.Sprintf("is already in use by this program itself (process %d); stop", os.Getpid()))
}

func TestExplainForeignAddress(t *testing.T) {
	addr := netip.MustParseAddrPort("192.0.2.1:42127") // TEST-NET-1 is nobody's
	_, _, failure := listen("tcp4", addr.String())
	assertExplained(t, Explain(failure, "tcp", addr), failure, "this computer does not have the address 192.0.2.1; choose")
}

func TestExplainLeavesOthersAlone(t *testing.T) {
	addr := netip.MustParseAddrPort("127.0.0.1:1")
	if err := Explain(nil, "tcp", addr); err != nil {
		t.Errorf("success became %v", err)
	}
	for _, other := range []error{net.ErrClosed, errors.New("odd"), syscall.ENOENT} {
		if err := Explain(other, "tcp", addr); err.Error() != other.Error() {
			t.Errorf("%v became %v", other, err)
		}
	}
}

// bindError has the shape of an error of package net.
func bindError(number syscall.Errno) error {
	return &net.OpError{Op: "listen", Net: "tcp", Err: os.NewSyscallError("bind", number)}
}

func TestExplainTexts(t *testing.T) {
	addr := netip.MustParseAddrPort("127.0.0.1:42127")
	for _, test := range []struct {
		name  string
		err   error
		owner Owner
		find  error
		want  string
	}{
		{name: "known", err: bindError(inUse), owner: Owner{PID: 7, Name: "Origin.exe"}, want: "in use by Origin.exe (process 7); close that program"},
		{name: "nameless", err: bindError(inUse), owner: Owner{PID: 7}, want: "in use by process 7; close that program"},
		{name: "hidden", err: bindError(inUse), find: ErrHidden, want: "in use by a program that the system does not show, probably of another user; close"},
		{name: "unknown", err: bindError(inUse), find: ErrNotFound, want: "in use by another program; close other copies"},
		{name: "unsupported", err: bindError(inUse), find: errors.ErrUnsupported, want: "in use by another program; close other copies"},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := explain(test.err, "tcp", addr, func(string, netip.AddrPort) (Owner, error) { return test.owner, test.find })
			assertExplained(t, err, test.err, test.want)
		})
	}
}

func assertExplained(t *testing.T, err, failure error, want string) {
	t.Helper()
	if !errors.Is(err, failure) {
		t.Errorf("%v does not wrap the error of the system", err)
	}
	if text := err.Error(); !strings.Contains(text, want) || !strings.Contains(text, failure.Error()) {
		t.Errorf("text %q\nlacks %q or %q", text, want, failure)
	}
}
