package portowner

import (
	"bufio"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strconv"
	"strings"
)

// tableLimit bounds how much of a socket table is read: about 100,000 sockets.
const tableLimit = 16 << 20

// Socket states in the tables of the kernel (include/net/tcp_states.h).
const (
	stateListen  = "0A"
	stateUnbound = "07" // of a UDP socket: not connected
)

var errRow = errors.New("not a row of a socket table")

// parseTable reads a table in the form of /proc/net/tcp. Rows that do not parse are passed over, so that a field
// which a later kernel adds or changes does not hide the others.
func parseTable(table io.Reader) ([]socket, error) {
	var sockets []socket
	lines := bufio.NewScanner(io.LimitReader(table, tableLimit))
	for lines.Scan() {
		if s, err := parseRow(lines.Text()); err == nil {
			sockets = append(sockets, s)
		}
	}
	return sockets, lines.Err()
}

// parseRow reads one row:
//
//	sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
//	 0: 0100007F:A48F 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 12345 …
//
// A socket without inode belongs to no program any more.
func parseRow(row string) (socket, error) {
	fields := strings.Fields(row)
	if len(fields) < 10 {
		return socket{}, errRow
	}
	local, err := parseAddrPort(fields[1])
	if err != nil {
		return socket{}, err
	}
	inode, err := strconv.ParseUint(fields[9], 10, 64)
	if err != nil || inode == 0 {
		return socket{}, errRow
	}
	return socket{local: local, listening: fields[3] == stateListen || fields[3] == stateUnbound, holder: inode}, nil
}

// parseAddrPort reads "0100007F:A48F": the address as 32-bit words in the byte order of the machine, the port as a number.
func parseAddrPort(text string) (netip.AddrPort, error) {
	address, port, ok := strings.Cut(text, ":")
	if !ok || len(port) != 4 {
		return netip.AddrPort{}, errRow
	}
	number, err := strconv.ParseUint(port, 16, 16)
	if err != nil {
		return netip.AddrPort{}, fmt.Errorf("%w: %w", errRow, err)
	}
	raw, err := hex.DecodeString(address)
	if err != nil || len(raw) != 4 && len(raw) != 16 {
		return netip.AddrPort{}, errRow
	}
	for word := raw; len(word) > 0; word = word[4:] {
		binary.NativeEndian.PutUint32(word, binary.BigEndian.Uint32(word))
	}
	addr, _ := netip.AddrFromSlice(raw)
	return netip.AddrPortFrom(addr, uint16(number)), nil
}
