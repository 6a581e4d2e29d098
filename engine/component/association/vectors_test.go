package association

import (
	"testing"

	"github.com/charonrelay/charon/blaze"
	"github.com/charonrelay/charon/engine/internal/wiretest"
)

// TestVector is A.17.
func TestVector(t *testing.T) {
	reply, err := getLists(t.Context(), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	h := blaze.NewRequest(blaze.AssociationLists, blaze.AssociationGetLists, 33, nil).Header
	wiretest.Equal(t, "getLists", h.Reply(reply), wiretest.Hex(t, `
		00 4A 00 19 00 06 00 00 10 00 00 21 B2 D8 70 04 03 01 A6 E9 AF 03 8A FA 64 09 19 01 84 A7 D8 74
		9A C9 F3 00 04 B2 99 00 03 B2 EB 40 01 0B 66 72 69 65 6E 64 4C 69 73 74 00 D3 9C 25 00 01 00 B2
		DC C0 00 88 03 C3 2A 64 00 00 00 BE 6C A3 00 00 D2 F8 F4 00 00 00`))
}
