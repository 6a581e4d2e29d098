package content

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/charonrelay/charon/blaze/tdf"
)

// TestEntitlements compares with the rows of spec: blaze appendix C that the
// server sends; those of packs come under two groups (spec: data 5.2).
func TestEntitlements(t *testing.T) {
	want := []string{
		"ME3PCOffers 1014963946559 303107 2 DR:229644400 PROJECT10_CODE_CONSUMED 1",
		"ME3PCOffers 1014963746559 303107 2 DR:229644400 ONLINE_ACCESS 1",
		"ME3GenOffers 1017854546559 303107 0  ONLINE_ACCESS_GAW_WEB 1",
		"ME3GenOffers 1014762946559 303107 0  ONLINE_ACCESS_GAW_PC 1",
		"ME3GenOffers 1005614546559 303107 2  ONLINE_ACCESS_GAW_XBL2 1",
	}
	for _, row := range []string{
		"1015820846559 300241 2 OFB-MASS:47872 ME3_PRC_RESURGENCE 5",
		"1015788746559 300241 2 OFB-MASS:49465 ME3_PRC_REBELLION 5",
		"1015788946559 300241 2 OFB-MASS:51073 ME3_PRC_EARTH 5",
		"1015789346559 300241 2 OFB-MASS:52000 ME3_PRC_GOBIG 5",
		"1015790546559 300241 2 OFB-MASS:59712 ME3_PRC_MP5 5",
	} {
		want = append(want, "ME3PCOffers "+row, "ME3PCContent "+row)
	}
	var got []string
	for _, e := range Entitlements() {
		got = append(got, fmt.Sprintf("%s %d %s %d %s %s %d", e.Group, e.ID, e.Project, e.Catalog, e.Product, e.Tag, e.Kind))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestCatalogue compares ME3_ENT with the rows of spec: blaze appendix E that
// the server sends, whatever their numbers are.
func TestCatalogue(t *testing.T) {
	local := netip.MustParseAddr("127.0.0.1")
	m := map[string]string{}
	for _, p := range New("1.2.3").ClientConfig("ME3_ENT", local) {
		m[p.Key] = p.Value
	}
	if m["CERBERUS_OFFER_ID"] != "101" || m["STORE_CATALOG_ID"] != "13332" {
		t.Errorf("fixed keys: %v", m)
	}
	want := []string{
		"ME3PCOffers   ", "ME3PCContent   ", "ME3GenOffers   ", "ME3GenContent   ", "ME3GenAncillary   ",
		"ME3PCOffers PROJECT10_CODE_CONSUMED 101 ",
		"ME3PCOffers PROJECT10_CODE_CONSUMED_LE1 102 BWID=101",
		"ME3PCOffers PROJECT10_CODE_CONSUMED_LE2 103 BWID=101",
		"ME3PCContent ME3_PRC_RESURGENCE 2300 MP_DLC=TRUE&stringref=728589&MP_Maps=BioP_MPGeth&MP_Maps=BioP_MPMoon",
		"ME3PCContent ME3_PRC_REBELLION 2500 MP_DLC=TRUE&stringref=735694&MP_Maps=BioP_MPJngl&MP_Maps=BioP_MPThes",
		"ME3PCContent ME3_PRC_EARTH 2700 MP_DLC=TRUE&stringref=747202&MP_Maps=BioP_MPHosp&MP_Maps=BioP_MPOcean&MP_Maps=BioP_MPRoad",
		"ME3PCContent ME3_PRC_GOBIG 3050 MP_DLC=TRUE&stringref=768382&MP_Maps=BioP_MPNov2&MP_Maps=BioP_MPCer2&MP_Maps=BioP_MPDish2" +
			"&MP_Maps=BioP_MPRctr2&MP_Maps=BioP_MPSlum2&MP_Maps=BioP_MPTowr2&MP_Maps=BioP_MPTowr3&MP_Maps=BioP_MPNov3&MP_Maps=BioP_MPCer3",
		"ME3PCContent ME3_PRC_MP5 3225 MP_DLC=TRUE&stringref=782577",
	}
	var got []string
	for n := 1; m[fmt.Sprintf("ENT_%d_group", n)] != ""; n++ {
		key := fmt.Sprintf("ENT_%d_", n)
		got = append(got, strings.Join([]string{m[key+"group"], m[key+"entitlement"], m[key+"ID"], m[key+"param"]}, " "))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestOrder: every map is in the order that the game's library keeps
// (spec: blaze 2.8).
func TestOrder(t *testing.T) {
	c := New("1.2.3")
	for _, name := range []string{"ME3_DATA", "ME3_MSG", "ME3_ENT"} {
		pairs := c.ClientConfig(name, netip.MustParseAddr("127.4.5.6"))
		for i := range pairs[1:] {
			if tdf.CompareKeys(pairs[i].Key, pairs[i+1].Key) >= 0 {
				t.Errorf("%s: %s before %s", name, pairs[i].Key, pairs[i+1].Key)
			}
		}
	}
}

func TestNews(t *testing.T) {
	m := map[string]string{}
	for _, p := range New("1.2.3").ClientConfig("ME3_MSG", netip.Addr{}) {
		m[p.Key] = p.Value
	}
	if len(m) != 19 || m["MSG_1_type"] != "0" || m["MSG_1_priority"] != "1" || m["MSG_1_trackingId"] != "1" {
		t.Errorf("%d keys: %v", len(m), m)
	}
	for _, l := range []string{"", "_de", "_es", "_fr", "_it", "_ja", "_pl", "_ru"} {
		if !strings.Contains(m["MSG_1_message"+l], "1.2.3") || m["MSG_1_title"+l] == "" {
			t.Errorf("language %q: %q %q", l, m["MSG_1_title"+l], m["MSG_1_message"+l])
		}
	}
	if got := MenuMessage("1.2.3", "Somebody"); !strings.HasSuffix(got, "\n") || !strings.Contains(got, "1.2.3") || !strings.Contains(got, "Somebody") {
		t.Errorf("menu message %q", got)
	}
}
