package blaze_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/charonrelay/charon/blaze"
	"github.com/charonrelay/charon/blaze/tdf"
)

// The header of long bodies (spec: blaze 1.7).
func TestLongBodies(t *testing.T) {
	for size, hex := range map[int]string{
		0:       "00 00 00 09 00 01 00 00 10 00 00 03",
		1:       "00 01 00 09 00 01 00 00 10 00 00 03",
		65535:   "FF FF 00 09 00 01 00 00 10 00 00 03",
		65536:   "00 00 00 09 00 01 00 00 10 10 00 03 00 01",
		70000:   "11 70 00 09 00 01 00 00 10 10 00 03 00 01",
		1 << 20: "00 00 00 09 00 01 00 00 10 10 00 03 00 10",
	} {
		want := unhex(t, hex)
		p := blaze.NewRequest(blaze.Util, blaze.UtilFetchClientConfig, 3, nil).Reply(nil)
		p.Body = bytes.Repeat([]byte{0xa5}, size)
		got := appended(t, p)
		if !bytes.Equal(got[:len(got)-size], want) || !bytes.Equal(got[len(want):], p.Body) {
			t.Errorf("%d bytes: header % x, want %s", size, got[:len(got)-size], hex)
		}
		if diff := diff([]blaze.Packet{p}, []blaze.Packet{read(t, got)}); diff != "" {
			t.Errorf("%d bytes (-made +read):\n%s", size, diff)
		}
	}
}

// A set JUMBO_FRAME is a matter of the length alone.
func TestJumboFrameIsSetAsNeeded(t *testing.T) {
	p := blaze.Packet{Header: blaze.Header{Component: blaze.Util, Command: 2, Options: blaze.JumboFrame}}
	if got := appended(t, p); len(got) != 12 || got[9] != 0 {
		t.Errorf("got % x", got)
	}
	// A short body in a jumbo frame is read, and written as a plain frame.
	got := read(t, unhex(t, "00 05 00 04 00 01 00 00 10 10 00 37 00 00 9E 99 00 00 01"))
	if len(got.Body) != 5 || got.Options != 0 {
		t.Errorf("got %+v", got)
	}
	if again := appended(t, got); len(again) != 17 {
		t.Errorf("written as % x", again)
	}
}

// Headers with everything in them, written and read.
func TestHeaders(t *testing.T) {
	for _, c := range []struct {
		hex  string
		want blaze.Header
	}{
		{
			"00 00 78 02 FF FE 00 00 0F 0F FF FF",
			blaze.Header{Component: 0x7802, Command: 0xfffe, User: 15, Seq: blaze.MaxSeq},
		},
		{
			"00 00 00 04 00 01 00 00 00 41 23 45",
			blaze.Header{Component: 4, Command: 1, Options: blaze.Immediate, Seq: 0x12345},
		},
		{
			"00 00 00 04 00 01 00 00 00 20 00 01 DE AD BE EF",
			blaze.Header{Component: 4, Command: 1, Options: blaze.HasContext, Seq: 1, Context: 0xdeadbeef},
		},
		{
			"00 00 00 04 00 01 00 00 00 A0 00 01 DE AD BE EF 01 23 45 67",
			blaze.Header{
				Component: 4, Command: 1, Options: blaze.HasContext | blaze.JumboContext, Seq: 1, Context: 0x01234567deadbeef,
			},
		},
		{ // Without HAS_CONTEXT there is none, whatever its size would be.
			"00 00 00 04 00 01 00 00 00 80 00 01",
			blaze.Header{Component: 4, Command: 1, Options: blaze.JumboContext, Seq: 1},
		},
		{
			"00 00 00 01 00 28 00 0C 30 00 00 05",
			blaze.Header{Component: 1, Command: 0x28, Error: 0xc, Type: blaze.ErrorReply, Seq: 5},
		},
	} {
		want := unhex(t, c.hex)
		if got := appended(t, blaze.Packet{Header: c.want}); !bytes.Equal(got, want) {
			t.Errorf("written as % X, want %s", got, c.hex)
		}
		if diff := cmp.Diff(c.want, read(t, want).Header); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.hex, diff)
		}
	}
}

// The extensions come in the order length, context (spec: blaze 1.1).
func TestJumboFrameWithContext(t *testing.T) {
	body := bytes.Repeat([]byte{0}, 70000)
	p := blaze.Packet{
		Header: blaze.Header{Component: 4, Command: 1, Options: blaze.HasContext | blaze.JumboContext, Context: 0x0102030405060708},
		Body:   body,
	}
	want := unhex(t, "11 70 00 04 00 01 00 00 00 B0 00 00  00 01  05 06 07 08  01 02 03 04")
	got := appended(t, p)
	if !bytes.Equal(got[:22], want) || len(got) != 22+70000 {
		t.Errorf("header % x, want % x", got[:22], want)
	}
	back := read(t, got)
	if back.Context != p.Context || len(back.Body) != len(body) || back.Options != p.Options {
		t.Errorf("read %d bytes with %#x, %#x", len(back.Body), back.Context, back.Options)
	}
}

// Other message types than the known ones are requests (spec: blaze 1.2).
func TestMessageTypes(t *testing.T) {
	names := []string{"request", "response", "notification", "error"}
	for typ := range 16 {
		b := unhex(t, "00 00 00 09 00 02 00 00 00 00 00 01")
		b[8] = byte(typ << 4)
		p := read(t, b)
		want := blaze.Request
		if typ < len(names) {
			want = blaze.Type(typ)
		}
		if p.Type != want || p.Type.String() != names[want] {
			t.Errorf("type %d is %v, want %v", typ, p.Type, want)
		}
	}
}

// A reply repeats component, command, user and all 20 bits of the number, and
// nothing else (spec: blaze 1.3).
func TestReplies(t *testing.T) {
	request := read(t, unhex(t, "00 00 00 04 00 01 00 00 02 EF 12 34 01 02 03 04 05 06 07 08"))
	if request.Seq != 0xf1234 || request.User != 2 {
		t.Fatalf("the request is %+v", request.Header)
	}
	for hex, p := range map[string]blaze.Packet{
		"00 00 00 04 00 01 00 00 12 0F 12 34": request.Reply(nil),
		"00 00 00 04 00 01 00 1E 32 0F 12 34": request.ReplyError(blaze.CodeGamePermissionDenied),
	} {
		if got := appended(t, p); !bytes.Equal(got, unhex(t, hex)) {
			t.Errorf("%v is % X, want %s", p, got, hex)
		}
	}
	if p := blaze.NewRequest(blaze.Util, 2, blaze.MaxSeq+2, nil); p.Seq != 1 {
		t.Errorf("the number after the last is %d", p.Seq)
	}
}

// Fields that cannot be encoded come to light where the packet is used.
func TestFieldsThatCannotBeEncoded(t *testing.T) {
	p := blaze.NewNotification(blaze.GameManager, blaze.NotifyGameSetup, func(e *tdf.Encoder) {
		e.Uint("GID", 1)
		e.Uint("too long", 1)
	})
	const want = `blaze: encode GameManager.NotifyGameSetup: tdf: label "too long" cannot be packed`
	b, err := p.AppendTo([]byte("head"))
	if err == nil || !strings.HasPrefix(err.Error(), want) || string(b) != "head" {
		t.Errorf("AppendTo = %q, %v, want %s", b, err, want)
	}
	if g, err := p.Fields(); err == nil || !strings.HasPrefix(err.Error(), want) || !g.Empty() {
		t.Errorf("Fields = %v, %v, want %s", g, err, want)
	}
	if got := fmt.Sprint(p); !strings.Contains(got, `label "too long"`) {
		t.Errorf("the packet prints as %s", got)
	}
}

func TestAppendToKeepsWhatWasThere(t *testing.T) {
	var stream []byte
	for i := range uint32(3) {
		var err error
		if stream, err = blaze.NewRequest(blaze.Util, blaze.UtilPing, i, nil).AppendTo(stream); err != nil {
			t.Fatal(err)
		}
	}
	want := unhex(t, "00 00 00 09 00 02 00 00 00 00 00 00  00 00 00 09 00 02 00 00 00 00 00 01  00 00 00 09 00 02 00 00 00 00 00 02")
	if !bytes.Equal(stream, want) {
		t.Errorf("got % x", stream)
	}
}

func TestPrintedPackets(t *testing.T) {
	ping := blaze.NewRequest(blaze.Util, blaze.UtilPing, 7, nil)
	login := blaze.NewRequest(blaze.Authentication, blaze.AuthLogin, 8, func(e *tdf.Encoder) {
		e.Str("MAIL", "a@b.c")
		e.Str("PASS", "hunter2")
		e.Uint("TYPE", 0)
	})
	broken := blaze.Packet{Header: login.Header, Body: unhex(t, "D2 5C F4 01 05")}
	for _, c := range []struct {
		format string
		packet blaze.Packet
		want   string
	}{
		{"%v", ping, "Util.ping request seq 7"},
		{"%v", login, `Authentication.login request seq 8 {MAIL: [redacted], PASS: [redacted], TYPE: 0}`},
		{"%s", login, `Authentication.login request seq 8 {MAIL: [redacted], PASS: [redacted], TYPE: 0}`},
		{"%+v", login, "Authentication.login request seq 8 {\n  MAIL: [redacted],\n  PASS: [redacted],\n  TYPE: 0\n}"},
		{"%v", login.ReplyError(0xc), "Authentication.login error seq 8 invalid password (0xc)"},
		{"%v", ping.Reply(func(e *tdf.Encoder) { e.Uint("STIM", 1) }), "Util.ping response seq 7 {STIM: 1}"},
		{
			"%v", blaze.NewNotification(blaze.GameManager, blaze.NotifyGameStateChange, func(e *tdf.Encoder) { e.Uint("GID", 1) }),
			"GameManager.NotifyGameStateChange notification seq 0 {GID: 1}",
		},
		{
			"%v", broken,
			"Authentication.login request seq 8 (5 bytes, tdf: byte 4, in TEST: the string length is 5, but only 0 bytes follow)",
		},
	} {
		if got := fmt.Sprintf(c.format, c.packet); got != c.want {
			t.Errorf("%s: got %s, want %s", c.format, got, c.want)
		}
	}
}

// The error of a body that is not TDF names the message, the byte and the label.
func TestFieldsOfBrokenBody(t *testing.T) {
	p := read(t, unhex(t, "00 05 00 04 00 01 00 00 00 00 00 07 D2 5C F4 01 05"))
	_, err := p.Fields()
	const want = "blaze: GameManager.createGame request: tdf: byte 4, in TEST: the string length is 5, but only 0 bytes follow"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
