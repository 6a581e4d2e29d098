package util

import (
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/charonrelay/charon/blaze"
	"github.com/charonrelay/charon/blaze/tdf"
	"github.com/charonrelay/charon/engine/content"
	"github.com/charonrelay/charon/engine/internal/wiretest"
	"github.com/charonrelay/charon/engine/session"
	"github.com/charonrelay/charon/internal/testutil"
)

// ask has the component answer a request of a session that nobody serves.
func ask(t *testing.T, h session.Handler, s *session.Session, r blaze.Packet) blaze.Packet {
	t.Helper()
	reply, err := h(t.Context(), s, &session.Request{Header: r.Header, Body: wiretest.Body(t, r)})
	if err != nil {
		t.Fatal(err)
	}
	return r.Reply(reply)
}

func newSession(t *testing.T, local string) *session.Session {
	t.Helper()
	end, game := net.Pipe()
	t.Cleanup(func() { _, _ = end.Close(), game.Close() })
	return session.New(end, session.Origin{Local: netip.MustParseAddr(local)}, session.NewRouter(), session.Limits{}, testutil.Logger(t))
}

func newComponent() *Component {
	return New(Config{Content: content.New("1.2.3"), Now: func() time.Time { return time.Unix(1700000000, 0) }})
}

func TestPreAuthVector(t *testing.T) {
	r := blaze.NewRequest(blaze.Util, blaze.UtilPreAuth, 0, func(e *tdf.Encoder) {
		e.Group("CINF", func() { e.Uint("LOC", 0x64654445) })
	})
	s := newSession(t, "127.0.0.1")
	wiretest.Equal(t, "preAuth", ask(t, newComponent().preAuth, s, r), wiretest.Vector(t, "a04_pre_auth_response.hex"))
	if s.Locale() != 0x64654445 {
		t.Errorf("locale %#x", s.Locale())
	}
}

func TestPingVector(t *testing.T) {
	r := blaze.NewRequest(blaze.Util, blaze.UtilPing, 1, nil)
	wiretest.Equal(t, "ping request", r, wiretest.Hex(t, "0000 0009 0002 0000 0000 0001"))
	wiretest.Equal(t, "ping", ask(t, newComponent().ping, newSession(t, "127.0.0.1"), r),
		wiretest.Hex(t, "0009 0009 0002 0000 1000 0001 CF4A6D00 80C49FD50C"))
}

// TestTelemetry compares the long constants with appendix B.
func TestTelemetry(t *testing.T) {
	r := blaze.NewRequest(blaze.Util, blaze.UtilGetTelemetryServer, 1, nil)
	g := wiretest.Body(t, ask(t, newComponent().getTelemetryServer, newSession(t, "127.3.2.1"), r))
	key := wiretest.Hex(t, `
		5E 20 20 20 20 20 20 20 20 20 20 20 20 20 20 20 CE A4 20 DE 8A 20 20 DC B0 20 20 20 20 20 20 20
		20 E4 B1 99 20 C7 8E 20 20 20 20 20 20 20 20 20 20 C2 89 20 C3 AC 20 20 20 20 20 20 20 20 20 20
		20 20 CC 89 20 20 CC 9A 20 C8 99 20 20 D8 97 20 20 CD 9B 20 CC 99 20 20 20 20 EB B2 A6 20 20 20
		20 C4 A1 20 C6 8C 20 20 20 20 20 20 20 CB B2 EE 88 95 D2 80 20`)
	if got := g.Str("SKEY"); got != string(key) {
		t.Errorf("key %x\nwant %x", got, key)
	}
	if got := g.Str("DISA"); len(got) != 599 {
		t.Errorf("list of countries has %d characters", len(got))
	}
	if got := g.Str("ADRS"); got != "127.3.2.1" {
		t.Errorf("address %s", got)
	}
}
