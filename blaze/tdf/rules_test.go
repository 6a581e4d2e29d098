package tdf_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/charonrelay/charon/blaze/tdf"
)

// summary is what every accessor says about one value.
type summary struct {
	Uint       uint64
	Int        int64
	Bool       bool
	Str        string
	Blob       int
	Group      bool
	List, Map  int
	Union      uint8
	Variable   bool
	ObjectType tdf.ObjectType
	ObjectID   tdf.ObjectID
	Float      float32
}

func summarize(v tdf.Value) summary {
	index, _, _ := v.Union()
	_, _, variable := v.Variable()
	return summary{
		v.Uint(), v.Int(), v.Bool(), v.Str(), len(v.Blob()), !v.Group().Empty(), v.List().Len(), v.Map().Len(),
		index, variable, v.ObjectType(), v.ObjectID(), v.Float(),
	}
}

// absent is how a missing field reads (spec: blaze 2.10 rule 2).
var absent = summary{Union: tdf.UnionUnset}

func TestMissingFieldsAreZero(t *testing.T) {
	for _, g := range []tdf.Group{{}, parse(t, nil), parse(t, unhex(t, "BA 1B 65 01 02 41 00"))} {
		if g.Has("TEST") {
			t.Error("there is a field TEST")
		}
		v, ok := g.Get("TEST")
		if diff := cmp.Diff(absent, summarize(v)); ok || diff != "" {
			t.Errorf("ok %t (-want +got):\n%s", ok, diff)
		}
		index, member, ok := g.Union("TEST")
		if index != tdf.UnionUnset || !member.Empty() || ok {
			t.Errorf("union %d %v %t", index, member, ok)
		}
		if g.Uint("TEST") != 0 || g.Int("TEST") != 0 || g.Bool("TEST") || g.Str("TEST") != "" || g.Blob("TEST") != nil ||
			!g.Group("TEST").Empty() || g.List("TEST").Len() != 0 || g.Map("TEST").Len() != 0 {
			t.Error("a missing field is not zero")
		}
		for range g.List("TEST").All() {
			t.Error("a missing list has an element")
		}
		for range g.Map("TEST").All() {
			t.Error("a missing map has a pair")
		}
	}
	if v := (tdf.Value{}); v.Type() != tdf.TypeVarint || v.Raw() != nil {
		t.Errorf("the zero Value is %v % X", v.Type(), v.Raw())
	}
}

// A field of another type than expected is absent; what follows is still found
// (spec: blaze 2.10 rule 6).
func TestTypeMismatchIsAbsent(t *testing.T) {
	number := summary{Uint: 5, Int: 5, Bool: true, Union: tdf.UnionUnset}
	for _, c := range []struct {
		value string // type byte and value
		want  summary
	}{
		{"00 05", number},
		{"0B 05", number},
		{"01 02 41 00", summary{Str: "A", Union: tdf.UnionUnset}},
		{"02 02 41 00", summary{Blob: 2, Union: tdf.UnionUnset}},
		{"03 84 00 00 00 01 00", summary{Group: true, Union: tdf.UnionUnset}},
		{"04 00 02 01 02", summary{List: 2, Union: tdf.UnionUnset}},
		{"05 00 00 01 01 02", summary{Map: 1, Union: tdf.UnionUnset}},
		{"06 02 DA 1B 35 03 00", summary{Union: 2}},
		{"06 7F", absent},
		{"07 01 01 84 00 00 00 01", summary{Variable: true, Union: tdf.UnionUnset}},
		{"07 00", absent},
		{"08 04 01", summary{ObjectType: tdf.ObjectType{Component: 4, Type: 1}, Union: tdf.UnionUnset}},
		{"09 04 01 07", summary{
			ObjectType: tdf.ObjectType{Component: 4, Type: 1},
			ObjectID:   tdf.ObjectID{ObjectType: tdf.ObjectType{Component: 4, Type: 1}, ID: 7},
			Union:      tdf.UnionUnset,
		}},
		{"0A 3F 80 00 00", summary{Float: 1, Union: tdf.UnionUnset}},
	} {
		body := unhex(t, "84 00 00"+c.value)
		// As a field, followed by another one.
		g := parse(t, append(bytes.Clone(body), unhex(t, "8A CB E2 00 2A")...))
		if diff := cmp.Diff(c.want, summarize(value(g, "A"))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.value, diff)
		}
		if got := g.Uint("BLOB"); got != 42 {
			t.Errorf("%s: the next field reads as %d", c.value, got)
		}
		// As the second pair of a map, followed by another field.
		m := append(unhex(t, "84 00 00 05 00"), body[3], 2, 1)
		m = append(append(append(append(m, body[4:]...), 2), body[4:]...), unhex(t, "8A CB E2 00 2A")...)
		g = parse(t, m)
		for _, v := range g.Map("A").All() {
			if diff := cmp.Diff(c.want, summarize(v)); diff != "" {
				t.Errorf("%s in a map (-want +got):\n%s", c.value, diff)
			}
		}
		if got := g.Uint("BLOB"); got != 42 || g.Map("A").Len() != 2 {
			t.Errorf("%s in a map of %d: the next field reads as %d", c.value, g.Map("A").Len(), got)
		}
	}
}

// Unknown fields of every type are skipped wherever they are (spec: blaze 2.10
// rule 2); of several fields with a tag the first counts.
func TestUnknownAndRepeatedFields(t *testing.T) {
	var all []byte
	for _, f := range fields {
		all = append(all, unhex(t, f.hex)...)
	}
	body := append(bytes.Clone(all), unhex(t, "FE 1F E2 01 02 41 00 FE 1F E2 01 02 42 00")...)
	g := parse(t, append(body, all...))
	if got := g.Str("_A_B"); got != "A" {
		t.Errorf("_A_B is %q, want A", got)
	}
}

// Elements announced as groups: unions with and without member, and groups
// (spec: blaze 2.10 rule 4).
func TestUnionElements(t *testing.T) {
	type element struct {
		Union  bool
		Index  uint8
		ID     uint64 // of the member or the group
		IsZero bool
	}
	body := unhex(t, `A2 E9 74 04 03 09
		01 A6 40 00 00 01 00
		3F A6 40 00 00 02 00
		7F
		02 00
		A6 40 00 00 03 00
		45 24 D4 00 04 00
		00
		7F
		40 00 00 00 05 00
		CE 58 F5 00 01`)
	g := parse(t, body)
	got := elems(g.List("HNET"), func(v tdf.Value) element {
		index, member, ok := v.Union()
		if ok {
			return element{true, index, member.Uint("ID"), !v.Group().Empty()}
		}
		return element{false, index, v.Group().Uint("ID") + v.Group().Uint("1234"), v.Group().Empty()}
	})
	want := []element{
		{true, 1, 1, false},
		{true, 0x3f, 2, false},
		{false, 0x7f, 0, true},
		{true, 2, 0, false},
		{false, 0x7f, 3, false},
		{false, 0x7f, 4, false},
		{false, 0x7f, 0, true},
		{false, 0x7f, 0, true},
		{false, 0x7f, 0, false},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("elements (-want +got):\n%s", diff)
	}
	if !g.Bool("SECU") {
		t.Error("the field after the list is lost")
	}
	if got := copied(g); !bytes.Equal(got, body) {
		t.Errorf("copied\n% X, want\n% X", got, body)
	}
	// As the values of a map.
	g = parse(t, unhex(t, "92 D8 70 05 00 03 03 01 02 A6 40 00 00 07 00 02 7F 03 A6 40 00 00 08 00"))
	var ids []uint64
	for _, v := range g.Map("DMAP").All() {
		_, member, _ := v.Union()
		ids = append(ids, member.Uint("ID")+v.Group().Uint("ID"))
	}
	if diff := cmp.Diff([]uint64{7, 0, 8}, ids); diff != "" {
		t.Errorf("map (-want +got):\n%s", diff)
	}
}

// A union field has a whole field inside; the range of its index is 0 to 0x7e.
func TestUnionFields(t *testing.T) {
	for hex, want := range map[string]unionOf{
		"06 00 DA 1B 35 03 A6 40 00 00 07 00": {0, uint64(7), true},
		"06 40 DA 1B 35 03 A6 40 00 00 07 00": {0x40, uint64(7), true},
		"06 7E DA 1B 35 03 A6 40 00 00 07 00": {0x7e, uint64(7), true},
		"06 02 DA 1B 35 00 07":                {2, uint64(0), true}, // not a group
		"06 7F":                               {Index: tdf.UnionUnset},
	} {
		g := parse(t, unhex(t, "86 49 32"+hex))
		if diff := cmp.Diff(want, readUnion(value(g, "ADDR"), func(g tdf.Group) any { return g.Uint("ID") })); diff != "" {
			t.Errorf("%s (-want +got):\n%s", hex, diff)
		}
	}
}

// Indexes that would read as something else are refused.
func TestUnionIndexesThatCannotBeWritten(t *testing.T) {
	for index, want := range map[uint8]struct{ field, element bool }{
		0:              {true, false},
		1:              {true, true},
		0x3f:           {true, true},
		0x40:           {true, false},
		0x7e:           {true, false},
		tdf.UnionUnset: {false, false},
		0x80:           {false, false},
	} {
		var e tdf.Encoder
		e.Union("ADDR", index, nil)
		if got := e.Err() == nil; got != want.field {
			t.Errorf("Union(%#x): %v", index, e.Err())
		}
		e = tdf.Encoder{}
		e.List("HNET", tdf.TypeGroup, 1, func(int) { e.ElemUnion(index, nil) })
		if got := e.Err() == nil; got != want.element {
			t.Errorf("ElemUnion(%#x): %v", index, e.Err())
		}
		if err := e.Err(); err != nil && !strings.Contains(err.Error(), "union index 0x") {
			t.Errorf("%q does not name the index", err)
		}
	}
}

// Where a key repeats, the last pair counts (spec: blaze 2.8): filling a Go map
// in wire order does that.
func TestRepeatedKeys(t *testing.T) {
	g := parse(t, unhex(t, "CE D8 70 05 01 01 03 02 61 00 02 31 00 02 62 00 02 32 00 02 61 00 02 33 00"))
	got := map[string]string{}
	for k, v := range g.Map("SMAP").Strings() {
		got[k] = v
	}
	if diff := cmp.Diff(map[string]string{"a": "3", "b": "2"}, got); diff != "" || g.Map("SMAP").Len() != 3 {
		t.Errorf("%d pairs (-want +got):\n%s", g.Map("SMAP").Len(), diff)
	}
	for k := range parse(t, unhex(t, "CE D8 70 05 00 01 01 05 02 61 00")).Map("SMAP").Strings() {
		t.Errorf("a map with numbers as keys has the string %q", k)
	}
}

// ME3 has only numbers and strings for keys, but an unknown field must not
// spoil a body (spec: blaze 2.8, 2.10 rule 2).
func TestMapsWithOtherKeys(t *testing.T) {
	g := parse(t, unhex(t, "92 D8 70 05 08 01 01 04 01 02 61 00 CE 58 F5 00 01"))
	for k, v := range g.Map("DMAP").All() {
		if k.ObjectType() != (tdf.ObjectType{Component: 4, Type: 1}) || v.Str() != "a" {
			t.Errorf("pair %v %q", k.ObjectType(), v.Str())
		}
	}
	if !g.Bool("SECU") {
		t.Error("the field after the map is lost")
	}
}

// Elements of lists are found whatever comes in between, nested as deeply as
// in ME3 messages.
func TestNestedLists(t *testing.T) {
	body := encoded(t, func(e *tdf.Encoder) {
		e.List("LIST", tdf.TypeGroup, 2, func(i int) {
			e.ElemGroup(func() {
				e.StrList("A", strings.Repeat("x", i), "y")
				e.Map("B", tdf.TypeString, tdf.TypeGroup, i, func(int) {
					e.ElemStr("k")
					e.ElemGroup(func() { e.UintList("C", 1, 2, 3) })
				})
				e.Uint("ID", uint64(i))
			})
		})
		e.Uint("TEST", 9)
	})
	g := parse(t, body)
	var got []string
	for v := range g.List("LIST").All() {
		got = append(got, strings.Join(elems(v.Group().List("A"), tdf.Value.Str), "+"))
		for k, m := range v.Group().Map("B").All() {
			got = append(got, k.Str()+strings.Repeat("!", m.Group().List("C").Len()))
		}
	}
	if diff := cmp.Diff([]string{"+y", "x+y", "k!!!"}, got); diff != "" || g.Uint("TEST") != 9 {
		t.Errorf("TEST %d (-want +got):\n%s", g.Uint("TEST"), diff)
	}
}
