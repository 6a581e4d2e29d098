package gamesim

import (
	"encoding/hex"
	"net/netip"
	"strings"
	"testing"

	"github.com/charonrelay/charon/blaze/tdf"
)

// TestRequestFrames compares requests with the verified frames of the
// specification, byte for byte.
func TestRequestFrames(t *testing.T) {
	home := Network{
		Internal: netip.MustParseAddrPort("192.168.0.10:3659"),
		NAT:      natUnknown,
		Latency:  []SiteLatency{{bestPingSite, 156}},
	}
	requests := map[string]Request{
		"1.7 Util.ping ":               Ping(),
		"1.7 Util.fetchClientConfig ":  FetchClientConfig("ME3_DATA"),
		"A.6 ":                         UpdateNetworkInfo(home),
		"A.18 ":                        SubmitOfflineGameReport(1, "AU", 10, 20),
		"A.20 ":                        UpdateMeshConnection(1, 2),
		"A.21 ":                        UserSettingsSave("class1", "20;4;Adept;20;0.0000;50"),
		"client 3.3 Redirector.getSer": GetServerInstance("enNZ"),
	}
	for title, r := range requests {
		t.Run(title, func(t *testing.T) {
			for _, f := range frames(t) {
				if !strings.HasPrefix(f.title, title) || f.Type != 0 {
					continue
				}
				got, err := r.packet(f.Seq).AppendTo(nil)
				if err != nil {
					t.Fatal(err)
				}
				if string(got) != string(f.bytes) {
					t.Errorf("got\n%s\nwant\n%s", hex.EncodeToString(got), hex.EncodeToString(f.bytes))
				}
				return
			}
			t.Fatal("no such frame")
		})
	}
}

// TestRequestOrder demands ascending tags of every request, and the labels of
// the tables of spec: blaze 4 for the long ones.
func TestRequestOrder(t *testing.T) {
	n := Network{Internal: netip.MustParseAddrPort("192.168.0.10:3659")}
	for _, tc := range []struct {
		request Request
		labels  string
	}{
		{PreAuth("enNZ"), "CDAT CINF FCCR"},
		{PostAuth(), ""},
		{UserSettingsLoadAll(), ""},
		{SetClientMetrics(), "UBFL UDEV UFLG ULRC UNAT USTA UWAN"},
		{SuspendUserPing(1), "TVAL"},
		{UpdateNetworkInfo(n), "ADDR NQOS"},
		{UpdateHardwareFlags(1), "HWFG"},
		{LookupUser(1), "AID ALOC EXBB EXID ID NAME"},
		{ResumeSession("x"), "SKEY"},
		{FetchMessages(), "FLAG MGID PIDX PSIZ SMSK SORT SRCE STAT TARG TYPE"},
		{GetLists(), "ALST MXRC OFRC"},
		{LoginPassword("a@b.c", "p"), "DVID MAIL PASS TOKN TYPE"},
		{SilentLogin("t", 1), "AUTH PID TYPE"},
		{CreateAccount("a@b.c", "p", "t", "q"), "BDAY BMON BYR CTRY DVID GEST LANG MAIL OPT1 OPT3 PASS PNAM PRIV PRNT PROF TOSV TSUI"},
		{LoginPersona("x"), "PNAM"},
		{Logout(), ""},
		{PasswordForgot("a@b.c"), "MAIL"},
		{ListUserEntitlements2(), "BUID EPSN EPSZ ETAG GDAY GNLS HAUP PJID PRID RECU STAT TERD TYPE"},
		{GetAuthToken(), ""},
		{GetLegalDocsInfo(), "CTRY PTFM"},
		{GetTermsOfServiceContent(), "CTRY LANG PTFM TEXT"},
		{GetPrivacyPolicyContent(), "CTRY LANG PTFM TEXT"},
		{CreateGame("x", DefaultMatch, n), "ATTR BTPL GCTR GENT GNAM GSET GTYP GURL HNET IGNO NRES NTOP PCAP PGID PGSC PMAX PRES QCAP RGID SLOT TCAP TIDX VOIP VSTR"},
		{FinalizeGameCreation(1), "GID XNNC XSES"},
		{AdvanceGameState(1, 130), "GID GSTA"},
		{SetGameSettings(1, 285), "GID GSET"},
		{SetGameAttributes(1, gameState("IN_LOBBY")), "ATTR GID"},
		{JoinGame(1, n), "BTPL GENT GID GVER JMET PNET SLID SLOT TIDX USER"},
		{RemovePlayer(1, 2, 6), "BTPL CNTX GID PID REAS"},
		{StartMatchmaking(DefaultMatch, n), "BTPL CRIT DUR GENT GNAM GSET GVER IGNO MODE NTOP PMAX PNET QCAP VOIP"},
		{CancelMatchmaking(1), "MSID"},
		{ReplayGame(1), "GID"},
		{AddAdminPlayer(1, 2), "GID PID"},
		{GetGameDataFromID(1), "DNAM GLST"},
		{UpdateMeshConnection(1, 2), "GID TARG"},
		{SubmitOfflineGameReport(1, "NZ", 1, 2), "FNSH PRVT RPRT"},
	} {
		t.Run(tc.request.String(), func(t *testing.T) {
			g, err := tc.request.packet(0).Fields()
			if err != nil {
				t.Fatal(err)
			}
			if err := tdf.CheckOrder(g); err != nil {
				t.Error(err)
			}
			var labels []string
			for f := range g.Fields() {
				labels = append(labels, f.Tag.String())
			}
			if got := strings.Join(labels, " "); got != tc.labels {
				t.Errorf("labels %s, want %s", got, tc.labels)
			}
		})
	}
	g, err := StartMatchmaking(DefaultMatch, n).packet(0).Fields()
	if err != nil {
		t.Fatal(err)
	}
	var labels []string
	for f := range g.Group("CRIT").Fields() {
		labels = append(labels, f.Tag.String())
	}
	const want = "CUST DNF GEO GNAM NAT PSR RANK RLST RSZR SIZE TEAM UED VIAB VIRT"
	if got := strings.Join(labels, " "); got != want {
		t.Errorf("criteria %s, want %s", got, want)
	}
}

func TestVersionHash(t *testing.T) {
	if got := versionHash(protocolVersion); got != 0x05A4F2B378B715C6 {
		t.Errorf("hash %#x, want 0x05A4F2B378B715C6", got)
	}
}

func TestConfigIsChecked(t *testing.T) {
	v6 := netip.MustParseAddrPort("[::1]:3659")
	v4 := netip.MustParseAddrPort("192.168.0.10:3659")
	for _, tc := range []struct {
		cfg  Config
		want string
	}{
		{Config{Locale: "en"}, `gamesim: locale "en" must have four letters, such as "enNZ"`},
		{Config{Timeout: -1}, "gamesim: timeout -1ns must not be negative"},
		{Config{Network: &Network{Internal: v6}}, "gamesim: the game's addresses [::1]:3659 and invalid AddrPort must be IPv4"},
		{Config{Network: &Network{Internal: v4, Latency: []SiteLatency{{"rs-iad", 1}, {bestPingSite, 2}}}}, "gamesim: ping sites must be sorted by alias"},
	} {
		if _, err := Dial(t.Context(), tc.cfg); err == nil || err.Error() != tc.want {
			t.Errorf("%v, want %s", err, tc.want)
		}
	}
}

func TestParsePingPeriod(t *testing.T) {
	for s, want := range map[string]string{
		"15s":  "",
		"1ms":  `pingPeriod "1ms" is not between 100ms and 5m0s`,
		"9h":   `pingPeriod "9h" is not between 100ms and 5m0s`,
		"":     `pingPeriod "" is not a time such as "15s"`,
		"soon": `pingPeriod "soon" is not a time such as "15s"`,
	} {
		_, err := parsePingPeriod(s)
		got := ""
		if err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%q: %q, want %q", s, got, want)
		}
	}
}

func TestCheckChunks(t *testing.T) {
	for _, tc := range []struct {
		entries []tdf.Pair
		want    string
	}{
		{nil, ""},
		{[]tdf.Pair{{Key: "CHUNK_0", Value: "AQIDBA=="}, {Key: "CHUNK_SIZE", Value: "255"}, {Key: "DATA_SIZE", Value: "8"}}, ""},
		{[]tdf.Pair{{Key: "CHUNK_0", Value: "AQIDBA=="}, {Key: "CHUNK_SIZE", Value: "255"}, {Key: "DATA_SIZE", Value: "4"}}, "has 8 characters in CHUNK_0, not 4"},
		{[]tdf.Pair{{Key: "CHUNK_0", Value: "AQIDBA=="}, {Key: "CHUNK_SIZE", Value: "64"}, {Key: "DATA_SIZE", Value: "8"}}, `has the CHUNK_SIZE "64", not "255"`},
		{[]tdf.Pair{{Key: "CHUNK_0", Value: "AQIDBA=="}, {Key: "CHUNK_SIZE", Value: "255"}}, `has the DATA_SIZE ""`},
		{[]tdf.Pair{{Key: "CHUNK_SIZE", Value: "255"}, {Key: "DATA_SIZE", Value: "8"}}, "has 2 entries, but DATA_SIZE 8 makes 3"},
		{[]tdf.Pair{{Key: "CHUNK_SIZE", Value: "255"}, {Key: "DATA_SIZE", Value: "9223372036854775807"}}, `has the DATA_SIZE "9223372036854775807"`},
		{[]tdf.Pair{{Key: "CHUNK_0", Value: "AQ*DBA=="}, {Key: "CHUNK_SIZE", Value: "255"}, {Key: "DATA_SIZE", Value: "8"}}, "is not base64: illegal base64 data at input byte 2"},
	} {
		if got := checkChunks(tc.entries); got != tc.want {
			t.Errorf("%v: %q, want %q", tc.entries, got, tc.want)
		}
	}
}
