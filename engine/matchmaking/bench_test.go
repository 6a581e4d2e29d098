package matchmaking_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/charonrelay/charon/engine/game"
	"github.com/charonrelay/charon/engine/matchmaking"
)

// BenchmarkExamine offers a game to a queue in which nobody wants it.
func BenchmarkExamine(b *testing.B) {
	for _, waiting := range []int{100, 1000, 10000} {
		b.Run(fmt.Sprint(waiting), func(b *testing.B) {
			d := game.NewLocalDirectory(time.Now)
			m := matchmaking.NewLocal(d, time.Now)
			want := criteria(b, rule{mapRule, []string{"map7"}})
			for i := range waiting {
				m.Start(newPlayer(uint32(i+1)).User, want, 0)
			}
			g := lobby(b, d, newPlayer(1<<30), open, "ME3map", "map1")
			b.ReportAllocs()
			for b.Loop() {
				m.Examine(g)
			}
		})
	}
}
