package portowner

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"strings"
)

// cause is why a system refuses to let a program listen.
type cause int

const (
	causeOther        cause = iota
	causeInUse              // another socket has the port
	causeReserved           // Windows: in a reserved range, or held by a program that insists on being alone
	causeNotPermitted       // Unix: the port needs more rights
	causeNoAddress          // no network interface of this computer has the address
)

// Explain turns err, a failure to listen on addr, into words for somebody who has never heard of sockets: what is wrong, which
// program is in the way if the system tells, and what to do. The result wraps err; the number of a Windows error is kept in
// the text. Errors of other kinds come back as they are, nil as nil.
func Explain(err error, network string, addr netip.AddrPort) error {
	return explain(err, network, addr, Find)
}

func explain(err error, network string, addr netip.AddrPort, find func(string, netip.AddrPort) (Owner, error)) error {
	why, suffix := classify(err)
	where := fmt.Sprintf("port %d (%s) on %s", addr.Port(), network, addr.Addr())
	switch why {
	case causeInUse:
		owner, findErr := find(network, addr)
		return fmt.Errorf("%s is already in use by %s: %w%s", where, inUseBy(owner, findErr), err, suffix)
	case causeReserved:
		if owner, findErr := find(network, addr); findErr == nil || errors.Is(findErr, ErrHidden) {
			return fmt.Errorf("%s is already in use by %s: %w%s", where, inUseBy(owner, findErr), err, suffix)
		}
		return fmt.Errorf("%s is reserved by Windows, often for Hyper-V, WSL or Docker; restarting the computer usually frees it, "+
			"and the command \"netsh interface ipv4 show excludedportrange protocol=%s\" lists what is reserved: %w%s", where, strings.TrimRight(network, "46"), err, suffix)
	case causeNotPermitted:
		return fmt.Errorf("%s needs more rights than this program has; choose a port above 1023: %w%s", where, err, suffix)
	case causeNoAddress:
		return fmt.Errorf("%s cannot be used because this computer does not have the address %s; choose 127.0.0.1 or an address of one of its "+
			"network adapters: %w%s", where, addr.Addr(), err, suffix)
	}
	return err
}

// inUseBy names the program in the way and says what to do about it.
func inUseBy(owner Owner, err error) string {
	switch {
	case err == nil && owner.PID == os.Getpid():
		return fmt.Sprintf("this program itself (process %d); stop what it runs there first", owner.PID)
	case err == nil:
		return owner.String() + "; close that program and try again"
	case errors.Is(err, ErrHidden):
		return "a program that the system does not show, probably of another user; close it, or log the other user out, and try again"
	}
	return "another program; close other copies of Charon or Pocket Relay and try again"
}
