package lookup

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestVersionOrder has versions in ascending order.
func TestVersionOrder(t *testing.T) {
	texts := []string{
		"0.4.99", "0.5.0-0", "0.5.0-1", "0.5.0-2", "0.5.0-10", "0.5.0-18446744073709551616", "0.5.0-1a", "0.5.0-alpha",
		"0.5.0-alpha.1", "0.5.0-alpha.beta", "0.5.0-beta", "0.5.0-beta.2", "0.5.0-beta.11",
		"0.5.0", "0.5.1-beta", "0.5.1", "0.5.10", "0.10.0", "1.0.0", "18446744073709551615.0.0",
	}
	for i, a := range texts {
		for j, b := range texts {
			va, err := ParseVersion(a)
			if err != nil {
				t.Fatal(err)
			}
			vb, err := ParseVersion(b + "+build")
			if err != nil {
				t.Fatal(err)
			}
			want := 0
			if i < j {
				want = -1
			} else if i > j {
				want = 1
			}
			if got := va.Compare(vb); got != want {
				t.Errorf("Compare(%s, %s) = %d, want %d", va, vb, got, want)
			}
		}
	}
}

func TestParseVersion(t *testing.T) {
	got, err := ParseVersion("1.20.18446744073709551615-x-y.7.--+00.a-b")
	want := Version{Major: 1, Minor: 20, Patch: math.MaxUint64, Pre: "x-y.7.--", Build: "00.a-b"}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("error %v (-want +got):\n%s", err, diff)
	}
	for _, text := range []string{
		"", "1", "1.2", "1.2.3.4", "v1.2.3", "1.2.x", "01.2.3", "1.02.3", "1.2.3-", "1.2.3+", "1.2.3-01", "1.2.3-a..b",
		"1.2.3-a_b", "1.2.3+a+b", "1.2.+3", "1.2.-3", " 1.2.3", "1.2.3\n", "1..3", "18446744073709551616.0.0", "1.2.3-é",
		"1.2.3-" + strings.Repeat("a", 300),
	} {
		if got, err := ParseVersion(text); err == nil {
			t.Errorf("ParseVersion(%q) = %v, want an error", text, got)
		}
	}
}

func FuzzParseVersion(f *testing.F) {
	for _, seed := range []string{"0.5.0", "0.5.0-alpha.1+b", "1.2.3+01", "1.2.3-0a"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		v, err := ParseVersion(text)
		if err != nil {
			return
		}
		if v.String() != text || v.Compare(v) != 0 {
			t.Fatalf("ParseVersion(%q) = %v", text, v)
		}
	})
}
