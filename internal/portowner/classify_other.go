//go:build !windows

package portowner

import (
	"errors"
	"io/fs"
	"syscall"
)

// classify finds the cause of a failure to listen. The text of the error says the rest.
func classify(err error) (cause, string) {
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return causeInUse, ""
	case errors.Is(err, fs.ErrPermission):
		return causeNotPermitted, ""
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return causeNoAddress, ""
	}
	return causeOther, ""
}
