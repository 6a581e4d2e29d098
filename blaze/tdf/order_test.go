package tdf_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/charonrelay/charon/blaze/tdf"
)

func TestCheckOrder(t *testing.T) {
	group := func(e *tdf.Encoder, labels ...string) func() {
		return func() {
			for _, l := range labels {
				e.Uint(l, 0)
			}
		}
	}
	for _, c := range []struct {
		name  string
		build func(*tdf.Encoder)
		want  string // part of the error; "" for none
	}{
		{"ascending", func(e *tdf.Encoder) { group(e, "A", "AB", "AB12", "B", "_A_B")() }, ""},
		{"empty", func(*tdf.Encoder) {}, ""},
		{"descending", func(e *tdf.Encoder) { group(e, "GSTA", "GID")() }, "field GID comes after GSTA"},
		{"repeated", func(e *tdf.Encoder) { group(e, "GID", "GID")() }, "field GID comes after GID"},
		{"longer first", func(e *tdf.Encoder) { group(e, "AB12", "AB")() }, "field AB comes after AB12"},
		{
			"in a group", func(e *tdf.Encoder) {
				e.Group("GAME", func() { e.Group("PHST", group(e, "HSLT", "HPID")) })
			}, "field GAME.PHST.HPID comes after HSLT",
		},
		{
			"in a union", func(e *tdf.Encoder) { e.Union("ADDR", 2, group(e, "B", "A")) },
			"field ADDR.A comes after B",
		},
		{"in an unset union", func(e *tdf.Encoder) { e.UnionUnset("ADDR") }, ""},
		{
			"in a list of groups", func(e *tdf.Encoder) {
				e.List("PROS", tdf.TypeGroup, 2, func(i int) { e.ElemGroup(group(e, "B", []string{"C", "A"}[i])) })
			}, "field PROS.A comes after B",
		},
		{
			"in a list of unions", func(e *tdf.Encoder) {
				e.List("HNET", tdf.TypeGroup, 1, func(int) { e.ElemUnion(2, group(e, "B", "A")) })
			}, "field HNET.A comes after B",
		},
		{
			"in a map", func(e *tdf.Encoder) {
				e.Map("LTPS", tdf.TypeString, tdf.TypeGroup, 1, func(int) {
					e.ElemStr("x")
					e.ElemGroup(group(e, "B", "A"))
				})
			}, "field LTPS.A comes after B",
		},
		{
			"in a variable", func(e *tdf.Encoder) { e.Variable("DATA", 1, "GAME", group(e, "B", "A")) },
			"field DATA.GAME.A comes after B",
		},
		{"in an absent variable", func(e *tdf.Encoder) { e.VariableAbsent("DATA") }, ""},
		{
			"siblings of a nested group", func(e *tdf.Encoder) {
				e.Group("B", group(e, "Z"))
				e.Uint("A", 1)
			}, "field A comes after B",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := tdf.CheckOrder(parse(t, encoded(t, c.build)))
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

// Keys of real maps in the order of captures (spec: blaze 2.8, 7.6).
var keyOrders = [][]string{
	{"accountcountry", "ME3Map"},
	{"ENT_100_entitlement", "ENT_100_group", "ENT_100_ID"},
	{"ME3_dlc2300", "ME3_dlc3225", "ME3gameDifficulty", "ME3gameEnemyType", "ME3map", "ME3privacy"},
	{"CHUNK_0", "CHUNK_1", "CHUNK_10", "CHUNK_100", "CHUNK_2", "CHUNK_SIZE", "DATA_SIZE"},
	{"", "A", "a", "AA", "aa", "Ab", "aB", "ab", "b", "é"},
}

func TestSortPairs(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, want := range keyOrders[:4] {
		for range 20 {
			var pairs []tdf.Pair
			for _, i := range random.Perm(len(want)) {
				pairs = append(pairs, tdf.Pair{Key: want[i]})
			}
			tdf.SortPairs(pairs)
			var got []string
			for _, p := range pairs {
				got = append(got, p.Key)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("order (-want +got):\n%s", diff)
			}
		}
	}
	// Equal keys keep their order, so that the last one still counts.
	same := []tdf.Pair{{Key: "b"}, {Key: "a", Value: "1"}, {Key: "a", Value: "2"}}
	tdf.SortPairs(same)
	if diff := cmp.Diff([]tdf.Pair{{Key: "a", Value: "1"}, {Key: "a", Value: "2"}, {Key: "b"}}, same); diff != "" {
		t.Errorf("equal keys (-want +got):\n%s", diff)
	}
}

func TestCompareKeys(t *testing.T) {
	for _, keys := range keyOrders {
		if !slices.IsSortedFunc(keys, tdf.CompareKeys) {
			t.Errorf("%q is not in order", keys)
		}
		for _, a := range keys {
			for _, b := range keys {
				x, y := tdf.CompareKeys(a, b), tdf.CompareKeys(b, a)
				if (x < 0) != (y > 0) || (x == 0) != (a == b) {
					t.Errorf("CompareKeys(%q, %q) = %d, reversed %d", a, b, x, y)
				}
			}
		}
	}
}
