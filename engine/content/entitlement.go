package content

import (
	"strconv"

	"github.com/charonrelay/charon/blaze/tdf"
)

// Entitlement is a right of the player that the game asks for (spec: blaze
// 4.3.8, appendix C).
type Entitlement struct {
	Group   string
	ID      uint64
	Project string
	// Catalog is the PRCA number, Kind the TYPE: 1 online access, 5 content.
	Catalog uint8
	Product string
	Tag     string
	Kind    uint8
}

const (
	groupOffers   = "ME3PCOffers"
	groupContent  = "ME3PCContent"
	groupGeneral  = "ME3GenOffers"
	kindOnline    = 1
	kindContent   = 5
	catalogOffers = 2
)

// Entitlements returns what every player has: the online pass, online access
// and the five multiplayer packs that were free for everybody; nothing that
// was ever sold. Packs appear under both groups that the game may look for
// them in (spec: data 5.2).
func Entitlements() []Entitlement {
	list := []Entitlement{
		{groupOffers, 1014963946559, "303107", catalogOffers, "DR:229644400", "PROJECT10_CODE_CONSUMED", kindOnline},
		{groupOffers, 1014963746559, "303107", catalogOffers, "DR:229644400", "ONLINE_ACCESS", kindOnline},
		{groupGeneral, 1017854546559, "303107", 0, "", "ONLINE_ACCESS_GAW_WEB", kindOnline},
		{groupGeneral, 1014762946559, "303107", 0, "", "ONLINE_ACCESS_GAW_PC", kindOnline},
		{groupGeneral, 1005614546559, "303107", catalogOffers, "", "ONLINE_ACCESS_GAW_XBL2", kindOnline},
	}
	for _, p := range packs {
		for _, group := range []string{groupOffers, groupContent} {
			list = append(list, Entitlement{group, p.entitlement, "300241", catalogOffers, p.product, p.tag, kindContent})
		}
	}
	return list
}

// packs are the free multiplayer packs: how they are granted, and what the
// game learns about them in ME3_ENT (spec: blaze appendix C and E).
var packs = [...]struct {
	entitlement uint64
	product     string
	tag         string
	id          int
	title       int // talk table
	maps        []string
}{
	{1015820846559, "OFB-MASS:47872", "ME3_PRC_RESURGENCE", 2300, 728589, []string{"BioP_MPGeth", "BioP_MPMoon"}},
	{1015788746559, "OFB-MASS:49465", "ME3_PRC_REBELLION", 2500, 735694, []string{"BioP_MPJngl", "BioP_MPThes"}},
	{1015788946559, "OFB-MASS:51073", "ME3_PRC_EARTH", 2700, 747202, []string{"BioP_MPHosp", "BioP_MPOcean", "BioP_MPRoad"}},
	{1015789346559, "OFB-MASS:52000", "ME3_PRC_GOBIG", 3050, 768382, []string{
		"BioP_MPNov2", "BioP_MPCer2", "BioP_MPDish2", "BioP_MPRctr2", "BioP_MPSlum2",
		"BioP_MPTowr2", "BioP_MPTowr3", "BioP_MPNov3", "BioP_MPCer3",
	}},
	{1015790546559, "OFB-MASS:59712", "ME3_PRC_MP5", 3225, 782577, nil},
}

// catalogue is ME3_ENT: the groups to ask for, the online pass and the packs
// (spec: blaze 7.3, data 8.1).
func catalogue() []tdf.Pair {
	pairs := []tdf.Pair{
		{Key: "CERBERUS_OFFER_ID", Value: "101"},
		{Key: "STORE_CATALOG_ID", Value: "13332"},
	}
	n := 0
	entry := func(group, tag string, id int, param string) {
		n++
		key := "ENT_" + strconv.Itoa(n)
		pairs = append(pairs, tdf.Pair{Key: key + "_group", Value: group})
		if tag == "" {
			return
		}
		pairs = append(pairs, tdf.Pair{Key: key + "_entitlement", Value: tag}, tdf.Pair{Key: key + "_ID", Value: strconv.Itoa(id)})
		if param != "" {
			pairs = append(pairs, tdf.Pair{Key: key + "_param", Value: param})
		}
	}
	for _, group := range []string{groupOffers, groupContent, groupGeneral, "ME3GenContent", "ME3GenAncillary"} {
		entry(group, "", 0, "")
	}
	entry(groupOffers, "PROJECT10_CODE_CONSUMED", 101, "")
	entry(groupOffers, "PROJECT10_CODE_CONSUMED_LE1", 102, "BWID=101")
	entry(groupOffers, "PROJECT10_CODE_CONSUMED_LE2", 103, "BWID=101")
	for _, p := range packs {
		param := "MP_DLC=TRUE&stringref=" + strconv.Itoa(p.title)
		for _, m := range p.maps {
			param += "&MP_Maps=" + m
		}
		entry(groupContent, p.tag, p.id, param)
	}
	tdf.SortPairs(pairs)
	return pairs
}
