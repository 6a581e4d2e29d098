package tdf_test

import (
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/charonrelay/charon/blaze/tdf"
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

// bodies returns the bodies of the verified frames by file name. All of them
// have the short header.
func bodies(tb testing.TB) map[string][]byte {
	tb.Helper()
	files, err := filepath.Glob("../testdata/*.hex")
	if err != nil || len(files) == 0 {
		tb.Fatalf("no verified frames: %v", err)
	}
	all := make(map[string][]byte, len(files))
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			tb.Fatal(err)
		}
		all[strings.TrimSuffix(filepath.Base(file), ".hex")] = unhex(tb, string(text))[12:]
	}
	return all
}

func parse(tb testing.TB, body []byte) tdf.Group {
	tb.Helper()
	g, err := tdf.Parse(body)
	if err != nil {
		tb.Fatalf("Parse(% x): %v", body, err)
	}
	return g
}

// encoded returns the body that fields writes.
func encoded(tb testing.TB, fields func(*tdf.Encoder)) []byte {
	tb.Helper()
	var e tdf.Encoder
	fields(&e)
	if err := e.Err(); err != nil {
		tb.Fatalf("encode: %v", err)
	}
	return e.Bytes()
}

func copied(g tdf.Group) []byte {
	var e tdf.Encoder
	e.Copy(g)
	return e.Bytes()
}
