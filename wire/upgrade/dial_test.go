package upgrade

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const switching = "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: blaze\r\n\r\n"

// peer accepts one connection on loopback, reads the request head and hands the
// connection to answer. It returns the server's address.
func peer(t *testing.T, answer func(conn *net.TCPConn, request string)) string {
	t.Helper()
	ln, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		conn, err := ln.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		var request []byte
		for b := make([]byte, 1); !bytes.HasSuffix(request, []byte("\r\n\r\n")); request = append(request, b...) {
			if _, err := io.ReadFull(conn, b); err != nil {
				return
			}
		}
		answer(conn.(*net.TCPConn), string(request))
	}()
	t.Cleanup(func() {
		ln.Close()
		<-done
	})
	return ln.Addr().String()
}

func dial(t *testing.T, d *Dialer, rawURL string) (*Conn, error) {
	t.Helper()
	conn, err := d.Dial(t.Context(), rawURL, ProtocolBlaze, nil)
	if conn != nil {
		t.Cleanup(func() { conn.Close() })
	}
	return conn, err
}

func TestDialRequest(t *testing.T) {
	got := make(chan string, 1)
	addr := peer(t, func(conn *net.TCPConn, request string) {
		got <- request
		io.WriteString(conn, switching)
	})
	header := http.Header{"User-Agent": {"Charon/1.0"}, "Accept": {"*/*"}, "X-Association": {"token"}}
	before := header.Clone()
	conn, err := new(Dialer).Dial(t.Context(), "http://"+addr+"/sub/api/server/upgrade", ProtocolBlaze, header)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	want := "GET /sub/api/server/upgrade HTTP/1.1\r\n" +
		"Host: " + addr + "\r\n" +
		"User-Agent: Charon/1.0\r\n" +
		"Accept: */*\r\n" +
		"Connection: Upgrade\r\n" +
		"Upgrade: blaze\r\n" +
		"X-Association: token\r\n\r\n"
	if diff := cmp.Diff(want, <-got); diff != "" {
		t.Errorf("request (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(before, header); diff != "" {
		t.Errorf("caller's header changed (-before +after):\n%s", diff)
	}
}

// TestDialEarlyBytes checks that nothing is lost however the head and the first
// bytes of the stream are cut into segments.
func TestDialEarlyBytes(t *testing.T) {
	const first, second = "first bytes", " and more"
	send := map[string]func(*net.TCPConn){
		"one segment": func(c *net.TCPConn) { io.WriteString(c, switching+first) },
		"byte by byte": func(c *net.TCPConn) {
			for _, b := range []byte(switching + first) {
				c.Write([]byte{b})
			}
		},
		"interim answer first": func(c *net.TCPConn) {
			io.WriteString(c, "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"+switching+first)
		},
		"bare line feeds": func(c *net.TCPConn) {
			io.WriteString(c, strings.ReplaceAll(switching, "\r", "")+first)
		},
		"protocol in capitals": func(c *net.TCPConn) {
			io.WriteString(c, strings.ToUpper(switching)+first)
		},
	}
	for name, send := range send {
		t.Run(name, func(t *testing.T) {
			next := make(chan struct{})
			addr := peer(t, func(c *net.TCPConn, _ string) {
				send(c)
				<-next
				io.WriteString(c, second)
			})
			conn, err := dial(t, new(Dialer), "http://"+addr+"/")
			if err != nil {
				close(next)
				t.Fatal(err)
			}
			got := make([]byte, len(first))
			_, err = io.ReadFull(conn, got)
			close(next)
			if err != nil {
				t.Fatal(err)
			}
			rest, err := io.ReadAll(conn)
			if err != nil {
				t.Fatal(err)
			}
			if string(got)+string(rest) != first+second {
				t.Errorf("stream = %q, want %q", string(got)+string(rest), first+second)
			}
		})
	}
}

func TestDetach(t *testing.T) {
	addr := peer(t, func(c *net.TCPConn, _ string) { io.WriteString(c, switching+"early") })
	conn, err := dial(t, new(Dialer), "http://"+addr+"/")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(conn, make([]byte, 2)); err != nil {
		t.Fatal(err)
	}
	raw, early := conn.Detach()
	if _, ok := raw.(*net.TCPConn); !ok {
		t.Errorf("connection below is %T, want *net.TCPConn", raw)
	}
	rest, err := io.ReadAll(raw)
	if err != nil {
		t.Fatal(err)
	}
	if got := string(early) + string(rest); got != "rly" {
		t.Errorf("rest of the stream = %q, want %q", got, "rly")
	}
}

func TestDialRefused(t *testing.T) {
	tests := []struct {
		answer, protocol string
		want             RefusedError
		text             string
	}{
		{"200 OK", ProtocolBlaze, RefusedError{Status: 200, Reason: "OK"}, "ordinary page"},
		{"301 Moved\r\nLocation: https://u:p@h.example/x/api/server/upgrade?q#f", ProtocolBlaze,
			RefusedError{Status: 301, Reason: "Moved", Location: "https://h.example/x/api/server/upgrade"},
			"moved to https://h.example/x/api/server/upgrade"},
		{"302 Found", ProtocolBlaze, RefusedError{Status: 302, Reason: "Found"}, "it has moved"},
		{"400 Bad Request", ProtocolBlaze, RefusedError{Status: 400, Reason: "Bad Request"}, "IPv4"},
		{"400 Bad Request", ProtocolTunnel, RefusedError{Status: 400, Reason: "Bad Request"}, "connect again"},
		{"403 No", ProtocolBlaze, RefusedError{Status: 403, Reason: "No"}, "client certificate"},
		{"404 Not Found", ProtocolBlaze, RefusedError{Status: 404, Reason: "Not Found"}, "check the address"},
		{"405 \x1b[31mred", ProtocolBlaze, RefusedError{Status: 405, Reason: "?[31mred"}, "proxy"},
		{"418 I", ProtocolBlaze, RefusedError{Status: 418, Reason: "I"}, "makes no sense"},
		{"426 Upgrade Required", ProtocolBlaze, RefusedError{Status: 426, Reason: "Upgrade Required"}, "removed the upgrade"},
		{"500 " + strings.Repeat("x", 99), ProtocolBlaze, RefusedError{Status: 500, Reason: strings.Repeat("x", 64)}, "try again later"},
		{"999 ", ProtocolBlaze, RefusedError{Status: 999}, "status 999)"},
	}
	for _, tt := range tests {
		t.Run(tt.answer[:3]+" "+tt.protocol, func(t *testing.T) {
			addr := peer(t, func(c *net.TCPConn, _ string) {
				io.WriteString(c, "HTTP/1.1 "+tt.answer+"\r\nContent-Length: 4\r\n\r\nbody")
			})
			_, err := new(Dialer).Dial(t.Context(), "http://"+addr+"/", tt.protocol, nil)
			var got *RefusedError
			if !errors.As(err, &got) {
				t.Fatalf("error = %v, want *RefusedError", err)
			}
			tt.want.Protocol = tt.protocol
			if diff := cmp.Diff(&tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if !strings.Contains(err.Error(), tt.text) {
				t.Errorf("text %q does not contain %q", err, tt.text)
			}
		})
	}
}

func TestDialWrongProtocol(t *testing.T) {
	for _, got := range []string{"websocket", ""} {
		addr := peer(t, func(c *net.TCPConn, _ string) {
			io.WriteString(c, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: "+got+"\r\n\r\n")
		})
		_, err := dial(t, new(Dialer), "http://"+addr+"/")
		var wrong *ProtocolError
		if !errors.As(err, &wrong) || wrong.Got != got || wrong.Want != ProtocolBlaze {
			t.Errorf("error = %v, want a *ProtocolError for %q", err, got)
		}
	}
}

func TestDialBadAnswers(t *testing.T) {
	write := func(s string) func(*net.TCPConn) {
		return func(c *net.TCPConn) { io.WriteString(c, s) }
	}
	// held answers and keeps the connection open, so that only the answer can
	// be the reason to fail.
	held := func(s string) func(*net.TCPConn) {
		return func(c *net.TCPConn) {
			io.WriteString(c, s)
			io.Copy(io.Discard, c)
		}
	}
	tests := []struct {
		name string
		send func(*net.TCPConn)
		want error
	}{
		{"other protocol", held("SSH-2.0-OpenSSH_9.9\r\n"), ErrMalformed},
		{"HTTP/2 preface", held("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), ErrMalformed},
		{"HTTP/2 settings", held("\x00\x00\x06\x04\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x64"), ErrMalformed},
		{"TLS alert", held("\x15\x03\x01\x00\x02\x02\x46"), ErrMalformed},
		{"garbled status", held("HTTP/1.1 abc\r\n\r\n"), ErrMalformed},
		{"header without colon", held("HTTP/1.1 101 x\r\nUpgrade blaze\r\n\r\n"), ErrMalformed},
		{"second head garbled", held("HTTP/1.1 103 x\r\n\r\nSSH"), ErrMalformed},
		{"giant head", func(c *net.TCPConn) {
			io.WriteString(c, "HTTP/1.1 101 x\r\nA: ")
			for {
				if _, err := io.WriteString(c, strings.Repeat("a", 1<<10)); err != nil {
					return
				}
			}
		}, ErrTooLarge},
		{"endless interim answers", func(c *net.TCPConn) {
			for {
				if _, err := io.WriteString(c, "HTTP/1.1 102 x\r\n\r\n"); err != nil {
					return
				}
			}
		}, ErrTooLarge},
		{"nothing", write(""), ErrHungUp},
		{"close inside the head", write("HTTP/1.1 101 Switching"), io.ErrUnexpectedEOF},
		{"reset inside the head", func(c *net.TCPConn) {
			io.WriteString(c, "HTTP/1.1 101 Switching")
			c.SetLinger(0)
		}, ErrHungUp},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			addr := peer(t, func(c *net.TCPConn, _ string) { tt.send(c) })
			_, err := dial(t, new(Dialer), "http://"+addr+"/")
			if !errors.Is(err, tt.want) {
				t.Errorf("error = %v, want %v", err, tt.want)
			}
		})
	}
}

// TestDialSlowAnswer drips a head so slowly that it is never complete in time,
// though something arrives again and again.
func TestDialSlowAnswer(t *testing.T) {
	addr := peer(t, func(c *net.TCPConn, _ string) {
		for i := 0; ; i++ {
			if _, err := c.Write([]byte{(switching + strings.Repeat("x", 9999))[min(i, 60)]}); err != nil {
				return
			}
			time.Sleep(5 * time.Millisecond) // the drip itself
		}
	})
	_, err := dial(t, &Dialer{AnswerTimeout: 100 * time.Millisecond}, "http://"+addr+"/")
	if !errors.Is(err, ErrNoAnswer) || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("error = %v, want %v", err, ErrNoAnswer)
	}
}

func TestDialLeavesNoDeadline(t *testing.T) {
	release := make(chan struct{})
	addr := peer(t, func(c *net.TCPConn, _ string) {
		io.WriteString(c, switching)
		<-release
		io.WriteString(c, "late")
	})
	const timeout = 200 * time.Millisecond
	conn, err := dial(t, &Dialer{AnswerTimeout: timeout}, "http://"+addr+"/")
	if err != nil {
		close(release)
		t.Fatal(err)
	}
	time.AfterFunc(2*timeout, func() { close(release) })
	if got, err := io.ReadAll(conn); err != nil || string(got) != "late" {
		t.Errorf("read %q, %v after the answer's deadline", got, err)
	}
}

func TestDialCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	addr := peer(t, func(c *net.TCPConn, _ string) {
		cancel()
		io.Copy(io.Discard, c)
	})
	_, err := new(Dialer).Dial(ctx, "http://"+addr+"/", ProtocolBlaze, nil)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error = %v, want %v", err, context.Canceled)
	}
}

func TestDialAddress(t *testing.T) {
	for _, rawURL := range []string{"", "example.com", "ftp://example.com/", "http:///x", "http://u:secret@[::1/"} {
		_, err := dial(t, new(Dialer), rawURL)
		if err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("Dial(%q) error = %v", rawURL, err)
		}
	}
}

func TestDialIPv4First(t *testing.T) {
	refused := &net.OpError{Op: "dial", Err: errConnRefused}
	unreachable := &net.OpError{Op: "dial", Err: errNetUnreachable}
	noIPv4 := &net.OpError{Op: "dial", Err: &net.AddrError{Err: "no suitable address found"}}
	noName := &net.OpError{Op: "dial", Err: &net.DNSError{IsNotFound: true}}
	tests := []struct {
		name       string
		err4, err6 error
		want       error
		networks   string
	}{
		{"IPv4 works", nil, nil, nil, "tcp4"},
		{"IPv6 instead", refused, nil, nil, "tcp4 tcp6"},
		{"neither", refused, unreachable, refused, "tcp4 tcp6"},
		{"IPv6 address", noIPv4, refused, refused, "tcp4 tcp6"},
		{"name with IPv6 only", noName, refused, refused, "tcp4 tcp6"},
		{"cancelled", context.Canceled, nil, context.Canceled, "tcp4"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if errors.Is(tt.err4, context.Canceled) {
				cancel()
			}
			var networks []string
			conn, err := dialIPv4First(ctx, func(_ context.Context, network, _ string) (net.Conn, error) {
				networks = append(networks, network)
				if err := map[string]error{"tcp4": tt.err4, "tcp6": tt.err6}[network]; err != nil {
					return nil, err
				}
				conn, other := net.Pipe()
				other.Close()
				return conn, nil
			}, "host:1")
			if conn != nil {
				conn.Close()
			}
			if !errors.Is(err, tt.want) || (tt.want == nil) != (conn != nil) {
				t.Errorf("connection %v, error %v, want error %v", conn, err, tt.want)
			}
			if got := strings.Join(networks, " "); got != tt.networks {
				t.Errorf("dialled %s, want %s", got, tt.networks)
			}
		})
	}
}
