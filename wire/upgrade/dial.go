package upgrade

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	defaultConnectTimeout = 10 * time.Second
	defaultAnswerTimeout  = 15 * time.Second
)

// Dialer opens upgraded streams. The zero value is ready to use, and a Dialer
// may be used by several goroutines at once.
type Dialer struct {
	// TLS is the configuration for https addresses; nil means the system's
	// roots. It is cloned, and only HTTP/1.1 is ever offered: HTTP/2 cannot
	// upgrade (spec: client 4.4).
	TLS *tls.Config
	// ConnectTimeout bounds each attempt to connect, over IPv4 and then over
	// IPv6, and the TLS handshake after it. Zero means 10 seconds.
	ConnectTimeout time.Duration
	// AnswerTimeout bounds the time from sending the request to the end of the
	// answer's head. Zero means 15 seconds.
	AnswerTimeout time.Duration
}

// Dial connects to the host of rawURL, an absolute http or https address, asks
// for protocol and returns the stream once the server has switched to it. IPv4
// is tried first, because servers refuse game connections over IPv6 (spec:
// client 4.4). Redirects are not followed.
//
// header is sent along with Host, Connection and Upgrade; Dial does not change
// it. ctx ends the attempt, not the stream.
//
// The error is a [*ConnectError] if there was no connection, a [*RefusedError]
// if the server answered with another status than 101, a [*ProtocolError] if it
// switched to another protocol, and wraps [ErrMalformed], [ErrTooLarge],
// [ErrNoAnswer] or [ErrHungUp] if there was no usable answer.
func (d *Dialer) Dial(ctx context.Context, rawURL, protocol string, header http.Header) (*Conn, error) {
	u, err := url.Parse(rawURL)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" {
		// The parser's error quotes the address, which may hold a password.
		return nil, errors.New("the address to connect to is not an http or https address")
	}
	request, err := encodeRequest(u, protocol, header)
	if err != nil {
		return nil, err
	}
	conn, err := d.connect(ctx, u)
	if err != nil {
		return nil, err
	}
	early, err := d.exchange(ctx, conn, u, protocol, request)
	if err != nil {
		_ = conn.Close() // the exchange's error says more
		return nil, err
	}
	return &Conn{Conn: conn, early: early}, nil
}

// encodeRequest returns the bytes of the request (spec: client 4.1).
func encodeRequest(u *url.URL, protocol string, header http.Header) ([]byte, error) {
	h := header.Clone()
	if h == nil {
		h = make(http.Header)
	}
	h.Set("Connection", "Upgrade")
	h.Set("Upgrade", protocol)
	req := &http.Request{Method: http.MethodGet, URL: u, Host: u.Host, Header: h}
	var buf bytes.Buffer
	if err := req.Write(&buf); err != nil {
		return nil, fmt.Errorf("prepare the upgrade request: %w", err)
	}
	return buf.Bytes(), nil
}

// connect returns a TCP connection to the host of u, with TLS on it for https.
func (d *Dialer) connect(ctx context.Context, u *url.URL) (net.Conn, error) {
	port := cmp.Or(u.Port(), map[string]string{"http": "80", "https": "443"}[u.Scheme])
	address := net.JoinHostPort(u.Hostname(), port)
	timeout := cmp.Or(d.ConnectTimeout, defaultConnectTimeout)

	conn, err := dialIPv4First(ctx, (&net.Dialer{Timeout: timeout}).DialContext, address)
	if err != nil {
		return nil, &ConnectError{Address: address, Err: err}
	}
	if u.Scheme == "http" {
		return conn, nil
	}
	config := d.TLS.Clone()
	if config == nil {
		config = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	config.NextProtos = []string{"http/1.1"}
	config.ServerName = cmp.Or(config.ServerName, u.Hostname())
	secure := tls.Client(conn, config)

	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	if err := secure.HandshakeContext(ctx); err != nil {
		_ = conn.Close() // the handshake's error says more
		return nil, &ConnectError{Address: address, Err: err}
	}
	return secure, nil
}

// dialIPv4First dials over IPv4 and, if that fails, over IPv6.
func dialIPv4First(
	ctx context.Context,
	dial func(ctx context.Context, network, address string) (net.Conn, error),
	address string,
) (net.Conn, error) {
	conn, err4 := dial(ctx, "tcp4", address)
	if err4 == nil {
		return conn, nil
	}
	if ctx.Err() != nil {
		return nil, err4
	}
	conn, err6 := dial(ctx, "tcp6", address)
	if err6 == nil {
		return conn, nil
	}
	// Report the family that had an address at all; most hosts have IPv4.
	var noAddress *net.AddrError
	var noName *net.DNSError
	if errors.As(err4, &noAddress) || errors.As(err4, &noName) {
		return nil, err6
	}
	return nil, err4
}

// exchange sends request, reads the head of the answer and returns the bytes
// that arrived after it. It leaves no deadline on conn.
func (d *Dialer) exchange(ctx context.Context, conn net.Conn, u *url.URL, protocol string, request []byte) ([]byte, error) {
	if err := conn.SetDeadline(time.Now().Add(cmp.Or(d.AnswerTimeout, defaultAnswerTimeout))); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrHungUp, err)
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	early, err := negotiate(conn, u, protocol, request)
	if !stop() {
		return nil, fmt.Errorf("ask the server for the connection: %w", context.Cause(ctx))
	}
	if err != nil {
		return nil, err
	}
	if err := conn.SetDeadline(time.Time{}); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrHungUp, err)
	}
	return early, nil
}

func negotiate(conn net.Conn, u *url.URL, protocol string, request []byte) ([]byte, error) {
	// A server may answer and close before it has read everything, so the
	// answer counts for more than a failed write.
	_, writeErr := conn.Write(request)
	head, early, err := readHead(conn)
	if err != nil {
		if writeErr != nil {
			err = answerError(writeErr)
		}
		return nil, err
	}
	if head.status != http.StatusSwitchingProtocols {
		return nil, newRefusedError(head, u, protocol)
	}
	if got := strings.TrimSpace(head.header.Get("Upgrade")); !strings.EqualFold(got, protocol) {
		return nil, &ProtocolError{Want: protocol, Got: printable(got)}
	}
	return early, nil
}
