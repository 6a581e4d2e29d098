package tdf_test

import (
	"bytes"
	"errors"
	"runtime"
	"strings"
	"testing"

	"github.com/charonrelay/charon/blaze/tdf"
)

// allocated returns how many bytes one run of f allocates.
func allocated(f func()) uint64 {
	const runs = 100
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range runs {
		f()
	}
	runtime.ReadMemStats(&after)
	return (after.TotalAlloc - before.TotalAlloc) / runs
}

const fourGiB = "BF FF FF FF 1F" // as a varint, less one byte

// A body that announces 4 GiB of something is refused without making room for it.
func TestAnnouncedLengths(t *testing.T) {
	ten := strings.Repeat("01", 10)
	for name, hex := range map[string]string{
		"string":          "D2 5C F4 01" + fourGiB + ten,
		"blob":            "D2 5C F4 02" + fourGiB + ten,
		"numbers":         "D2 5C F4 04 00" + fourGiB + ten,
		"strings":         "D2 5C F4 04 01" + fourGiB + ten,
		"groups":          "D2 5C F4 04 03" + fourGiB + ten,
		"lists":           "D2 5C F4 04 04" + fourGiB + ten,
		"map":             "D2 5C F4 05 00 00" + fourGiB + ten,
		"map of strings":  "D2 5C F4 05 01 01" + fourGiB + ten,
		"string in list":  "D2 5C F4 04 01 02" + fourGiB + ten,
		"list in a group": "D2 5C F4 03 D2 5C F4 04 00" + fourGiB + ten,
		"2^64 - 1":        "D2 5C F4 04 00 BF FF FF FF FF FF FF FF FF 03" + ten,
		"just too many":   "D2 5C F4 04 00 0B" + ten,
	} {
		t.Run(name, func(t *testing.T) {
			body := unhex(t, hex)
			parse := func() {
				if _, err := tdf.Parse(body); err == nil {
					t.Error("no error")
				}
			}
			if n := testing.AllocsPerRun(100, parse); n > 10 {
				t.Errorf("%v allocations", n)
			}
			if n := allocated(parse); n > 1<<10 {
				t.Errorf("%d bytes allocated", n)
			}
		})
	}
}

// Valid bodies cost nothing to parse and to read, whatever they hold.
func TestParsingDoesNotAllocate(t *testing.T) {
	for name, body := range samples(t) {
		if n := testing.AllocsPerRun(10, func() { _, _ = tdf.Parse(body) }); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
	g := parse(t, bodies(t)["a11_game_setup_matchmade"])
	var sum uint64
	if n := testing.AllocsPerRun(10, func() {
		game := g.Group("GAME")
		sum += game.Uint("GID") + game.Group("PHST").Uint("HPID") + uint64(len(game.Blob("XNNC")))
		for p := range g.List("PROS").All() {
			_, address, _ := p.Group().Union("PNET")
			sum += address.Group("EXIP").Uint("IP") + uint64(len(value(p.Group(), "NAME").StrBytes()))
		}
		for k, v := range game.Map("ATTR").All() {
			sum += uint64(len(k.StrBytes()) + len(v.StrBytes()))
		}
	}); n != 0 || sum == 0 {
		t.Errorf("reading: %v allocations, sum %d", n, sum)
	}
}

// nestings are the ways to put a value into another, with what comes before
// and after the inner value.
var nestings = map[string]struct{ open, end string }{
	"groups":    {"84 00 00 03", "00"},
	"unions":    {"84 00 00 06 01", ""},
	"variables": {"84 00 00 07 01 01", ""},
}

func nested(tb testing.TB, open, end string, depth int) []byte {
	body := bytes.Repeat(unhex(tb, open), depth)
	body = append(body, unhex(tb, "84 00 00 00 01")...)
	return append(body, bytes.Repeat(unhex(tb, end), depth)...)
}

func TestDepth(t *testing.T) {
	for name, n := range nestings {
		t.Run(name, func(t *testing.T) {
			g := parse(t, nested(t, n.open, n.end, tdf.MaxDepth-1))
			if err := use(g); err != nil {
				t.Error(err)
			}
			for _, depth := range []int{tdf.MaxDepth, tdf.MaxDepth + 1, 200_000} {
				_, err := tdf.Parse(nested(t, n.open, n.end, depth))
				var syntax *tdf.SyntaxError
				if !errors.As(err, &syntax) || syntax.Reason != "nested more than 32 deep" {
					t.Fatalf("depth %d: %v", depth, err)
				}
				if want := strings.TrimSuffix(strings.Repeat("A.", tdf.MaxDepth+1), "."); syntax.Path != want {
					t.Errorf("depth %d: path %s", depth, syntax.Path)
				}
			}
		})
	}
	// Lists of lists and maps of maps carry no labels.
	for name, unit := range map[string]string{"lists": "04 01", "maps": "00 05 01 01"} {
		t.Run(name, func(t *testing.T) {
			body := append(unhex(t, "84 00 00 04"), bytes.Repeat(unhex(t, unit), 200_000)...)
			if name == "maps" {
				body[3] = byte(tdf.TypeMap)
			}
			_, err := tdf.Parse(body)
			var syntax *tdf.SyntaxError
			if !errors.As(err, &syntax) || syntax.Reason != "nested more than 32 deep" || syntax.Path != "A" {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestElementCap(t *testing.T) {
	numbers := func(n int) []byte {
		return encoded(t, func(e *tdf.Encoder) { e.UintList("LIST", make([]uint64, n)...) })
	}
	pairs := func(n int) []byte {
		return encoded(t, func(e *tdf.Encoder) {
			e.Map("DMAP", tdf.TypeVarint, tdf.TypeVarint, n, func(i int) {
				e.ElemUint(uint64(i))
				e.ElemUint(0)
			})
		})
	}
	if n := parse(t, numbers(tdf.MaxElements)).List("LIST").Len(); n != tdf.MaxElements {
		t.Errorf("a list of %d", n)
	}
	if n := len(elems(parse(t, numbers(tdf.MaxElements)).List("LIST"), tdf.Value.Uint)); n != tdf.MaxElements {
		t.Errorf("%d elements", n)
	}
	if n := parse(t, pairs(tdf.MaxElements)).Map("DMAP").Len(); n != tdf.MaxElements {
		t.Errorf("a map of %d", n)
	}
	for name, body := range map[string][]byte{"LIST: the list": numbers(tdf.MaxElements + 1), "DMAP: the map": pairs(tdf.MaxElements + 1)} {
		_, err := tdf.Parse(body)
		if want := name + " length is 65537, the cap is 65536"; err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}
