package game

import (
	"fmt"
	"testing"
	"time"

	"github.com/charonrelay/charon/blaze"
	"github.com/charonrelay/charon/engine/presence"
)

// sink is a connection that encodes what it is told, as a session does.
type sink struct{ bytes int }

func (s *sink) Notify(p blaze.Packet) {
	b, _ := p.AppendTo(nil) // the labels are valid
	s.bytes += len(b)
}

func (s *sink) Shutdown() {}

// BenchmarkNotifyGameSetup encodes the largest notification of a game: the
// setup of one with four players.
func BenchmarkNotifyGameSetup(b *testing.B) {
	g := vectorGame(2)
	for i := range uint32(2) {
		g.add(presence.NewUser(presence.Identity{ID: 3 + i, Name: "somebody"}, nil, g.host.user.Network(), 100), PlayerConnecting)
	}
	b.ReportAllocs()
	for b.Loop() {
		p := g.setup(setupReason{joined: true, session: 4, user: 4})
		frame, err := p.AppendTo(nil)
		if err != nil {
			b.Fatal(err)
		}
		b.SetBytes(int64(len(frame)))
	}
}

// BenchmarkGame is the life of a game without sockets: one player creates it,
// three join, are connected, and all leave, the host first.
func BenchmarkGame(b *testing.B) {
	d := NewLocalDirectory(time.Now)
	var users []*presence.User
	out := new(sink)
	for i := range uint32(4) {
		u := presence.NewUser(presence.Identity{ID: i + 1, Name: fmt.Sprint("player ", i)}, out, presence.NewNetwork(), 100)
		u.SubscribeSelf()
		users = append(users, u)
	}
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		g, err := d.Create(users[0], Setup{Settings: 287})
		if err != nil {
			b.Fatal(err)
		}
		for _, u := range users[1:] {
			if err := g.Join(u, Entry{}); err != nil {
				b.Fatal(err)
			}
			if err := g.Connected(users[0], u.ID); err != nil {
				b.Fatal(err)
			}
		}
		for _, u := range users {
			g.Leave(u, PlayerLeft)
		}
		n++
	}
	b.ReportMetric(float64(out.bytes)/float64(n), "sent-B/op")
}
