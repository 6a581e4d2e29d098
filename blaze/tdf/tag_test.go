package tdf_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/charonrelay/charon/blaze/tdf"
)

// tags is the table of spec: blaze 2.1 and that of client 3.2.
var tags = map[string]tdf.Tag{
	"TEST": 0xd25cf4, "1234": 0x4524d4, "AB12": 0x862452, "AB": 0x862000, "A": 0x840000,
	"ID": 0xa64000, "IP": 0xa70000, "PID": 0xc29900, "GID": 0x9e9900, "CNT": 0x8eed00, "7CON": 0x5e3bee,
	"PORT": 0xc2fcb4, "EXIP": 0x978a70, "INIP": 0xa6ea70, "HNET": 0xa2e974, "ADDR": 0x864932, "VALU": 0xda1b35,
	"DMAP": 0x92d870, "CONF": 0x8efba6, "UID": 0xd69900, "TAG": 0xd219c0, "PSA": 0xc33840,
	"CVAR": 0x8f6872, "ULST": 0xd6ccf4, "STIM": 0xcf4a6d, "ATTR": 0x874d32, "GSTA": 0x9f3d21, "SMAP": 0xced870,
	"CFID": 0x8e6a64, "SESS": 0xce5cf3, "KEY": 0xae5e40, "LNM": 0xb2eb40, "_A_B": 0xfe1fe2,
	"SECU": 0xce58f5, "XDNS": 0xe24bb3, "HOST": 0xa2fcf4,
}

func TestTags(t *testing.T) {
	for label, want := range tags {
		got, err := tdf.PackTag(label)
		if err != nil || got != want {
			t.Errorf("PackTag(%q) = %#06x, %v, want %#06x", label, uint32(got), err, uint32(want))
		}
		if got := want.String(); got != label {
			t.Errorf("Tag(%#06x).String() = %q, want %q", uint32(want), got, label)
		}
	}
}

// The formula of spec: client 3.2 is another wording of the same packing.
func TestTagFormulaOfClient(t *testing.T) {
	for label, want := range tags {
		var got tdf.Tag
		for i := range 4 {
			got <<= 6
			if i < len(label) {
				got |= tdf.Tag(label[i]&0x40>>1 | label[i]&0x1f)
			}
		}
		if got != want {
			t.Errorf("%q packs to %#06x, want %#06x", label, uint32(got), uint32(want))
		}
	}
}

func TestTagsCompareLikeLabels(t *testing.T) {
	var labels []string
	for label := range tags {
		labels = append(labels, label)
	}
	slices.Sort(labels)
	for i := 1; i < len(labels); i++ {
		if a, b := tags[labels[i-1]], tags[labels[i]]; a >= b {
			t.Errorf("%q is %#06x, not below %q with %#06x", labels[i-1], uint32(a), labels[i], uint32(b))
		}
	}
}

func TestLabelsThatCannotBePacked(t *testing.T) {
	for _, label := range []string{"", "ABCDE", "abc", "A B", " AB", "A`", "Ä", "A\x00"} {
		if tag, err := tdf.PackTag(label); err == nil {
			t.Errorf("PackTag(%q) = %v, want an error", label, tag)
		} else if !strings.Contains(err.Error(), "one to four characters") {
			t.Errorf("PackTag(%q): %q does not say what to do", label, err)
		}
		if (tdf.Group{}).Has(label) {
			t.Errorf("a group has a field %q", label)
		}
		var e tdf.Encoder
		e.Uint("OK", 1)
		e.Uint(label, 2)
		e.Uint("", 3)
		if err := e.Err(); err == nil || !strings.Contains(err.Error(), "label "+strconv.Quote(label)) {
			t.Errorf("Encoder.Err() = %v, want one that names %q", err, label)
		}
		if e.Reset(); e.Err() != nil || len(e.Bytes()) != 0 {
			t.Errorf("after Reset: %v, % x", e.Err(), e.Bytes())
		}
	}
}

func TestTypeNames(t *testing.T) {
	for typ, want := range map[tdf.Type]string{
		tdf.TypeVarint: "varint", tdf.TypeGroup: "group", tdf.TypeObjectType: "object type", tdf.TypeTime: "time", 0xc: "type 0xc",
	} {
		if got := typ.String(); got != want {
			t.Errorf("Type(%d).String() = %q, want %q", typ, got, want)
		}
	}
}
