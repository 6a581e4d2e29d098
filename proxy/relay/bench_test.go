package relay

import (
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"sync"
	"testing"

	"github.com/charonrelay/charon/wire/upgrade"
)

// serverEnd is the far end of a benchmark, the same with and without the relay.
type serverEnd func(*net.TCPConn)

// counting swallows everything and then says how many bytes it was.
func counting(c *net.TCPConn) {
	n, _ := io.Copy(io.Discard, c)
	binary.Write(c, binary.BigEndian, n)
}

// echoing sends everything back.
func echoing(c *net.TCPConn) {
	buf := make([]byte, 4<<10)
	for {
		n, err := c.Read(buf)
		if err != nil {
			return
		}
		c.Write(buf[:n])
	}
}

// throughRelay returns a game connection that the relay joins with end.
func throughRelay(b *testing.B, end serverEnd) *net.TCPConn {
	target := startServer(b, "http", func(c *upgrade.Conn) {
		raw, _ := c.Detach()
		end(raw.(*net.TCPConn))
	})
	return dial(b, startRelay(b, target, nil).addr)
}

// throughForwarder returns a connection that a plain TCP forwarder joins with end.
func throughForwarder(b *testing.B, end serverEnd) *net.TCPConn {
	var all sync.WaitGroup
	b.Cleanup(all.Wait)
	listen := func(serve func(*net.TCPConn)) string {
		ln, err := net.Listen("tcp4", "127.0.0.1:0")
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { ln.Close() })
		all.Go(func() {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			defer conn.Close()
			serve(conn.(*net.TCPConn))
		})
		return ln.Addr().String()
	}
	server := listen(end)
	return dial(b, listen(func(client *net.TCPConn) {
		upstream, err := net.Dial("tcp4", server)
		if err != nil {
			b.Error(err)
			return
		}
		defer upstream.Close()
		all.Go(func() {
			io.Copy(upstream, client)
			upstream.(*net.TCPConn).CloseWrite()
		})
		io.Copy(client, upstream)
		client.CloseWrite()
	}))
}

// overPaths runs bench over the relay and over the forwarder. The quotient of
// their results is what the relay costs.
func overPaths(b *testing.B, end serverEnd, bench func(*testing.B, *net.TCPConn)) {
	for _, path := range []struct {
		name string
		open func(*testing.B, serverEnd) *net.TCPConn
	}{{"path=relay", throughRelay}, {"path=forwarder", throughForwarder}} {
		b.Run(path.name, func(b *testing.B) {
			conn := path.open(b, end)
			b.ReportAllocs()
			bench(b, conn)
			conn.Close()
		})
	}
}

// BenchmarkBulk sends as fast as it can. The goal is at least 0.95 of the
// forwarder's throughput.
func BenchmarkBulk(b *testing.B) {
	overPaths(b, counting, func(b *testing.B, conn *net.TCPConn) {
		block := make([]byte, 1<<20)
		b.SetBytes(int64(len(block)))
		var sent int64
		for b.Loop() {
			n, err := conn.Write(block)
			if err != nil {
				b.Fatal(err)
			}
			sent += int64(n)
		}
		conn.CloseWrite()
		var counted int64
		if err := binary.Read(conn, binary.BigEndian, &counted); err != nil || counted != sent {
			b.Fatalf("%d of %d bytes arrived, %v", counted, sent, err)
		}
	})
}

// BenchmarkRoundTrip sends 100 bytes and waits for their echo. The goal is at
// most 1.15 of the forwarder's time.
func BenchmarkRoundTrip(b *testing.B) {
	overPaths(b, echoing, func(b *testing.B, conn *net.TCPConn) {
		message, got := bytes.Repeat([]byte("x"), 100), make([]byte, 100)
		for b.Loop() {
			if _, err := conn.Write(message); err != nil {
				b.Fatal(err)
			}
			if _, err := io.ReadFull(conn, got); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkIdleHeap reports the heap held for one idle connection. The goal is
// at most 8 KiB with http; with https most of it is the TLS state.
func BenchmarkIdleHeap(b *testing.B) {
	for _, scheme := range []string{"http", "https"} {
		b.Run("scheme="+scheme, func(b *testing.B) {
			var total int
			for b.Loop() {
				total += idleHeap(b, scheme)
			}
			b.ReportMetric(float64(total)/float64(b.N), "heap-B/conn")
		})
	}
}
