//go:build e2e

package ssl3

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// These tests talk to the SSL 3.0 of a JDK 17, in both roles (spec: client 2.12). They need the command java.

const (
	oneByteRecords = 300
	largeRecord    = 15001
)

// jdk is a running Java program that takes a conversation a line and answers by a line.
type jdk struct {
	in  io.Writer
	out *bufio.Scanner
}

func startJDK(t *testing.T, program string, args ...string) *jdk {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), 3*time.Minute)
	cmd := exec.CommandContext(ctx, "java", append([]string{filepath.Join("testdata", "java", program)}, args...)...)
	cmd.WaitDelay = 10 * time.Second
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatalf("a JDK 17 is needed: %v", err)
	}
	t.Cleanup(func() {
		in.Close() // the program ends with its input
		if err := cmd.Wait(); err != nil {
			t.Errorf("%s: %v", program, err)
		}
		cancel()
	})
	return &jdk{in: in, out: bufio.NewScanner(out)}
}

// ask starts a conversation.
func (j *jdk) ask(t *testing.T, format string, args ...any) {
	t.Helper()
	if _, err := fmt.Fprintf(j.in, format+"\n", args...); err != nil {
		t.Fatal(err)
	}
}

func (j *jdk) answer(t *testing.T) string {
	t.Helper()
	if !j.out.Scan() {
		t.Fatalf("the Java program ended: %v", j.out.Err())
	}
	return j.out.Text()
}

// tapConn keeps what is read.
type tapConn struct {
	net.Conn
	read bytes.Buffer
}

func (c *tapConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.read.Write(p[:n])
	return n, err
}

// checkRecords makes sure that what came in ends with the records of the conversation and close_notify.
func (c *tapConn) checkRecords(t *testing.T, mac int, closed bool) {
	t.Helper()
	var records [][2]int // type, length without MAC
	for rest := c.read.Bytes(); len(rest) >= headerLen; {
		n := int(rest[3])<<8 | int(rest[4])
		records = append(records, [2]int{int(rest[0]), n - mac})
		rest = rest[min(headerLen+n, len(rest)):]
	}
	want := slices.Repeat([][2]int{{int(typeApplicationData), 1}}, oneByteRecords)
	want = append(want, [2]int{int(typeApplicationData), largeRecord})
	if closed {
		want = append(want, [2]int{int(typeAlert), 2})
	}
	if len(records) < len(want) || !slices.Equal(records[len(records)-len(want):], want) {
		t.Errorf("the records at the end are %v", records[max(0, len(records)-5):])
	}
}

// echo answers the client's part of the conversation.
func echo(c *Conn, closeFirst bool) error {
	buf := make([]byte, largeRecord)
	for range oneByteRecords {
		if _, err := io.ReadFull(c, buf[:1]); err != nil {
			return err
		}
		if _, err := c.Write(buf[:1]); err != nil {
			return err
		}
	}
	if _, err := io.ReadFull(c, buf); err != nil {
		return err
	}
	if _, err := c.Write(buf); err != nil {
		return err
	}
	return finish(c, closeFirst)
}

// finish ends a connection by close_notify, or waits for the other side's.
func finish(c *Conn, closeFirst bool) error {
	if closeFirst {
		return c.Close()
	}
	if n, err := c.Read(make([]byte, 1)); n != 0 || !errors.Is(err, io.EOF) {
		return fmt.Errorf("read %d bytes, %w instead of the end", n, err)
	}
	return c.Close()
}

func TestJDKClient(t *testing.T) {
	config := serverConfig(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	client := startJDK(t, "JdkClient.java")
	port := l.Addr().(*net.TCPAddr).Port

	accept := func(t *testing.T) net.Conn {
		t.Helper()
		if err := l.(*net.TCPListener).SetDeadline(time.Now().Add(30 * time.Second)); err != nil {
			t.Fatal(err)
		}
		conn, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		if err := conn.SetDeadline(time.Now().Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		return conn
	}

	digest := sha256.Sum256(config.Certificate.DER)
	layouts := map[string]func(net.Conn) net.Conn{
		"three records": func(c net.Conn) net.Conn { return c },
		"one record":    func(c net.Conn) net.Conn { return &layoutConn{Conn: c, layout: oneRecord} },
		"many records":  func(c net.Conn) net.Conn { return &layoutConn{Conn: c, layout: manyRecords(100)} },
	}
	for _, suite := range supportedSuites() {
		for layout, wrap := range layouts {
			for _, closer := range []string{"client", "server"} {
				t.Run(fmt.Sprintf("%v/%s/%s closes", suite, layout, closer), func(t *testing.T) {
					client.ask(t, "%d SSLv3 %v real %s", port, suite, closer)
					tap := &tapConn{Conn: wrap(accept(t))}
					if err := echo(Server(tap, config), closer == "server"); err != nil {
						t.Error(err)
					}
					if got, want := client.answer(t), "ok "+hex.EncodeToString(digest[:]); got != want {
						t.Errorf("client says %s", got)
					}
					tap.checkRecords(t, suite.macLen(), closer == "client")
				})
			}
		}
	}

	for _, tc := range []struct {
		name, command, says string
		check               func(error) bool
	}{
		{"refuses the certificate", "SSLv3 SSL_RSA_WITH_RC4_128_SHA checked client", "ertificate",
			func(err error) bool {
				return errors.Is(err, ErrCertificateRefused) && strings.Contains(err.Error(), "(42)")
			}},
		{"has no common suite", "SSLv3 SSL_RSA_WITH_3DES_EDE_CBC_SHA real client", "handshake_failure", sentAlert(AlertHandshakeFailure)},
		{"speaks TLS 1.0", "TLSv1 SSL_RSA_WITH_RC4_128_SHA real client", "handshake_failure", foreign(ProtocolTLS)},
		{"speaks TLS 1.2", "TLSv1.2 TLS_RSA_WITH_AES_128_CBC_SHA real client", "handshake_failure", foreign(ProtocolTLS)},
		{"speaks TLS 1.3", "TLSv1.3 TLS_AES_128_GCM_SHA256 real client", "SSL", foreign(ProtocolTLS)},
	} {
		t.Run(tc.name, func(t *testing.T) {
			client.ask(t, "%d %s", port, tc.command)
			if err := Server(accept(t), config).Handshake(t.Context()); err == nil || !tc.check(err) {
				t.Errorf("wrong error: %v", err)
			}
			if got := client.answer(t); !strings.HasPrefix(got, "error ") || !strings.Contains(got, tc.says) {
				t.Errorf("client says %s", got)
			}
		})
	}
}

// relayoutConn reads the server's hello flight and passes it on in other records.
type relayoutConn struct {
	net.Conn
	layout func(messages []byte) (records []byte)
	flight *bytes.Reader
}

func (c *relayoutConn) Read(p []byte) (int, error) {
	if c.flight == nil {
		var messages []byte
		for r := (recordReader{src: byteConn{c.Conn}}); !bytes.HasSuffix(messages, []byte{14, 0, 0, 0}); {
			_, fragment, err := r.next()
			if err != nil {
				return 0, err
			}
			messages = append(messages, fragment...)
		}
		c.flight = bytes.NewReader(c.layout(messages))
	}
	if c.flight.Len() > 0 {
		return c.flight.Read(p)
	}
	return c.Conn.Read(p)
}

// eachRecord puts each message into a record of its own.
func eachRecord(messages []byte) []byte {
	var out []byte
	for len(messages) > 0 {
		n := messageHeaderLen + int(messages[1])<<16 + int(messages[2])<<8 + int(messages[3])
		out = append(out, record(typeHandshake, messages[:n])...)
		messages = messages[n:]
	}
	return out
}

func TestJDKServer(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "server"}, NotBefore: time.Now(), NotAfter: time.Now().Add(time.Hour)}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	certificateFile, keyFile := filepath.Join(dir, "certificate"), filepath.Join(dir, "key")
	if err := errors.Join(os.WriteFile(certificateFile, certificate, 0o600), os.WriteFile(keyFile, pkcs8, 0o600)); err != nil {
		t.Fatal(err)
	}
	server := startJDK(t, "JdkServer.java", certificateFile, keyFile)
	address := net.JoinHostPort("127.0.0.1", server.answer(t))

	dial := func(t *testing.T) net.Conn {
		t.Helper()
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		if err := conn.SetDeadline(time.Now().Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		return conn
	}
	relayout := func(l func([]byte) []byte) func(net.Conn) net.Conn {
		return func(c net.Conn) net.Conn { return &relayoutConn{Conn: c, layout: l} }
	}
	layouts := map[string]func(net.Conn) net.Conn{
		"as it comes":   func(c net.Conn) net.Conn { return c },
		"one record":    relayout(oneRecord),
		"three records": relayout(eachRecord),
		"many records":  relayout(manyRecords(100)),
	}
	for _, suite := range supportedSuites() {
		for layout, wrap := range layouts {
			for _, closer := range []string{"client", "server"} {
				t.Run(fmt.Sprintf("%v/%s/%s closes", suite, layout, closer), func(t *testing.T) {
					server.ask(t, "%v %s", suite, closer)
					tap := &tapConn{Conn: wrap(dial(t))}
					client := Client(tap, &ClientConfig{VerifyCertificate: func(chain [][]byte) error {
						if len(chain) != 1 || !bytes.Equal(chain[0], certificate) {
							return errors.New("other certificate")
						}
						return nil
					}})
					for range oneByteRecords {
						exchangeEcho(t, client, 1)
					}
					exchangeEcho(t, client, largeRecord)
					if state, _ := client.ConnectionState(); state.Suite != suite {
						t.Errorf("suite %v", state.Suite)
					}
					if err := finish(client, closer == "client"); err != nil {
						t.Error(err)
					}
					if got := server.answer(t); got != "ok" {
						t.Errorf("server says %s", got)
					}
					tap.checkRecords(t, suite.macLen(), closer == "server")
				})
			}
		}
	}

	t.Run("has no common suite", func(t *testing.T) {
		server.ask(t, "%v server", SuiteRC4MD5)
		err := Client(dial(t), &ClientConfig{Suites: []Suite{SuiteRC4SHA}}).Handshake(t.Context())
		if !gotAlert(AlertHandshakeFailure)(err) {
			t.Errorf("wrong error: %v", err)
		}
		if got := server.answer(t); !strings.HasPrefix(got, "error ") {
			t.Errorf("server says %s", got)
		}
	})
}

// exchangeEcho sends n bytes and expects them back.
func exchangeEcho(t *testing.T, c *Conn, n int) {
	t.Helper()
	sent, got := make([]byte, n), make([]byte, n)
	if _, err := rand.Read(sent); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Write(sent); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(c, got); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, sent) {
		t.Fatalf("%d bytes came back differently", n)
	}
}
