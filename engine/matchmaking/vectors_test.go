package matchmaking

import (
	"testing"

	"github.com/charonrelay/charon/engine/internal/wiretest"
	"github.com/charonrelay/charon/engine/presence"
)

func TestVectors(t *testing.T) {
	u := presence.NewUser(presence.Identity{ID: 2, Name: "Two"}, nil, presence.NewNetwork(), 100)
	wiretest.Equal(t, "status (A.13)", status(u), wiretest.Vector(t, "a13_matchmaking_status.hex"))
	wiretest.Equal(t, "failed (4.6.10)", failed(u),
		wiretest.Hex(t, "0016 0004 000A 0000 2000 0000 B61E2600A0D102 B73A640002 CB3B340003 D73A640002"))
}
