package playerdata

import (
	"testing"

	"pgregory.net/rapid"
)

// compareKeys is an order: of two keys exactly one comes first, unless they are
// the same, and it does not run in circles.
func TestCompareKeysIsAnOrder(t *testing.T) {
	key := rapid.StringOfN(rapid.RuneFrom([]rune("aAbBzZ_[`{0é")), 0, 4, -1)
	rapid.Check(t, func(rt *rapid.T) {
		a, b, c := key.Draw(rt, "a"), key.Draw(rt, "b"), key.Draw(rt, "c")
		if (compareKeys(a, b) == 0) != (a == b) {
			rt.Fatalf("%q and %q compare as equal", a, b)
		}
		if (compareKeys(a, b) < 0) != (compareKeys(b, a) > 0) {
			rt.Fatalf("%q and %q each come before the other", a, b)
		}
		if compareKeys(a, b) < 0 && compareKeys(b, c) < 0 && compareKeys(a, c) >= 0 {
			rt.Fatalf("%q < %q < %q, but the first is not before the last", a, b, c)
		}
	})
}
