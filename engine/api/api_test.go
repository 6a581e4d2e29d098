package api_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.uber.org/goleak"

	"github.com/charonrelay/charon/engine/api"
	"github.com/charonrelay/charon/engine/session"
	"github.com/charonrelay/charon/engine/token"
	"github.com/charonrelay/charon/internal/testutil"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// host stands for the engine behind the handler.
type host struct {
	tokens  *token.Issuer
	origins chan session.Origin

	mu     sync.Mutex
	full   bool
	places int
	wg     sync.WaitGroup
}

func (h *host) admit() (done func(), ok bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.full {
		return nil, false
	}
	h.places++
	h.wg.Add(1)
	return func() {
		h.mu.Lock()
		h.places--
		h.mu.Unlock()
		h.wg.Done()
	}, true
}

// serve echoes what the game sends.
func (h *host) serve(conn net.Conn, o session.Origin) {
	h.origins <- o
	_, _ = io.Copy(conn, conn)
	_ = conn.Close()
}

func start(t *testing.T) (h *host, handler *api.Handler, addr string) {
	t.Helper()
	tokens, err := token.New(make([]byte, token.SecretSize), nil)
	if err != nil {
		t.Fatal(err)
	}
	h = &host{tokens: tokens, origins: make(chan session.Origin, 1)}
	handler = api.New(api.Config{Version: "0.8.1", Charon: "1.2.3", Tokens: tokens, Admit: h.admit, Serve: h.serve, Logger: testutil.Logger(t)})
	srv := httptest.NewServer(handler)
	t.Cleanup(func() {
		srv.Close()
		h.wg.Wait()
		if h.places != 0 {
			t.Errorf("%d places were not given back", h.places)
		}
	})
	return h, handler, srv.Listener.Addr().String()
}

// exchange sends a request as it is and returns the answer; for 101 the rest of
// the stream is in its body.
func exchange(t *testing.T, addr, request string) (*http.Response, net.Conn, *bufio.Reader) {
	t.Helper()
	conn, err := net.Dial("tcp4", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(conn, strings.ReplaceAll(request, "\n", "\r\n")); err != nil {
		t.Fatal(err)
	}
	r := bufio.NewReader(conn)
	method, _, _ := strings.Cut(request, " ")
	resp, err := http.ReadResponse(r, &http.Request{Method: method})
	if err != nil {
		t.Fatal(err)
	}
	return resp, conn, r
}

const upgradeHead = "GET /api/server/upgrade HTTP/1.1\nHost: x\nConnection: Upgrade\nUpgrade: blaze\n"

// TestServer is spec: client 5.2 and engine 9.5.
func TestServer(t *testing.T) {
	h, _, addr := start(t)
	resp, _, _ := exchange(t, addr, "GET /api/server HTTP/1.1\nHost: x\nAccept: application/json\nConnection: close\n\n")
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("status %d, %v", resp.StatusCode, err)
	}
	for name, want := range map[string]string{
		"Content-Type": "application/json", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff",
	} {
		if got := resp.Header.Get(name); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
	var info struct {
		Association string `json:"association"`
	}
	if err := json.Unmarshal(body, &info); err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf(`{"ident":"POCKET_RELAY_SERVER","version":"0.8.1","association":"%s","tunnel_port":null,"charon":"1.2.3"}`+"\n", info.Association)
	if string(body) != want {
		t.Errorf("body %s\nwant %s", body, want)
	}
	if _, err := h.tokens.VerifyAssociation(info.Association); err != nil || len(info.Association) != 66 {
		t.Errorf("association %q: %v", info.Association, err)
	}
	resp, _, _ = exchange(t, addr, "GET /api/server HTTP/1.1\nHost: x\nConnection: close\n\n")
	if other, _ := io.ReadAll(resp.Body); string(other) == string(body) {
		t.Error("two clients get the same association")
	}
}

func TestStatus(t *testing.T) {
	_, _, addr := start(t)
	for _, tt := range []struct {
		request string
		status  int
	}{
		{"HEAD /api/server HTTP/1.1\nHost: x\n\n", 200},
		{"POST /api/server HTTP/1.1\nHost: x\nContent-Length: 0\n\n", 405},
		{"GET /api/server/ HTTP/1.1\nHost: x\n\n", 404},
		{"GET / HTTP/1.1\nHost: x\n\n", 404},
		{"GET /api/server/upgrade HTTP/1.1\nHost: x\n\n", 426},
		{"GET /api/server/upgrade HTTP/1.0\nConnection: Upgrade\nUpgrade: blaze\n\n", 426},
		{"GET /api/server/upgrade HTTP/1.1\nHost: x\nConnection: Upgrade\n\n", 426},
		{"POST /api/server/upgrade HTTP/1.1\nHost: x\nConnection: Upgrade\nUpgrade: blaze\nContent-Length: 0\n\n", 405},
		{"HEAD /api/server/upgrade HTTP/1.1\nHost: x\nConnection: Upgrade\nUpgrade: blaze\n\n", 405},
		{"GET /api/server/upgrade HTTP/1.1\nHost: x\nConnection: Upgrade\nUpgrade: blaze\nContent-Length: 1\n\nx", 400},
	} {
		line, _, _ := strings.Cut(tt.request, "\n")
		t.Run(line, func(t *testing.T) {
			resp, _, _ := exchange(t, addr, tt.request)
			if resp.StatusCode != tt.status {
				t.Errorf("status %d, want %d", resp.StatusCode, tt.status)
			}
			if body, err := io.ReadAll(resp.Body); err != nil || strings.HasPrefix(tt.request, "HEAD") && len(body) > 0 {
				t.Errorf("body %q, %v", body, err)
			}
		})
	}
}

// TestUpgrade opens streams with all kinds of headers. What is no loopback
// address and no association of this server is ignored (spec: client 4.1, 4.2).
func TestUpgrade(t *testing.T) {
	h, _, addr := start(t)
	own, tok := h.tokens.NewAssociation()
	foreign, err := token.New([]byte(strings.Repeat("x", token.SecretSize)), nil)
	if err != nil {
		t.Fatal(err)
	}
	_, foreignTok := foreign.NewAssociation()
	loopback := netip.MustParseAddr("127.0.0.1")
	for _, tt := range []struct {
		name, header string
		want         session.Origin
	}{
		{"no headers", "", session.Origin{Peer: loopback, Local: loopback}},
		{"association", "X-Association: " + tok + "\n", session.Origin{Peer: loopback, Local: loopback, Association: own}},
		{"nonsense association", "X-Association: nonsense\n", session.Origin{Peer: loopback, Local: loopback}},
		{"foreign association", "X-Association: " + foreignTok + "\n", session.Origin{Peer: loopback, Local: loopback}},
		{"loopback host", "X-Pocket-Relay-Host: 127.3.2.1\n", session.Origin{Peer: loopback, Local: netip.MustParseAddr("127.3.2.1")}},
		{"other host", "X-Pocket-Relay-Host: 203.0.113.1\n", session.Origin{Peer: loopback, Local: loopback}},
		{"IPv6 host", "X-Pocket-Relay-Host: ::1\n", session.Origin{Peer: loopback, Local: loopback}},
		{"mapped host", "X-Pocket-Relay-Host: ::ffff:127.0.0.9\n", session.Origin{Peer: loopback, Local: loopback}},
		{"name", "X-Pocket-Relay-Host: localhost\n", session.Origin{Peer: loopback, Local: loopback}},
		{"legacy headers", "X-Pocket-Relay-Scheme: http\nX-Pocket-Relay-Port: 42131\nX-Pocket-Relay-Local-Http: true\nX-Real-IP: 203.0.113.9\n",
			session.Origin{Peer: loopback, Local: loopback}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			resp, conn, r := exchange(t, addr, upgradeHead+tt.header+"\nhello")
			if resp.StatusCode != http.StatusSwitchingProtocols || resp.Header.Get("Upgrade") != "blaze" {
				t.Fatalf("status %d, Upgrade %q", resp.StatusCode, resp.Header.Get("Upgrade"))
			}
			if diff := cmp.Diff(tt.want, <-h.origins, cmpopts.EquateComparable(netip.Addr{})); diff != "" {
				t.Error(diff)
			}
			if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
				t.Fatal(err)
			}
			if got, err := io.ReadAll(r); err != nil || string(got) != "hello" {
				t.Errorf("stream %q, %v", got, err)
			}
		})
	}
}

// TestFull: a server without a place says so, and a refused upgrade gives its
// place back.
func TestFull(t *testing.T) {
	h, _, addr := start(t)
	h.mu.Lock()
	h.full = true
	h.mu.Unlock()
	resp, _, _ := exchange(t, addr, upgradeHead+"\n")
	if resp.StatusCode != http.StatusServiceUnavailable || resp.Header.Get("Retry-After") == "" {
		t.Errorf("status %d, Retry-After %q", resp.StatusCode, resp.Header.Get("Retry-After"))
	}
}

// hijacked answers an upgrade without a network: only the peer counts.
type hijacked struct {
	http.ResponseWriter
	conn net.Conn
}

func (h hijacked) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return h.conn, bufio.NewReadWriter(bufio.NewReader(h.conn), bufio.NewWriter(h.conn)), nil
}

// TestPeer has the forms in which net/http names the other end: an IPv4 peer
// of a socket that serves both families is an IPv4 peer.
func TestPeer(t *testing.T) {
	for remote, want := range map[string]string{
		"203.0.113.9:1234": "203.0.113.9", "[::ffff:203.0.113.9]:1234": "203.0.113.9", "[2001:db8::1]:1234": "2001:db8::1", "@": "invalid IP",
	} {
		t.Run(remote, func(t *testing.T) {
			h, handler, _ := start(t)
			end, game := net.Pipe()
			r := httptest.NewRequest(http.MethodGet, "/api/server/upgrade", nil)
			r.RemoteAddr = remote
			r.Header.Set("Connection", "Upgrade")
			r.Header.Set("Upgrade", "blaze")
			go handler.ServeHTTP(hijacked{httptest.NewRecorder(), end}, r)
			if _, err := http.ReadResponse(bufio.NewReader(game), r); err != nil {
				t.Fatal(err)
			}
			if o := <-h.origins; o.Peer.String() != want {
				t.Errorf("peer %v, want %s", o.Peer, want)
			}
			_ = game.Close()
		})
	}
}
