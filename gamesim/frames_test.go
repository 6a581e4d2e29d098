package gamesim

import (
	"bytes"
	"encoding/hex"
	"os"
	"regexp"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/charonrelay/charon/blaze"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// frame is one of testdata/frames.txt.
type frame struct {
	title string
	bytes []byte
	blaze.Packet
}

var hexLine = regexp.MustCompile(`^([0-9A-F]{2} *)+$`)

// frames returns the specification's verified frames.
func frames(t testing.TB) []frame {
	t.Helper()
	text, err := os.ReadFile("testdata/frames.txt")
	if err != nil {
		t.Fatal(err)
	}
	var all []frame
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || line[0] == '#':
		case hexLine.MatchString(line):
			b, err := hex.DecodeString(strings.ReplaceAll(line, " ", ""))
			if err != nil {
				t.Fatal(err)
			}
			last := &all[len(all)-1]
			last.bytes = append(last.bytes, b...)
		default:
			all = append(all, frame{title: line})
		}
	}
	for i := range all {
		p, err := blaze.NewReader(bytes.NewReader(all[i].bytes), 0).Next()
		if err != nil {
			t.Fatalf("%s: %v", all[i].title, err)
		}
		all[i].Packet = p
	}
	if len(all) != 34 {
		t.Fatalf("%d frames, want 34", len(all))
	}
	return all
}

// serverFrames returns the ones that a server sends.
func serverFrames(t testing.TB) []frame {
	t.Helper()
	var fs []frame
	for _, f := range frames(t) {
		if f.Type != blaze.Request {
			fs = append(fs, f)
		}
	}
	return fs
}
