package blaze_test

import (
	"bytes"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/charonrelay/charon/blaze"
)

// unhex decodes hex digits; white space and lines that start with # are ignored.
func unhex(tb testing.TB, text string) []byte {
	tb.Helper()
	var digits strings.Builder
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "#") {
			digits.WriteString(strings.Join(strings.Fields(line), ""))
		}
	}
	b, err := hex.DecodeString(digits.String())
	if err != nil {
		tb.Fatalf("bad hex in the test: %v", err)
	}
	return b
}

// frame returns the verified frame testdata/name.hex.
func frame(tb testing.TB, name string) []byte {
	tb.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name+".hex"))
	if err != nil {
		tb.Fatal(err)
	}
	return unhex(tb, string(text))
}

// appended returns the bytes of the frame.
func appended(tb testing.TB, p blaze.Packet) []byte {
	tb.Helper()
	b, err := p.AppendTo(nil)
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

// read takes the only packet off a stream.
func read(tb testing.TB, stream []byte) blaze.Packet {
	tb.Helper()
	r := blaze.NewReader(bytes.NewReader(stream), 0)
	p, err := r.Next()
	if err != nil {
		tb.Fatalf("read % x: %v", stream, err)
	}
	if more, err := r.Next(); err == nil {
		tb.Fatalf("after %v comes %v", p, more)
	}
	return p
}
