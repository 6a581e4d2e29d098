package session_test

import (
	"context"
	"log/slog"
	"net"
	"testing"

	"github.com/charonrelay/charon/blaze"
	"github.com/charonrelay/charon/blaze/tdf"
	"github.com/charonrelay/charon/engine/session"
)

// BenchmarkRoundTrip is a request and its response over TCP on the loopback
// interface, a ping for example.
func BenchmarkRoundTrip(b *testing.B) {
	ln, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer ln.Close()
	game, err := net.Dial("tcp4", ln.Addr().String())
	if err != nil {
		b.Fatal(err)
	}
	end, err := ln.Accept()
	if err != nil {
		b.Fatal(err)
	}
	r := session.NewRouter()
	r.Handle(blaze.Util, blaze.UtilPing, func(context.Context, *session.Session, *session.Request) (session.Reply, error) {
		return func(e *tdf.Encoder) { e.Uint("STIM", 1700000000) }, nil
	})
	done := make(chan struct{})
	go func() {
		defer close(done)
		session.New(end, session.Origin{}, r, session.Limits{}, slog.New(slog.DiscardHandler)).Run(context.Background())
	}()
	defer func() {
		_ = game.Close()
		<-done
	}()
	request, err := blaze.NewRequest(blaze.Util, blaze.UtilPing, 1, nil).AppendTo(nil)
	if err != nil {
		b.Fatal(err)
	}
	in := blaze.NewReader(game, 0)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := game.Write(request); err != nil {
			b.Fatal(err)
		}
		if _, err := in.Next(); err != nil {
			b.Fatal(err)
		}
	}
}
