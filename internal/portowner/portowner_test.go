package portowner

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// childEnv names the network on which the test program listens, instead of running tests, until its input ends.
const childEnv = "CHARON_TEST_LISTEN"

func TestMain(m *testing.M) {
	network := os.Getenv(childEnv)
	if network == "" {
		os.Exit(m.Run())
	}
	addr, stop, err := listen(network, "127.0.0.1:0")
	if err != nil {
		_, _ = fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	defer stop()
	_, _ = fmt.Println(addr)
	_, _ = bufio.NewReader(os.Stdin).ReadString('\n')
}

func listen(network, address string) (netip.AddrPort, func() error, error) {
	if strings.HasPrefix(network, "udp") {
		conn, err := net.ListenPacket(network, address)
		if err != nil {
			return netip.AddrPort{}, nil, err
		}
		return conn.LocalAddr().(*net.UDPAddr).AddrPort(), conn.Close, nil
	}
	listener, err := net.Listen(network, address)
	if err != nil {
		return netip.AddrPort{}, nil, err
	}
	return listener.Addr().(*net.TCPAddr).AddrPort(), listener.Close, nil
}

func mustListen(t *testing.T, network, address string) netip.AddrPort {
	t.Helper()
	addr, stop, err := listen(network, address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = stop() })
	return addr
}

// executable is the name by which the system knows the test program.
func executable(t *testing.T) string {
	t.Helper()
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return path[strings.LastIndexAny(path, `/\`)+1:]
}

func TestFindThisProcess(t *testing.T) {
	want := Owner{PID: os.Getpid(), Name: executable(t)}
	for _, test := range []struct{ network, address, ask string }{
		{"tcp4", "127.0.0.1:0", "127.0.0.1"},
		{"tcp4", "0.0.0.0:0", "127.0.0.1"},
		{"tcp", "[::]:0", "127.0.0.1"},
		{"tcp4", "127.0.0.1:0", "0.0.0.0"},
		{"tcp6", "[::1]:0", "::1"},
		{"udp4", "127.0.0.1:0", "127.0.0.1"},
		{"udp4", "0.0.0.0:0", "127.0.0.1"},
		{"udp6", "[::1]:0", "::1"},
	} {
		t.Run(test.network+" "+test.address+" as "+test.ask, func(t *testing.T) {
			addr := mustListen(t, test.network, test.address)
			got, err := Find(test.network, netip.AddrPortFrom(netip.MustParseAddr(test.ask), addr.Port()))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("owner (-want +got):\n%s", diff)
			}
		})
	}
}

func TestFindAnotherProcess(t *testing.T) {
	for _, network := range []string{"tcp4", "udp4"} {
		t.Run(network, func(t *testing.T) {
			addr, pid := startChild(t, network)
			got, err := Find(network, addr)
			if err != nil {
				t.Fatal(err)
			}
			if want := (Owner{PID: pid, Name: executable(t)}); got != want {
				t.Errorf("owner %v, want %v", got, want)
			}
		})
	}
}

// startChild starts a process that listens; it ends with the test.
func startChild(t *testing.T, network string) (netip.AddrPort, int) {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), program)
	cmd.Env = append(os.Environ(), childEnv+"="+network)
	cmd.Stderr = t.Output()
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = stdin.Close()
		_ = cmd.Wait()
	})
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatalf("the child did not say where it listens: %v", err)
	}
	return netip.MustParseAddrPort(strings.TrimSpace(line)), cmd.Process.Pid
}

func TestFindNothing(t *testing.T) {
	addr, stop, err := listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	if owner, err := Find("tcp", addr); !errors.Is(err, ErrNotFound) {
		t.Fatalf("a free port is held by %v, error %v", owner, err)
	}
}

func TestFindRefusesOtherNetworks(t *testing.T) {
	if _, err := Find("unix", netip.MustParseAddrPort("127.0.0.1:1")); err == nil {
		t.Fatal("no error for a network without ports")
	}
}

func TestRank(t *testing.T) {
	order := []socket{ // from the least to the most in the way of 127.0.0.1:80
		{local: netip.MustParseAddrPort("0.0.0.0:80")},
		{local: netip.MustParseAddrPort("127.0.0.1:80")},
		{local: netip.MustParseAddrPort("[::]:80"), listening: true},
		{local: netip.MustParseAddrPort("[::ffff:127.0.0.1]:80"), listening: true},
	}
	addr := netip.MustParseAddrPort("127.0.0.1:80")
	for i, s := range order {
		if got := s.rank(addr); got != i+1 {
			t.Errorf("rank of %v is %d, want %d", s.local, got, i+1)
		}
	}
	for _, free := range []string{"127.0.0.1:81", "127.0.0.2:80", "[::1]:80"} {
		if got := (socket{local: netip.MustParseAddrPort(free), listening: true}).rank(addr); got != 0 {
			t.Errorf("rank of %s is %d, want 0", free, got)
		}
	}
	if got := (socket{local: netip.MustParseAddrPort("0.0.0.0:80")}).rank(netip.MustParseAddrPort("[::1]:80")); got != 0 {
		t.Error("a listener on all IPv4 addresses is not in the way on IPv6")
	}
}

func TestPrintable(t *testing.T) {
	if got := printable("Mass\x1b[31m\nEffect 3\u202e" + strings.Repeat("x", 200)); got != "Mass[31mEffect 3"+strings.Repeat("x", 84) {
		t.Errorf("name %q", got)
	}
}
