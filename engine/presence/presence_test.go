package presence_test

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/charonrelay/charon/blaze"
	"github.com/charonrelay/charon/blaze/tdf"
	"github.com/charonrelay/charon/engine/internal/wiretest"
	"github.com/charonrelay/charon/engine/presence"
)

const enNZ = 0x656e4e5a

// newUser returns a user who has sent postAuth, and his connection.
func newUser(id uint32, name string, net presence.Network) (*presence.User, *wiretest.Recorder) {
	r := new(wiretest.Recorder)
	u := presence.NewUser(presence.Identity{ID: id, Name: name, Locale: enNZ}, r, net, 100)
	u.SubscribeSelf()
	r.Take()
	return u, r
}

func port(ip string) netip.AddrPort { return netip.AddrPortFrom(netip.MustParseAddr(ip), 3659) }

// only returns the one packet that came.
func only(t *testing.T, r *wiretest.Recorder) blaze.Packet {
	t.Helper()
	p := r.Take()
	if len(p) != 1 {
		t.Fatalf("%d packets %v, want one", len(p), p)
	}
	return p[0]
}

// TestExtendedDataVector is A.7, but for the empty list PSLM, which official
// servers leave out (spec: blaze 2.10 rule 3).
func TestExtendedDataVector(t *testing.T) {
	u, r := newUser(1, "Test", presence.NewNetwork())
	if !u.Claim(1) {
		t.Fatal("a fresh user is busy")
	}
	u.Enter(1)
	want := wiretest.Replace(t, wiretest.Vector(t, "a07_extended_data_update.hex"), "C33B2D 04 0000", "")
	wiretest.Equal(t, "extended data", only(t, r), want)
}

// TestUserAddedVector is A.8, with the user updated frame of 1.7 behind it.
func TestUserAddedVector(t *testing.T) {
	n := presence.NewNetwork()
	n.Address = presence.PairAddress(port("203.0.113.5"), port("192.168.0.10"))
	n.Latencies = []int64{156}
	u, _ := newUser(1, "Test", n)
	other, r := newUser(2, "Two", presence.NewNetwork())
	u.Subscribe(other)
	got := r.Take()
	if len(got) != 2 {
		t.Fatalf("got %v", got)
	}
	wiretest.Equal(t, "user added", got[0], wiretest.Vector(t, "a08_user_added.hex"))
	wiretest.Equal(t, "user updated", got[1], wiretest.Hex(t, "000A 7802 0005 0000 2000 0000 9AC9F30003 A640000001"))
}

func TestOtherNotifications(t *testing.T) {
	u, r := newUser(1, "Test", presence.NewNetwork())
	u.Disconnect()
	wiretest.Equal(t, "disconnected", only(t, r), wiretest.Hex(t, "0005 7802 0004 0000 2000 0000 CE4C800000"))
	if !r.Down() {
		t.Error("the connection stays open")
	}
	u.End()
	u.Farewell()
	wiretest.Equal(t, "removed", only(t, r), wiretest.Hex(t, "0005 7802 0003 0000 2000 0000 8B5A640001"))
}

// TestUserData compares lookupUser's answer with the groups of A.8.
func TestUserData(t *testing.T) {
	n := presence.NewNetwork()
	n.Address = presence.PairAddress(port("203.0.113.5"), port("192.168.0.10"))
	n.Latencies = []int64{156}
	u, _ := newUser(1, "Test", n)
	var e tdf.Encoder
	u.EncodeUserData(&e)
	got, err := tdf.Parse(e.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if err := tdf.CheckOrder(got); err != nil {
		t.Error(err)
	}
	added, err := tdf.Parse(wiretest.Vector(t, "a08_user_added.hex")[12:])
	if err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf("{EDAT: %v, FLGS: 2, USER: %v}", added.Group("DATA"), added.Group("USER"))
	if diff := cmp.Diff(want, fmt.Sprint(got)); diff != "" {
		t.Error(diff)
	}
}

// TestSubscriptions is spec: blaze 4.5.6 and engine 15 B-25.
func TestSubscriptions(t *testing.T) {
	a, ra := newUser(1, "A", presence.NewNetwork())
	b, rb := newUser(2, "B", presence.NewNetwork())
	change := func(u *presence.User) {
		u.Update(func(n *presence.Network) bool { n.Hardware = 1; return true })
	}
	step := func(what string, do func(), wantA, wantB []string) {
		t.Helper()
		do()
		if diff := cmp.Diff(wantA, ra.Lines()); diff != "" {
			t.Errorf("%s: A:\n%s", what, diff)
		}
		if diff := cmp.Diff(wantB, rb.Lines()); diff != "" {
			t.Errorf("%s: B:\n%s", what, diff)
		}
	}
	nothing := []string{}
	step("second postAuth", a.SubscribeSelf, nothing, nothing)
	step("change", func() { change(a) }, []string{"EXT(1) -ULST"}, nothing)
	step("no change", func() { a.Update(func(*presence.Network) bool { return false }) }, nothing, nothing)
	step("subscribe", func() { a.Subscribe(b) }, nothing, []string{"UserAdded(1) -ULST", "UserUpdated {FLGS: 3, ID: 1}"})
	step("subscribe twice", func() { a.Subscribe(b) }, nothing, nothing)
	step("subscribe to oneself", func() { a.Subscribe(a) }, nothing, nothing)
	step("change", func() { change(a) }, []string{"EXT(1) -ULST"}, []string{"EXT(1) -ULST"})
	step("one direction", func() { change(b) }, nothing, []string{"EXT(2) -ULST"})
	step("claim", func() { a.Claim(7) }, nothing, nothing)
	step("enter another", func() { a.Enter(8) }, nothing, nothing)
	step("enter", func() { a.Enter(7) }, []string{"EXT(1) +ULST(4,1,7)"}, []string{"EXT(1) +ULST(4,1,7)"})
	step("enter twice", func() { a.Enter(7) }, nothing, nothing)
	step("release another", func() { a.Release(8) }, nothing, nothing)
	step("release", func() { a.Release(7) }, []string{"EXT(1) -ULST"}, []string{"EXT(1) -ULST"})
	step("unsubscribe", func() { a.Unsubscribe(b) }, nothing, []string{"UserRemoved {BUID: 1}"})
	step("unsubscribe twice", func() { a.Unsubscribe(b) }, nothing, nothing)
	step("self subscription stays", func() { change(a) }, []string{"EXT(1) -ULST"}, nothing)
	step("farewell", func() { a.Subscribe(b); rb.Take(); a.End(); a.Farewell() },
		[]string{"UserRemoved {BUID: 1}"}, []string{"UserRemoved {BUID: 1}"})
	step("nothing after that", func() { change(a); a.SubscribeSelf(); a.Farewell() }, nothing, nothing)
}

func TestClaim(t *testing.T) {
	u, _ := newUser(1, "A", presence.NewNetwork())
	if !u.Claim(7) || u.Claim(7) || u.Claim(8) {
		t.Error("a user is claimed by more than one game")
	}
	if u.Game() != 7 {
		t.Errorf("game %d", u.Game())
	}
	u.Release(7)
	if !u.Claim(8) {
		t.Error("a released user cannot be claimed")
	}
	u.Release(8)
	if !u.End() || u.End() || !u.Ended() {
		t.Error("End tells the first caller from the others wrongly")
	}
	if u.Claim(9) {
		t.Error("an ended user is claimed")
	}
}

// TestRegistry is engine 15 B-05: only the newest login counts, and the end of
// an older one does not touch it.
func TestRegistry(t *testing.T) {
	r := presence.NewLocalRegistry()
	older, _ := newUser(1, "A", presence.NewNetwork())
	newer, _ := newUser(1, "A", presence.NewNetwork())
	if got := r.Register(older); got != nil {
		t.Errorf("first login replaces %v", got.Identity)
	}
	if got := r.Register(newer); got != older {
		t.Error("second login does not replace the first")
	}
	r.Unregister(older)
	if r.Find(1) != newer || r.Count() != 1 {
		t.Error("the end of the older login takes the newer one away")
	}
	r.Unregister(newer)
	if r.Find(1) != nil || r.Count() != 0 {
		t.Error("the newer login stays")
	}
}

// networkInfo encodes an updateNetworkInfo request.
func networkInfo(t *testing.T, fields func(*tdf.Encoder)) tdf.Group {
	t.Helper()
	var e tdf.Encoder
	fields(&e)
	g, err := tdf.Parse(e.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func endpoint(e *tdf.Encoder, ap netip.AddrPort) {
	ip := ap.Addr().As4()
	e.Uint("IP", uint64(ip[0])<<24|uint64(ip[1])<<16|uint64(ip[2])<<8|uint64(ip[3]))
	e.Uint("PORT", uint64(ap.Port()))
}

func pair(e *tdf.Encoder, external, internal string) {
	e.Union("ADDR", 2, func() {
		e.Group("EXIP", func() { endpoint(e, netip.MustParseAddrPort(external)) })
		e.Group("INIP", func() { endpoint(e, netip.MustParseAddrPort(internal)) })
	})
}

// TestAddressRule is spec: blaze 4.5.2 and engine 15 B-26.
func TestAddressRule(t *testing.T) {
	for _, tt := range []struct {
		name, peer, public, external, want string
	}{
		{"unknown external address", "203.0.113.9", "", "0.0.0.0:0", "203.0.113.9:3659"},
		{"loopback", "203.0.113.9", "", "127.0.0.1:3659", "203.0.113.9:3659"},
		{"known", "203.0.113.9", "", "198.51.100.1:1000", "198.51.100.1:1000"},
		{"peer mapped to IPv6", "::ffff:203.0.113.9", "", "0.0.0.0:0", "203.0.113.9:3659"},
		{"peer on this machine", "127.0.0.1", "198.51.100.77", "0.0.0.0:0", "198.51.100.77:3659"},
		{"peer on this network", "192.168.1.4", "198.51.100.77", "0.0.0.0:0", "198.51.100.77:3659"},
		{"peer elsewhere", "203.0.113.9", "198.51.100.77", "0.0.0.0:0", "203.0.113.9:3659"},
		{"peer on this machine, no public address", "127.0.0.1", "", "0.0.0.0:0", "127.0.0.1:3659"},
		{"IPv6 peer with public address", "2001:db8::1", "198.51.100.77", "0.0.0.0:0", "198.51.100.77:3659"},
		{"IPv6 peer", "2001:db8::1", "", "0.0.0.0:0", "0.0.0.0:0"},
		{"no peer", "", "", "0.0.0.0:0", "0.0.0.0:0"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var rule presence.AddressRule
			if tt.peer != "" {
				rule.Peer = netip.MustParseAddr(tt.peer)
			}
			if tt.public != "" {
				rule.Public = netip.MustParseAddr(tt.public)
			}
			n := presence.NewNetwork()
			n.SetInfo(networkInfo(t, func(e *tdf.Encoder) { pair(e, tt.external, "192.168.0.10:3659") }), rule)
			if got := n.Address.External.String(); got != tt.want {
				t.Errorf("external address %s, want %s", got, tt.want)
			}
			if got := n.Address.Internal.String(); got != "192.168.0.10:3659" {
				t.Errorf("internal address %s", got)
			}
		})
	}
}

// TestNetworkInfoVector reads A.6.
func TestNetworkInfoVector(t *testing.T) {
	frame := wiretest.Hex(t, `
		0052 7802 0014 0000 0000 0008 86493206 02DA1B3503978A7003A700000000C2FC
		B4000000A6EA7003A70000008A80C08A18C2FCB4008B390000BACB7005010001
		0765612D736A63009C02BB1BF303922C330000BA1D340004D62C33000000`)
	g, err := tdf.Parse(frame[12:])
	if err != nil {
		t.Fatal(err)
	}
	n := presence.NewNetwork()
	n.SetInfo(g, presence.AddressRule{Peer: netip.MustParseAddr("203.0.113.5")})
	if n.Address.External != port("203.0.113.5") || n.Address.Internal != port("192.168.0.10") ||
		len(n.Latencies) != 1 || n.Latencies[0] != 156 || n.QoS != (presence.QoS{NAT: 4}) {
		t.Errorf("got %+v", n)
	}
}

func TestNetworkInfo(t *testing.T) {
	n := presence.NewNetwork()
	n.SetInfo(networkInfo(t, func(e *tdf.Encoder) {
		pair(e, "198.51.100.1:1000", "192.168.0.10:3659")
		e.Map("NLMP", tdf.TypeString, tdf.TypeVarint, 4, func(i int) {
			e.ElemStr([]string{"rs-lhr", "EA-sjc", "rs-iad", "rs-lhr"}[i])
			e.ElemInt([]int64{-3, 156, 0x0fff0fff, 7}[i])
		})
		e.Group("NQOS", func() { e.Uint("DBPS", 5); e.Uint("NATT", 1); e.Uint("UBPS", 6) })
	}), presence.AddressRule{})
	if diff := cmp.Diff([]int64{156, 0x0fff0fff, 7}, n.Latencies); diff != "" {
		t.Errorf("latencies by alias, the last of a repeated one: %s", diff)
	}
	if n.QoS != (presence.QoS{Down: 5, NAT: 1, Up: 6}) {
		t.Errorf("QoS %+v", n.QoS)
	}
	// What a later report leaves out stays, except the latencies: without sites there are none.
	n.SetInfo(networkInfo(t, func(e *tdf.Encoder) { e.Uint("ADDR", 1); e.Str("NQOS", "x") }), presence.AddressRule{})
	if n.Address.External.String() != "198.51.100.1:1000" || n.QoS.Down != 5 || n.Latencies != nil {
		t.Errorf("after a report of other types: %+v", n)
	}
	many := networkInfo(t, func(e *tdf.Encoder) {
		e.Map("NLMP", tdf.TypeString, tdf.TypeVarint, 1000, func(i int) { e.ElemStr(fmt.Sprint(i)); e.ElemInt(1) })
	})
	n.SetInfo(many, presence.AddressRule{})
	if len(n.Latencies) != 16 {
		t.Errorf("%d latencies kept of 1000", len(n.Latencies))
	}
}

// TestMetrics is spec: blaze 4.4.10.
func TestMetrics(t *testing.T) {
	const wan = 0xc6336401 // 198.51.100.1
	report := func(flags, status, wan uint64) tdf.Group {
		return networkInfo(t, func(e *tdf.Encoder) {
			e.Uint("UBFL", flags)
			e.Uint("USTA", status)
			e.Uint("UWAN", wan)
		})
	}
	known := presence.NewNetwork()
	known.Address = presence.PairAddress(netip.MustParseAddrPort("203.0.113.5:1000"), port("192.168.0.10"))
	single := presence.NewNetwork()
	single.Address = presence.SingleAddress(port("203.0.113.5"))
	for _, tt := range []struct {
		name    string
		net     presence.Network
		body    tdf.Group
		changed bool
		want    string
	}{
		{"enabled", known, report(1, 2, wan), true, "198.51.100.1:1000"},
		{"no address yet", presence.NewNetwork(), report(0, 2, wan), true, "198.51.100.1:0"},
		{"found only", known, report(0, 1, wan), false, "203.0.113.5:1000"},
		{"double NAT", known, report(2, 2, wan), false, "203.0.113.5:1000"},
		{"no WAN address", known, report(0, 2, 0), false, "203.0.113.5:1000"},
		{"not a pair", single, report(0, 2, wan), false, "203.0.113.5:3659"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			n := tt.net
			if got := n.SetMetrics(tt.body); got != tt.changed {
				t.Errorf("changed %v, want %v", got, tt.changed)
			}
			if got := n.Address.External.String(); got != tt.want {
				t.Errorf("external %s, want %s", got, tt.want)
			}
			if tt.changed && !n.Address.IsPair() {
				t.Error("not a pair")
			}
		})
	}
}

// TestAddressKinds sends every kind of address on, in both spellings, and
// refuses what would spoil the messages to others.
func TestAddressKinds(t *testing.T) {
	host := func(name string) func(*tdf.Encoder) {
		return func(e *tdf.Encoder) { e.Str("NAME", name); e.Uint("PORT", 1) }
	}
	zeros := "2{EXIP: {IP: 0, PORT: 0}, INIP: {IP: 0, PORT: 0}}"
	for _, tt := range []struct {
		name    string
		index   uint8
		fields  func(*tdf.Encoder)
		want    string
		element string
	}{
		{"Xbox client", 0, func(e *tdf.Encoder) { e.Blob("XDDR", []byte{1}); e.Uint("XUID", 2) }, "0{XDDR: <01>, XUID: 2}", zeros},
		{"Xbox server", 1, func(e *tdf.Encoder) { e.Uint("PORT", 1); e.Str("SITE", "s"); e.Uint("SVID", 2) },
			`1{PORT: 1, SITE: "s", SVID: 2}`, `1{PORT: 1, SITE: "s", SVID: 2}`},
		{"single", 3, func(e *tdf.Encoder) { endpoint(e, port("203.0.113.5")) },
			"3{IP: 3405803781, PORT: 3659}", "3{IP: 3405803781, PORT: 3659}"},
		{"host name", 4, host("a.example"), `4{NAME: "a.example", PORT: 1}`, `4{NAME: "a.example", PORT: 1}`},
		{"long host name", 4, host(strings.Repeat("a", 400)), "unset", zeros},
		{"fields out of order", 4, func(e *tdf.Encoder) { e.Uint("PORT", 1); e.Str("NAME", "a") }, "unset", zeros},
		{"index that does not exist", 5, host("a"), "unset", zeros},
		{"index without a spelling in lists", 0x50, host("a"), "unset", zeros},
	} {
		t.Run(tt.name, func(t *testing.T) {
			n := presence.NewNetwork()
			n.SetInfo(networkInfo(t, func(e *tdf.Encoder) { e.Union("ADDR", tt.index, func() { tt.fields(e) }) }), presence.AddressRule{})
			var e tdf.Encoder
			n.Address.Encode(&e, "ADDR")
			e.List("HNET", tdf.TypeGroup, 1, func(int) { n.Address.EncodeElement(&e) })
			if err := e.Err(); err != nil {
				t.Fatal(err)
			}
			g, err := tdf.Parse(e.Bytes())
			if err != nil {
				t.Fatal(err)
			}
			if err := tdf.CheckOrder(g); err != nil {
				t.Error(err)
			}
			if got, want := fmt.Sprint(g), "{ADDR: "+tt.want+", HNET: ["+tt.element+"]}"; got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}
