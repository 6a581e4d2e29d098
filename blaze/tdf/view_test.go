package tdf_test

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/charonrelay/charon/blaze/tdf"
)

func TestViewsOfTheWire(t *testing.T) {
	body := unhex(t, "86 49 32 03 A6 40 00 00 81 01 00  BA 1B 65 01 02 41 00  8A CB E2 02 02 01 02")
	g := parse(t, body)
	if !bytes.Equal(g.Raw(), body) {
		t.Errorf("Raw of the body is % X", g.Raw())
	}
	if got, want := g.Group("ADDR").Raw(), unhex(t, "A6 40 00 00 81 01"); !bytes.Equal(got, want) {
		t.Errorf("Raw of the group is % X, want % X", got, want)
	}
	if got, want := value(g, "NAME").Raw(), unhex(t, "02 41 00"); !bytes.Equal(got, want) {
		t.Errorf("Raw of the string is % X, want % X", got, want)
	}
	// Appending to what a view returned leaves the body alone.
	before := bytes.Clone(body)
	_ = append(g.Group("ADDR").Raw(), 0xee)
	_ = append(value(g, "NAME").Raw(), 0xee)
	_ = append(value(g, "NAME").StrBytes(), 0xee)
	_ = append(g.Blob("BLOB"), 0xee)
	if !bytes.Equal(body, before) {
		t.Errorf("the body became % X", body)
	}
	var labels []string
	for f := range g.Fields() {
		labels = append(labels, f.Tag.String()+" "+f.Type().String())
	}
	if diff := cmp.Diff([]string{"ADDR group", "NAME string", "BLOB blob"}, labels); diff != "" {
		t.Errorf("fields (-want +got):\n%s", diff)
	}
}

// An encoder appends to the buffer it was made with, also what it did not encode.
func TestEncoderAppends(t *testing.T) {
	e := tdf.NewEncoder([]byte("head"))
	e.Uint("TEST", 12)
	e.Raw(parse(t, unhex(t, "CE 58 F5 00 01")).Raw())
	if want := append([]byte("head"), unhex(t, "D2 5C F4 00 0C CE 58 F5 00 01")...); !bytes.Equal(e.Bytes(), want) {
		t.Errorf("got % X, want % X", e.Bytes(), want)
	}
}

// Loops over a view may stop early.
func TestEarlyBreak(t *testing.T) {
	g := parse(t, unhex(t, "8E 1C 00 04 00 02 04 00  92 D8 70 05 01 01 02 01 00 01 00 02 61 00 01 00"))
	n := 0
	for range g.Fields() {
		n++
		break
	}
	for range g.List("CAP").All() {
		n++
		break
	}
	for range g.Map("DMAP").All() {
		n++
		break
	}
	for range g.Map("DMAP").Strings() {
		n++
		break
	}
	if n != 4 {
		t.Errorf("%d steps, want 4", n)
	}
}
