package portowner

import (
	"errors"
	"fmt"
	"syscall"

	"golang.org/x/sys/windows"
)

// classify finds the cause of a failure to listen, and a suffix that keeps the error number of Windows in the text.
func classify(err error) (cause, string) {
	var number syscall.Errno
	if !errors.As(err, &number) {
		return causeOther, ""
	}
	suffix := fmt.Sprintf(" (Windows error %d)", uint32(number))
	switch number {
	case windows.WSAEADDRINUSE:
		return causeInUse, suffix
	case windows.WSAEACCES:
		return causeReserved, suffix
	case windows.WSAEADDRNOTAVAIL:
		return causeNoAddress, suffix
	}
	return causeOther, suffix
}
