package ssl3

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"io"
	"net"
	"testing"
)

// BenchmarkHandshake makes full handshakes over loopback TCP: both sides in one process.
func BenchmarkHandshake(b *testing.B) {
	for _, s := range supportedSuites() {
		b.Run(s.String(), func(b *testing.B) {
			config := serverConfig(b)
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				b.Fatal(err)
			}
			defer l.Close()
			b.ReportAllocs()
			for b.Loop() {
				clientEnd, err := net.Dial("tcp", l.Addr().String())
				if err != nil {
					b.Fatal(err)
				}
				serverEnd, err := l.Accept()
				if err != nil {
					b.Fatal(err)
				}
				client, server := Client(clientEnd, &ClientConfig{Suites: []Suite{s}}), Server(serverEnd, config)
				result := make(chan error, 1)
				go func() { result <- server.Handshake(b.Context()) }()
				if err := errors.Join(client.Handshake(b.Context()), <-result); err != nil {
					b.Fatal(err)
				}
				client.Close()
				server.Close()
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "handshakes/s")
		})
	}
}

// BenchmarkServerHandshake is the cost of the server alone: the client is a recording, no network is in it.
func BenchmarkServerHandshake(b *testing.B) {
	config := *serverConfig(b)
	config.random = bytes.NewReader(make([]byte, randomLen))
	clientEnd, serverEnd := net.Pipe()
	recorder := &recordingConn{Conn: clientEnd}
	connect(b, recorder, serverEnd, nil, &config)

	b.ReportAllocs()
	for b.Loop() {
		config.random.(*bytes.Reader).Reset(make([]byte, randomLen))
		inner := &script{Reader: bytes.NewReader(recorder.written)}
		if err := Server(inner, &config).Handshake(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "handshakes/s")
}

// BenchmarkDecrypt is the one part of a handshake that nobody can save, as the
// measure for the others.
func BenchmarkDecrypt(b *testing.B) {
	key := serverConfig(b).Certificate.PrivateKey
	ciphertext, err := rsa.EncryptPKCS1v15(rand.Reader, &key.PublicKey, make([]byte, 48)) //nolint:staticcheck // SSL 3.0 knows nothing else
	if err != nil {
		b.Fatal(err)
	}
	secret := make([]byte, 48)
	for b.Loop() {
		if err := rsa.DecryptPKCS1v15SessionKey(nil, key, ciphertext, secret); err != nil { //nolint:staticcheck // SSL 3.0 knows nothing else
			b.Fatal(err)
		}
	}
}

type recordingConn struct {
	net.Conn
	written []byte
}

func (c *recordingConn) Write(p []byte) (int, error) {
	c.written = append(c.written, p...)
	return c.Conn.Write(p)
}

// BenchmarkSeal and BenchmarkSealAndOpen are the costs of one record without any I/O.
func BenchmarkSeal(b *testing.B) {
	forRecords(b, func(b *testing.B, s Suite, size int) {
		sealing, _ := testCiphers(b, s)
		plain, buf := make([]byte, size), make([]byte, 0, headerLen+maxFragment)
		for b.Loop() {
			buf = appendRecord(buf[:0], sealing, typeApplicationData, plain)
		}
	})
}

func BenchmarkSealAndOpen(b *testing.B) {
	forRecords(b, func(b *testing.B, s Suite, size int) {
		sealing, opening := testCiphers(b, s)
		plain, buf := make([]byte, size), make([]byte, 0, headerLen+maxFragment)
		for b.Loop() {
			buf = appendRecord(buf[:0], sealing, typeApplicationData, plain)
			if _, err := opening.open(typeApplicationData, buf[headerLen:]); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkTransfer sends data over loopback TCP.
func BenchmarkTransfer(b *testing.B) {
	forRecords(b, func(b *testing.B, s Suite, size int) {
		clientEnd, serverEnd := tcpPair(b)
		client, server := connect(b, clientEnd, serverEnd, &ClientConfig{Suites: []Suite{s}}, serverConfig(b))
		done := make(chan struct{})
		go func() {
			defer close(done)
			io.Copy(io.Discard, server)
		}()
		data := make([]byte, size)
		for b.Loop() {
			if _, err := client.Write(data); err != nil {
				b.Fatal(err)
			}
		}
		client.Close()
		<-done
	})
}

func forRecords(b *testing.B, run func(b *testing.B, s Suite, size int)) {
	for _, s := range supportedSuites() {
		for name, size := range map[string]int{"redirect": 48, "full": maxPlaintext} {
			b.Run(s.String()+"/"+name, func(b *testing.B) {
				b.SetBytes(int64(size))
				b.ReportAllocs()
				run(b, s, size)
			})
		}
	}
}
