//go:build !linux && !windows

package portowner

import (
	"errors"
	"net/netip"
)

func find(string, netip.AddrPort) (Owner, error) { return Owner{}, errors.ErrUnsupported }
