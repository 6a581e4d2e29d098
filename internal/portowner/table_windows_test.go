package portowner

import (
	"bytes"
	"encoding/hex"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/windows"
)

// Rows as iphlpapi gives them, in hex: state, addresses, ports, process.
func TestParse(t *testing.T) {
	for _, test := range []struct {
		name, transport string
		family          uint32
		rows            []string
		want            []socket
	}{
		{
			name: "TCP over IPv4", transport: "tcp", family: windows.AF_INET,
			rows: []string{
				"02000000 7f000001 a48f0000 00000000 00000000 2a000000", // listens
				"0b000000 7f000001 a4900000 7f000001 bbc60000 00000000", // waits for its end
				"05000000 7f000001 b42b0000 7f000001 bbc60000 07000000", // connected
				"02000000 00000000 07e80000 00000000 00000000 00000000", // listens, and Windows does not say for whom
			},
			want: []socket{
				{local: netip.MustParseAddrPort("127.0.0.1:42127"), listening: true, holder: 42},
				{local: netip.MustParseAddrPort("127.0.0.1:46123"), holder: 7},
				{local: netip.MustParseAddrPort("0.0.0.0:2024"), listening: true},
			},
		},
		{
			name: "TCP over IPv6", transport: "tcp", family: windows.AF_INET6,
			rows: []string{strings.Repeat("00", 15) + "01 00100000 a4d60000" + strings.Repeat("00", 16) + "00000000 00000000 02000000 09000000"},
			want: []socket{{local: netip.MustParseAddrPort("[::1]:42198"), listening: true, holder: 9}},
		},
		{
			name: "UDP over IPv4", transport: "udp", family: windows.AF_INET,
			rows: []string{"7f000001 0e4b0000 05000000"},
			want: []socket{{local: netip.MustParseAddrPort("127.0.0.1:3659"), listening: true, holder: 5}},
		},
		{
			name: "UDP over IPv6", transport: "udp", family: windows.AF_INET6,
			rows: []string{strings.Repeat("00", 16) + "00000000 0e4b0000 05000000"},
			want: []socket{{local: netip.MustParseAddrPort("[::]:3659"), listening: true, holder: 5}},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			table := []byte{byte(len(test.rows)), 0, 0, 0}
			for _, row := range test.rows {
				raw, err := hex.DecodeString(strings.ReplaceAll(row, " ", ""))
				if err != nil {
					t.Fatal(err)
				}
				table = append(table, raw...)
			}
			table = append(table, bytes.Repeat([]byte{0xee}, 100)...) // what is left of the buffer
			got, err := rowsOf(test.transport, test.family).parse(table)
			if err != nil || !slices.Equal(got, test.want) {
				t.Errorf("sockets %v, error %v, want %v", got, err, test.want)
			}
		})
	}
}

func TestParseRefusesTornTables(t *testing.T) {
	rows := rowsOf("tcp", windows.AF_INET)
	for _, table := range [][]byte{nil, {1}, {1, 0, 0, 0}, append([]byte{2, 0, 0, 0}, make([]byte, 47)...), {255, 255, 255, 255, 0}} {
		if sockets, err := rows.parse(table); err == nil {
			t.Errorf("table % x was read as %v", table, sockets)
		}
	}
}
