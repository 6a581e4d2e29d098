package upgrade

import "golang.org/x/sys/windows"

const (
	errConnRefused     = windows.WSAECONNREFUSED
	errConnReset       = windows.WSAECONNRESET
	errNetUnreachable  = windows.WSAENETUNREACH
	errHostUnreachable = windows.WSAEHOSTUNREACH
)
