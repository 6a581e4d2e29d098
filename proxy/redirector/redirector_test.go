package redirector

import (
	"context"
	"encoding/hex"
	"errors"
	"io"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/charonrelay/charon/internal/testutil"
	"github.com/charonrelay/charon/proxy/ssl3"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// Frames of spec: client 3.3 and 3.4, sequence 0.
const (
	gameRequest = "00bb0005000100000000" + "0000" +
		"8b392b0109332e31352e362e30008b4a6d011544656320323120323031322031323a34373a3130008ecbb4010f4d617373456666656374332d706300" +
		"8ecd3000008f3af50107313334383435008f6972010a30353432372e3132340093392b0109382e31342e372e310096ed80010570726f6400" +
		"9b0a64067fb2f8c0009ab9f2d60cba1b6501106d6173736566666563742d332d706300c2c874010857696e646f777300c32be601127374616e646172645365637572655f763300"
	answer = "00240005000100001000" + "0000" +
		"8649320600da1b3503a7000000818080f00fc2fcb4009092050" + "0ce58f50000e24bb30000"
)

func bytesOf(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

type fixture struct {
	addr  string
	ended chan error // of each connection
}

func start(t *testing.T, main string) *fixture {
	t.Helper()
	f := &fixture{ended: make(chan error, 16)}
	cert, err := ssl3.GenerateCertificate()
	if err != nil {
		t.Fatal(err)
	}
	tcp, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f.addr = tcp.Addr().String()
	s, err := New(Config{Main: netip.MustParseAddrPort(main), Observe: func(err error) { f.ended <- err }, Logger: testutil.Logger(t)})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx, ssl3.NewListener(tcp, &ssl3.ServerConfig{Certificate: cert})) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Serve: %v", err)
		}
	})
	return f
}

func (f *fixture) raw(t *testing.T) net.Conn {
	t.Helper()
	c, err := net.DialTimeout("tcp4", f.addr, 5*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	_ = c.SetDeadline(time.Now().Add(20 * time.Second))
	return c
}

func (f *fixture) game(t *testing.T) net.Conn {
	t.Helper()
	return ssl3.Client(f.raw(t), &ssl3.ClientConfig{VerifyCertificate: func(chain [][]byte) error {
		return ssl3.CheckGameCertificate(chain[0], ssl3.GameHost)
	}})
}

func (f *fixture) end(t *testing.T) error {
	t.Helper()
	select {
	case err := <-f.ended:
		return err
	case <-time.After(20 * time.Second):
		t.Fatal("the connection does not end")
		return nil
	}
}

func TestGameIsSentOn(t *testing.T) {
	f := start(t, "127.0.0.1:42128")
	for _, chunk := range []int{1, 7, 4096} { // however the question is split
		c := f.game(t)
		for req := bytesOf(t, gameRequest); len(req) > 0; {
			n := min(chunk, len(req))
			if _, err := c.Write(req[:n]); err != nil {
				t.Fatal(err)
			}
			req = req[n:]
		}
		got, err := io.ReadAll(c)
		if err != nil || hex.EncodeToString(got) != answer {
			t.Errorf("in pieces of %d: answer %x, %v", chunk, got, err)
		}
		if err := f.end(t); err != nil {
			t.Error(err)
		}
	}
}

func TestOtherAddressAndSequence(t *testing.T) {
	f := start(t, "127.4.5.6:42128")
	c := f.game(t)
	req := bytesOf(t, gameRequest)
	req[9], req[10], req[11] = 0x05, 0x12, 0x34
	if _, err := c.Write(req); err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(c)
	want := strings.Replace(answer, "818080f00f", "8694a0f00f", 1) // 0x7f040506
	want = want[:18] + "051234" + want[24:]
	if err != nil || hex.EncodeToString(got) != want {
		t.Errorf("answer %x, %v\nwant   %s", got, err, want)
	}
}

func TestOtherRequestsAreAnsweredEmpty(t *testing.T) {
	f := start(t, "127.0.0.1:42128")
	c := f.game(t)
	// Component 9 command 7 with message number 3, then the real question.
	if _, err := c.Write(bytesOf(t, "0000000900070000000000"+"03"+gameRequest)); err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(c)
	if want := "000000090007000010000003" + answer; err != nil || hex.EncodeToString(got) != want {
		t.Errorf("answers %x, %v\nwant    %s", got, err, want)
	}
}

func TestWrongVisitors(t *testing.T) {
	f := start(t, "127.0.0.1:42128")
	for _, tt := range []struct {
		name, send string
		says       string
	}{
		{"nothing", "", "ended before the game asked"},
		{"HTTP", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP"},
		{"TLS 1.2", "\x16\x03\x01\x00\x05\x01\x00\x00\x01\x03", "TLS"},
		{"garbage", "\xde\xad\xbe\xef\xde\xad\xbe\xef", "SSL"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := f.raw(t)
			if _, err := c.Write([]byte(tt.send)); err != nil {
				t.Fatal(err)
			}
			_ = c.(*net.TCPConn).CloseWrite()
			err := f.end(t)
			if err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("the connection ended with %q, want something about %q", err, tt.says)
			}
		})
	}
	t.Run("frame too large", func(t *testing.T) {
		c := f.game(t)
		if _, err := c.Write(bytesOf(t, "ffff00050001000000100000"+"0fff")); err != nil {
			t.Fatal(err)
		}
		if err := f.end(t); err == nil || !strings.Contains(err.Error(), "cap") {
			t.Errorf("the connection ended with %v", err)
		}
	})
	t.Run("cut question", func(t *testing.T) {
		c := f.game(t)
		if _, err := c.Write(bytesOf(t, gameRequest)[:50]); err != nil {
			t.Fatal(err)
		}
		_ = c.Close()
		if err := f.end(t); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("the connection ended with %v", err)
		}
	})
	t.Run("a game is still served", func(t *testing.T) {
		c := f.game(t)
		if _, err := c.Write(bytesOf(t, gameRequest)); err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(c); err != nil || hex.EncodeToString(got) != answer {
			t.Errorf("answer %x, %v", got, err)
		}
	})
}

func TestNewRefusesWhatTheGameCannotReach(t *testing.T) {
	for _, bad := range []string{"[::1]:42128", "127.0.0.1:0"} {
		if _, err := New(Config{Main: netip.MustParseAddrPort(bad)}); err == nil {
			t.Errorf("New accepts %s", bad)
		}
	}
}
