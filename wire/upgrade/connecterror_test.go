package upgrade

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"
)

// TestConnectError meets every failure on real sockets.
func TestConnectError(t *testing.T) {
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	secure := quietTLSServer(t, func(*httptest.Server) {})
	picky := quietTLSServer(t, func(s *httptest.Server) {
		s.TLS = &tls.Config{ClientAuth: tls.RequireAnyClientCert}
	})
	picky12 := quietTLSServer(t, func(s *httptest.Server) {
		s.TLS = &tls.Config{ClientAuth: tls.RequireAnyClientCert, MaxVersion: tls.VersionTLS12}
	})
	roots := func(change func(*tls.Config)) *tls.Config {
		config := secure.Client().Transport.(*http.Transport).TLSClientConfig.Clone()
		change(config)
		return config
	}
	trusting := roots(func(*tls.Config) {})
	closed, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	mute, err := net.Listen("tcp4", "127.0.0.1:0") // connects, then stays silent
	if err != nil {
		t.Fatal(err)
	}
	defer mute.Close()

	tests := []struct {
		name, rawURL string
		tls          *tls.Config
		text         string
	}{
		{"nothing listens", "http://" + closed.Addr().String() + "/", nil, "nothing listens there"},
		{"https to http", strings.Replace(plain.URL, "http", "https", 1), nil, "does not speak https"},
		{"unknown authority", secure.URL, nil, "nobody this computer trusts"},
		{"other name", secure.URL, roots(func(c *tls.Config) { c.ServerName = "other.invalid" }), "for another name"},
		{"expired", secure.URL, roots(func(c *tls.Config) { c.Time = func() time.Time { return time.Unix(1<<40, 0) } }), "has run out"},
		{"client certificate", picky.URL, trusting, "client certificate"},
		{"client certificate, TLS 1.2", picky12.URL, trusting, "client certificate"},
		{"silence", "https://" + mute.Addr().String() + "/", nil, "no answer in time"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := dial(t, &Dialer{TLS: tt.tls, ConnectTimeout: 500 * time.Millisecond}, tt.rawURL)
			if err == nil || !strings.Contains(err.Error(), tt.text) {
				t.Errorf("error = %v, want one with %q", err, tt.text)
			}
		})
	}
}

func quietTLSServer(t *testing.T, change func(*httptest.Server)) *httptest.Server {
	s := httptest.NewUnstartedServer(http.NotFoundHandler())
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	change(s)
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

// TestConnectHint has the failures that a test machine cannot bring about.
func TestConnectHint(t *testing.T) {
	tests := []struct {
		err  error
		want string
	}{
		{&net.OpError{Op: "dial", Err: &net.DNSError{IsNotFound: true}}, "no such name"},
		{&net.OpError{Op: "dial", Err: &net.DNSError{IsTimeout: true}}, "could not be looked up"},
		{os.ErrDeadlineExceeded, "no answer in time"},
		{context.DeadlineExceeded, "no answer in time"},
		{context.Canceled, "cancelled"},
		{&net.OpError{Op: "dial", Err: errNetUnreachable}, "no way to it"},
		{&net.OpError{Op: "dial", Err: errHostUnreachable}, "no way to it"},
		{&net.OpError{Op: "read", Err: errConnReset}, "closed the connection"},
		{io.EOF, "closed the connection"},
		{x509.CertificateInvalidError{Reason: x509.NotAuthorizedToSign}, "not valid"},
		{x509.SystemRootsError{}, "no list of trusted"},
		{http.ErrSchemeMismatch, "does not speak https"},
	}
	for _, tt := range tests {
		err := &ConnectError{Address: "host:1", Err: tt.err}
		if text := err.Error(); !strings.Contains(text, tt.want) || !strings.Contains(text, tt.err.Error()) {
			t.Errorf("text %q, want one with %q and %q", text, tt.want, tt.err)
		}
		if !errors.Is(err, tt.err) {
			t.Errorf("%v does not wrap %v", err, tt.err)
		}
	}
	plain := &ConnectError{Address: "host:1", Err: errors.New("odd")}
	if got, want := plain.Error(), "could not connect to host:1: odd"; got != want {
		t.Errorf("text %q, want %q", got, want)
	}
}
