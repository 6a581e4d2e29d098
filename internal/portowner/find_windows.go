package portowner

import (
	"errors"
	"net/netip"
	"path/filepath"

	"golang.org/x/sys/windows"
)

func find(transport string, addr netip.AddrPort) (Owner, error) {
	var sockets []socket
	for _, family := range []uint32{windows.AF_INET, windows.AF_INET6} {
		table, err := readTable(transport, family)
		if errors.Is(err, windows.ERROR_NOT_SUPPORTED) && family == windows.AF_INET6 {
			continue // IPv6 is not installed
		}
		if err != nil {
			return Owner{}, err
		}
		rows, err := rowsOf(transport, family).parse(table)
		if err != nil {
			return Owner{}, err
		}
		sockets = append(sockets, rows...)
	}
	found, ok := best(sockets, addr)
	if !ok {
		return Owner{}, ErrNotFound
	}
	if found.holder == 0 {
		return Owner{}, ErrHidden // Wine does not tell
	}
	return Owner{PID: int(found.holder), Name: processName(uint32(found.holder))}, nil
}

// processName returns the file name of a process's executable, or nothing if Windows does not tell it to this user.
func processName(pid uint32) string {
	const systemPID = 4 // the kernel itself: file sharing, http.sys
	if pid == systemPID {
		return "System"
	}
	process, err := windows.OpenProcess(windows.PROCESS_QUERY_LIMITED_INFORMATION, false, pid)
	if err != nil {
		return ""
	}
	defer func() { _ = windows.CloseHandle(process) }()
	path := make([]uint16, windows.MAX_LONG_PATH)
	size := uint32(len(path))
	if err := windows.QueryFullProcessImageName(process, 0, &path[0], &size); err != nil {
		return ""
	}
	return printable(filepath.Base(windows.UTF16ToString(path[:size])))
}
