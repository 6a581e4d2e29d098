package blaze_test

import (
	"bytes"
	"errors"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/charonrelay/charon/blaze"
	"github.com/charonrelay/charon/blaze/tdf"
)

// vector is a verified frame together with the code that makes it and the code
// that reads it.
type vector struct {
	// name is a file in testdata, or a description if hex is given.
	name, hex string
	make      func() blaze.Packet
	want      any
	read      func(tdf.Group) any
}

type maker func(fields func(*tdf.Encoder)) blaze.Packet

func request(c blaze.Component, command uint16, seq uint32) maker {
	return func(fields func(*tdf.Encoder)) blaze.Packet {
		return blaze.NewRequest(c, command, seq, fields)
	}
}

// reply makes the response to a request.
func reply(c blaze.Component, command uint16, seq uint32) maker {
	return func(fields func(*tdf.Encoder)) blaze.Packet {
		return blaze.NewRequest(c, command, seq, nil).Reply(fields)
	}
}

func notification(c blaze.Component, id uint16) maker {
	return func(fields func(*tdf.Encoder)) blaze.Packet { return blaze.NewNotification(c, id, fields) }
}

// replyError makes the error response to a request; body is what official
// servers attach.
func replyError(c blaze.Component, command uint16, seq uint32, code blaze.ErrorCode, body func(*tdf.Encoder)) func() blaze.Packet {
	return func() blaze.Packet {
		p := blaze.NewRequest(c, command, seq, nil).ReplyError(code)
		if body != nil {
			var e tdf.Encoder
			body(&e)
			p.Body = e.Bytes()
		}
		return p
	}
}

// of returns the vector of a message with the contents v.
func of[T any](name string, packet maker, v T, encode func(*tdf.Encoder, T), decode func(tdf.Group) T) vector {
	return vector{
		name: name,
		make: func() blaze.Packet { return packet(func(e *tdf.Encoder) { encode(e, v) }) },
		want: v,
		read: func(g tdf.Group) any { return decode(g) },
	}
}

// short returns the vector of a message of a few numbers and strings, which
// are given as label and value in turn.
func short(name, hex string, packet maker, contents ...any) vector {
	v := of(name, packet, contents, encodeShort, func(g tdf.Group) []any { return decodeShort(g, contents) })
	v.hex = hex
	if contents == nil {
		v.make = func() blaze.Packet { return packet(nil) }
		v.want = []any{}
	}
	return v
}

func encodeShort(e *tdf.Encoder, contents []any) {
	for i := 0; i < len(contents); i += 2 {
		switch v := contents[i+1].(type) {
		case int:
			e.Int(contents[i].(string), int64(v))
		case string:
			e.Str(contents[i].(string), v)
		}
	}
}

// decodeShort reads the labels of contents.
func decodeShort(g tdf.Group, contents []any) []any {
	got := []any{}
	for i := 0; i < len(contents); i += 2 {
		label := contents[i].(string)
		switch contents[i+1].(type) {
		case int:
			got = append(got, label, int(g.Int(label)))
		case string:
			got = append(got, label, g.Str(label))
		}
	}
	return got
}

// failed is the vector of an error response with empty body.
func failed(name, hex string, c blaze.Component, command uint16, seq uint32, code blaze.ErrorCode) vector {
	return vector{
		name: name, hex: hex, make: replyError(c, command, seq, code, nil),
		want: true, read: func(g tdf.Group) any { return g.Empty() },
	}
}

// vectors are all verified frames: spec: blaze 1.7, A.1 to A.21 and 7.6 (which
// is A.5), client 3.3 and 3.4.
func vectors() []vector {
	all := []vector{
		// Spec: blaze 1.7.
		short("ping request", "00 00 00 09 00 02 00 00 00 00 00 01", request(blaze.Util, blaze.UtilPing, 1)),
		short("ping response", "00 09 00 09 00 02 00 00 10 00 00 01  CF 4A 6D 00 80 C4 9F D5 0C",
			reply(blaze.Util, blaze.UtilPing, 1), "STIM", 1700000000),
		short("advanceGameState response", "00 00 00 04 00 03 00 00 10 00 00 39",
			reply(blaze.GameManager, blaze.GameAdvanceGameState, 0x39)),
		failed("login error", "00 00 00 01 00 28 00 0C 30 00 00 05",
			blaze.Authentication, blaze.AuthLogin, 5, blaze.CodeAuthInvalidPassword),
		{
			name: "login error of official servers", hex: "00 0B 00 01 00 28 00 0C 30 00 00 05  C2 E8 6D 01 01 00 D6 99 00 00 00",
			make: replyError(blaze.Authentication, blaze.AuthLogin, 5, blaze.CodeAuthInvalidPassword, func(e *tdf.Encoder) {
				e.Str("PNAM", "")
				e.Uint("UID", 0)
			}),
			want: []any{true, "", true, uint64(0)},
			read: func(g tdf.Group) any { return []any{g.Has("PNAM"), g.Str("PNAM"), g.Has("UID"), g.Uint("UID")} },
		},
		failed("suspendUserPing error", "00 00 00 09 00 1B 01 2E 30 00 00 1F",
			blaze.Util, blaze.UtilSuspendUserPing, 0x1f, blaze.CodeUtilPingSuspended),
		short("game state change", "00 0B 00 04 00 64 00 00 20 00 00 00  9E 99 00 00 01 9F 3D 21 00 82 02",
			notification(blaze.GameManager, blaze.NotifyGameStateChange), "GID", 1, "GSTA", 130),
		short("user updated", "00 0A 78 02 00 05 00 00 20 00 00 00  9A C9 F3 00 03 A6 40 00 00 01",
			notification(blaze.UserSessions, blaze.NotifyUserUpdated), "FLGS", 3, "ID", 1),
		short("player removed", "00 14 00 04 00 28 00 00 20 00 00 00  8E ED 38 00 00 9E 99 00 00 01 C2 99 00 00 02 CA 58 73 00 06",
			notification(blaze.GameManager, blaze.NotifyPlayerRemoved), "CNTX", 0, "GID", 1, "PID", 2, "REAS", 6),
		short("fetchClientConfig request", "00 0E 00 09 00 01 00 00 00 00 00 02  8E 6A 64 01 09 4D 45 33 5F 44 41 54 41 00",
			request(blaze.Util, blaze.UtilFetchClientConfig, 2), "CFID", "ME3_DATA"),
		short("createGame response", "00 05 00 04 00 01 00 00 10 00 00 37  9E 99 00 00 01",
			reply(blaze.GameManager, blaze.GameCreateGame, 0x37), "GID", 1),
		// Spec: client 3.4: any other request to the redirector.
		short("empty response", "00 00 00 09 00 07 00 00 10 00 00 03", reply(blaze.Util, blaze.UtilPreAuth, 3)),
	}
	for _, more := range [][]vector{authVectors, utilVectors, userVectors, gameVectors, otherVectors} {
		all = append(all, more...)
	}
	return all
}

func (v vector) bytes(tb testing.TB) []byte {
	if v.hex != "" {
		return unhex(tb, v.hex)
	}
	return frame(tb, v.name)
}

// Made from values, each frame is the verified one; read from bytes, it has
// the values; copied, the bytes again.
func TestVectors(t *testing.T) {
	for _, v := range vectors() {
		t.Run(v.name, func(t *testing.T) {
			want := v.bytes(t)
			p := v.make()
			if got := appended(t, p); !bytes.Equal(got, want) {
				t.Errorf("made\n% x, want\n% x", got, want)
			}
			got := read(t, want)
			if diff := cmp.Diff(p, got, cmpopts.EquateEmpty(), cmpopts.IgnoreUnexported(blaze.Packet{})); diff != "" {
				t.Errorf("packet (-made +read):\n%s", diff)
			}
			g, err := got.Fields()
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(v.want, v.read(g)); diff != "" {
				t.Errorf("contents (-want +got):\n%s", diff)
			}
			var e tdf.Encoder
			e.Copy(g)
			got.Body = e.Bytes()
			if again := appended(t, got); !bytes.Equal(again, want) {
				t.Errorf("copied\n% x, want\n% x", again, want)
			}
			if err := tdf.CheckOrder(g); err != nil {
				t.Error(err)
			}
		})
	}
}

// Every file of verified bytes is the vector of a test.
func TestEveryVectorIsTested(t *testing.T) {
	files, err := filepath.Glob("testdata/*.hex")
	if err != nil {
		t.Fatal(err)
	}
	tested := map[string]bool{}
	for _, v := range vectors() {
		tested[v.name] = true
	}
	for _, file := range files {
		if name := strings.TrimSuffix(filepath.Base(file), ".hex"); !tested[name] {
			t.Errorf("%s is not tested", name)
		}
	}
	if len(files) != 23 {
		t.Errorf("%d files, want 23", len(files))
	}
}

// A frame that is cut anywhere is not a packet.
func TestTruncatedVectors(t *testing.T) {
	for _, v := range vectors() {
		b := v.bytes(t)
		for n := range b {
			want := io.ErrUnexpectedEOF
			if n == 0 {
				want = io.EOF
			}
			p, err := blaze.NewReader(bytes.NewReader(b[:n]), 0).Next()
			if !errors.Is(err, want) || p.Body != nil {
				t.Errorf("%s cut to %d bytes: %v, %v, want %v", v.name, n, p, err, want)
			}
		}
	}
}
