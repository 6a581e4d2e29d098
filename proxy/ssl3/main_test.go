package ssl3

import (
	"bytes"
	"encoding/hex"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// unhex decodes hex with blanks and line ends in it.
func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.Join(strings.Fields(s), ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// count returns n bytes that count up from first.
func count(first byte, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = first + byte(i)
	}
	return b
}

// testCertificate is made once: keys are slow.
var testCertificate = sync.OnceValues(GenerateCertificate)

func serverConfig(t testing.TB) *ServerConfig {
	t.Helper()
	certificate, err := testCertificate()
	if err != nil {
		t.Fatal(err)
	}
	return &ServerConfig{Certificate: certificate}
}

// tcpPair returns both ends of a loopback connection.
func tcpPair(t testing.TB) (client, server *net.TCPConn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	s, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	for _, conn := range []net.Conn{c, s} {
		if err := conn.SetDeadline(time.Now().Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
	}
	return c.(*net.TCPConn), s.(*net.TCPConn)
}

// connect makes a handshake between a client and a server over the given ends.
func connect(t testing.TB, clientEnd, serverEnd net.Conn, cc *ClientConfig, sc *ServerConfig) (client, server *Conn) {
	t.Helper()
	client, server = Client(clientEnd, cc), Server(serverEnd, sc)
	t.Cleanup(func() { client.Close(); server.Close() })
	result := make(chan error, 1)
	go func() { result <- server.Handshake(t.Context()) }()
	if err := errors.Join(client.Handshake(t.Context()), <-result); err != nil {
		t.Fatal(err)
	}
	return client, server
}

// script is a connection to a peer that says the same whatever it hears. It records every Write.
type script struct {
	io.Reader
	writes [][]byte
	closed bool
}

func (s *script) Write(p []byte) (int, error) {
	if s.closed {
		return 0, net.ErrClosed
	}
	s.writes = append(s.writes, bytes.Clone(p))
	return len(p), nil
}

func (s *script) Close() error                     { s.closed = true; return nil }
func (s *script) LocalAddr() net.Addr              { return &net.TCPAddr{} }
func (s *script) RemoteAddr() net.Addr             { return &net.TCPAddr{} }
func (s *script) SetDeadline(time.Time) error      { return nil }
func (s *script) SetReadDeadline(time.Time) error  { return nil }
func (s *script) SetWriteDeadline(time.Time) error { return nil }

// record frames a clear-text record.
func record(typ contentType, fragment []byte) []byte { return appendRecord(nil, nil, typ, fragment) }

// message frames a handshake message in a clear-text record.
func message(typ messageType, body []byte) []byte {
	var t transcript
	return record(typeHandshake, t.append(typ, body))
}
