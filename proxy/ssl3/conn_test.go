package ssl3

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// byteConn delivers everything one byte at a time.
type byteConn struct{ net.Conn }

func (c byteConn) Read(p []byte) (int, error) { return c.Conn.Read(p[:min(1, len(p))]) }

// layoutConn changes how the messages of the first Write, the server's hello flight, are laid out in records.
type layoutConn struct {
	net.Conn
	layout func(messages []byte) (records []byte)
	done   bool
}

func (c *layoutConn) Write(p []byte) (int, error) {
	if c.done {
		return c.Conn.Write(p)
	}
	c.done = true
	var messages []byte
	for rest := p; len(rest) > 0; {
		n := headerLen + int(rest[3])<<8 + int(rest[4])
		messages = append(messages, rest[headerLen:n]...)
		rest = rest[n:]
	}
	_, err := c.Conn.Write(c.layout(messages))
	return len(p), err
}

// oneRecord puts all messages into one record.
func oneRecord(messages []byte) []byte { return record(typeHandshake, messages) }

// manyRecords puts at most n bytes into each record.
func manyRecords(n int) func([]byte) []byte {
	return func(messages []byte) []byte {
		var out []byte
		for ; len(messages) > 0; messages = messages[min(n, len(messages)):] {
			out = append(out, record(typeHandshake, messages[:min(n, len(messages))])...)
		}
		return out
	}
}

// TestConversation exchanges data of all sizes in both directions, over connections that deliver it in different ways.
func TestConversation(t *testing.T) {
	same := func(c net.Conn) net.Conn { return c }
	layout := func(l func([]byte) []byte) func(net.Conn) net.Conn {
		return func(c net.Conn) net.Conn { return &layoutConn{Conn: c, layout: l} }
	}
	for _, tc := range []struct {
		name           string
		offer          []Suite
		want           Suite
		client, server func(net.Conn) net.Conn
	}{
		{"default", nil, SuiteRC4SHA, same, same},
		{"MD5 only", []Suite{SuiteRC4MD5}, SuiteRC4MD5, same, same},
		{"SHA only", []Suite{SuiteRC4SHA}, SuiteRC4SHA, same, same},
		{"MD5 first", []Suite{SuiteRC4MD5, SuiteRC4SHA}, SuiteRC4SHA, same, same},
		{"bytes", nil, SuiteRC4SHA, func(c net.Conn) net.Conn { return byteConn{c} }, func(c net.Conn) net.Conn { return byteConn{c} }},
		{"one record", nil, SuiteRC4SHA, same, layout(oneRecord)},
		{"records of one byte", nil, SuiteRC4SHA, same, layout(manyRecords(1))},
		{"records of seven bytes", []Suite{SuiteRC4MD5}, SuiteRC4MD5, same, layout(manyRecords(7))},
		{"client in records of one byte", nil, SuiteRC4SHA, layout(manyRecords(1)), same},
	} {
		t.Run(tc.name, func(t *testing.T) {
			clientEnd, serverEnd := tcpPair(t)
			client, server := connect(t, tc.client(clientEnd), tc.server(serverEnd), &ClientConfig{Suites: tc.offer}, serverConfig(t))
			for _, c := range []*Conn{client, server} {
				if state, ok := c.ConnectionState(); state.Suite != tc.want || !ok {
					t.Errorf("%s: suite %v, finished %v", c.role, state.Suite, ok)
				}
			}
			state, _ := client.ConnectionState()
			if diff := cmp.Diff([][]byte{serverConfig(t).Certificate.DER}, state.PeerCertificates); diff != "" {
				t.Error(diff)
			}
			for _, n := range []int{1, 2, 199, readAhead, readAhead + 1, 15001, maxPlaintext, maxPlaintext + 1, 100_000} {
				exchange(t, client, server, n)
				exchange(t, server, client, n)
			}
			for range 300 {
				exchange(t, client, server, 1)
			}
		})
	}
}

// exchange sends n bytes from one side to the other.
func exchange(t *testing.T, from, to net.Conn, n int) {
	t.Helper()
	sent := make([]byte, n)
	for i := range sent {
		sent[i] = byte(rand.Uint32())
	}
	result := make(chan error, 1)
	go func() { _, err := from.Write(sent); result <- err }()
	got := make([]byte, n)
	if _, err := io.ReadFull(to, got); err != nil {
		t.Fatal(err)
	}
	if err := <-result; err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, sent) {
		t.Fatalf("%d bytes came out differently", n)
	}
}

// TestOneRecordPerWrite looks at the records on the wire: as few as possible, each written by one call.
func TestOneRecordPerWrite(t *testing.T) {
	for _, tc := range []struct {
		data int
		want []int // fragments of the records without MAC
	}{
		{0, nil},
		{1, []int{1}},
		{48, []int{48}},
		{maxPlaintext, []int{maxPlaintext}},
		{maxPlaintext + 1, []int{maxPlaintext, 1}},
		{2*maxPlaintext + 5, []int{maxPlaintext, maxPlaintext, 5}},
	} {
		v := vectors()[0]
		server, inner := v.serverScript(t)
		if n, err := server.Write(make([]byte, tc.data)); n != tc.data || err != nil {
			t.Fatal(n, err)
		}
		var got []int
		for _, w := range inner.writes[2:] {
			got = append(got, len(w)-headerLen-SuiteRC4SHA.macLen())
		}
		if diff := cmp.Diff(tc.want, got); diff != "" {
			t.Errorf("%d bytes:\n%s", tc.data, diff)
		}
	}
}

// pipe returns a connected pair over net.Pipe, for synctest. It does no clean-up.
func pipe(t *testing.T) (client, server *Conn) {
	t.Helper()
	clientEnd, serverEnd := net.Pipe()
	client, server = Client(clientEnd, nil), Server(serverEnd, serverConfig(t))
	result := make(chan error, 1)
	go func() { result <- server.Handshake(t.Context()) }()
	if err := errors.Join(client.Handshake(t.Context()), <-result); err != nil {
		t.Fatal(err)
	}
	return client, server
}

// TestConcurrentUse reads and writes on both sides at once, from several goroutines, the handshake included.
func TestConcurrentUse(t *testing.T) {
	clientEnd, serverEnd := tcpPair(t)
	client, server := Client(clientEnd, nil), Server(serverEnd, serverConfig(t))
	const writers, writes, size = 4, 50, 1000
	var wg sync.WaitGroup
	for _, c := range []*Conn{client, server} {
		for i := range writers {
			wg.Go(func() {
				for range writes {
					if _, err := c.Write(bytes.Repeat([]byte{byte(i)}, size)); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		wg.Go(func() {
			block, seen := make([]byte, size), [writers]int{}
			for range writers * writes {
				if _, err := io.ReadFull(c, block); err != nil {
					t.Error(err)
					return
				}
				if bytes.Count(block, block[:1]) != size {
					t.Error("two writes are mixed")
					return
				}
				seen[block[0]]++
			}
			if seen != [writers]int{writes, writes, writes, writes} {
				t.Errorf("got %v", seen)
			}
		})
	}
	wg.Wait()
	client.Close()
	server.Close()
}

// TestIdleMemory makes sure that a connection keeps no record-sized buffer after its data was read.
func TestIdleMemory(t *testing.T) {
	clientEnd, serverEnd := tcpPair(t)
	client, server := connect(t, clientEnd, serverEnd, nil, serverConfig(t))
	exchange(t, client, server, 50_000)
	if server.in.records.big != nil || cap(server.in.records.small) > readAhead {
		t.Errorf("keeps a large buffer: %v, small %d", server.in.records.big != nil, cap(server.in.records.small))
	}
}

func TestVerifyCertificate(t *testing.T) {
	clientEnd, serverEnd := tcpPair(t)
	result := make(chan error, 1)
	go func() { result <- Server(serverEnd, serverConfig(t)).Handshake(t.Context()) }()
	reason := errors.New("not this one")
	var seen [][]byte
	client := Client(clientEnd, &ClientConfig{VerifyCertificate: func(chain [][]byte) error { seen = chain; return reason }})
	if err := client.Handshake(t.Context()); !errors.Is(err, reason) || !sentAlert(AlertBadCertificate)(err) {
		t.Errorf("client: %v", err)
	}
	if diff := cmp.Diff([][]byte{serverConfig(t).Certificate.DER}, seen); diff != "" {
		t.Error(diff)
	}
	if err := <-result; !errors.Is(err, ErrCertificateRefused) || !strings.Contains(err.Error(), "bad_certificate") {
		t.Errorf("server: %v", err)
	}
}

// TestNewerClient has a client that knows TLS as well, but asks in records of SSL 3.0. It puts its newest version into the
// hello and before the pre-master secret, and may send extensions.
func TestNewerClient(t *testing.T) {
	for name, premasterVersion := range map[string]uint16{"version of the hello": 0x0303, "version chosen": version30} {
		t.Run(name, func(t *testing.T) {
			clientEnd, serverEnd := tcpPair(t)
			result := make(chan error, 1)
			go func() { result <- Server(serverEnd, serverConfig(t)).Handshake(t.Context()) }()
			cc := &ClientConfig{}
			cc.encrypt = func(certificate, premaster []byte) []byte {
				premaster[0], premaster[1] = byte(premasterVersion>>8), byte(premasterVersion)
				exchange, err := encryptPremaster(certificate, premaster)
				if err != nil {
					t.Error(err)
				}
				return exchange
			}
			client := newConn(clientEnd, "client", 0, func(h *handshake) error {
				hello := clientHello{version: 0x0303, suites: []Suite{0x00ff, SuiteRC4MD5, 0x002f}, compressions: []byte{1, 0}}
				if err := h.add(typeClientHello, append(hello.marshal(), 0, 4, 0xff, 0x01, 0, 0)); err != nil {
					return err
				}
				if err := h.send(); err != nil {
					return err
				}
				if err := cc.readHello(h, []Suite{SuiteRC4MD5}); err != nil {
					return err
				}
				sending, reading, err := cc.sendKeyExchange(h)
				if err != nil {
					return err
				}
				if err := h.addFinished(senderClient, sending); err != nil {
					return err
				}
				if err := h.send(); err != nil {
					return err
				}
				return h.readFinished(senderServer, reading)
			})
			if err := errors.Join(client.Handshake(t.Context()), <-result); err != nil {
				t.Error(err)
			}
		})
	}
}
