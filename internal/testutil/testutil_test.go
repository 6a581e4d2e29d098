package testutil

import (
	"net"
	"net/netip"
	"testing"
)

func TestLoopbackIsUnique(t *testing.T) {
	seen := map[netip.Addr]bool{}
	for range 50 {
		addr := Loopback(t)
		if !addr.Is4() || !addr.IsLoopback() {
			t.Fatalf("%v is not an IPv4 loopback address", addr)
		}
		if seen[addr] {
			t.Fatalf("%v was handed out twice", addr)
		}
		seen[addr] = true
		listener, err := net.Listen("tcp4", netip.AddrPortFrom(addr, 42127).String())
		if err != nil {
			t.Fatalf("fixed port: %v", err)
		}
		defer listener.Close()
	}
}

func TestLoopbackIsReleased(t *testing.T) {
	var addr netip.Addr
	t.Run("user", func(t *testing.T) { addr = Loopback(t) })
	listener, err := net.Listen("tcp4", netip.AddrPortFrom(addr, claimPort).String())
	if err != nil {
		t.Fatalf("the address is still claimed after the test: %v", err)
	}
	listener.Close()
}

func TestLoggerWritesToTheTest(t *testing.T) {
	output := &recorder{TB: t}
	Logger(output).Debug("hello", "answer", 42)
	if want := "level=DEBUG msg=hello answer=42"; !output.saw(want) {
		t.Fatalf("output %q lacks %q", output.output.String(), want)
	}
}
