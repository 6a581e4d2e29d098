package tdf_test

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/charonrelay/charon/blaze/tdf"
)

// endpoint is an IpAddress and pair an IpPairAddress (spec: blaze 4.1).
type endpoint struct{ IP, Port uint64 }

type pair struct{ External, Internal endpoint }

func (a endpoint) encode(e *tdf.Encoder) {
	e.Uint("IP", a.IP)
	e.Uint("PORT", a.Port)
}

func (p pair) encode(e *tdf.Encoder) {
	e.Group("EXIP", func() { p.External.encode(e) })
	e.Group("INIP", func() { p.Internal.encode(e) })
}

func readEndpoint(g tdf.Group) endpoint { return endpoint{g.Uint("IP"), g.Uint("PORT")} }

func readPair(g tdf.Group) pair {
	return pair{readEndpoint(g.Group("EXIP")), readEndpoint(g.Group("INIP"))}
}

var (
	loopback = endpoint{0x7f000001, 3659}
	proxy    = endpoint{0x7f000001, 42128}
	tunnel   = endpoint{0x7f000001, 42132}
	homePair = pair{endpoint{0xcb007105, 3659}, endpoint{0xc0a8000a, 3659}}
)

// unionOf is what Value.Union returns.
type unionOf struct {
	Index  uint8
	Member any
	OK     bool
}

func readUnion(v tdf.Value, member func(tdf.Group) any) unionOf {
	index, g, ok := v.Union()
	if !ok {
		return unionOf{Index: index}
	}
	return unionOf{index, member(g), ok}
}

func elems[T any](l tdf.List, read func(tdf.Value) T) []T {
	var all []T
	for v := range l.All() {
		all = append(all, read(v))
	}
	return all
}

func value(g tdf.Group, label string) tdf.Value {
	v, _ := g.Get(label)
	return v
}

// fields are the vectors of spec: blaze 2.14.
var fields = []struct {
	name, hex string
	build     func(*tdf.Encoder)
	read      func(tdf.Group) any
	want      any
}{
	{
		"varint 12", "D2 5C F4 00 0C",
		func(e *tdf.Encoder) { e.Uint("TEST", 12) },
		func(g tdf.Group) any { return g.Uint("TEST") }, uint64(12),
	},
	{
		"bool false", "CE 58 F5 00 00",
		func(e *tdf.Encoder) { e.Bool("SECU", false) },
		func(g tdf.Group) any { return []bool{g.Has("SECU"), g.Bool("SECU")} }, []bool{true, false},
	},
	{
		"string", "BA 1B 65 01 05 54 65 73 74 00",
		func(e *tdf.Encoder) { e.Str("NAME", "Test") },
		func(g tdf.Group) any { return g.Str("NAME") }, "Test",
	},
	{
		"empty string", "8F 4E 40 01 01 00",
		func(e *tdf.Encoder) { e.Str("CTY", "") },
		func(g tdf.Group) any { return []any{g.Has("CTY"), g.Str("CTY")} }, []any{true, ""},
	},
	{
		"empty blob", "E2 EB A3 02 00",
		func(e *tdf.Encoder) { e.Blob("XNNC", nil) },
		func(g tdf.Group) any { return []any{g.Has("XNNC"), len(g.Blob("XNNC"))} }, []any{true, 0},
	},
	{
		"blob", "8A CB E2 02 04 01 02 03 FF",
		func(e *tdf.Encoder) { e.Blob("BLOB", []byte{1, 2, 3, 255}) },
		func(g tdf.Group) any { return g.Blob("BLOB") }, []byte{1, 2, 3, 255},
	},
	{
		"empty group", "D2 5C F4 03 00",
		func(e *tdf.Encoder) { e.Group("TEST", nil) },
		func(g tdf.Group) any { return []bool{g.Has("TEST"), g.Group("TEST").Empty()} }, []bool{true, true},
	},
	{
		"group", "C6 48 74 03 92 2C 33 00 00 BA 1D 34 00 04 D6 2C 33 00 00 00",
		func(e *tdf.Encoder) {
			e.Group("QDAT", func() {
				e.Uint("DBPS", 0)
				e.Uint("NATT", 4)
				e.Uint("UBPS", 0)
			})
		},
		func(g tdf.Group) any {
			q := g.Group("QDAT")
			return []uint64{q.Uint("DBPS"), q.Uint("NATT"), q.Uint("UBPS")}
		},
		[]uint64{0, 4, 0},
	},
	{
		"group of address", "97 8A 70 03 A7 00 00 00 81 80 80 F0 0F C2 FC B4 00 8B 39 00",
		func(e *tdf.Encoder) { e.Group("EXIP", func() { loopback.encode(e) }) },
		func(g tdf.Group) any { return readEndpoint(g.Group("EXIP")) }, loopback,
	},
	{
		"list of numbers", "8E 1C 00 04 00 02 04 00",
		func(e *tdf.Encoder) { e.UintList("CAP", 4, 0) },
		func(g tdf.Group) any { return elems(g.List("CAP"), tdf.Value.Uint) }, []uint64{4, 0},
	},
	{
		"list of strings", "B2 9C F4 04 01 02 02 61 00 03 62 63 00",
		func(e *tdf.Encoder) { e.StrList("LIST", "a", "bc") },
		func(g tdf.Group) any { return elems(g.List("LIST"), tdf.Value.Str) }, []string{"a", "bc"},
	},
	{
		"empty list of numbers", "86 4B 6E 04 00 00",
		func(e *tdf.Encoder) { e.UintList("ADMN") },
		func(g tdf.Group) any { return []any{g.List("ADMN").Elem(), g.List("ADMN").Len()} }, []any{tdf.TypeVarint, 0},
	},
	{
		"empty list of groups", "C3 2B F3 04 03 00",
		func(e *tdf.Encoder) { e.List("PROS", tdf.TypeGroup, 0, nil) },
		func(g tdf.Group) any { return []any{g.List("PROS").Elem(), g.List("PROS").Len()} }, []any{tdf.TypeGroup, 0},
	},
	{
		"list of groups", "D2 1C A7 04 03 01 9A C9 F3 00 00 C2 99 00 00 01 CF 48 74 00 02 00",
		func(e *tdf.Encoder) {
			e.List("TARG", tdf.TypeGroup, 1, func(int) {
				e.ElemGroup(func() {
					e.Uint("FLGS", 0)
					e.Uint("PID", 1)
					e.Uint("STAT", 2)
				})
			})
		},
		func(g tdf.Group) any {
			return elems(g.List("TARG"), func(v tdf.Value) [3]uint64 {
				return [3]uint64{v.Group().Uint("FLGS"), v.Group().Uint("PID"), v.Group().Uint("STAT")}
			})
		},
		[][3]uint64{{0, 1, 2}},
	},
	{
		"list of object ids", "D6 CC F4 04 09 01 04 01 01",
		func(e *tdf.Encoder) {
			e.List("ULST", tdf.TypeObjectID, 1, func(int) { e.ElemObjectID(tdf.ObjectID{ObjectType: tdf.ObjectType{Component: 4, Type: 1}, ID: 1}) })
		},
		func(g tdf.Group) any { return elems(g.List("ULST"), tdf.Value.ObjectID) },
		[]tdf.ObjectID{{ObjectType: tdf.ObjectType{Component: 4, Type: 1}, ID: 1}},
	},
	{
		"list of unions 2", `A2 E9 74 04 03 01 02 97 8A 70 03 A7 00 00 00 85 C4 83 B0 19 C2 FC B4 00 8B 39 00
			A6 EA 70 03 A7 00 00 00 8A 80 C0 8A 18 C2 FC B4 00 8B 39 00 00`,
		func(e *tdf.Encoder) {
			e.List("HNET", tdf.TypeGroup, 1, func(int) { e.ElemUnion(2, func() { homePair.encode(e) }) })
		},
		func(g tdf.Group) any {
			return elems(g.List("HNET"), func(v tdf.Value) unionOf {
				return readUnion(v, func(g tdf.Group) any { return readPair(g) })
			})
		},
		[]unionOf{{2, homePair, true}},
	},
	{
		"list of unions 3", "A2 E9 74 04 03 01 03 A7 00 00 00 81 80 80 F0 0F C2 FC B4 00 94 92 05 00",
		func(e *tdf.Encoder) {
			e.List("HNET", tdf.TypeGroup, 1, func(int) { e.ElemUnion(3, func() { tunnel.encode(e) }) })
		},
		func(g tdf.Group) any {
			return elems(g.List("HNET"), func(v tdf.Value) unionOf {
				return readUnion(v, func(g tdf.Group) any { return readEndpoint(g) })
			})
		},
		[]unionOf{{3, tunnel, true}},
	},
	{
		"map of strings", "87 4D 32 05 01 01 01 06 42 30 30 30 30 00 04 31 36 30 00",
		func(e *tdf.Encoder) { e.StrMap("ATTR", []tdf.Pair{{Key: "B0000", Value: "160"}}) },
		func(g tdf.Group) any {
			m := map[string]string{}
			for k, v := range g.Map("ATTR").Strings() {
				m[k] = v
			}
			return m
		},
		map[string]string{"B0000": "160"},
	},
	{
		"empty map", "CE D8 70 05 01 01 00",
		func(e *tdf.Encoder) { e.StrMap("SMAP", nil) },
		func(g tdf.Group) any {
			m := g.Map("SMAP")
			return []any{g.Has("SMAP"), m.Key(), m.Elem(), m.Len()}
		},
		[]any{true, tdf.TypeString, tdf.TypeString, 0},
	},
	{
		"map of numbers", "92 D8 70 05 00 00 01 81 80 38 A4 01",
		func(e *tdf.Encoder) {
			e.Map("DMAP", tdf.TypeVarint, tdf.TypeVarint, 1, func(int) {
				e.ElemUint(0x70001)
				e.ElemInt(100)
			})
		},
		func(g tdf.Group) any { return numbers(g.Map("DMAP")) }, map[uint64]int64{0x70001: 100},
	},
	{
		"map of groups", "AF 3D 6D 05 01 03 01 0F 61 63 63 6F 75 6E 74 63 6F 75 6E 74 72 79 00 AF 3D AC 05 00 00 01 00 00 00",
		func(e *tdf.Encoder) {
			e.Map("KSUM", tdf.TypeString, tdf.TypeGroup, 1, func(int) {
				e.ElemStr("accountcountry")
				e.ElemGroup(func() {
					e.Map("KSVL", tdf.TypeVarint, tdf.TypeVarint, 1, func(int) {
						e.ElemUint(0)
						e.ElemUint(0)
					})
				})
			})
		},
		func(g tdf.Group) any {
			m := map[string]map[uint64]int64{}
			for k, v := range g.Map("KSUM").All() {
				m[k.Str()] = numbers(v.Group().Map("KSVL"))
			}
			return m
		},
		map[string]map[uint64]int64{"accountcountry": {0: 0}},
	},
	{
		"union unset", "86 49 32 06 7F",
		func(e *tdf.Encoder) { e.UnionUnset("ADDR") },
		func(g tdf.Group) any { return []any{g.Has("ADDR"), readUnion(value(g, "ADDR"), nil)} },
		[]any{true, unionOf{Index: tdf.UnionUnset}},
	},
	{
		"union 2", `86 49 32 06 02 DA 1B 35 03 97 8A 70 03 A7 00 00 00 85 C4 83 B0 19 C2 FC B4 00 8B 39 00
			A6 EA 70 03 A7 00 00 00 8A 80 C0 8A 18 C2 FC B4 00 8B 39 00 00`,
		func(e *tdf.Encoder) { e.Union("ADDR", 2, func() { homePair.encode(e) }) },
		func(g tdf.Group) any {
			return readUnion(value(g, "ADDR"), func(g tdf.Group) any { return readPair(g) })
		},
		unionOf{2, homePair, true},
	},
	{
		"union 0", "86 49 32 06 00 DA 1B 35 03 A7 00 00 00 81 80 80 F0 0F C2 FC B4 00 90 92 05 00",
		func(e *tdf.Encoder) { e.Union("ADDR", 0, func() { proxy.encode(e) }) },
		func(g tdf.Group) any {
			index, member, ok := g.Union("ADDR")
			return unionOf{index, readEndpoint(member), ok}
		},
		unionOf{0, proxy, true},
	},
	{
		"union 0 dataless", "CA 58 73 06 00 DA 1B 35 03 92 3D 38 00 00 00",
		func(e *tdf.Encoder) { e.Union("REAS", 0, func() { e.Uint("DCTX", 0) }) },
		func(g tdf.Group) any {
			return readUnion(value(g, "REAS"), func(g tdf.Group) any { return g.Uint("DCTX") })
		},
		unionOf{0, uint64(0), true},
	},
	{
		"union 3 matchmaking", `CA 58 73 06 03 DA 1B 35 03 9A 9D 00 00 A0 D1 02 B6 1E 26 00 A0 D1 02 B7 3A 64 00 01
			CB 3B 34 00 02 D7 3A 64 00 01 00`,
		func(e *tdf.Encoder) {
			e.Union("REAS", 3, func() {
				e.Uint("FIT", 21600)
				e.Uint("MAXF", 21600)
				e.Uint("MSID", 1)
				e.Uint("RSLT", 2)
				e.Uint("USID", 1)
			})
		},
		func(g tdf.Group) any {
			return readUnion(value(g, "REAS"), func(g tdf.Group) any {
				return []uint64{g.Uint("FIT"), g.Uint("MAXF"), g.Uint("MSID"), g.Uint("RSLT"), g.Uint("USID")}
			})
		},
		unionOf{3, []uint64{21600, 21600, 1, 2, 1}, true},
	},
	{
		"variable absent", "8F 68 72 07 00",
		func(e *tdf.Encoder) { e.VariableAbsent("CVAR") },
		func(g tdf.Group) any {
			_, _, ok := value(g, "CVAR").Variable()
			return []bool{g.Has("CVAR"), ok}
		},
		[]bool{true, false},
	},
	{
		"object type", "97 4E 70 08 82 E0 03 01",
		func(e *tdf.Encoder) { e.ObjectType("ETYP", tdf.ObjectType{Component: 0x7802, Type: 1}) },
		func(g tdf.Group) any { return value(g, "ETYP").ObjectType() }, tdf.ObjectType{Component: 0x7802, Type: 1},
	},
	{
		"object id of nothing", "D6 7A 64 09 00 00 00",
		func(e *tdf.Encoder) { e.ObjectID("UGID", tdf.ObjectID{}) },
		func(g tdf.Group) any { return []any{g.Has("UGID"), value(g, "UGID").ObjectID()} }, []any{true, tdf.ObjectID{}},
	},
	{
		"object id", "D2 1C A7 09 82 E0 03 01 12",
		func(e *tdf.Encoder) {
			e.ObjectID("TARG", tdf.ObjectID{ObjectType: tdf.ObjectType{Component: 0x7802, Type: 1}, ID: 18})
		},
		func(g tdf.Group) any { return []any{value(g, "TARG").ObjectID(), value(g, "TARG").ObjectType()} },
		[]any{tdf.ObjectID{ObjectType: tdf.ObjectType{Component: 0x7802, Type: 1}, ID: 18}, tdf.ObjectType{Component: 0x7802, Type: 1}},
	},
	{
		"float 1", "D2 5C F4 0A 3F 80 00 00",
		func(e *tdf.Encoder) { e.Float("TEST", 1) },
		func(g tdf.Group) any { return value(g, "TEST").Float() }, float32(1),
	},
	{
		"float -3", "D2 5C F4 0A C0 40 00 00",
		func(e *tdf.Encoder) { e.Float("TEST", -3) },
		func(g tdf.Group) any { return value(g, "TEST").Float() }, float32(-3),
	},
	{
		"float 123", "D2 5C F4 0A 42 F6 00 00",
		func(e *tdf.Encoder) { e.Float("TEST", 123) },
		func(g tdf.Group) any { return value(g, "TEST").Float() }, float32(123),
	},
	{
		"float 254", "D2 5C F4 0A 43 7E 00 00",
		func(e *tdf.Encoder) { e.Float("TEST", 254) },
		func(g tdf.Group) any { return value(g, "TEST").Float() }, float32(254),
	},
	{
		"variable present", `9E 1B 65 07 01 01 9E 1B 65 03 C2 CE 72 05 00 03 01 01 8F 4C B9 00 85 91 02 BA 3A 30 00 0A
			BB 28 74 00 14 00 00`,
		func(e *tdf.Encoder) {
			e.Variable("GAME", 1, "GAME", func() {
				e.Map("PLYR", tdf.TypeVarint, tdf.TypeGroup, 1, func(int) {
					e.ElemUint(1)
					e.ElemGroup(func() {
						e.Uint("CTRY", 17477)
						e.Uint("NCHP", 10)
						e.Uint("NRAT", 20)
					})
				})
			})
		},
		func(g tdf.Group) any {
			id, content, ok := value(g, "GAME").Variable()
			all := []any{id, content.Tag.String(), ok}
			for k, v := range content.Group().Map("PLYR").All() {
				all = append(all, k.Uint(), v.Group().Uint("CTRY"), v.Group().Uint("NCHP"), v.Group().Uint("NRAT"))
			}
			return all
		},
		[]any{uint64(1), "GAME", true, uint64(1), uint64(17477), uint64(10), uint64(20)},
	},
}

func numbers(m tdf.Map) map[uint64]int64 {
	all := map[uint64]int64{}
	for k, v := range m.All() {
		all[k.Uint()] = v.Int()
	}
	return all
}

func TestFields(t *testing.T) {
	for _, f := range fields {
		t.Run(f.name, func(t *testing.T) {
			want := unhex(t, f.hex)
			if got := encoded(t, f.build); !bytes.Equal(got, want) {
				t.Errorf("encoded\n% X, want\n% X", got, want)
			}
			g := parse(t, want)
			if diff := cmp.Diff(f.want, f.read(g)); diff != "" {
				t.Errorf("read back (-want +got):\n%s", diff)
			}
			if got := copied(g); !bytes.Equal(got, want) {
				t.Errorf("copied\n% X, want\n% X", got, want)
			}
			if err := tdf.CheckOrder(g); err != nil {
				t.Error(err)
			}
		})
	}
}
