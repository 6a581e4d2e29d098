//go:build !windows

package upgrade

import "syscall"

const (
	errConnRefused     = syscall.ECONNREFUSED
	errConnReset       = syscall.ECONNRESET
	errNetUnreachable  = syscall.ENETUNREACH
	errHostUnreachable = syscall.EHOSTUNREACH
)
