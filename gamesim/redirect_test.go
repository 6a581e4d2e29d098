package gamesim

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/charonrelay/charon/blaze"
	"github.com/charonrelay/charon/blaze/tdf"
	"github.com/charonrelay/charon/internal/testutil"
)

func TestRedirect(t *testing.T) {
	instance := func(secure bool, addr func(e *tdf.Encoder)) func(blaze.Packet) []blaze.Packet {
		return func(r blaze.Packet) []blaze.Packet {
			return []blaze.Packet{r.Reply(func(e *tdf.Encoder) {
				e.Union("ADDR", 0, func() { addr(e) })
				e.Bool("SECU", secure)
				e.Uint("XDNS", 0)
			})}
		}
	}
	for _, tc := range []struct {
		name   string
		answer func(blaze.Packet) []blaze.Packet
		addr   string
		err    string
	}{
		{"by number", instance(false, func(e *tdf.Encoder) {
			e.Uint("IP", 0x7f000001)
			e.Uint("PORT", 42128)
		}), "127.0.0.1:42128", ""},
		{"by name", instance(false, func(e *tdf.Encoder) {
			e.Str("HOST", "localhost")
			e.Uint("PORT", 42128)
		}), "127.0.0.1:42128", ""},
		{"the number goes first", instance(false, func(e *tdf.Encoder) {
			e.Str("HOST", "nowhere.invalid")
			e.Uint("IP", 0x7f010203)
			e.Uint("PORT", 1)
		}), "127.1.2.3:1", ""},
		{"secure", instance(true, func(e *tdf.Encoder) {
			e.Uint("IP", 1)
			e.Uint("PORT", 1)
		}), "", "game: getServerInstance: expected the IPv4 address of a plain main server: the redirector wants SSL on the main connection, which is plain in this setting; got\nRedirector.getServerInstance response seq 0 {"},
		{"nowhere", instance(false, func(e *tdf.Encoder) { e.Uint("PORT", 1) }), "", "ADDR names neither IP nor HOST"},
		{"no port", instance(false, func(e *tdf.Encoder) {
			e.Uint("IP", 1)
			e.Uint("PORT", 0)
		}), "", "ADDR.PORT is 0"},
		{"wrong form", instance(false, func(e *tdf.Encoder) { e.Str("HOST", "x") }), "", "ADDR.PORT: missing"},
		{"refusal", func(r blaze.Packet) []blaze.Packet { return []blaze.Packet{r.ReplyError(0xb)} }, "", "the server refused Redirector.getServerInstance: unknown service name (0xb)"},
		{"other sequence", func(r blaze.Packet) []blaze.Packet {
			r.Seq++
			return []blaze.Packet{r.Reply(nil)}
		}, "", "ADDR: missing"},
		{"no answer", func(blaze.Packet) []blaze.Packet { return nil }, "", "game: getServerInstance: expected the response with SECU = 0 or 1: EOF"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var seen blaze.Packet
			addr := redirector(t, func(r blaze.Packet) []blaze.Packet {
				seen = r
				return tc.answer(r)
			})
			cfg, err := Config{Redirector: addr, Timeout: 5 * time.Second}.withDefaults()
			if err != nil {
				t.Fatal(err)
			}
			got, err := redirect(t.Context(), cfg)
			if tc.err == "" {
				if err != nil || got.String() != tc.addr {
					t.Errorf("%v, %v, want %s", got, err, tc.addr)
				}
			} else if err == nil || !strings.Contains(err.Error(), tc.err) {
				t.Errorf("%v, want %s", err, tc.err)
			}
			if seen.Component != blaze.Redirector || seen.Seq != 0 {
				t.Errorf("the request was %v", seen)
			}
		})
	}
}

// TestRedirectorThatIsNone connects to what listens on the port by mistake.
func TestRedirectorThatIsNone(t *testing.T) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	said := make(chan string)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for text := range said {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = conn.Write([]byte(text))
			_ = conn.(*net.TCPConn).CloseWrite()
			_, _ = conn.Read(make([]byte, 512))
			_ = conn.Close()
		}
	}()
	for _, text := range []string{"", "HTTP/1.1 400 Bad Request\r\n\r\n", "\x15\x03\x00\x00\x02\x02\x28"} {
		said <- text
		_, err := Dial(t.Context(), Config{Redirector: l.Addr().String(), Timeout: 5 * time.Second, Logger: testutil.Logger(t)})
		if err == nil || !strings.HasPrefix(err.Error(), "game: secure the connection to the redirector: expected an SSL 3.0 handshake that the game accepts: ") {
			t.Errorf("%q: %v", text, err)
		}
	}
	close(said)
	<-done
	_ = l.Close()
	_, err = Dial(t.Context(), Config{Redirector: l.Addr().String()})
	if err == nil || !strings.HasPrefix(err.Error(), "game: connect to the redirector: expected a connection: ") {
		t.Errorf("%v", err)
	}
	_, err = Dial(t.Context(), Config{Server: l.Addr().String()})
	if err == nil || !strings.HasPrefix(err.Error(), "game: connect to the main server: expected a connection: ") {
		t.Errorf("%v", err)
	}
}

func TestRedirectEndsWithTheContext(t *testing.T) {
	stop := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	release := make(chan struct{})
	addr := redirector(t, func(blaze.Packet) []blaze.Packet {
		cancel(stop)
		<-release
		return nil
	})
	_, err := Dial(ctx, Config{Redirector: addr})
	close(release)
	if !errors.Is(err, stop) {
		t.Errorf("%v, want %v", err, stop)
	}
}
