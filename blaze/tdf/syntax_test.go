package tdf_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/charonrelay/charon/blaze/tdf"
)

func TestSyntaxErrors(t *testing.T) {
	for _, c := range []struct {
		name, hex string
		want      tdf.SyntaxError
	}{
		{"half a header", "D2 5C F4", tdf.SyntaxError{Offset: 0, Reason: "ends inside a field header: 3 of 4 bytes"}},
		{"half a second header", "D2 5C F4 00 0C D2", tdf.SyntaxError{Offset: 5, Reason: "ends inside a field header: 1 of 4 bytes"}},
		{"zero for a label", "00 00 00 00", tdf.SyntaxError{Offset: 0, Reason: "0x000000 is not a label"}},
		{"label without first character", "03 5C F4 00 0C", tdf.SyntaxError{Offset: 0, Reason: "0x035cf4 is not a label"}},
		{"end of a group outside", "D2 5C F4 00 0C 00 D2 5C F4 00", tdf.SyntaxError{Offset: 5, Reason: "0x00d25c is not a label"}},
		{"type 0xc", "D2 5C F4 0C 00", tdf.SyntaxError{Offset: 3, Path: "TEST", Reason: "the type is 0x0c, which is unknown"}},
		{"type 0xff", "D2 5C F4 FF", tdf.SyntaxError{Offset: 3, Path: "TEST", Reason: "the type is 0xff, which is unknown"}},
		{"no number", "D2 5C F4 00", tdf.SyntaxError{Offset: 4, Path: "TEST", Reason: "ends before the number"}},
		{"half a number", "D2 5C F4 00 80 80", tdf.SyntaxError{Offset: 6, Path: "TEST", Reason: "ends inside the number"}},
		{
			"eleven bytes", "D2 5C F4 00 80 80 80 80 80 80 80 80 80 80 00",
			tdf.SyntaxError{Offset: 4, Path: "TEST", Reason: "the number has more than ten bytes"},
		},
		{"no length", "D2 5C F4 01", tdf.SyntaxError{Offset: 4, Path: "TEST", Reason: "ends before the string length"}},
		{"negative length", "D2 5C F4 01 41 00", tdf.SyntaxError{Offset: 4, Path: "TEST", Reason: "the string length is negative"}},
		{"short string", "D2 5C F4 01 05 41 42", tdf.SyntaxError{Offset: 4, Path: "TEST", Reason: "the string length is 5, but only 2 bytes follow"}},
		{"short blob", "D2 5C F4 02 01", tdf.SyntaxError{Offset: 4, Path: "TEST", Reason: "the blob length is 1, but only 0 bytes follow"}},
		{
			"length of 64 bits", "D2 5C F4 02 BF FF FF FF FF FF FF FF FF 03",
			tdf.SyntaxError{Offset: 4, Path: "TEST", Reason: "the blob length is 18446744073709551615, the cap is 2147483647"},
		},
		{"open group", "D2 5C F4 03", tdf.SyntaxError{Offset: 4, Path: "TEST", Reason: "ends inside a group"}},
		{
			"fault in a group", "9E 1B 65 03 C2 8C F4 03 A3 0A 64 00",
			tdf.SyntaxError{Offset: 12, Path: "GAME.PHST.HPID", Reason: "ends before the number"},
		},
		{
			"bad type in a group", "9E 1B 65 03 C2 8C F4 03 A3 0A 64 1F",
			tdf.SyntaxError{Offset: 11, Path: "GAME.PHST.HPID", Reason: "the type is 0x1f, which is unknown"},
		},
		{"no element type", "D2 5C F4 04", tdf.SyntaxError{Offset: 4, Path: "TEST", Reason: "ends before the element type"}},
		{"bad element type", "D2 5C F4 04 0C 00", tdf.SyntaxError{Offset: 4, Path: "TEST", Reason: "the element type is 0x0c, which is unknown"}},
		{"no list length", "D2 5C F4 04 00", tdf.SyntaxError{Offset: 5, Path: "TEST", Reason: "ends before the list length"}},
		{"long list", "D2 5C F4 04 00 03 01 02", tdf.SyntaxError{Offset: 5, Path: "TEST", Reason: "the list length is 3, but only 2 bytes follow"}},
		{
			"fault in an element", "C3 2B F3 04 03 02 A6 40 00 00 01 00 A6 40 00 00",
			tdf.SyntaxError{Offset: 16, Path: "PROS.ID", Reason: "ends before the number"},
		},
		{"open union element", "A2 E9 74 04 03 01 02", tdf.SyntaxError{Offset: 7, Path: "HNET", Reason: "ends inside a group"}},
		{"no key type", "D2 5C F4 05", tdf.SyntaxError{Offset: 4, Path: "TEST", Reason: "ends before the key type"}},
		{"no value type", "D2 5C F4 05 00", tdf.SyntaxError{Offset: 5, Path: "TEST", Reason: "ends before the value type"}},
		{"bad key type", "D2 5C F4 05 0C 00 00", tdf.SyntaxError{Offset: 4, Path: "TEST", Reason: "the key type is 0x0c, which is unknown"}},
		{"bad value type", "D2 5C F4 05 00 0C 00", tdf.SyntaxError{Offset: 5, Path: "TEST", Reason: "the value type is 0x0c, which is unknown"}},
		{"map without value", "D2 5C F4 05 00 00 01 01", tdf.SyntaxError{Offset: 8, Path: "TEST", Reason: "ends before the number"}},
		{"no union index", "86 49 32 06", tdf.SyntaxError{Offset: 4, Path: "ADDR", Reason: "ends before the union index"}},
		{"union index 0x80", "86 49 32 06 80", tdf.SyntaxError{Offset: 4, Path: "ADDR", Reason: "union index 0x80 is out of range"}},
		{
			"fault in a union", "86 49 32 06 02 DA 1B 35 03 97 8A 70 01",
			tdf.SyntaxError{Offset: 13, Path: "ADDR.VALU.EXIP", Reason: "ends before the string length"},
		},
		{"no variable flag", "8F 68 72 07", tdf.SyntaxError{Offset: 4, Path: "CVAR", Reason: "ends before the variable flag"}},
		{"variable flag 2", "8F 68 72 07 02 01 01", tdf.SyntaxError{Offset: 4, Path: "CVAR", Reason: "variable flag is 0x02, not 0 or 1"}},
		{"variable flag 0xff", "8F 68 72 07 FF", tdf.SyntaxError{Offset: 4, Path: "CVAR", Reason: "variable flag is 0xff, not 0 or 1"}},
		{"no variable id", "8F 68 72 07 01", tdf.SyntaxError{Offset: 5, Path: "CVAR", Reason: "ends before the variable's type id"}},
		{
			"fault in a variable", "9E 1B 65 07 01 01 9E 1B 65 03 C2 CE 72 05",
			tdf.SyntaxError{Offset: 14, Path: "GAME.GAME.PLYR", Reason: "ends before the key type"},
		},
		{"half an object type", "97 4E 70 08 82 E0 03", tdf.SyntaxError{Offset: 7, Path: "ETYP", Reason: "ends before the object type"}},
		{"half an object id", "D2 1C A7 09 82 E0 03 01", tdf.SyntaxError{Offset: 8, Path: "TARG", Reason: "ends before the object id"}},
		{"half a float", "D2 5C F4 0A 3F 80", tdf.SyntaxError{Offset: 4, Path: "TEST", Reason: "ends inside a float: 2 of 4 bytes"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			g, err := tdf.Parse(unhex(t, c.hex))
			var got *tdf.SyntaxError
			if !errors.As(err, &got) || !g.Empty() {
				t.Fatalf("Parse = %v, %v, want a SyntaxError", g, err)
			}
			if diff := cmp.Diff(c.want, *got); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
			want := fmt.Sprintf("tdf: byte %d: %s", c.want.Offset, c.want.Reason)
			if c.want.Path != "" {
				want = fmt.Sprintf("tdf: byte %d, in %s: %s", c.want.Offset, c.want.Path, c.want.Reason)
			}
			if err.Error() != want {
				t.Errorf("text %q, want %q", err, want)
			}
		})
	}
}

// samples returns the verified bodies and the verified fields.
func samples(tb testing.TB) map[string][]byte {
	all := bodies(tb)
	for _, f := range fields {
		all["field "+f.name] = unhex(tb, f.hex)
	}
	return all
}

// A body may end between two of its fields, and nowhere else.
func TestTruncation(t *testing.T) {
	for name, body := range samples(t) {
		ends := map[int]bool{0: true}
		at := 0
		for f := range parse(t, body).Fields() {
			at += 4 + len(f.Raw())
			ends[at] = true
		}
		if at != len(body) {
			t.Fatalf("%s: its fields have %d of %d bytes", name, at, len(body))
		}
		for n := range body {
			_, err := tdf.Parse(body[:n:n])
			if ends[n] != (err == nil) {
				t.Errorf("%s cut to %d bytes: %v", name, n, err)
			}
			var syntax *tdf.SyntaxError
			if err != nil && (!errors.As(err, &syntax) || syntax.Offset > n) {
				t.Errorf("%s cut to %d bytes: %#v", name, n, err)
			}
		}
	}
}

// A flipped bit gives an error or another body that can be used like any. To
// save time it is every third bit, or of long bodies every 23rd, so that each
// place in a byte comes in turn.
func TestBitFlips(t *testing.T) {
	valid, invalid := 0, 0
	for name, body := range samples(t) {
		step := 3
		if len(body) > 100 {
			step = 23
		}
		for bit := 0; bit < 8*len(body); bit += step {
			body[bit/8] ^= 1 << (bit % 8)
			if g, err := tdf.Parse(body); err == nil {
				valid++
				if err := use(g); err != nil {
					t.Errorf("%s, bit %d: %v", name, bit, err)
				}
			} else {
				invalid++
				if !strings.HasPrefix(err.Error(), "tdf: byte ") {
					t.Errorf("%s, bit %d: %v", name, bit, err)
				}
			}
			body[bit/8] ^= 1 << (bit % 8)
		}
	}
	if valid == 0 || invalid == 0 {
		t.Errorf("%d bodies stayed valid, %d did not", valid, invalid)
	}
}
