package presence_test

import (
	"net/netip"
	"testing"

	"github.com/charonrelay/charon/blaze/tdf"
	"github.com/charonrelay/charon/engine/internal/wiretest"
	"github.com/charonrelay/charon/engine/presence"
)

// FuzzNetworkInfo: whatever a game reports, what the others are sent about it
// is well formed and short.
func FuzzNetworkInfo(f *testing.F) {
	for _, fields := range []func(e *tdf.Encoder){
		func(*tdf.Encoder) {},
		func(e *tdf.Encoder) { pair(e, "203.0.113.5:3659", "192.168.0.10:3659") },
		func(e *tdf.Encoder) {
			e.Union("ADDR", 4, func() { e.Str("NAME", "a.example"); e.Uint("PORT", 1) })
			e.Map("NLMP", tdf.TypeString, tdf.TypeVarint, 1, func(int) { e.ElemStr("ea-sjc"); e.ElemInt(-1) })
			e.Group("NQOS", func() { e.Uint("DBPS", 1); e.Uint("NATT", 4); e.Uint("UBPS", 2) })
		},
		func(e *tdf.Encoder) { e.Union("ADDR", 0, func() { e.Blob("XDDR", []byte{1}) }) },
		func(e *tdf.Encoder) { e.Uint("UBFL", 1); e.Uint("USTA", 2); e.Uint("UWAN", 5) },
	} {
		var e tdf.Encoder
		fields(&e)
		f.Add(e.Bytes())
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		g, err := tdf.Parse(body)
		if err != nil {
			return
		}
		u, r := newUser(1, "Test", presence.NewNetwork())
		u.Update(func(n *presence.Network) bool {
			n.SetInfo(g, presence.AddressRule{Peer: netip.MustParseAddr("203.0.113.5")})
			n.SetMetrics(g)
			return true
		})
		if b := wiretest.Frame(t, only(t, r)); len(b) > 1000 {
			t.Errorf("%d bytes", len(b))
		}
		var e tdf.Encoder
		e.List("HNET", tdf.TypeGroup, 1, func(int) { u.Network().Address.EncodeElement(&e) })
		hnet, err := tdf.Parse(e.Bytes())
		if e.Err() != nil || err != nil {
			t.Fatal(e.Err(), err)
		}
		if err := tdf.CheckOrder(hnet); err != nil {
			t.Error(err)
		}
	})
}
