// Package portowner finds out which program holds a local TCP or UDP port, and explains a failure to listen in words.
package portowner

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"unicode"
)

// Errors of Find, besides errors.ErrUnsupported on systems where nobody can be asked.
var (
	// ErrNotFound means that no program holds the port, or none that this system lists.
	ErrNotFound = errors.New("no program found")
	// ErrHidden means that some program holds the port and the system does not tell which, usually because it runs for another user.
	ErrHidden = errors.New("held by a program that the system does not show, probably of another user")
)

// Owner is the program that holds a port.
type Owner struct {
	PID  int
	Name string // of the executable, such as "MassEffect3.exe"; empty if the system does not tell
}

// String returns for example "MassEffect3.exe (process 4242)".
func (o Owner) String() string {
	if o.Name == "" {
		return fmt.Sprintf("process %d", o.PID)
	}
	return fmt.Sprintf("%s (process %d)", o.Name, o.PID)
}

// Find returns the program that keeps others from listening on addr. The network is "tcp" or "udp", with an optional 4 or 6 at the end.
// A program that listens on all addresses holds the port of each. Of several, one that listens on addr itself comes first.
// The error wraps ErrNotFound, ErrHidden, errors.ErrUnsupported or the failure to ask the system.
func Find(network string, addr netip.AddrPort) (Owner, error) {
	transport, err := transportOf(network)
	if err != nil {
		return Owner{}, err
	}
	owner, err := find(transport, netip.AddrPortFrom(addr.Addr().Unmap(), addr.Port()))
	if err != nil {
		return Owner{}, fmt.Errorf("who holds %s port %d: %w", transport, addr.Port(), err)
	}
	return owner, nil
}

func transportOf(network string) (string, error) {
	switch network {
	case "tcp", "tcp4", "tcp6":
		return "tcp", nil
	case "udp", "udp4", "udp6":
		return "udp", nil
	}
	return "", fmt.Errorf("who holds a port: network %q is neither tcp nor udp", network)
}

// socket is one row of the system's tables of sockets.
type socket struct {
	local     netip.AddrPort
	listening bool   // for UDP: not connected
	holder    uint64 // process id, or inode where rows have no process id
}

// rank orders the sockets that are in the way of listening on addr; 0 means that s is not.
func (s socket) rank(addr netip.AddrPort) int {
	if s.local.Port() != addr.Port() {
		return 0
	}
	rank := 1
	switch local := s.local.Addr().Unmap(); {
	case local == addr.Addr():
		rank = 2
	case local.IsUnspecified() && (local.Is6() || addr.Addr().Is4()):
		// [::] takes IPv4 as well, 0.0.0.0 takes only IPv4.
	case addr.Addr().IsUnspecified() && (addr.Addr().Is6() || local.Is4()):
	default:
		return 0
	}
	if s.listening {
		rank += 2
	}
	return rank
}

// best returns the socket that is most in the way of listening on addr, and whether there is one.
func best(sockets []socket, addr netip.AddrPort) (socket, bool) {
	var found socket
	highest := 0
	for _, s := range sockets {
		if rank := s.rank(addr); rank > highest {
			found, highest = s, rank
		}
	}
	return found, highest > 0
}

// printable makes the name that a program gave itself safe to show and to log.
func printable(name string) string {
	const longest = 100
	clean := strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, name)
	if runes := []rune(clean); len(runes) > longest {
		clean = string(runes[:longest])
	}
	return clean
}
