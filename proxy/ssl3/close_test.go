package ssl3

import (
	"errors"
	"io"
	"net"
	"testing"
	"testing/synctest"
	"time"
)

func TestClose(t *testing.T) {
	t.Run("says close_notify", func(t *testing.T) {
		clientEnd, serverEnd := tcpPair(t)
		client, server := connect(t, clientEnd, serverEnd, nil, serverConfig(t))
		exchange(t, client, server, 10)
		if _, err := server.Write([]byte("last")); err != nil {
			t.Fatal(err)
		}
		if err := server.Close(); err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(client)
		if string(got) != "last" || err != nil {
			t.Errorf("read %q, %v", got, err)
		}
		if err := server.Close(); !errors.Is(err, net.ErrClosed) {
			t.Errorf("second Close: %v", err)
		}
		if _, err := server.Read(make([]byte, 1)); !errors.Is(err, net.ErrClosed) {
			t.Errorf("Read after Close: %v", err)
		}
		if _, err := server.Write([]byte("x")); !errors.Is(err, net.ErrClosed) {
			t.Errorf("Write after Close: %v", err)
		}
	})

	t.Run("both ways", func(t *testing.T) {
		clientEnd, serverEnd := tcpPair(t)
		client, server := connect(t, clientEnd, serverEnd, nil, serverConfig(t))
		if err := client.CloseWrite(); err != nil {
			t.Fatal(err)
		}
		if _, err := client.Write([]byte("x")); !errors.Is(err, net.ErrClosed) {
			t.Errorf("Write after CloseWrite: %v", err)
		}
		if n, err := server.Read(make([]byte, 1)); n != 0 || !errors.Is(err, io.EOF) {
			t.Errorf("read %d, %v", n, err)
		}
		exchange(t, server, client, 20_000) // the other direction stays open
		if err := server.Close(); err != nil {
			t.Fatal(err)
		}
		if n, err := client.Read(make([]byte, 1)); n != 0 || !errors.Is(err, io.EOF) {
			t.Errorf("read %d, %v", n, err)
		}
	})

	// The game and Pocket Relay end the connection without a word (spec: client 2.7); what came before counts.
	t.Run("without close_notify", func(t *testing.T) {
		clientEnd, serverEnd := tcpPair(t)
		client, server := connect(t, clientEnd, serverEnd, nil, serverConfig(t))
		if _, err := client.Write([]byte("last")); err != nil {
			t.Fatal(err)
		}
		clientEnd.Close()
		got, err := io.ReadAll(server)
		if string(got) != "last" || err != nil {
			t.Errorf("read %q, %v", got, err)
		}
	})

	t.Run("inside a record", func(t *testing.T) {
		clientEnd, serverEnd := tcpPair(t)
		_, server := connect(t, clientEnd, serverEnd, nil, serverConfig(t))
		if _, err := clientEnd.Write([]byte{23, 3, 0, 0, 99, 1}); err != nil {
			t.Fatal(err)
		}
		clientEnd.Close()
		if _, err := server.Read(make([]byte, 1)); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("read: %v", err)
		}
	})

	t.Run("before the handshake", func(t *testing.T) {
		clientEnd, serverEnd := tcpPair(t)
		server := Server(serverEnd, serverConfig(t))
		if err := server.CloseWrite(); err == nil {
			t.Error("CloseWrite went well")
		}
		if err := server.Close(); err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(clientEnd); len(got) > 0 || err != nil {
			t.Errorf("peer got %x, %v", got, err)
		}
		if err := server.Handshake(t.Context()); !errors.Is(err, net.ErrClosed) {
			t.Errorf("handshake: %v", err)
		}
	})

	t.Run("in the handshake", func(t *testing.T) {
		clientEnd, serverEnd := tcpPair(t)
		server := Server(serverEnd, serverConfig(t))
		result := make(chan error, 1)
		go func() { result <- server.Handshake(t.Context()) }()
		if _, err := clientEnd.Write(goodHello()); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(clientEnd, make([]byte, 100)); err != nil { // the handshake is under way
			t.Fatal(err)
		}
		if err := server.Close(); err != nil {
			t.Fatal(err)
		}
		if err := <-result; !errors.Is(err, net.ErrClosed) || errors.Is(err, ErrCertificateRefused) {
			t.Errorf("handshake: %v", err)
		}
	})

	// Nobody reads: Write is stuck, and Close must end it without waiting for it.
	t.Run("with Write stuck", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			client, server := pipe(t)
			defer client.Close()
			result := make(chan error, 1)
			go func() { _, err := server.Write(make([]byte, 100)); result <- err }()
			synctest.Wait()
			start := time.Now()
			if err := server.Close(); err != nil {
				t.Fatal(err)
			}
			if err := <-result; err == nil {
				t.Error("Write went well")
			}
			if took := time.Since(start); took != 0 {
				t.Errorf("took %v", took)
			}
		})
	})

	// Nobody reads: close_notify does not get through, and Close gives up soon.
	t.Run("with nobody reading", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			client, server := pipe(t)
			defer client.Close()
			start := time.Now()
			if err := server.Close(); err != nil {
				t.Fatal(err)
			}
			if took := time.Since(start); took != lastWordsTimeout {
				t.Errorf("took %v", took)
			}
		})
	})
}
