package lookup

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/charonrelay/charon/wire/upgrade"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	token = "AAAAAAAAAAAAAAAAAAAAAA.BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB"
	hello = `{"ident":"POCKET_RELAY_SERVER","version":"0.8.1","association":"` + token + `","tunnel_port":9032}`
)

// answer returns a handler that sends body for each of paths and 404 elsewhere.
func answer(body string, paths ...string) http.Handler {
	mux := http.NewServeMux()
	for _, path := range paths {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, body) })
	}
	return mux
}

// redirect returns a handler that redirects every request to target.
func redirect(target string) http.Handler {
	return http.RedirectHandler(target, http.StatusMovedPermanently)
}

func plainServer(t *testing.T, h http.Handler) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s
}

func secureServer(t *testing.T, h http.Handler) *httptest.Server {
	t.Helper()
	s := httptest.NewUnstartedServer(h)
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.EnableHTTP2 = true // must not be used
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

// newClient returns a client that trusts the servers.
func newClient(servers ...*httptest.Server) *Client {
	roots := x509.NewCertPool()
	for _, s := range servers {
		if s.Certificate() != nil {
			roots.AddCert(s.Certificate())
		}
	}
	return New(Config{UserAgent: "Charon/1.0", TLS: &tls.Config{RootCAs: roots}})
}

func TestLookup(t *testing.T) {
	requests := make(chan *http.Request, 1)
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests <- r
		io.WriteString(w, hello)
	})
	for _, s := range []*httptest.Server{plainServer(t, handler), secureServer(t, handler)} {
		for _, dir := range []string{"/", "/deep/relay/"} {
			server, err := newClient(s).Lookup(t.Context(), strings.TrimSuffix(s.URL+dir, "/"))
			if err != nil {
				t.Fatal(err)
			}
			base, _ := url.Parse(s.URL + dir)
			want := &Server{Base: base, Version: Version{Minor: 8, Patch: 1}, Association: token, TunnelPort: 9032}
			if diff := cmp.Diff(want, server); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if got, want := server.URL("x/a?b=c|d"), s.URL+dir+"x/a?b=c|d"; got != want {
				t.Errorf("URL = %s, want %s", got, want)
			}
			if server.Name() != s.URL {
				t.Errorf("Name = %s, want %s", server.Name(), s.URL)
			}
			r := <-requests
			if r.URL.Path != dir+"api/server" || r.ProtoMajor != 1 {
				t.Errorf("request for %s over HTTP/%d", r.URL, r.ProtoMajor)
			}
			header := http.Header{"User-Agent": {"Charon/1.0"}, "Accept": {"application/json"}, "Connection": {"close"}}
			if diff := cmp.Diff(header, r.Header); diff != "" {
				t.Errorf("header (-want +got):\n%s", diff)
			}
		}
	}
}

// TestAnswers has every way in which an answer can be good or bad.
func TestAnswers(t *testing.T) {
	const ident = `"ident":"POCKET_RELAY_SERVER"`
	good := func(version, association string, port int) *Server {
		v, err := ParseVersion(version)
		if err != nil {
			t.Fatal(err)
		}
		return &Server{Version: v, Association: association, TunnelPort: port}
	}
	tests := []struct {
		name, body string
		want       *Server
		kind       Kind
	}{
		{"0.5.0", `{` + ident + `,"version":"0.5.0"}`, good("0.5.0", "", 0), 0},
		{"Charon", `{` + ident + `,"version":"0.8.1","charon":"1.0.0"}`, &Server{Version: Version{Minor: 8, Patch: 1}, Charon: true}, 0},
		{"beta after 0.5.0", `{` + ident + `,"version":"0.5.1-beta"}`, good("0.5.1-beta", "", 0), 0},
		{"no UDP tunnel", `{` + ident + `,"version":"0.7.0","association":"` + token + `","tunnel_port":null}`, good("0.7.0", token, 0), 0},
		{"unknown fields", `{` + ident + `,"version":"9.0.0","new":{"a":[1]},"tunnel_port":65535}`, good("9.0.0", "", 65535), 0},
		{"empty", ``, nil, KindNotUnderstood},
		{"web page", `<html></html>`, nil, KindNotUnderstood},
		{"other JSON", `[]`, nil, KindNotUnderstood},
		{"more after the JSON", hello + `x`, nil, KindNotUnderstood},
		{"no version", `{` + ident + `}`, nil, KindNotUnderstood},
		{"odd version", `{` + ident + `,"version":"v0.5"}`, nil, KindNotUnderstood},
		{"odd version, no ident", `{"version":"x"}`, nil, KindNotUnderstood},
		{"port too large", `{` + ident + `,"version":"0.8.0","tunnel_port":65536}`, nil, KindNotUnderstood},
		{"negative port", `{` + ident + `,"version":"0.8.0","tunnel_port":-1}`, nil, KindNotUnderstood},
		{"token with line break", `{` + ident + `,"version":"0.8.0","association":"a\r\nb"}`, nil, KindNotUnderstood},
		{"giant token", `{` + ident + `,"version":"0.8.0","association":"` + strings.Repeat("a", 2000) + `"}`, nil, KindNotUnderstood},
		{"giant body", hello + strings.Repeat(" ", maxBody), nil, KindNotUnderstood},
		{"no ident", `{"version":"0.8.0"}`, nil, KindNotServer},
		{"other ident", `{"ident":"pocket_relay_server","version":"0.1.0"}`, nil, KindNotServer},
		{"too old", `{` + ident + `,"version":"0.4.0"}`, nil, KindTooOld},
		{"before 0.5.0", `{` + ident + `,"version":"0.5.0-alpha"}`, nil, KindTooOld},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := plainServer(t, answer(tt.body, "/api/server"))
			got, err := newClient().Lookup(t.Context(), s.URL)
			if kindOf(err) != tt.kind || (err == nil) != (tt.kind == 0) {
				t.Fatalf("error = %v, want kind %d", err, tt.kind)
			}
			if got != nil {
				got.Base = nil
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestErrorTexts(t *testing.T) {
	version := Version{Minor: 4}
	tests := []struct {
		err  *Error
		want string
	}{
		{&Error{Kind: KindAddress, Err: errors.New("why")}, "this is not a valid server address: why"},
		{&Error{Kind: KindConnect, Host: "h", Err: &upgrade.ConnectError{Address: "h", Err: errors.New("why")}}, "could not connect to h: why"},
		{&Error{Kind: KindRedirect, Host: "h", Err: errors.New("why")}, "h leads somewhere else: why"},
		{&Error{Kind: KindStatus, Host: "h", Status: 404}, "h answered with an error: 404 Not Found; check that the address is that of a Pocket Relay server"},
		{&Error{Kind: KindStatus, Host: "h", Status: 599}, "h answered with an error: 599; try again later"},
		{&Error{Kind: KindNotUnderstood, Host: "h", Err: errors.New("why")}, "the answer of h is not understood, so it is probably not a Pocket Relay server (why)"},
		{&Error{Kind: KindNotServer, Host: "h"}, "h is not a Pocket Relay server"},
		{&Error{Kind: KindTooOld, Host: "h", Version: version}, "the server h is too old: it has version 0.4.0, but 0.5.0 is the oldest that works"},
	}
	for _, tt := range tests {
		if got := tt.err.Error(); got != tt.want {
			t.Errorf("text %q, want %q", got, tt.want)
		}
	}
}

func TestLookupStatus(t *testing.T) {
	for _, status := range []int{301, 304, 400, 404, 500, 503} {
		s := plainServer(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
		_, err := newClient().Lookup(t.Context(), s.URL)
		var e *Error
		if !errors.As(err, &e) || e.Kind != KindStatus || e.Status != status || e.Host != s.Listener.Addr().String() {
			t.Errorf("status %d: error = %#v", status, err)
		}
	}
}

func TestLookupConnect(t *testing.T) {
	unused, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	unused.Close()
	plain := plainServer(t, answer(hello, "/api/server"))
	secure := secureServer(t, answer(hello, "/api/server"))
	stuck := plainServer(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	stuckBody := plainServer(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}))
	cutBody := plainServer(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		io.WriteString(w, "{")
	}))
	tests := []struct{ name, address, text string }{
		{"nothing listens", "http://" + unused.Addr().String(), "nothing listens"},
		{"nothing listens, either scheme", unused.Addr().String(), "nothing listens"},
		{"untrusted", secure.URL, "nobody this computer trusts"},
		{"https to http", "https://" + plain.Listener.Addr().String(), "does not speak https"},
		{"no answer", stuck.URL, "no answer in time"},
		{"no body", stuckBody.URL, "no answer in time"},
		{"body cut off", cutBody.URL, "closed the connection"},
		{"after a redirect", plainServer(t, redirect("http://"+unused.Addr().String()+"/?password")).URL, "connect to " + unused.Addr().String() + ": "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := newClient()
			c.timeout = 300 * time.Millisecond
			_, err := c.Lookup(t.Context(), tt.address)
			if kindOf(err) != KindConnect || !strings.Contains(err.Error(), tt.text) || strings.Contains(err.Error(), "password") {
				t.Errorf("error = %v, want one with %q", err, tt.text)
			}
		})
	}
}

func TestLookupCancelled(t *testing.T) {
	for _, scheme := range []string{"http://", ""} {
		ctx, cancel := context.WithCancel(t.Context())
		s := plainServer(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			cancel()
			<-r.Context().Done()
		}))
		_, err := newClient().Lookup(ctx, scheme+s.Listener.Addr().String())
		if !errors.Is(err, context.Canceled) || kindOf(err) != KindConnect {
			t.Errorf("error = %v, want %v", err, context.Canceled)
		}
	}
}

// TestRedirectResolvedOnce is for the upstream bug that keeps the typed address
// as base although the answer came from elsewhere (spec: client 5.1).
func TestRedirectResolvedOnce(t *testing.T) {
	secure := secureServer(t, answer(hello, "/api/server", "/relay/api/server"))
	other := plainServer(t, answer(hello, "/moved/api/server"))
	plain := plainServer(t, nil)
	tests := []struct{ name, from, to, want string }{
		{"to https", plain.URL, secure.URL + "/api/server", secure.URL + "/"},
		{"into a directory", plain.URL, secure.URL + "/relay/api/server", secure.URL + "/relay/"},
		{"out of a directory", plain.URL + "/sub", secure.URL + "/api/server", secure.URL + "/"},
		{"with a query", plain.URL, other.URL + "/moved/api/server?from=x", other.URL + "/moved/"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			plain.Config.Handler = redirect(tt.to)
			server, err := newClient(secure).Lookup(t.Context(), tt.from)
			if err != nil {
				t.Fatal(err)
			}
			if got := server.Base.String(); got != tt.want {
				t.Errorf("base = %s, want %s", got, tt.want)
			}
		})
	}
}

func TestRedirectLimits(t *testing.T) {
	plain := plainServer(t, answer(hello, "/api/server", "/elsewhere"))
	toPlain := secureServer(t, redirect(plain.URL+"/api/server"))
	tests := []struct{ name, address, text string }{
		{"https to http", toPlain.URL, "open one"},
		{"endless", plainServer(t, redirect("/api/server")).URL, "again and again"},
		{"not the web", plainServer(t, redirect("ftp://example.com/api/server")).URL, "not on the web"},
		{"no base", plainServer(t, redirect(plain.URL+"/elsewhere")).URL, "does not end with api/server"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := newClient(toPlain).Lookup(t.Context(), tt.address)
			if kindOf(err) != KindRedirect || !strings.Contains(err.Error(), tt.text) {
				t.Errorf("error = %v, want one with %q", err, tt.text)
			}
		})
	}
	t.Run("five are followed", func(t *testing.T) {
		hops := 0
		s := plainServer(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if hops++; hops <= maxRedirects {
				http.Redirect(w, r, r.URL.Path, http.StatusFound)
				return
			}
			io.WriteString(w, hello)
		}))
		if _, err := newClient().Lookup(t.Context(), s.URL); err != nil {
			t.Error(err)
		}
	})
	t.Run("http was asked for", func(t *testing.T) {
		start := plainServer(t, redirect(toPlain.URL))
		server, err := newClient(toPlain).Lookup(t.Context(), start.URL)
		if err != nil {
			t.Fatal(err)
		}
		if got := server.Base.String(); got != plain.URL+"/" {
			t.Errorf("base = %s, want %s/", got, plain.URL)
		}
	})
}

// TestClientCertificateStaysHome checks that only the typed host gets to see
// the client certificate.
func TestClientCertificateStaysHome(t *testing.T) {
	shown := make(chan int, 1)
	ask := func(s *httptest.Server) { s.TLS = &tls.Config{ClientAuth: tls.RequestClientCert} }
	start := func(h http.Handler) *httptest.Server {
		s := httptest.NewUnstartedServer(h)
		ask(s)
		s.StartTLS()
		t.Cleanup(s.Close)
		return s
	}
	s := start(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		shown <- len(r.TLS.PeerCertificates)
		io.WriteString(w, hello)
	}))
	c := newClient(s)
	c.config.TLS.Certificates = s.TLS.Certificates
	if _, err := c.Lookup(t.Context(), s.URL); err != nil {
		t.Fatal(err)
	}
	if n := <-shown; n != 1 {
		t.Errorf("typed host saw %d certificates, want 1", n)
	}
	// The test certificate is for 127.0.0.1 and example.com.
	c.config.TLS.ServerName = "example.com"
	away := plainServer(t, redirect(s.URL+"/api/server"))
	if _, err := c.Lookup(t.Context(), strings.Replace(away.URL, "127.0.0.1", "localhost", 1)); err != nil {
		t.Fatal(err)
	}
	if n := <-shown; n != 0 {
		t.Errorf("other host saw %d certificates, want none", n)
	}
}

// bothSchemes serves https and http on the same port, as the look-up of an
// address without scheme needs it.
type bothSchemes struct {
	addr                string
	secure, plain       *httptest.Server
	secureHit, plainHit chan struct{}
}

func newBothSchemes(t *testing.T, secure, plain http.Handler) *bothSchemes {
	t.Helper()
	b := &bothSchemes{secureHit: make(chan struct{}, 8), plainHit: make(chan struct{}, 8)}
	note := func(hit chan struct{}, h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			hit <- struct{}{}
			h.ServeHTTP(w, r)
		})
	}
	b.secure = secureServer(t, note(b.secureHit, secure))
	b.plain = plainServer(t, note(b.plainHit, plain))
	ln, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	b.addr = ln.Addr().String()
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			go b.sort(conn)
		}
	}()
	t.Cleanup(func() {
		ln.Close()
		<-done
	})
	return b
}

// sort passes a connection to the server that its first byte asks for.
func (b *bothSchemes) sort(conn net.Conn) {
	defer conn.Close()
	first := make([]byte, 1)
	if _, err := io.ReadFull(conn, first); err != nil {
		return
	}
	target := b.plain
	if first[0] == 22 { // TLS handshake record
		target = b.secure
	}
	upstream, err := net.Dial("tcp4", target.Listener.Addr().String())
	if err != nil {
		return
	}
	defer upstream.Close()
	go func() {
		io.Copy(upstream, io.MultiReader(bytes.NewReader(first), conn))
		upstream.(*net.TCPConn).CloseWrite()
	}()
	io.Copy(conn, upstream)
}

func TestEitherScheme(t *testing.T) {
	good := answer(hello, "/api/server")
	old := answer(strings.Replace(hello, "0.8.1", "0.4.0", 1), "/api/server")
	asked := make(chan struct{})
	stuck := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(asked)
		<-r.Context().Done()
	})
	afterStuck := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		<-asked
		good.ServeHTTP(w, r)
	})
	const never = time.Hour
	tests := []struct {
		name                string
		secure, plain       http.Handler
		headStart, patience time.Duration
		scheme              string
		kind                Kind
		plainAsked          bool
	}{
		{"both, https in time", good, good, never, never, "https", 0, false},
		{"https has another site", answer(""), good, never, never, "http", 0, true},
		{"https is stuck", stuck, afterStuck, 0, time.Millisecond, "http", 0, true},
		{"https is too old", old, good, never, never, "", KindTooOld, false},
		{"http only redirects to https", answer(""), redirect("https://127.0.0.1:1/api/server"), never, never, "", KindStatus, true},
		{"neither", answer(""), answer("{}", "/api/server"), never, never, "", KindNotUnderstood, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := newBothSchemes(t, tt.secure, tt.plain)
			c := newClient(b.secure)
			c.headStart, c.patience = tt.headStart, tt.patience
			server, err := c.Lookup(t.Context(), b.addr)
			if kindOf(err) != tt.kind {
				t.Fatalf("error = %v, want kind %d", err, tt.kind)
			}
			if err == nil && server.Base.String() != tt.scheme+"://"+b.addr+"/" {
				t.Errorf("base = %s, want %s", server.Base, tt.scheme)
			}
			if asked := len(b.plainHit) > 0; asked != tt.plainAsked {
				t.Errorf("http asked: %t, want %t", asked, tt.plainAsked)
			}
			if len(b.secureHit) == 0 {
				t.Error("https was not asked")
			}
		})
	}
	t.Run("http answers first, https counts", func(t *testing.T) {
		answered := make(chan struct{})
		b := newBothSchemes(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			<-answered
			good.ServeHTTP(w, r)
		}), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			good.ServeHTTP(w, r)
			w.(http.Flusher).Flush()
			close(answered)
		}))
		c := newClient(b.secure)
		c.headStart, c.patience = 0, never
		server, err := c.Lookup(t.Context(), b.addr)
		if err != nil {
			t.Fatal(err)
		}
		if server.Base.Scheme != "https" {
			t.Errorf("base = %s, want https", server.Base)
		}
	})
	t.Run("port 443 means https only", func(t *testing.T) {
		var asked []string
		c := New(Config{Transport: roundTripFunc(func(r *http.Request) (*http.Response, error) {
			asked = append(asked, r.URL.String())
			return nil, errors.New("offline")
		})})
		_, err := c.Lookup(t.Context(), "example.com:443")
		if kindOf(err) != KindConnect {
			t.Errorf("error = %v", err)
		}
		if diff := cmp.Diff([]string{"https://example.com/api/server"}, asked); diff != "" {
			t.Errorf("asked (-want +got):\n%s", diff)
		}
	})
}

type roundTripFunc func(*http.Request) (*http.Response, error)

func (f roundTripFunc) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
