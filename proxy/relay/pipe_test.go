package relay

import (
	"bytes"
	"errors"
	"io"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"github.com/charonrelay/charon/wire/upgrade"
)

func TestCopyBuffered(t *testing.T) {
	p := &pipe{buffers: new(sync.Pool)}
	errRead := errors.New("read failed")
	for _, size := range []int{0, 1, idleSize - 1, idleSize, idleSize + 1, idleSize + bulkSize, 10*bulkSize + 7} {
		want := bytes.Repeat([]byte("0123456789abcdef!"), size/17+1)[:size]
		readers := map[string]func(io.Reader) io.Reader{
			"whole":             func(r io.Reader) io.Reader { return r },
			"bytes":             iotest.OneByteReader,
			"halves":            iotest.HalfReader,
			"end with the data": iotest.DataErrReader,
		}
		for name, split := range readers {
			var got bytes.Buffer
			n, err := p.copyBuffered(&got, split(bytes.NewReader(want)))
			if n != int64(size) || err != nil || !bytes.Equal(got.Bytes(), want) {
				t.Errorf("%d bytes, %s: copied %d, %v", size, name, n, err)
			}
			failing := io.MultiReader(bytes.NewReader(want), iotest.ErrReader(errRead))
			if n, err := p.copyBuffered(io.Discard, split(failing)); n != int64(size) || !errors.Is(err, errRead) {
				t.Errorf("%d bytes, %s: copied %d, %v before the failure", size, name, n, err)
			}
		}
	}
	full := errors.New("write failed")
	if _, err := p.copyBuffered(writerFunc(func([]byte) (int, error) { return 0, full }), strings.NewReader("x")); !errors.Is(err, full) {
		t.Errorf("error = %v, want %v", err, full)
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

// maxIdleHeap is the most heap that an idle game connection may hold.
const maxIdleHeap = 8 << 10

func TestIdleHeap(t *testing.T) {
	if got := idleHeap(t, "http"); got > maxIdleHeap {
		t.Errorf("an idle connection holds %d bytes of heap, want at most %d", got, maxIdleHeap)
	}
}

// idleHeap measures the heap that the relay holds for one idle connection. It
// takes off what the server's end holds, which clients without a relay show.
func idleHeap(tb testing.TB, scheme string) int {
	const conns = 200
	release := make(chan chan struct{}, 1)
	target := startServer(tb, scheme, func(c *upgrade.Conn) {
		r := <-release
		release <- r
		io.WriteString(c, "x")
		<-r
	})
	heap := func() int {
		runtime.GC()
		runtime.GC() // pools let go of their buffers at the second one
		var stats runtime.MemStats
		runtime.ReadMemStats(&stats)
		return int(stats.HeapAlloc)
	}
	r := startRelay(tb, target, func(r *Relay) { r.config.MaxConns = conns })

	first := make(chan struct{})
	release <- first
	var clients []*upgrade.Conn
	for range conns {
		client, err := r.connect(tb.Context(), target)
		if err != nil {
			tb.Fatal(err)
		}
		defer client.Close()
		wantRead(tb, client, "x")
		clients = append(clients, client)
	}
	bothEnds := heap()
	close(first)
	for _, client := range clients {
		wantEnd(tb, client)
	}
	clientEnds := heap()

	second := make(chan struct{})
	<-release
	release <- second
	defer close(second)
	for range conns {
		wantRead(tb, dial(tb, r.addr), "x")
	}
	serverEnds := bothEnds - clientEnds
	return (heap() - clientEnds - serverEnds) / conns
}
