package upgrade

import (
	"bufio"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// newServer returns an unstarted server that upgrades every request and hands
// the streams to serve, from a goroutine that the server's clean-up waits for.
func newServer(t *testing.T, serve func(*Conn)) *httptest.Server {
	t.Helper()
	served := make(chan struct{})
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := Accept(w, r, ProtocolBlaze)
		if err != nil {
			if !errors.Is(err, ErrNotUpgradable) {
				t.Errorf("Accept: %v", err)
			}
			return
		}
		go func() { // after the handler returned
			defer close(served)
			defer conn.Close()
			serve(conn)
		}()
	}))
	t.Cleanup(func() {
		s.Close()
		if serve != nil {
			<-served
		}
	})
	return s
}

// TestBothEnds runs the real dialer against a real server and closes the
// directions one after the other.
func TestBothEnds(t *testing.T) {
	for _, scheme := range []string{"http", "https"} {
		t.Run(scheme, func(t *testing.T) {
			s := newServer(t, func(c *Conn) {
				got, err := io.ReadAll(c) // ends by the client's half-close
				if err != nil {
					t.Errorf("server read: %v", err)
				}
				if _, err := io.WriteString(c, "you said "+string(got)); err != nil {
					t.Errorf("server write: %v", err)
				}
				if err := c.CloseWrite(); err != nil {
					t.Errorf("server half-close: %v", err)
				}
				if n, err := c.Read(make([]byte, 1)); n != 0 || !errors.Is(err, io.EOF) {
					t.Errorf("server read after the end: %d, %v", n, err)
				}
			})
			d := new(Dialer)
			if scheme == "http" {
				s.Start()
			} else {
				s.EnableHTTP2 = true // must not be chosen
				s.StartTLS()
				d.TLS = s.Client().Transport.(*http.Transport).TLSClientConfig
			}
			conn, err := dial(t, d, s.URL)
			if err != nil {
				t.Fatal(err)
			}
			if secure, ok := conn.Conn.(*tls.Conn); ok && secure.ConnectionState().NegotiatedProtocol == "h2" {
				t.Error("negotiated HTTP/2")
			}
			if _, err := io.WriteString(conn, "hello"); err != nil {
				t.Fatal(err)
			}
			if err := conn.CloseWrite(); err != nil {
				t.Fatal(err)
			}
			if got, err := io.ReadAll(conn); err != nil || string(got) != "you said hello" {
				t.Errorf("read %q, %v", got, err)
			}
		})
	}
}

// TestAcceptEarlyBytes sends the first bytes of the stream in the same segment
// as the request, with any value in the Upgrade header.
func TestAcceptEarlyBytes(t *testing.T) {
	s := newServer(t, func(c *Conn) { io.Copy(c, c) })
	s.Config.ReadTimeout = 200 * time.Millisecond // must not outlive the upgrade
	s.Config.WriteTimeout = 200 * time.Millisecond
	s.Start()
	conn, err := net.Dial("tcp4", s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\nConnection: keep-alive, UPGRADE\r\nUpgrade: whatever\r\n\r\nearly")
	r := bufio.NewReader(conn)
	var head strings.Builder
	for !strings.HasSuffix(head.String(), "\r\n\r\n") {
		line, err := r.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		head.WriteString(line)
	}
	if want := "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: blaze\r\n\r\n"; head.String() != want {
		t.Errorf("answer %q, want %q", head.String(), want)
	}
	early := make([]byte, 5)
	if _, err := io.ReadFull(r, early); err != nil || string(early) != "early" {
		t.Fatalf("read %q, %v", early, err)
	}
	time.AfterFunc(2*s.Config.ReadTimeout, func() {
		io.WriteString(conn, "late")
		conn.(*net.TCPConn).CloseWrite()
	})
	if got, err := io.ReadAll(r); err != nil || string(got) != "late" {
		t.Errorf("read %q, %v after the server's timeouts", got, err)
	}
}

func TestAcceptRefuses(t *testing.T) {
	const upgrade = "Connection: Upgrade\r\nUpgrade: blaze\r\n"
	tests := []struct {
		name, request string
		status        int
		header        string // that the answer must have
		value         string
	}{
		{"POST", "POST / HTTP/1.1\r\nHost: x\r\n" + upgrade + "\r\n", 405, "Allow", "GET"},
		{"HEAD", "HEAD / HTTP/1.1\r\nHost: x\r\n" + upgrade + "\r\n", 405, "Allow", "GET"},
		{"HTTP/1.0", "GET / HTTP/1.0\r\nHost: x\r\n" + upgrade + "\r\n", 426, "Upgrade", "blaze"},
		{"no Upgrade", "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\n\r\n", 426, "Upgrade", "blaze"},
		{"no Connection", "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: blaze\r\n\r\n", 426, "Connection", "Upgrade"},
		{"part of a token", "GET / HTTP/1.1\r\nHost: x\r\nConnection: upgraded\r\nUpgrade: blaze\r\n\r\n", 426, "Upgrade", "blaze"},
		{"body", "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n" + upgrade + "\r\nx", 400, "", ""},
		{"chunked body", "GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n" + upgrade + "\r\n0\r\n\r\n", 400, "", ""},
	}
	s := newServer(t, nil)
	s.Start()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			conn, err := net.Dial("tcp4", s.Listener.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			io.WriteString(conn, tt.request)
			method, _, _ := strings.Cut(tt.request, " ")
			resp, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: method})
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			if resp.StatusCode != tt.status {
				t.Errorf("status %d, want %d", resp.StatusCode, tt.status)
			}
			if got := resp.Header.Get(tt.header); got != tt.value {
				t.Errorf("header %s: %q, want %q", tt.header, got, tt.value)
			}
		})
	}
}

func TestAcceptHTTP2(t *testing.T) {
	s := newServer(t, nil)
	s.EnableHTTP2 = true
	s.StartTLS()
	resp, err := s.Client().Get(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.ProtoMajor != 2 || resp.StatusCode != http.StatusUpgradeRequired {
		t.Errorf("HTTP/%d status %d, want HTTP/2 status 426", resp.ProtoMajor, resp.StatusCode)
	}
}

func TestAcceptWithoutHijack(t *testing.T) {
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Header.Set("Connection", "Upgrade")
	r.Header.Set("Upgrade", ProtocolBlaze)
	w := httptest.NewRecorder()
	if _, err := Accept(w, r, ProtocolBlaze); !errors.Is(err, http.ErrNotSupported) {
		t.Errorf("error = %v, want %v", err, http.ErrNotSupported)
	}
	if w.Code != http.StatusInternalServerError {
		t.Errorf("status %d, want 500", w.Code)
	}
}

func TestCloseWriteUnsupported(t *testing.T) {
	a, b := net.Pipe()
	defer a.Close()
	defer b.Close()
	if err := (&Conn{Conn: a}).CloseWrite(); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("error = %v, want %v", err, errors.ErrUnsupported)
	}
}
