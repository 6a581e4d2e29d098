package tdf_test

import (
	"bytes"
	"math"
	"testing"

	"github.com/charonrelay/charon/blaze/tdf"
)

// unsigned is the first table of spec: blaze 2.3.
var unsigned = []struct {
	value uint64
	hex   string
}{
	{0, "00"},
	{1, "01"},
	{63, "3F"},
	{64, "80 01"},
	{65, "81 01"},
	{127, "BF 01"},
	{128, "80 02"},
	{130, "82 02"},
	{131, "83 02"},
	{255, "BF 03"},
	{256, "80 04"},
	{285, "9D 04"},
	{287, "9F 04"},
	{321, "81 05"},
	{512, "80 08"},
	{1000, "A8 0F"},
	{1311, "9F 14"},
	{2048, "80 20"},
	{3659, "8B 39"},
	{4096, "80 40"},
	{4632, "98 48"},
	{8191, "BF 7F"},
	{8192, "80 80 01"},
	{16384, "80 80 02"},
	{32768, "80 80 04"},
	{65536, "80 80 08"},
	{0x70001, "81 80 38"},
	{0x0fff0fff, "BF BF F8 FF 01"},
	{0x45410805, "85 A0 88 D4 08"},
	{0x656e4e5a, "9A B9 F2 D6 0C"},
	{0x64654445, "85 91 AA C6 0C"},
	{0x7f000001, "81 80 80 F0 0F"},
	{0xc0a80001, "81 80 C0 8A 18"},
	{1<<31 - 1, "BF FF FF FF 0F"},
	{1 << 31, "80 80 80 80 10"},
	{1<<32 - 1, "BF FF FF FF 1F"},
	{1 << 32, "80 80 80 80 20"},
	{1 << 40, "80 80 80 80 80 40"},
	{1 << 53, "80 80 80 80 80 80 80 20"},
	{1404406607552566, "B6 80 B5 CF 9C D3 FE 04"},
	{0x05a4f2b378b715c6, "86 D7 B8 8B EF AC F9 A4 0B"},
	{18014398695176361, "A9 E2 8B B1 81 80 80 40"},
	{9223372036854776000, "80 83 80 80 80 80 80 80 80 02"},
	{math.MaxInt64, "BF FF FF FF FF FF FF FF FF 01"},
	{1 << 63, "80 80 80 80 80 80 80 80 80 02"},
	{math.MaxUint64, "BF FF FF FF FF FF FF FF FF 03"},
	{17477, "85 91 02"},
	{21600, "A0 D1 02"},
	{30722, "82 E0 03"},
	{65535, "BF FF 07"},
}

// negative is the second table of spec: blaze 2.3; twos is what servers of
// other make write.
var negative = []struct {
	value     int64
	hex, twos string
}{
	{-1, "41", "BF FF FF FF FF FF FF FF FF 03"},
	{-5, "45", "BB FF FF FF FF FF FF FF FF 03"},
	{-63, "7F", ""},
	{-64, "C0 01", ""},
	{-100, "E4 01", ""},
	{-128, "C0 02", "80 FE FF FF FF FF FF FF FF 03"},
	{-256, "C0 04", "80 FC FF FF FF FF FF FF FF 03"},
	{-321, "C1 05", "BF FA FF FF FF FF FF FF FF 03"},
	{-65536, "C0 80 08", "80 80 F8 FF FF FF FF FF FF 03"},
	{math.MinInt32, "C0 80 80 80 10", ""},
	{-1 << 32, "C0 80 80 80 20", "80 80 80 80 E0 FF FF FF FF 03"},
	{math.MinInt64, "40", ""},
}

// number parses one number as a field and as a list element, which must agree.
func number(tb testing.TB, varint []byte) tdf.Value {
	tb.Helper()
	body := append(unhex(tb, "84 00 00 00"), varint...)
	body = append(body, unhex(tb, "88 00 00 04 00 01")...)
	g := parse(tb, append(body, varint...))
	v, _ := g.Get("A")
	for elem := range g.List("B").All() {
		if elem.Int() != v.Int() || elem.Uint() != v.Uint() || elem.Bool() != v.Bool() {
			tb.Errorf("% x reads as %d in a field and %d in a list", varint, v.Int(), elem.Int())
		}
	}
	return v
}

func TestUnsignedNumbers(t *testing.T) {
	for _, c := range unsigned {
		want := unhex(t, c.hex)
		if got := encoded(t, func(e *tdf.Encoder) { e.ElemUint(c.value) }); !bytes.Equal(got, want) {
			t.Errorf("%d is % X, want %s", c.value, got, c.hex)
		}
		v := number(t, want)
		if v.Uint() != c.value || v.Int() != int64(c.value) || v.Bool() != (c.value != 0) {
			t.Errorf("%s reads as %d, %d, %t, want %d", c.hex, v.Uint(), v.Int(), v.Bool(), c.value)
		}
		if c.value <= math.MaxInt64 {
			if got := encoded(t, func(e *tdf.Encoder) { e.ElemInt(int64(c.value)) }); !bytes.Equal(got, want) {
				t.Errorf("%d as signed is % X, want %s", c.value, got, c.hex)
			}
		}
	}
}

func TestNegativeNumbers(t *testing.T) {
	for _, c := range negative {
		want := unhex(t, c.hex)
		if got := encoded(t, func(e *tdf.Encoder) { e.ElemInt(c.value) }); !bytes.Equal(got, want) {
			t.Errorf("%d is % X, want %s", c.value, got, c.hex)
		}
		for _, spelling := range []string{c.hex, c.twos} {
			if spelling == "" {
				continue
			}
			v := number(t, unhex(t, spelling))
			if v.Int() != c.value || v.Uint() != uint64(c.value) || !v.Bool() {
				t.Errorf("%s reads as %d, %#x, %t, want %d", spelling, v.Int(), v.Uint(), v.Bool(), c.value)
			}
		}
	}
}

// Two's complement of narrower types comes out right after truncation to the
// width of the field.
func TestNegativeNumbersOfNarrowTypes(t *testing.T) {
	if v := number(t, unhex(t, "BF FF FF FF 1F")); int32(v.Int()) != -1 {
		t.Errorf("-1 of 32 bits reads as %d", int32(v.Int()))
	}
	if v := number(t, unhex(t, "BF FF 07")); int16(v.Int()) != -1 {
		t.Errorf("-1 of 16 bits reads as %d", int16(v.Int()))
	}
}

// Values of 2^63 and more may come as the negative number of the same bits,
// longer spellings than needed are read, bits beyond 64 are dropped.
func TestUnusualNumbers(t *testing.T) {
	for _, c := range []struct {
		hex  string
		want uint64
	}{
		{"41", math.MaxUint64},
		{"40", 1 << 63},
		{"80 00", 0},
		{"81 80 80 80 80 80 80 80 80 00", 1},
		{"BF FF FF FF FF FF FF FF FF 7F", math.MaxUint64},
	} {
		if v := number(t, unhex(t, c.hex)); v.Uint() != c.want {
			t.Errorf("%s reads as %d, want %d", c.hex, v.Uint(), c.want)
		}
	}
}

func TestBools(t *testing.T) {
	want := unhex(t, "CE 58 F5 00 01  E2 4B B3 00 00")
	got := encoded(t, func(e *tdf.Encoder) {
		e.Bool("SECU", true)
		e.Bool("XDNS", false)
	})
	if !bytes.Equal(got, want) {
		t.Errorf("got % X, want % X", got, want)
	}
	for hex, want := range map[string]bool{"00": false, "01": true, "02": true, "80 01": true, "41": true, "40": true} {
		if v := number(t, unhex(t, hex)); v.Bool() != want {
			t.Errorf("%s reads as %t", hex, v.Bool())
		}
	}
}

func FuzzVarint(f *testing.F) {
	for _, c := range unsigned {
		f.Add(c.value)
	}
	for _, c := range negative {
		f.Add(uint64(c.value))
	}
	f.Fuzz(func(t *testing.T, v uint64) {
		u := encoded(t, func(e *tdf.Encoder) { e.ElemUint(v) })
		if got := number(t, u).Uint(); got != v || len(u) > 10 {
			t.Errorf("%d is % X, which reads as %d", v, u, got)
		}
		i := encoded(t, func(e *tdf.Encoder) { e.ElemInt(int64(v)) })
		if got := number(t, i); got.Int() != int64(v) || got.Uint() != v || len(i) > 10 {
			t.Errorf("%d is % X, which reads as %d", int64(v), i, got.Int())
		}
	})
}

func BenchmarkVarint(b *testing.B) {
	values := []uint64{1, 287, 0x7f000001, 1404406607552566, math.MaxUint64}
	b.Run("encode", func(b *testing.B) {
		b.ReportAllocs()
		e := tdf.NewEncoder(make([]byte, 0, 64))
		for b.Loop() {
			e.Reset()
			for _, v := range values {
				e.ElemUint(v)
			}
		}
	})
	b.Run("decode", func(b *testing.B) {
		b.ReportAllocs()
		g := parse(b, encoded(b, func(e *tdf.Encoder) { e.UintList("LIST", values...) }))
		list := g.List("LIST")
		var sum uint64
		for b.Loop() {
			for v := range list.All() {
				sum += v.Uint()
			}
		}
		if sum == 0 {
			b.Error("nothing was read")
		}
	})
}
