package game

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/charonrelay/charon/blaze"
	"github.com/charonrelay/charon/blaze/tdf"
	"github.com/charonrelay/charon/engine/internal/wiretest"
	"github.com/charonrelay/charon/engine/presence"
)

// vectorGame is the game of appendix A.10 to A.12 with one or two players.
func vectorGame(players int) *Game {
	port := func(ip string) netip.AddrPort { return netip.AddrPortFrom(netip.MustParseAddr(ip), 3659) }
	net := func(ext, in string) presence.Network {
		n := presence.NewNetwork()
		n.Address = presence.PairAddress(port(ext), port(in))
		return n
	}
	g := &Game{
		ID: 1, uuid: "286a2373-3e6e-46b9-8294-3ef05e479503", version: DefaultVersion, seed: 0x12345678,
		created: time.Unix(0, 0), state: StateInitializing, settings: 0x11f, reporting: 18014398695176361,
	}
	for _, dlc := range []string{"2300", "2500", "2700", "3050", "3225"} {
		g.attrs = append(g.attrs, tdf.Pair{Key: "ME3_dlc" + dlc, Value: "required"})
	}
	g.attrs = append(g.attrs, tdf.Pair{Key: "ME3gameDifficulty", Value: "difficulty0"}, tdf.Pair{Key: "ME3gameEnemyType", Value: "enemy1"},
		tdf.Pair{Key: "ME3map", Value: "map11"}, tdf.Pair{Key: "ME3privacy", Value: "PUBLIC"})
	const enNZ = 0x656e4e5a
	test := presence.NewUser(presence.Identity{ID: 1, Name: "Test", Locale: enNZ}, nil, net("203.0.113.5", "192.168.0.10"), 100)
	g.host = g.add(test, PlayerConnected)
	if players > 1 {
		two := presence.NewUser(presence.Identity{ID: 2, Name: "Two", Locale: enNZ}, nil, net("198.51.100.7", "10.0.0.2"), 100)
		g.add(two, PlayerConnecting)
	}
	return g
}

func TestSetupOfCreator(t *testing.T) {
	wiretest.Equal(t, "setup of the creator", vectorGame(1).setup(setupReason{}), wiretest.Vector(t, "a10_game_setup_created.hex"))
}

// TestSetupOfJoiner compares with A.11, which differs from what this server
// sends in being tunnelled: topology 1 and the tunnel's local end as host.
func TestSetupOfJoiner(t *testing.T) {
	g := vectorGame(2)
	g.state = StatePreGame
	want := wiretest.Vector(t, "a11_game_setup_matched_tunnelled.hex")
	want = wiretest.Replace(t, want, "A2E974 040301 03 A70000 008180 80F00F C2FCB4 00949205 00",
		"A2E974 040301 02 978A70 03 A70000 0085C483B019 C2FCB4 008B39 00 A6EA70 03 A70000 008A80C08A18 C2FCB4 008B39 00 00")
	want = wiretest.Replace(t, want, "BB4BF0 0001", "BB4BF0 0000")
	wiretest.Equal(t, "setup of a matched player", g.setup(setupReason{joined: true, session: 2, user: 2}), want)
}

// TestSetupOfInvited is A.11 with the other reason: REAS index 0 {DCTX 1}.
func TestSetupOfInvited(t *testing.T) {
	g := vectorGame(2)
	matched := wiretest.Frame(t, g.setup(setupReason{joined: true, session: 2, user: 2}))
	want := wiretest.Replace(t, matched, "CA5873 06 03 DA1B3503 9A9D0000A0D102 B61E2600A0D102 B73A640002 CB3B340002 D73A640002 00",
		"CA5873 06 00 DA1B3503 923D380001 00")
	wiretest.Equal(t, "setup of an invited player", g.setup(setupReason{joined: true, user: 2}), want)
}

func TestPlayerJoining(t *testing.T) {
	g := vectorGame(2)
	wiretest.Equal(t, "player joining", g.playerJoining(g.members[1]), wiretest.Vector(t, "a12_player_joining.hex"))
}

// TestSmallNotifications has the vectors of 1.7, A.14 and A.15, and for the
// rest the field lists of 4.6.17.
func TestSmallNotifications(t *testing.T) {
	g := vectorGame(2)
	g.settings = 285
	added := g.adminChange(2, adminAdded)
	g.host = g.members[1]
	attrs := Attributes{{Key: "ME3gameState", Value: "IN_LOBBY"}}
	for _, tt := range []struct {
		name string
		p    blaze.Packet
		want string
	}{
		{"state change", g.stateChange(StatePreGame), "000B 0004 0064 0000 2000 0000 9E990000 01 9F3D2100 8202"},
		{"player removed", g.playerRemoved(g.members[1], PlayerLeft), "0014 0004 0028 0000 2000 0000 8EED380000 9E99000001 C299000002 CA58730006"},
		{"admin added", added, "0014 0004 00CA 0000 2000 0000 86CCF40002 9E99000001 BF09720000 D699000001"},
		{"admin removed", g.adminChange(2, adminRemoved), "0014 0004 00CA 0000 2000 0000 86CCF40002 9E99000001 BF09720001 D699000002"},
		{"settings change", g.settingsChange(), "000B 0004 006E 0000 2000 0000 874D32009D04 9E99000001"},
		{"attributes change", g.attributesChange(attrs), `0024 0004 0050 0000 2000 0000 874D32050101 01
			0D4D453367616D65537461746500 09494E5F4C4F42425900 9E99000001`},
		{"reporting id change", g.reportingIDChange(), "0011 0004 0071 0000 2000 0000 9E99000001 9F2A6400A9E28BB181808040"},
		{"player state change", g.playerStateChange(g.members[1]), "000F 0004 0074 0000 2000 0000 9E99000001 C299000002 CF48740002"},
		{"join completed", g.joinCompleted(g.members[1]), "000A 0004 001E 0000 2000 0000 9E99000001 C299000002"},
		{"migration start", g.migrationStart(), "0014 0004 0046 0000 2000 0000 9E99000001 A2FCF40002 C2DA670002 CECBF40001"},
		{"migration finished", g.migrationFinished(), "0005 0004 003C 0000 2000 0000 9E99000001"},
	} {
		wiretest.Equal(t, tt.name, tt.p, wiretest.Hex(t, tt.want))
	}
}

// TestData is the element of spec: blaze 4.6.14.
func TestData(t *testing.T) {
	g := vectorGame(2)
	g.attrs = Attributes{{Key: "ME3map", Value: "map11"}}
	b, err := g.Data()
	if err != nil {
		t.Fatal(err)
	}
	got, err := tdf.Parse(b)
	if err != nil {
		t.Fatal(err)
	}
	if err := tdf.CheckOrder(got); err != nil {
		t.Error(err)
	}
	const want = `{ADMN: [1, 2], ATTR: {"ME3map": "map11"}, CAP: [4, 0], GID: 1, GNAM: "Test", GSET: 287, GSTA: 1, ` +
		`HNET: [2{EXIP: {IP: 3405803781, PORT: 3659}, INIP: {IP: 3232235530, PORT: 3659}}], HOST: 1, NTOP: 0, PCNT: [2, 0], ` +
		`PRES: 1, PSAS: "ea-sjc", PSID: "", QCAP: 0, QCNT: 0, SID: 0, TCAP: 0, VOIP: 2, VSTR: "ME3-295976325-179181965240128"}`
	if diff := cmp.Diff(want, fmt.Sprint(got)); diff != "" {
		t.Error(diff)
	}
}

func TestVersionHash(t *testing.T) {
	if got := versionHash(DefaultVersion); got != 0x05a4f2b378b715c6 {
		t.Errorf("hash of %q is %#x", DefaultVersion, got)
	}
}
