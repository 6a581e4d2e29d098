package ssl3

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"testing"
	"time"
)

// echoServer serves echo connections, and collects the errors of handshakes.
type echoServer struct {
	*Listener
	wg sync.WaitGroup

	mu     sync.Mutex
	failed []error
}

func startEcho(t *testing.T, config *ServerConfig) *echoServer {
	t.Helper()
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &echoServer{Listener: NewListener(inner, config)}
	s.wg.Go(func() {
		for {
			conn, err := s.Accept()
			if err != nil {
				return
			}
			s.wg.Go(func() { s.serve(conn.(*Conn)) })
		}
	})
	t.Cleanup(func() { s.Close(); s.wg.Wait() })
	return s
}

func (s *echoServer) serve(c *Conn) {
	defer c.Close()
	if err := c.Handshake(context.Background()); err != nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.failed = append(s.failed, err)
		return
	}
	io.Copy(c, c)
}

// TestCrowd has 200 connections at once. Half of them stall at some point or send nonsense, and stay open; the others must
// get their answers meanwhile.
func TestCrowd(t *testing.T) {
	const half, rounds = 100, 20
	config := *serverConfig(t)
	config.HandshakeTimeout = 5 * time.Second
	server := startEcho(t, &config)
	dial := func() *net.TCPConn {
		c, err := net.Dial("tcp", server.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		if err := c.SetDeadline(time.Now().Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		return c.(*net.TCPConn)
	}

	nonsense := [][]byte{
		nil,              // says nothing
		{22},             // part of a header
		goodHello()[:20], // half a hello
		goodHello(),      // half a handshake
		append(goodHello(), message(typeClientKeyExchange, make([]byte, 128))...), // more of it
		unhex(t, "1603000004 0100ffff"),                                           // promises a long message
		unhex(t, "1603004800"),                                                    // promises a long record
		unhex(t, "160300ffff"),                                                    // promises one that is too long
		unhex(t, "16030100c8 010000c4 0303"),                                      // TLS
		unhex(t, "802e 01 0002 0015 0000 0010 050080"),                            // SSL 2.0
		[]byte("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"),                       // HTTP
		bytes.Repeat([]byte{0xa5}, 10_000),                                        // garbage
		bytes.Repeat(record(typeHandshake, nil), 100),                             // empty records
		alertRecord(levelFatal, AlertHandshakeFailure),                            // gives up
	}
	var bad []*net.TCPConn
	for i := range half {
		c := dial()
		bad = append(bad, c)
		if _, err := c.Write(nonsense[i%len(nonsense)]); err != nil {
			t.Fatal(err)
		}
	}

	var good sync.WaitGroup
	errs := make(chan error, half)
	for i := range half {
		inner := dial()
		good.Go(func() {
			c := Client(inner, &ClientConfig{Suites: supportedSuites()[i%2:]})
			defer c.Close()
			for round := range rounds {
				sent := fmt.Appendf(nil, "connection %d, round %d", i, round)
				if _, err := c.Write(sent); err != nil {
					errs <- err
					return
				}
				got := make([]byte, len(sent))
				if _, err := io.ReadFull(c, got); err != nil || !bytes.Equal(got, sent) {
					errs <- fmt.Errorf("got %q: %w", got, err)
					return
				}
			}
		})
	}
	good.Wait()
	close(errs)
	for err := range errs {
		t.Error(err)
	}

	// The server gets rid of all the others by itself.
	for i, c := range bad {
		if _, err := io.Copy(io.Discard, c); errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("connection %d is still open", i)
		}
	}
	if err := server.Close(); err != nil {
		t.Fatal(err)
	}
	server.wg.Wait()
	if got := len(server.failed); got != half {
		t.Errorf("%d handshakes failed, want %d", got, half)
	}
}

// TestAcceptDoesNotHandshake accepts a second connection while the first one says nothing.
func TestAcceptDoesNotHandshake(t *testing.T) {
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := NewListener(inner, serverConfig(t))
	defer l.Close()
	for range 2 {
		client, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer client.Close()
		c, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if c.RemoteAddr().String() != client.LocalAddr().String() || c.LocalAddr().String() != client.RemoteAddr().String() {
			t.Errorf("addresses %v, %v", c.LocalAddr(), c.RemoteAddr())
		}
	}
}
