package tdf_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/charonrelay/charon/blaze/tdf"
)

func TestStrings(t *testing.T) {
	for text, hex := range map[string]string{
		"":                       "01 00",
		"A":                      "02 41 00",
		"Test":                   "05 54 65 73 74 00",
		"ea-sjc":                 "07 65 61 2D 73 6A 63 00",
		"My example string":      "12 4D 79 20 65 78 61 6D 70 6C 65 20 73 74 72 69 6E 67 00",
		"é":                      "03 C3 A9 00",
		"日本":                     "07 E6 97 A5 E6 9C AC 00",
		strings.Repeat("x", 62):  "3F" + strings.Repeat("78", 62) + "00",
		strings.Repeat("x", 63):  "80 01" + strings.Repeat("78", 63) + "00",
		strings.Repeat("x", 255): "80 04" + strings.Repeat("78", 255) + "00",
	} {
		want := unhex(t, hex)
		for _, spelling := range []string{text, text + "\x00"} {
			if got := encoded(t, func(e *tdf.Encoder) { e.ElemStr(spelling) }); !bytes.Equal(got, want) {
				t.Errorf("%q is % X, want % X", spelling, got, want)
			}
		}
		g := parse(t, append(unhex(t, "D2 5C F4 01"), want...))
		if got := g.Str("TEST"); got != text {
			t.Errorf("% X reads as %q, want %q", want, got, text)
		}
	}
}

// Strings that other encoders write: without length, without NUL, with NULs
// inside, with bytes that are not UTF-8 (spec: blaze 2.4).
func TestUnusualStrings(t *testing.T) {
	for hex, want := range map[string]struct{ text, bytes, copy string }{
		"00":                      {"", "", "01 00"},
		"03 61 62 63":             {"abc", "abc", "04 61 62 63 00"},
		"03 61 00 00":             {"a\x00", "a\x00", "03 61 00 00"},
		"04 61 00 62 00":          {"a\x00b", "a\x00b", "04 61 00 62 00"},
		"02 00 00":                {"\x00", "\x00", "02 00 00"},
		"04 61 FF 62 00":          {"a\uFFFDb", "a\xffb", "04 61 FF 62 00"},
		"06 C3 28 E2 82 C3 00":    {"\uFFFD(\uFFFD", "\xc3(\xe2\x82\xc3", "06 C3 28 E2 82 C3 00"},
		"07 5E 85 94 9A B3 2E 00": {"^\uFFFD.", "^\x85\x94\x9a\xb3.", "07 5E 85 94 9A B3 2E 00"},
	} {
		header := unhex(t, "D2 5C F4 01")
		g := parse(t, append(header, unhex(t, hex)...))
		v, _ := g.Get("TEST")
		if v.Str() != want.text || string(v.StrBytes()) != want.bytes {
			t.Errorf("%s reads as %q and %q, want %q and %q", hex, v.Str(), v.StrBytes(), want.text, want.bytes)
		}
		if got := copied(g); !bytes.Equal(got[4:], unhex(t, want.copy)) {
			t.Errorf("%s is copied as % X, want %s", hex, got[4:], want.copy)
		}
	}
}
