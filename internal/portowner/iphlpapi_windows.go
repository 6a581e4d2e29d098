package portowner

import (
	"fmt"
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"
)

// Classes of tables whose rows have a process id (TCP_TABLE_OWNER_PID_ALL, UDP_TABLE_OWNER_PID).
const (
	tcpTableOwnerPIDAll = 5
	udpTableOwnerPID    = 1
)

// tableLimit bounds the size of a table; a row has at most 56 bytes.
const tableLimit = 16 << 20

// readTable asks for all sockets of a transport and address family. The table grows while it is being asked for, hence the attempts.
func readTable(transport string, family uint32) ([]byte, error) {
	name, class := "GetExtendedTcpTable", uintptr(tcpTableOwnerPIDAll)
	if transport == "udp" {
		name, class = "GetExtendedUdpTable", udpTableOwnerPID
	}
	proc := windows.NewLazySystemDLL("iphlpapi.dll").NewProc(name)
	if err := proc.Find(); err != nil {
		return nil, err
	}
	size := uint32(64 << 10)
	for range 5 {
		table := make([]byte, size)
		const sorted = 0
		code, _, _ := proc.Call(uintptr(unsafe.Pointer(&table[0])), uintptr(unsafe.Pointer(&size)), sorted, uintptr(family), class, 0)
		switch err := syscall.Errno(code); {
		case code == 0:
			return table, nil
		case err != windows.ERROR_INSUFFICIENT_BUFFER || size > tableLimit:
			return nil, fmt.Errorf("%s: %w (Windows error %d)", name, err, uint32(err))
		}
		size += size / 4
	}
	return nil, fmt.Errorf("%s: the table keeps growing", name)
}
