// Package wiretest helps the engine's tests to look at packets: byte for byte
// against the spec's vectors, and in the short hand of its reference trace
// (spec: blaze 8.9, appendix A).
package wiretest

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/charonrelay/charon/blaze"
	"github.com/charonrelay/charon/blaze/tdf"
)

// TB is what the helpers need of a *testing.T; this package is no test itself.
type TB interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// Vector returns the bytes of a hex file in the test's folder testdata.
func Vector(t TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatalf("%v", err)
	}
	return Hex(t, string(b))
}

// Hex returns the bytes that text spells; spaces and line breaks are for the reader.
func Hex(t TB, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.Join(strings.Fields(text), ""))
	if err != nil {
		t.Fatalf("%v", err)
	}
	return b
}

// Frame returns the bytes of a packet. The test fails if it cannot be encoded,
// cannot be read, or has fields out of order (spec: blaze 2.10 rule 1).
func Frame(t TB, p blaze.Packet) []byte {
	t.Helper()
	b, err := p.AppendTo(nil)
	if err != nil {
		t.Fatalf("%v", err)
	}
	Body(t, p)
	return b
}

// Body returns the fields of a packet. The test fails if they cannot be read
// or are out of order.
func Body(t TB, p blaze.Packet) tdf.Group {
	t.Helper()
	g, err := p.Fields()
	if err != nil {
		t.Fatalf("%v: %v", p, err)
	}
	if err := tdf.CheckOrder(g); err != nil {
		t.Fatalf("%v: %v", p, err)
	}
	return g
}

// Equal compares a packet with the bytes of a frame.
func Equal(t TB, what string, p blaze.Packet, want []byte) {
	t.Helper()
	if got := Frame(t, p); !bytes.Equal(got, want) {
		t.Errorf("%s:\n got %x\nwant %x\n got %v\nwant %v", what, got, want, p, packet(want))
	}
}

// Replace changes a frame's body, once, and its length with it.
func Replace(t TB, frame []byte, old, with string) []byte {
	t.Helper()
	const header = 12
	o, w := Hex(t, old), Hex(t, with)
	if bytes.Count(frame[header:], o) != 1 {
		t.Fatalf("%x is not exactly once in the frame", o)
	}
	body := bytes.Replace(frame[header:], o, w, 1)
	out := append(bytes.Clone(frame[:header]), body...)
	out[0], out[1] = byte(len(body)>>8), byte(len(body))
	return out
}

func packet(frame []byte) blaze.Packet {
	p, _ := blaze.NewReader(bytes.NewReader(frame), 0).Next() // the dump shows what there is
	return p
}

// Short describes a packet in one line: the facts that the reference trace
// names, for the few long ones, and all fields of the others.
func Short(p blaze.Packet) string {
	g, err := p.Fields()
	if err != nil {
		return err.Error()
	}
	switch {
	case p.Type == blaze.Response:
		return "R " + fields(g)
	case p.Type == blaze.ErrorReply:
		return fmt.Sprintf("E 0x%x", uint16(p.Error))
	case p.Type != blaze.Notification:
		return fmt.Sprint(p)
	}
	switch route := [2]uint16{uint16(p.Component), p.Command}; route {
	case [2]uint16{uint16(blaze.UserSessions), blaze.NotifyUserExtendedData}:
		return fmt.Sprintf("EXT(%d) %s", g.Uint("USID"), games(g.Group("DATA")))
	case [2]uint16{uint16(blaze.UserSessions), blaze.NotifyUserAdded}:
		return fmt.Sprintf("UserAdded(%d) %s", g.Group("USER").Uint("ID"), games(g.Group("DATA")))
	case [2]uint16{uint16(blaze.GameManager), blaze.NotifyGameSetup}:
		return setup(g)
	case [2]uint16{uint16(blaze.GameManager), blaze.NotifyPlayerJoining}:
		return fmt.Sprintf("Joining {GID: %d} %s", g.Uint("GID"), player(g.Group("PDAT")))
	case [2]uint16{uint16(blaze.GameManager), blaze.NotifyMatchmakingAsyncStatus}:
		return fmt.Sprintf("Searching {MSID: %d, USID: %d}", g.Uint("MSID"), g.Uint("USID"))
	}
	_, name, _ := strings.Cut(blaze.NotificationName(p.Component, p.Command), ".")
	return strings.TrimPrefix(name, "Notify") + " " + fields(g)
}

func fields(g tdf.Group) string { return fmt.Sprintf("%v", g) }

func games(data tdf.Group) string {
	v, ok := data.Get("ULST")
	if !ok {
		return "-ULST"
	}
	var s []string
	for x := range v.List().All() {
		id := x.ObjectID()
		s = append(s, fmt.Sprintf("(%d,%d,%d)", id.Component, id.Type, id.ID))
	}
	return "+ULST" + strings.Join(s, "")
}

func setup(g tdf.Group) string {
	data := g.Group("GAME")
	var players []string
	for v := range g.List("PROS").All() {
		players = append(players, player(v.Group()))
	}
	why := "unset"
	switch index, r, _ := g.Union("REAS"); index {
	case 0:
		why = fmt.Sprintf("REAS 0 {DCTX: %d}", r.Uint("DCTX"))
	case 3:
		why = fmt.Sprintf("REAS 3 {MSID: %d, USID: %d}", r.Uint("MSID"), r.Uint("USID"))
	}
	return fmt.Sprintf("Setup {GID: %d} GSTA %d host %d in slot %d, %s, %s", data.Uint("GID"), data.Uint("GSTA"),
		data.Group("PHST").Uint("HPID"), data.Group("PHST").Uint("HSLT"), strings.Join(players, " "), why)
}

// player names a player, his slot and his state.
func player(g tdf.Group) string {
	return fmt.Sprintf("%d@%d/%d", g.Uint("PID"), g.Uint("SID"), g.Uint("STAT"))
}
