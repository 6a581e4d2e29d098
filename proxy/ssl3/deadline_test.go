package ssl3

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// TestHandshakeTimeout has clients that stop or trickle at some point: the limit is for the whole handshake.
func TestHandshakeTimeout(t *testing.T) {
	for _, tc := range []struct {
		name    string
		timeout time.Duration // configured
		want    time.Duration
		input   []byte
		trickle bool
	}{
		{"silent", 0, DefaultHandshakeTimeout, nil, false},
		{"configured", 3 * time.Second, 3 * time.Second, nil, false},
		{"half a hello", 0, DefaultHandshakeTimeout, goodHello()[:30], false},
		{"no key exchange", 0, DefaultHandshakeTimeout, goodHello(), false},
		{"trickle", 0, DefaultHandshakeTimeout, goodHello(), true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				clientEnd, serverEnd := net.Pipe()
				var client sync.WaitGroup
				defer client.Wait()
				client.Go(func() { // ends when the server closes the pipe
					for i := range tc.input {
						if tc.trickle {
							time.Sleep(time.Second)
						}
						if _, err := clientEnd.Write(tc.input[i : i+1]); err != nil {
							return
						}
					}
					io.Copy(io.Discard, clientEnd)
				})
				config := *serverConfig(t)
				config.HandshakeTimeout = tc.timeout
				start := time.Now()
				err := Server(serverEnd, &config).Handshake(t.Context())
				if !errors.Is(err, os.ErrDeadlineExceeded) || !strings.Contains(err.Error(), "not finished within "+tc.want.String()) {
					t.Errorf("wrong error: %v", err)
				}
				if errors.Is(err, ErrCertificateRefused) {
					t.Errorf("a stalled client is no refused certificate: %v", err)
				}
				if took := time.Since(start); took != tc.want {
					t.Errorf("took %v", took)
				}
			})
		})
	}
}

func TestHandshakeContext(t *testing.T) {
	reason := errors.New("shutting down")
	synctest.Test(t, func(t *testing.T) {
		_, serverEnd := net.Pipe()
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Second, func() { cancel(reason) })
		start := time.Now()
		server := Server(serverEnd, serverConfig(t))
		if err := server.Handshake(ctx); !errors.Is(err, reason) {
			t.Errorf("wrong error: %v", err)
		}
		if took := time.Since(start); took != time.Second {
			t.Errorf("took %v", took)
		}
		if _, err := server.Read(make([]byte, 1)); !errors.Is(err, reason) {
			t.Errorf("Read after a failed handshake: %v", err)
		}
		if err := Server(serverEnd, serverConfig(t)).Handshake(ctx); !errors.Is(err, reason) {
			t.Errorf("context that had ended: %v", err)
		}
	})
}

// TestCallerDeadline makes sure that a deadline of the caller holds in a handshake, if it is the earlier one.
func TestCallerDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, serverEnd := net.Pipe()
		server := Server(serverEnd, serverConfig(t))
		start := time.Now()
		if err := server.SetDeadline(start.Add(2 * time.Second)); err != nil {
			t.Fatal(err)
		}
		_, err := server.Read(make([]byte, 1))
		if !errors.Is(err, os.ErrDeadlineExceeded) || strings.Contains(err.Error(), "not finished within") {
			t.Errorf("wrong error: %v", err)
		}
		if took := time.Since(start); took != 2*time.Second {
			t.Errorf("took %v", took)
		}
	})
}

// TestReadDeadline makes sure that a Read which runs out of time at any point of a record can go on later.
func TestReadDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := pipe(t)
		defer server.Close()
		defer client.inner.Close()
		for _, size := range []int{3, 3000} {
			sent := bytes.Repeat([]byte{7}, size)
			r := appendRecord(nil, client.out.cipher, typeApplicationData, sent)
			got := make([]byte, size)
			for _, cut := range []int{0, 2, headerLen, headerLen + 1, len(r) - 1} {
				if err := server.SetReadDeadline(time.Now().Add(time.Second)); err != nil {
					t.Fatal(err)
				}
				part := r[:cut-(size+headerLen+SuiteRC4SHA.macLen()-len(r))]
				r = r[len(part):]
				go client.inner.Write(part)
				if n, err := server.Read(got); n != 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
					t.Fatalf("after %d bytes: read %d, %v", cut, n, err)
				}
			}
			if err := server.SetReadDeadline(time.Time{}); err != nil {
				t.Fatal(err)
			}
			go client.inner.Write(r)
			if _, err := io.ReadFull(server, got); err != nil || !bytes.Equal(got, sent) {
				t.Fatalf("size %d: %v", size, err)
			}
		}
	})
}

func TestWriteDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := pipe(t)
		defer client.inner.Close()
		if err := server.SetWriteDeadline(time.Now().Add(time.Second)); err != nil {
			t.Fatal(err)
		}
		if n, err := server.Write([]byte("data")); n != 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("wrote %d, %v", n, err)
		}
		if err := server.SetWriteDeadline(time.Time{}); err != nil {
			t.Fatal(err)
		}
		if _, err := server.Write([]byte("data")); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("after part of a record: %v", err)
		}
		if err := server.Close(); err != nil {
			t.Fatal(err)
		}
	})
}
