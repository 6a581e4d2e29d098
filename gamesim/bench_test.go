package gamesim

import (
	"runtime"
	"strings"
	"testing"
)

// BenchmarkCheckSetup checks the largest notification of a match (spec: blaze
// A.11).
func BenchmarkCheckSetup(b *testing.B) {
	for _, f := range frames(b) {
		if !strings.HasPrefix(f.title, "A.11 ") {
			continue
		}
		b.ReportAllocs()
		b.SetBytes(int64(len(f.Body)))
		for b.Loop() {
			if err := checkPacket(f.Packet, false); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// BenchmarkIdleClient reports what a client in the menu costs, without the
// kernel and the server.
func BenchmarkIdleClient(b *testing.B) {
	const clients = 200
	addr := scripted{preAuthRequest: {"A.4 "}, pingRequest: {"1.7 Util.ping response"}}.start(b)
	for b.Loop() {
		idle := make([]*Client, clients)
		before := memory()
		for i := range idle {
			c, err := Dial(b.Context(), Config{Server: addr})
			if err != nil {
				b.Fatal(err)
			}
			if err := c.PreAuth(b.Context()); err != nil {
				b.Fatal(err)
			}
			idle[i] = c
		}
		b.ReportMetric(float64(memory()-before)/clients, "B/client+server")
		for _, c := range idle {
			if err := c.Close(); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func memory() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapInuse + m.StackInuse
}
