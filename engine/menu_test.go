package engine_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/charonrelay/charon/blaze"
	"github.com/charonrelay/charon/blaze/tdf"
	"github.com/charonrelay/charon/engine"
	"github.com/charonrelay/charon/engine/internal/wiretest"
	"github.com/charonrelay/charon/internal/buildinfo"
)

var components = []blaze.Component{
	blaze.Authentication, blaze.GameManager, blaze.Redirector, blaze.Stats, blaze.Util, blaze.Messaging, blaze.AssociationLists,
	blaze.GameReporting, blaze.UserSessions, 0x7d0, 0xf802,
}

// TestEveryCommand sends every command with an empty body, without a login and
// with one. Each has an answer whose fields are in order; next checks that.
func TestEveryCommand(t *testing.T) {
	s := start(t, engine.Config{Logger: discard()})
	for name, c := range map[string]*client{"anonymous": s.dial(nil), "logged in": s.player(1)} {
		known, unknown := 0, s.engine.Stats().UnknownCommands
		for _, component := range components {
			for command := range uint16(0x140) {
				before := s.engine.Stats().UnknownCommands
				p := c.ask(component, command, nil)
				if counted := s.engine.Stats().UnknownCommands != before; counted {
					if p.Type != blaze.Response || len(p.Body) > 0 {
						t.Errorf("%s: unknown command answered with %v", name, p)
					}
					continue
				}
				known++
			}
		}
		if known < 43 {
			t.Errorf("%s: %d commands are known", name, known)
		}
		if n := s.engine.Stats().UnknownCommands - unknown; n != uint64(len(components)*0x140-known) {
			t.Errorf("%s: %d unknown commands counted", name, n)
		}
	}
}

// TestGarbage sends every known command with bodies of all kinds: whatever the
// fields hold, the server answers and stays as it is.
func TestGarbage(t *testing.T) {
	s := start(t, engine.Config{Logger: discard()})
	c := s.player(1)
	labels := []string{
		"ATTR", "GID", "GSET", "GSTA", "VSTR", "USER", "PID", "REAS", "TARG", "GLST", "CRIT", "DUR", "RPRT", "ADDR", "NLMP", "NQOS",
		"HWFG", "KEY", "DATA", "CFID", "TVAL", "CINF", "UWAN", "USTA", "ETAG", "ID",
	}
	r := rand.New(rand.NewPCG(1, 2))
	var value func(e *tdf.Encoder, label string, depth int)
	value = func(e *tdf.Encoder, label string, depth int) {
		text := []string{"", "abstain", "ME3map", strings.Repeat("x", 3000), "\xff\xfe"}[r.IntN(5)]
		kind := r.IntN(12)
		if depth > 2 {
			kind %= 3
		}
		inner := func() { value(e, labels[r.IntN(len(labels))], depth+1) }
		n := r.IntN(5)
		switch kind {
		case 0:
			e.Uint(label, r.Uint64()>>r.IntN(64))
		case 1:
			e.Int(label, -r.Int64()>>r.IntN(62))
		case 2:
			e.Str(label, text)
		case 3:
			e.Blob(label, make([]byte, n))
		case 4:
			e.Group(label, inner)
		case 5:
			e.Union(label, uint8(r.IntN(127)), inner)
		case 6:
			e.UnionUnset(label)
		case 7:
			e.Variable(label, 1, "GAME", inner)
		case 8:
			e.StrMap(label, make([]tdf.Pair, n))
		case 9:
			e.List(label, tdf.TypeGroup, n, func(int) { e.ElemGroup(inner) })
		case 10:
			e.Map(label, tdf.TypeVarint, tdf.TypeGroup, n, func(int) { e.ElemInt(r.Int64() >> 40); e.ElemGroup(inner) })
		case 11:
			e.Map(label, tdf.TypeString, tdf.TypeVarint, n, func(int) { e.ElemStr(text); e.ElemUint(5) })
		}
	}
	for range 10 {
		for _, component := range components {
			for command := range uint16(0x100) {
				if component != blaze.GameManager && r.IntN(4) > 0 { // the most of all is in there
					continue
				}
				if component == blaze.Authentication && (command == blaze.AuthLogout || command == blaze.AuthLogin || command == blaze.AuthCreateAccount) {
					continue
				}
				body := func(e *tdf.Encoder) {
					for _, i := range r.Perm(len(labels))[:8] {
						value(e, labels[i], 0)
					}
				}
				if p := c.ask(component, command, body); p.Error == blaze.CodeDatabase {
					t.Errorf("%v", p)
				}
			}
		}
	}
	if got := s.engine.Stats(); got.Players != 1 || got.Games > 1 || got.Searching > 1 || got.Games+got.Searching > 1 {
		t.Errorf("%+v", got)
	}
}

// TestMenu is what a game needs to reach the multiplayer menu (spec: blaze 8.8).
func TestMenu(t *testing.T) {
	s := start(t, engine.Config{})
	c := s.dial(http.Header{"X-Pocket-Relay-Host": {"127.9.8.7"}})
	preAuth := c.must(blaze.Util, blaze.UtilPreAuth, nil)
	if got := preAuth.Group("QOSS").Group("BWPS").Str("PSA"); got != "127.9.8.7" {
		t.Errorf("QoS host %s", got)
	}
	config := func(name string) map[string]string {
		m := map[string]string{}
		body := c.must(blaze.Util, blaze.UtilFetchClientConfig, func(e *tdf.Encoder) { e.Str("CFID", name) })
		last := ""
		for k, v := range body.Map("CONF").Strings() {
			if last != "" && tdf.CompareKeys(last, k) >= 0 {
				t.Errorf("%s: %s comes after %s", name, k, last)
			}
			last, m[k] = k, v
		}
		return m
	}
	data := config("ME3_DATA")
	want := map[string]string{
		"GAW_SERVER_BASE_URL": "http://127.9.8.7:42131/", "IMG_MNGR_BASE_URL": "http://127.9.8.7:42131/content/",
		"IMG_MNGR_MAX_BYTES": "1048576", "IMG_MNGR_MAX_IMAGES": "5", "JOB_THROTTLE_0": "10000", "JOB_THROTTLE_1": "5000",
		"JOB_THROTTLE_2": "1000", "MATCH_MAKING_RULES_VERSION": "5", "MULTIPLAYER_PROTOCOL_VERSION": "3",
		"TEL_DISABLE": data["TEL_DISABLE"], "TEL_DOMAIN": "pc/masseffect-3-pc-anon", "TEL_FILTER": "-UION/****", "TEL_PORT": "42129",
		"TEL_SEND_DELAY": "15000", "TEL_SEND_PCT": "75", "TEL_SERVER": "127.9.8.7",
	}
	if diff := cmp.Diff(want, data); diff != "" {
		t.Error(diff)
	}
	if countries := strings.Split(data["TEL_DISABLE"], ","); len(countries) != 200 || len(data["TEL_DISABLE"]) != 599 {
		t.Errorf("%d countries in %d characters", len(countries), len(data["TEL_DISABLE"]))
	}
	if m := config("ME3_MSG"); len(m) != 19 || !strings.Contains(m["MSG_1_message_pl"], buildinfo.Compat) {
		t.Errorf("%d keys: %v", len(m), m)
	}
	if m := config("ME3_ENT"); m["ENT_1_group"] != "ME3PCOffers" || m["STORE_CATALOG_ID"] != "13332" {
		t.Errorf("%v", m)
	}
	if m := config("nonsense"); len(m) != 0 {
		t.Errorf("%v", m)
	}

	c.adopt(c.must(blaze.Authentication, blaze.AuthCreateAccount, password(1, "password")))
	postAuth := c.must(blaze.Util, blaze.UtilPostAuth, nil)
	if got := []string{postAuth.Group("TELE").Str("ADRS"), postAuth.Group("TICK").Str("ADRS")}; got[0] != "127.9.8.7" || got[1] != got[0] {
		t.Errorf("addresses %v", got)
	}
	if got := postAuth.Group("TICK").Str("SKEY"); !strings.HasPrefix(got, "1,10.23.15.2:8999,") || postAuth.Group("UROP").Uint("UID") != 1 {
		t.Errorf("ticker key %q", got)
	}
	tags := map[string]int{}
	for v := range c.must(blaze.Authentication, blaze.AuthListUserEntitlements2, nil).List("NLST").All() {
		g := v.Group()
		tags[g.Str("TAG")]++
		if g.Str("GDAY") != "2012-12-15T16:15Z" || g.Uint("STAT") != 1 {
			t.Errorf("entitlement %v", g)
		}
	}
	for _, tag := range []string{"ONLINE_ACCESS", "PROJECT10_CODE_CONSUMED", "ME3_PRC_RESURGENCE", "ME3_PRC_REBELLION", "ME3_PRC_EARTH", "ME3_PRC_GOBIG", "ME3_PRC_MP5"} {
		if tags[tag] == 0 {
			t.Errorf("no entitlement %s", tag)
		}
	}
	if p := c.ask(blaze.Authentication, blaze.AuthListUserEntitlements2, func(e *tdf.Encoder) { e.Str("ETAG", "x") }); len(p.Body) != 0 {
		t.Errorf("search for a tag: %v", p)
	}
	for _, command := range []uint16{blaze.AuthGetTermsOfServiceContent, blaze.AuthGetPrivacyPolicyContent} {
		g := c.must(blaze.Authentication, command, nil)
		if g.Uint("TCOL") != uint64(len(g.Str("TCOT"))) || !strings.HasSuffix(g.Str("LDVC"), "/02042022") {
			t.Errorf("document %v", g)
		}
	}
	c.flush()
	c.compare([]string{"R {MCNT: 1}"}, s.lines(c.until(c.send(blaze.Messaging, blaze.MessagingFetchMessages, nil))))
	got := c.flush()
	if len(got) != 1 || !strings.Contains(got[0], "Welcome, "+c.name) || !strings.Contains(got[0], fmt.Sprintf("SRCE: (%d,1,1)", 0x7802)) {
		t.Errorf("message %v", got)
	}
	if g := wiretest.Body(t, c.ask(blaze.AssociationLists, blaze.AssociationGetLists, nil)); g.List("LMAP").Len() != 1 {
		t.Errorf("lists %v", g)
	}
}
