// Package testutil holds what the tests of several packages share.
package testutil

import (
	"log/slog"
	"math/rand/v2"
	"net"
	"net/netip"
	"testing"
)

// claimPort is bound on every address that Loopback hands out for as long as the test runs.
// It lies below the range that systems use for outgoing connections.
const claimPort = 20127

// Loopback returns an IPv4 loopback address that no other test uses now, neither in this process nor in another one,
// so that tests can bind the fixed ports of the game (42127 and up) side by side.
// The address is free again when the test ends.
func Loopback(t testing.TB) netip.Addr {
	t.Helper()
	var last error
	for range 64 {
		// 127.0.x.y is left to programs and to tests that use 127.0.0.1 itself.
		n := rand.Uint32() //nolint:gosec // two tests must not get the same address; nobody guesses it
		addr := netip.AddrFrom4([4]byte{127, byte(1 + n%254), byte(n >> 8), byte(1 + (n>>16)%254)})
		claim, err := net.ListenTCP("tcp4", net.TCPAddrFromAddrPort(netip.AddrPortFrom(addr, claimPort)))
		if err != nil {
			last = err
			continue
		}
		t.Cleanup(func() { _ = claim.Close() })
		return addr
	}
	t.Fatalf("no free loopback address: %v", last)
	return netip.Addr{}
}

// Logger returns a logger that writes every level to the output of t.
// Logging after the end of the test is a failure of the program under test: somebody did not wait for a goroutine.
func Logger(t testing.TB) *slog.Logger {
	t.Helper()
	return slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelDebug}))
}
