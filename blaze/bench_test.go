package blaze_test

import (
	"bytes"
	"io"
	"testing"

	"github.com/charonrelay/charon/blaze"
	"github.com/charonrelay/charon/blaze/tdf"
)

// fullGame is the largest notification of a game: its set-up with four players.
func fullGame() gameSetup {
	s := matchedGame()
	s.Game.Network = address{Pair: &homePair}
	for _, name := range []string{"Three", "Four"} {
		p := joiner
		p.Name = name
		p.ID++
		p.Slot++
		s.Players = append(s.Players, p)
		s.Game.Admins = append(s.Game.Admins, uint64(p.ID))
	}
	return s
}

func BenchmarkEncodeGameSetup(b *testing.B) {
	s := fullGame()
	b.ReportAllocs()
	var frame []byte
	for b.Loop() {
		p := blaze.NewNotification(blaze.GameManager, blaze.NotifyGameSetup, s.encode)
		var err error
		if frame, err = p.AppendTo(frame[:0]); err != nil {
			b.Fatal(err)
		}
	}
	b.SetBytes(int64(len(frame)))
}

func BenchmarkDecodeGameSetup(b *testing.B) {
	p := blaze.NewNotification(blaze.GameManager, blaze.NotifyGameSetup, fullGame().encode)
	b.Run("parse", func(b *testing.B) {
		b.ReportAllocs()
		b.SetBytes(int64(len(p.Body)))
		for b.Loop() {
			if _, err := p.Fields(); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("parse and read", func(b *testing.B) {
		b.ReportAllocs()
		b.SetBytes(int64(len(p.Body)))
		for b.Loop() {
			g, err := p.Fields()
			if err != nil {
				b.Fatal(err)
			}
			if s := decodeGameSetup(g); len(s.Players) != 4 {
				b.Fatalf("%d players", len(s.Players))
			}
		}
	})
}

func BenchmarkSmallReply(b *testing.B) {
	ping := blaze.NewRequest(blaze.Util, blaze.UtilPing, 1, nil)
	b.ReportAllocs()
	var frame []byte
	for b.Loop() {
		var err error
		if frame, err = ping.Reply(func(e *tdf.Encoder) { e.Uint("STIM", 1700000000) }).AppendTo(frame[:0]); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkReader(b *testing.B) {
	for _, c := range []struct {
		name   string
		packet blaze.Packet
	}{
		{"pings", blaze.NewRequest(blaze.Util, blaze.UtilPing, 1, nil)},
		{"game setups", blaze.NewNotification(blaze.GameManager, blaze.NotifyGameSetup, fullGame().encode)},
		{"170 kB", blaze.Packet{Body: make([]byte, 170_000)}},
	} {
		b.Run(c.name, func(b *testing.B) {
			frame := appended(b, c.packet)
			b.ReportAllocs()
			b.SetBytes(int64(len(frame)))
			r := blaze.NewReader(&endless{frame: frame}, 0)
			for b.Loop() {
				if _, err := r.Next(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// endless is a stream of one frame after another.
type endless struct {
	frame []byte
	rest  bytes.Reader
}

func (r *endless) Read(p []byte) (int, error) {
	if r.rest.Len() == 0 {
		r.rest.Reset(r.frame)
	}
	n, err := r.rest.Read(p)
	if err == io.EOF {
		err = nil
	}
	return n, err
}
