package portowner

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Bounds of the search through the processes.
const (
	maxProcesses = 1 << 16
	maxFiles     = 1 << 20
	maxName      = 4096
)

func find(transport string, addr netip.AddrPort) (Owner, error) {
	return procFS{root: "/proc"}.find(transport, addr)
}

// procFS is a mounted proc file system.
type procFS struct{ root string }

func (p procFS) find(transport string, addr netip.AddrPort) (Owner, error) {
	var sockets []socket
	for _, table := range []string{transport, transport + "6"} {
		rows, err := p.table(table)
		if errors.Is(err, fs.ErrNotExist) && table != transport {
			continue // a kernel without IPv6
		}
		if err != nil {
			return Owner{}, err
		}
		sockets = append(sockets, rows...)
	}
	found, ok := best(sockets, addr)
	if !ok {
		return Owner{}, ErrNotFound
	}
	return p.holder(found.holder)
}

func (p procFS) table(name string) ([]socket, error) {
	file, err := os.Open(filepath.Join(p.root, "net", name))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return parseTable(file)
}

// holder returns the process that has the socket with this inode open. Several may, after a fork: the lowest id wins.
// The socket exists, so a search without result means that the process, or its list of files, is not shown to us.
func (p procFS) holder(inode uint64) (Owner, error) {
	pids, err := p.pids()
	if err != nil {
		return Owner{}, err
	}
	target := fmt.Sprintf("socket:[%d]", inode)
	left := maxFiles
	for _, pid := range pids {
		dir := filepath.Join(p.root, strconv.Itoa(pid), "fd")
		names, err := readNames(dir, left)
		if err != nil {
			continue // another user's, or it ended meanwhile
		}
		for _, name := range names {
			if link, err := os.Readlink(filepath.Join(dir, name)); err == nil && link == target {
				return Owner{PID: pid, Name: p.name(pid)}, nil
			}
		}
		if left -= len(names); left <= 0 {
			break
		}
	}
	return Owner{}, ErrHidden
}

// pids lists the processes in ascending order.
func (p procFS) pids() ([]int, error) {
	names, err := readNames(p.root, maxProcesses)
	if err != nil {
		return nil, err
	}
	var pids []int
	for _, name := range names {
		if pid, err := strconv.Atoi(name); err == nil {
			pids = append(pids, pid)
		}
	}
	slices.Sort(pids)
	return pids, nil
}

// name returns the name of a process. The kernel cuts it after 15 bytes; the command line has all of it, and may be anything.
// The executable itself is no help: of a game under Wine it is the loader.
func (p procFS) name(pid int) string {
	dir := filepath.Join(p.root, strconv.Itoa(pid))
	short := strings.TrimSuffix(readStart(filepath.Join(dir, "comm")), "\n")
	first, _, _ := strings.Cut(readStart(filepath.Join(dir, "cmdline")), "\x00")
	long := first[strings.LastIndexAny(first, `/\`)+1:]
	if short != "" && strings.HasPrefix(long, short) {
		return printable(long)
	}
	return printable(short)
}

// readNames returns at most limit names of a directory.
func readNames(path string, limit int) ([]string, error) {
	dir, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	names, err := dir.Readdirnames(limit)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return names, err
}

// readStart returns the first bytes of a file, or nothing if it cannot be read.
func readStart(path string) string {
	file, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxName))
	if err != nil {
		return ""
	}
	return string(data)
}
