package blaze_test

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/charonrelay/charon/blaze"
)

// conversation is a stream of all verified frames, with frames of every kind
// of header between them.
func conversation(tb testing.TB) (stream []byte, packets []blaze.Packet) {
	add := func(p blaze.Packet) {
		stream = append(stream, appended(tb, p)...)
		packets = append(packets, p)
	}
	for i, v := range vectors() {
		add(v.make())
		if i%5 == 0 {
			add(blaze.Packet{
				Header: blaze.Header{
					Component: blaze.Util, Command: blaze.UtilPing, Seq: uint32(i) << 15, Context: uint64(i),
					Options: blaze.HasContext | blaze.Options(i/5%2)*blaze.JumboContext,
				},
			})
		}
	}
	long := blaze.NewRequest(blaze.Util, blaze.UtilFetchClientConfig, 3, nil).Reply(nil)
	long.Body = bytes.Repeat([]byte("0123456789"), 7000)
	add(long)
	add(blaze.NewRequest(blaze.Util, blaze.UtilPing, 9, nil))
	return stream, packets
}

// all takes packets until the stream ends.
func all(r io.Reader, maxBody uint32) (packets []blaze.Packet, err error) {
	reader := blaze.NewReader(r, maxBody)
	for {
		p, err := reader.Next()
		if err != nil {
			return packets, err
		}
		packets = append(packets, p)
	}
}

// diff compares packets; cmp is slow, so only if they differ.
func diff(want, got []blaze.Packet) string {
	if slices.EqualFunc(want, got, func(a, b blaze.Packet) bool { return a.Header == b.Header && bytes.Equal(a.Body, b.Body) }) {
		return ""
	}
	return cmp.Diff(want, got, cmpopts.EquateEmpty(), cmpopts.IgnoreUnexported(blaze.Packet{}))
}

// Packets come out as they went in, however the stream is cut into reads.
func TestPipelinedPackets(t *testing.T) {
	stream, want := conversation(t)
	for name, r := range map[string]io.Reader{
		"at once":             bytes.NewReader(stream),
		"byte by byte":        iotest.OneByteReader(bytes.NewReader(stream)),
		"by halves":           iotest.HalfReader(bytes.NewReader(stream)),
		"with the error":      iotest.DataErrReader(bytes.NewReader(stream)),
		"in random chunks":    &chunkReader{data: stream, random: rand.New(rand.NewPCG(1, 2)), limit: 40},
		"in larger chunks":    &chunkReader{data: stream, random: rand.New(rand.NewPCG(3, 4)), limit: 9000},
		"with nothing inside": &chunkReader{data: stream, random: rand.New(rand.NewPCG(5, 6)), limit: 3, empty: true},
	} {
		got, err := all(r, 0)
		if err != io.EOF {
			t.Errorf("%s: %v, want EOF", name, err)
		}
		if diff := diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// chunkReader delivers data in chunks of random size, with empty reads between
// them if asked to.
type chunkReader struct {
	data   []byte
	random *rand.Rand
	limit  int
	empty  bool
}

func (r *chunkReader) Read(p []byte) (int, error) {
	if len(r.data) == 0 {
		return 0, io.EOF
	}
	if r.empty && r.random.IntN(2) == 0 {
		return 0, nil
	}
	n := copy(p, r.data[:min(len(r.data), 1+r.random.IntN(r.limit))])
	r.data = r.data[n:]
	return n, nil
}

// Two packets, split into two reads at every byte.
func TestSplitPackets(t *testing.T) {
	want := []blaze.Packet{
		{Header: blaze.Header{Component: blaze.Util, Command: 2, Seq: 1, Options: blaze.HasContext, Context: 5}, Body: []byte("body")},
		blaze.NewNotification(blaze.GameManager, blaze.NotifyGameSetup, createdGame().encode),
	}
	stream := append(appended(t, want[0]), appended(t, want[1])...)
	for n := range len(stream) + 1 {
		got, err := all(io.MultiReader(bytes.NewReader(stream[:n]), bytes.NewReader(stream[n:])), 0)
		if err != io.EOF {
			t.Errorf("split at %d: %v", n, err)
		}
		if diff := diff(want, got); diff != "" {
			t.Errorf("split at %d (-want +got):\n%s", n, diff)
		}
	}
}

// A packet is there as soon as its last byte is: nothing is read after it that
// would have to be waited for.
func TestPacketsAreNotHeldBack(t *testing.T) {
	for _, v := range vectors() {
		stream := v.bytes(t)
		for _, n := range []int{1, 12, len(stream)} {
			n = min(n, len(stream))
			waits := iotest.ErrReader(errors.New("waits for more"))
			r := blaze.NewReader(io.MultiReader(bytes.NewReader(stream[:n]), bytes.NewReader(stream[n:]), waits), 0)
			if _, err := r.Next(); err != nil {
				t.Errorf("%s in %d and %d bytes: %v", v.name, n, len(stream)-n, err)
			}
		}
	}
}

// The end of the stream is clean between packets and nowhere else.
func TestEndOfStream(t *testing.T) {
	frame := appended(t, blaze.Packet{
		Header: blaze.Header{Component: 4, Options: blaze.HasContext | blaze.JumboContext},
		Body:   make([]byte, 1<<16),
	})
	for n, want := range map[int]error{
		0:              io.EOF,
		1:              io.ErrUnexpectedEOF, // inside the fixed header
		11:             io.ErrUnexpectedEOF,
		12:             io.ErrUnexpectedEOF, // before the extension
		13:             io.ErrUnexpectedEOF, // inside it
		14:             io.ErrUnexpectedEOF, // between length and context
		21:             io.ErrUnexpectedEOF,
		22:             io.ErrUnexpectedEOF, // before the body
		23:             io.ErrUnexpectedEOF, // inside it
		5000:           io.ErrUnexpectedEOF,
		len(frame) - 1: io.ErrUnexpectedEOF,
		len(frame):     nil,
	} {
		r := blaze.NewReader(bytes.NewReader(frame[:n]), 0)
		p, err := r.Next()
		if err != want || want != nil && p.Body != nil {
			t.Errorf("%d bytes: %v, want %v", n, err, want)
		}
		if want == nil {
			if _, err := r.Next(); err != io.EOF {
				t.Errorf("after the packet: %v", err)
			}
		}
	}
}

// Errors of the stream come through as they are, at any place.
func TestErrorsOfTheStream(t *testing.T) {
	broken := errors.New("cable cut")
	frame := appended(t, blaze.Packet{Header: blaze.Header{Options: blaze.HasContext}, Body: make([]byte, 1<<16)})
	for _, n := range []int{0, 5, 12, 13, 18, 100, len(frame) - 1} {
		r := blaze.NewReader(io.MultiReader(bytes.NewReader(frame[:n]), iotest.ErrReader(broken)), 0)
		if _, err := r.Next(); !errors.Is(err, broken) {
			t.Errorf("after %d bytes: %v, want %v", n, err, broken)
		}
	}
}

func TestFrameCap(t *testing.T) {
	packet := func(n int) []byte {
		return appended(t, blaze.Packet{Header: blaze.Header{Component: blaze.GameManager, Command: 1, Seq: 7}, Body: make([]byte, n)})
	}
	for _, c := range []struct {
		limit uint32
		size  int
		ok    bool
	}{
		{0, blaze.DefaultMaxBody, true},
		{0, blaze.DefaultMaxBody + 1, false},
		{10, 10, true},
		{10, 11, false},
		{70000, 70000, true},
		{70000, 70001, false},
	} {
		p, err := blaze.NewReader(bytes.NewReader(packet(c.size)), c.limit).Next()
		if c.ok {
			if err != nil || len(p.Body) != c.size {
				t.Errorf("%d of %d bytes: %v", c.size, c.limit, err)
			}
			continue
		}
		var tooLong *blaze.FrameTooLargeError
		if !errors.As(err, &tooLong) {
			t.Errorf("%d of %d bytes: %v, want a FrameTooLargeError", c.size, c.limit, err)
			continue
		}
		limit := c.limit
		if limit == 0 {
			limit = blaze.DefaultMaxBody
		}
		if tooLong.Len != uint32(c.size) || tooLong.Max != limit || tooLong.Header.Seq != 7 {
			t.Errorf("%d of %d bytes: %+v", c.size, c.limit, tooLong)
		}
	}
	_, err := blaze.NewReader(bytes.NewReader(packet(11)), 10).Next()
	if want := "blaze: GameManager.createGame announces a body of 11 bytes, the cap is 10"; err.Error() != want {
		t.Errorf("got %q, want %q", err, want)
	}
	notification := unhex(t, "FF FF 00 04 00 14 00 00 20 10 00 00 FF FF")
	_, err = blaze.NewReader(bytes.NewReader(notification), 0).Next()
	if want := "GameManager.NotifyGameSetup announces a body of 4294967295 bytes"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %q", err, want)
	}
}

// Frames that announce much and bring little cost little.
func TestAnnouncedFrames(t *testing.T) {
	const runs = 20
	for name, c := range map[string]struct {
		hex   string
		limit uint32
	}{
		"4 GiB over the cap":   {"FF FF 00 04 00 14 00 00 20 10 00 00 FF FF", 0},
		"4 GiB within the cap": {"FF FF 00 04 00 14 00 00 20 10 00 00 FF FF", 1<<32 - 1},
		"1 MiB":                {"00 00 00 04 00 14 00 00 20 10 00 00 00 10", 0},
	} {
		stream := append(unhex(t, c.hex), make([]byte, 10)...)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for range runs {
			if _, err := blaze.NewReader(bytes.NewReader(stream), c.limit).Next(); err == nil {
				t.Errorf("%s: no error", name)
			}
		}
		runtime.ReadMemStats(&after)
		// The reader's buffer and the first piece of the body have 4 KiB each.
		if n := (after.TotalAlloc - before.TotalAlloc) / runs; n > 10<<10 {
			t.Errorf("%s: %d bytes allocated", name, n)
		}
	}
}

// While a long body arrives, no more than twice its bytes are held.
func TestMemoryGrowsWithTheBytes(t *testing.T) {
	const arrived = 100_000
	stream := append(unhex(t, "00 00 00 04 00 14 00 00 20 10 00 00 00 10"), make([]byte, arrived)...)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := blaze.NewReader(bytes.NewReader(stream), 0).Next(); err != io.ErrUnexpectedEOF {
		t.Error(err)
	}
	runtime.ReadMemStats(&after)
	// 4, 8, 16, 32, 64, 128 KiB and the buffer, together.
	if n := after.TotalAlloc - before.TotalAlloc; n > 4*arrived {
		t.Errorf("%d bytes allocated for %d", n, arrived)
	}
}

func FuzzReader(f *testing.F) {
	stream, _ := conversation(f)
	f.Add(stream[:2000], uint64(1))
	for i, v := range vectors() {
		f.Add(v.bytes(f), uint64(i))
	}
	f.Add(unhex(f, "FF FF 00 04 00 14 00 00 20 10 00 00 FF FF"), uint64(1))
	f.Add(unhex(f, "00 04 00 04 00 14 00 00 20 B0 00 00 00 00 01 02 03 04 05 06 07 08 AA BB CC DD 00"), uint64(1))
	f.Fuzz(func(t *testing.T, stream []byte, seed uint64) {
		const limit = 1 << 16
		want, wantErr := all(bytes.NewReader(stream), limit)
		chunks := &chunkReader{data: stream, random: rand.New(rand.NewPCG(seed, 0)), limit: 1 + int(seed%100)}
		got, gotErr := all(chunks, limit)
		if diff := diff(want, got); diff != "" {
			t.Errorf("in chunks (-want +got):\n%s", diff)
		}
		if wantErr.Error() != gotErr.Error() {
			t.Errorf("in chunks the stream ends with %v, want %v", gotErr, wantErr)
		}
		// Written again and read again, the packets are the same.
		var again []byte
		size := 0
		for _, p := range want {
			again = append(again, appended(t, p)...)
			size += len(p.Body)
			_, _ = p.Fields()
		}
		if size > len(stream) {
			t.Errorf("%d bytes of bodies out of %d", size, len(stream))
		}
		if got, err := all(bytes.NewReader(again), limit); err != io.EOF || diff(want, got) != "" {
			t.Errorf("written again: %v (-want +got):\n%s", err, diff(want, got))
		}
	})
}
