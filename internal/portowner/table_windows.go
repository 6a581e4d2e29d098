package portowner

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"slices"

	"golang.org/x/sys/windows"
)

// layout says where the fields of a row are in the tables of iphlpapi (MIB_TCPROW_OWNER_PID and relatives). All are 32 bits wide
// except an IPv6 address; addresses and ports are in network byte order, a port in the first two bytes of its field.
type layout struct {
	size, addr, addrLen, port, pid int
	state                          int // -1: none
}

func rowsOf(transport string, family uint32) layout {
	switch {
	case transport == "tcp" && family == windows.AF_INET:
		return layout{size: 24, state: 0, addr: 4, addrLen: 4, port: 8, pid: 20}
	case transport == "tcp":
		return layout{size: 56, addr: 0, addrLen: 16, port: 20, state: 48, pid: 52}
	case family == windows.AF_INET:
		return layout{size: 12, addr: 0, addrLen: 4, port: 4, pid: 8, state: -1}
	}
	return layout{size: 28, addr: 0, addrLen: 16, port: 20, pid: 24, state: -1}
}

// parse reads a table: the number of rows as 32 bits, then the rows.
func (l layout) parse(table []byte) ([]socket, error) {
	const stateListen = 2 // MIB_TCP_STATE_LISTEN
	if len(table) < 4 {
		return nil, fmt.Errorf("table of sockets has %d bytes", len(table))
	}
	count, rows := int(word(table)), table[4:]
	if count < 0 || count > len(rows)/l.size {
		return nil, fmt.Errorf("table of sockets has %d bytes for %d rows", len(table), count)
	}
	sockets := make([]socket, 0, count)
	for row := range slices.Chunk(rows[:count*l.size], l.size) {
		listening := l.state < 0 || word(row[l.state:]) == stateListen
		pid := word(row[l.pid:])
		if pid == 0 && !listening {
			continue // a closed connection that nobody holds any more
		}
		addr, _ := netip.AddrFromSlice(row[l.addr : l.addr+l.addrLen])
		sockets = append(sockets, socket{
			local:     netip.AddrPortFrom(addr, binary.BigEndian.Uint16(row[l.port:])),
			listening: listening,
			holder:    uint64(pid),
		})
	}
	return sockets, nil
}

func word(b []byte) uint32 { return binary.NativeEndian.Uint32(b) }
