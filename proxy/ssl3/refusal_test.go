package ssl3

import (
	"bytes"
	"encoding/hex"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The ways a handshake may fail, as its error shows them.

func sentAlert(a Alert) func(error) bool {
	return func(err error) bool {
		alert, ok := errors.AsType[*AlertError](err)
		return ok && alert.Sent && alert.Alert == a
	}
}

func gotAlert(a Alert) func(error) bool {
	return func(err error) bool {
		alert, ok := errors.AsType[*AlertError](err)
		return ok && !alert.Sent && alert.Alert == a && !errors.Is(err, ErrCertificateRefused)
	}
}

func foreign(p Protocol) func(error) bool {
	return func(err error) bool {
		f, ok := errors.AsType[*ForeignProtocolError](err)
		return ok && f.Protocol == p && sentAlert(AlertHandshakeFailure)(err)
	}
}

func is(target error) func(error) bool {
	return func(err error) bool {
		return errors.Is(err, target) && (errors.Is(target, ErrCertificateRefused) || !errors.Is(err, ErrCertificateRefused))
	}
}

func alertRecord(level byte, a Alert) []byte { return record(typeAlert, []byte{level, byte(a)}) }

// goodHello is what the game sends.
func goodHello() []byte {
	hello := clientHello{version: version30, suites: supportedSuites(), compressions: []byte{0}}
	return message(typeClientHello, hello.marshal())
}

// helloWith is goodHello with a change.
func helloWith(change func(*clientHello)) []byte {
	hello := clientHello{version: version30, suites: supportedSuites(), compressions: []byte{0}}
	change(&hello)
	return message(typeClientHello, hello.marshal())
}

// refusal is something that comes in, and what becomes of the handshake.
type refusal struct {
	name  string
	input []byte
	alert Alert // fatal alert that goes out; AlertCloseNotify means none
	check func(error) bool
	text  string // part of the error text
}

var firstRecords = []refusal{
	{"TLS", unhexMust("16030100c8 010000c4 0303"), AlertHandshakeFailure, foreign(ProtocolTLS), "speaks TLS (record version 3.1)"},
	{"TLS 1.2 record", unhexMust("16030300c8 010000c4 0303"), AlertHandshakeFailure, foreign(ProtocolTLS), "speaks TLS (record version 3.3)"},
	{"TLS alert", unhexMust("1503010002 0228"), AlertHandshakeFailure, foreign(ProtocolTLS), "speaks TLS"},
	{"SSL 2.0", unhexMust("802e 01 0002 0015 0000 0010 050080"), AlertHandshakeFailure, foreign(ProtocolSSL2), "SSL 2.0 hello"},
	{"SSL 2.0 form of SSL 3.0", unhexMust("802e 01 0300 0015 0000 0010 050080"), AlertHandshakeFailure, foreign(ProtocolSSL2), "SSL 2.0 hello"},
	{"HTTP request", []byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), AlertHandshakeFailure, foreign(ProtocolHTTP), `clear-text HTTP ("GET /")`},
	{"HTTP OPTIONS", []byte("OPTIONS * HTTP/1.1\r\n\r\n"), AlertHandshakeFailure, foreign(ProtocolHTTP), "web browser"},
	{"HTTP response", []byte("HTTP/1.1 400 Bad Request\r\n\r\n"), AlertHandshakeFailure, foreign(ProtocolHTTP), "web browser"},
	{"garbage", unhexMust("00bb 0005 0001 0000"), AlertHandshakeFailure, foreign(ProtocolUnknown), "(00 bb 00 05 00)"},
	{"zeros", make([]byte, 100), AlertHandshakeFailure, foreign(ProtocolUnknown), "no SSL 3.0"},
	{"unknown content", record(24, []byte{0}), AlertUnexpectedMessage, sentAlert(AlertUnexpectedMessage), "unknown content type 24"},
	{"data", record(typeApplicationData, []byte{0}), AlertUnexpectedMessage, sentAlert(AlertUnexpectedMessage), "ApplicationData record"},
	{"ChangeCipherSpec", record(typeChangeCipherSpec, []byte{1}), AlertUnexpectedMessage, sentAlert(AlertUnexpectedMessage), "ChangeCipherSpec record"},
	{"other message", message(typeFinished, nil), AlertUnexpectedMessage, sentAlert(AlertUnexpectedMessage), "sent Finished instead of"},
	{"unknown message", record(typeHandshake, []byte{99}), AlertUnexpectedMessage, sentAlert(AlertUnexpectedMessage), "handshake message 99"},
	{"record too long", unhexMust("160300 4801"), AlertIllegalParameter, sentAlert(AlertIllegalParameter), "record of 18433 bytes"},
	{"empty records", bytes.Repeat(record(typeHandshake, nil), maxEmptyRecords+1), AlertUnexpectedMessage, sentAlert(AlertUnexpectedMessage), "empty records"},
	{"fatal alert", alertRecord(levelFatal, AlertHandshakeFailure), AlertCloseNotify, gotAlert(AlertHandshakeFailure), "no protocol version or cipher suite in common"},
	{"warning", alertRecord(levelWarning, AlertNoCertificate), AlertCloseNotify, gotAlert(AlertNoCertificate), "no certificate to show"},
	{"close_notify", alertRecord(levelWarning, AlertCloseNotify), AlertCloseNotify, gotAlert(AlertCloseNotify), "it closed the connection"},
	{"short alert", record(typeAlert, []byte{2}), AlertCloseNotify, gotAlert(AlertIllegalParameter), "illegal_parameter (47)"},
	{"alert of unknown level", record(typeAlert, []byte{3, 0}), AlertCloseNotify, gotAlert(AlertIllegalParameter), "illegal_parameter (47)"},
	{"unknown alert", alertRecord(levelFatal, 200), AlertCloseNotify, gotAlert(200), "unknown alert (200)"},
	{"end", nil, AlertCloseNotify, is(io.EOF), "closed the connection instead of sending"},
	{"end in a header", []byte{22, 3}, AlertCloseNotify, is(io.ErrUnexpectedEOF), "waiting for"},
	{"end in a record", goodHello()[:20], AlertCloseNotify, is(io.ErrUnexpectedEOF), "waiting for"},
}

// unhexMust is unhex for tables.
func unhexMust(s string) []byte {
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		panic(err)
	}
	return b
}

// finish checks how a handshake ended, given what was written.
func (r *refusal) finish(t *testing.T, err error, last []byte) {
	t.Helper()
	if err == nil {
		t.Fatal("the handshake went well")
	}
	if !r.check(err) || !strings.Contains(err.Error(), r.text) {
		t.Errorf("wrong error: %v", err)
	}
	want := []byte{}
	if r.alert != AlertCloseNotify {
		want = alertRecord(levelFatal, r.alert)
	}
	if diff := cmp.Diff(want, last); diff != "" {
		t.Errorf("alert:\n%s", diff)
	}
}

func TestServerRefusesFirstRecords(t *testing.T) {
	cases := append(slices.Clone(firstRecords), []refusal{
		{"no common suite", helloWith(func(h *clientHello) { h.suites = []Suite{0x000a, 0x002f} }), AlertHandshakeFailure, sentAlert(AlertHandshakeFailure), "offered: 000a 002f"},
		{"many suites", helloWith(func(h *clientHello) { h.suites = make([]Suite, 100) }), AlertHandshakeFailure, sentAlert(AlertHandshakeFailure), "0000 …"},
		{"compression", helloWith(func(h *clientHello) { h.compressions = []byte{1} }), AlertHandshakeFailure, sentAlert(AlertHandshakeFailure), "insists on compression"},
		{"no compression", helloWith(func(h *clientHello) { h.compressions = nil }), AlertIllegalParameter, sentAlert(AlertIllegalParameter), "cannot read ClientHello"},
		{"no suites", helloWith(func(h *clientHello) { h.suites = nil }), AlertIllegalParameter, sentAlert(AlertIllegalParameter), "cannot read ClientHello"},
		{"long session id", helloWith(func(h *clientHello) { h.sessionID = make([]byte, 33) }), AlertIllegalParameter, sentAlert(AlertIllegalParameter), "cannot read ClientHello"},
		{"empty hello", message(typeClientHello, nil), AlertIllegalParameter, sentAlert(AlertIllegalParameter), "cannot read ClientHello"},
		{"cut hello", message(typeClientHello, make([]byte, 38)), AlertIllegalParameter, sentAlert(AlertIllegalParameter), "cannot read ClientHello"},
		{"message too long", unhexMust("1603000004 01010000"), AlertIllegalParameter, sentAlert(AlertIllegalParameter), "ClientHello of 65536 bytes"},
		{"second record of TLS", append(record(typeHandshake, []byte{1, 0}), 22, 3, 1, 0, 9), AlertHandshakeFailure, sentAlert(AlertHandshakeFailure), "record version is 3.1"},
		{"two hellos", record(typeHandshake, append(goodHello()[headerLen:], goodHello()[headerLen:]...)), AlertUnexpectedMessage, sentAlert(AlertUnexpectedMessage), "out of turn"},
	}...)
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			inner := &script{Reader: bytes.NewReader(tc.input)}
			server := Server(inner, serverConfig(t))
			err := server.Handshake(t.Context())
			tc.finish(t, err, bytes.Join(inner.writes, nil))
			if !inner.closed {
				t.Error("the connection is still open")
			}
			if again := server.Handshake(t.Context()); !errors.Is(again, err) {
				t.Errorf("second call says %v", again)
			}
		})
	}
}

func TestClientRefuses(t *testing.T) {
	hello := func(change func(*serverHello)) []byte {
		m := serverHello{version: version30, suite: SuiteRC4SHA}
		change(&m)
		return message(typeServerHello, m.marshal())
	}
	good := hello(func(*serverHello) {})
	certificate := message(typeCertificate, marshalChain(serverConfig(t).Certificate.DER))
	done := message(typeServerHelloDone, nil)
	seq := func(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

	cases := append(slices.Clone(firstRecords), []refusal{
		{"version", hello(func(m *serverHello) { m.version = 0x0301 }), AlertHandshakeFailure, sentAlert(AlertHandshakeFailure), "version 0301"},
		{"suite not offered", hello(func(m *serverHello) { m.suite = 0x000a }), AlertIllegalParameter, sentAlert(AlertIllegalParameter), "suite 000a"},
		{"compression", hello(func(m *serverHello) { m.compression = 1 }), AlertIllegalParameter, sentAlert(AlertIllegalParameter), "compression 1"},
		{"long session id", hello(func(m *serverHello) { m.sessionID = make([]byte, 33) }), AlertIllegalParameter, sentAlert(AlertIllegalParameter), "ServerHello"},
		{"cut hello", message(typeServerHello, make([]byte, 37)), AlertIllegalParameter, sentAlert(AlertIllegalParameter), "ServerHello"},
		{"long hello", message(typeServerHello, make([]byte, 39)), AlertIllegalParameter, sentAlert(AlertIllegalParameter), "ServerHello"},
		{"no chain", seq(good, message(typeCertificate, marshalChain())), AlertIllegalParameter, sentAlert(AlertIllegalParameter), "no certificate"},
		{"empty Certificate", seq(good, message(typeCertificate, nil)), AlertIllegalParameter, sentAlert(AlertIllegalParameter), "Certificate"},
		{"cut chain", seq(good, message(typeCertificate, []byte{0, 0, 4, 0, 0, 2, 1})), AlertIllegalParameter, sentAlert(AlertIllegalParameter), "Certificate"},
		{"no certificate", seq(good, done), AlertUnexpectedMessage, sentAlert(AlertUnexpectedMessage), "ServerHelloDone instead of Certificate"},
		{"server key exchange", seq(good, certificate, message(12, nil)), AlertUnexpectedMessage, sentAlert(AlertUnexpectedMessage), "handshake message 12"},
		{"certificate request", seq(good, certificate, message(13, nil)), AlertUnexpectedMessage, sentAlert(AlertUnexpectedMessage), "handshake message 13"},
		{"done with content", seq(good, certificate, message(typeServerHelloDone, []byte{0})), AlertIllegalParameter, sentAlert(AlertIllegalParameter), "ServerHelloDone"},
		{"unreadable certificate", seq(good, message(typeCertificate, marshalChain([]byte{0x30, 0})), done), AlertBadCertificate, sentAlert(AlertBadCertificate), "cannot use the server's certificate"},
		{"end", seq(good, certificate), AlertCloseNotify, is(io.EOF), "instead of sending ServerHelloDone"},
	}...)
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			inner := &script{Reader: bytes.NewReader(tc.input)}
			err := Client(inner, nil).Handshake(t.Context())
			tc.finish(t, err, bytes.Join(inner.writes[1:], nil))
		})
	}
}

// TestServerRefusesAfterHello has a client that behaves until it has our certificate. The alerts come in clear: the server
// has not changed its keys yet.
func TestServerRefusesAfterHello(t *testing.T) {
	config := serverConfig(t)
	cc := &ClientConfig{}
	size := config.Certificate.PrivateKey.Size()
	exchangeOf := func(b byte, n int) func(*handshake) error {
		return func(h *handshake) error {
			if err := h.add(typeClientKeyExchange, bytes.Repeat([]byte{b}, n)); err != nil {
				return err
			}
			return h.send()
		}
	}
	raw := func(b []byte) func(*handshake) error {
		return func(h *handshake) error { h.flight = append(h.flight, b...); return h.send() }
	}
	// keyed sends a good ClientKeyExchange, and then what finish puts into the flight.
	keyed := func(finish func(h *handshake, sending *cipherState) error) func(*handshake) error {
		return func(h *handshake) error {
			sending, _, err := cc.sendKeyExchange(h)
			if err != nil {
				return err
			}
			if err := finish(h, sending); err != nil {
				return err
			}
			return h.send()
		}
	}
	// premaster sends a ClientKeyExchange with a wrong pre-master secret, and goes on as if all were well.
	premaster := func(secret []byte) func(*handshake) error {
		return func(h *handshake) error {
			exchange, err := encryptPremaster(h.state.PeerCertificates[0], secret)
			if err != nil {
				return err
			}
			if err := h.add(typeClientKeyExchange, exchange); err != nil {
				return err
			}
			h.master = masterSecret(append(secret, make([]byte, secretLen)...)[:secretLen], h.clientRandom[:], h.serverRandom[:])
			sending, _, err := newCiphers(h.state.Suite, h.master, h.clientRandom[:], h.serverRandom[:])
			if err != nil {
				return err
			}
			if err := h.addFinished(senderClient, sending); err != nil {
				return err
			}
			return h.send()
		}
	}
	changeCipherSpec := record(typeChangeCipherSpec, []byte{1})

	for _, tc := range []struct {
		refusal
		act func(*handshake) error
	}{
		{refusal{"closes", nil, 0, is(ErrCertificateRefused), "it refused the certificate"}, raw(nil)},
		{refusal{"bad_certificate", nil, 0, is(ErrCertificateRefused), "bad_certificate (42)"}, raw(alertRecord(levelFatal, AlertBadCertificate))},
		{refusal{"certificate_unknown", nil, 0, is(ErrCertificateRefused), "certificate_unknown (46)"}, raw(alertRecord(levelFatal, AlertCertificateUnknown))},
		{refusal{"close_notify", nil, 0, gotAlert(AlertCloseNotify), "close_notify (0)"}, raw(alertRecord(levelWarning, AlertCloseNotify))},
		{refusal{"closes in a record", nil, 0, is(io.ErrUnexpectedEOF), "ClientKeyExchange"}, raw([]byte{22, 3})},
		{refusal{"closes in a message", nil, 0, is(io.EOF), "ClientKeyExchange"}, raw(record(typeHandshake, []byte{16, 0}))},
		{refusal{"closes after the key", nil, 0, is(io.EOF), "ChangeCipherSpec"}, exchangeOf(1, size)},
		{refusal{"second hello", nil, AlertUnexpectedMessage, sentAlert(AlertUnexpectedMessage), "ClientHello instead of ClientKeyExchange"}, raw(goodHello())},
		{refusal{"short key", nil, AlertIllegalParameter, sentAlert(AlertIllegalParameter), "127 bytes instead of the 128"}, exchangeOf(1, size-1)},
		{refusal{"key with a length before it", nil, AlertIllegalParameter, sentAlert(AlertIllegalParameter), "130 bytes instead of the 128"}, exchangeOf(0, size+2)},
		{refusal{"key above the modulus", nil, AlertIllegalParameter, sentAlert(AlertIllegalParameter), "no ciphertext of our key"}, exchangeOf(0xff, size)},
		{refusal{"wrong padding", nil, AlertBadRecordMAC, sentAlert(AlertBadRecordMAC), "different keys"}, func(h *handshake) error {
			return errors.Join(exchangeOf(1, size)(h), raw(append(changeCipherSpec, record(typeHandshake, make([]byte, 60))...))(h))
		}},
		{refusal{"wrong version", nil, AlertBadRecordMAC, sentAlert(AlertBadRecordMAC), "different keys"}, premaster(append([]byte{2, 0}, make([]byte, secretLen-2)...))},
		{refusal{"short pre-master secret", nil, AlertBadRecordMAC, sentAlert(AlertBadRecordMAC), "different keys"}, premaster([]byte{3, 0, 1})},
		{refusal{"bad ChangeCipherSpec", nil, AlertIllegalParameter, sentAlert(AlertIllegalParameter), "02 instead of 01"}, keyed(func(h *handshake, _ *cipherState) error {
			h.flight = append(h.flight, record(typeChangeCipherSpec, []byte{2})...)
			return nil
		})},
		{refusal{"no ChangeCipherSpec", nil, AlertUnexpectedMessage, sentAlert(AlertUnexpectedMessage), "Handshake record instead of ChangeCipherSpec"}, keyed(func(h *handshake, _ *cipherState) error {
			return h.add(typeFinished, make([]byte, finishedLen))
		})},
		{refusal{"message before ChangeCipherSpec", nil, AlertUnexpectedMessage, sentAlert(AlertUnexpectedMessage), "out of turn"}, func(h *handshake) error {
			exchange := message(typeClientKeyExchange, make([]byte, size))[headerLen:]
			return raw(append(record(typeHandshake, append(exchange, 20)), changeCipherSpec...))(h)
		}},
		{refusal{"record shorter than a MAC", nil, AlertBadRecordMAC, sentAlert(AlertBadRecordMAC), "19 bytes is too short"}, keyed(func(h *handshake, _ *cipherState) error {
			h.flight = append(append(h.flight, changeCipherSpec...), record(typeHandshake, make([]byte, 19))...)
			return nil
		})},
		{refusal{"wrong Finished", nil, AlertIllegalParameter, sentAlert(AlertIllegalParameter), "Finished does not match"}, keyed(func(h *handshake, sending *cipherState) error {
			return h.addFinished("XXXX", sending)
		})},
		{refusal{"short Finished", nil, AlertIllegalParameter, sentAlert(AlertIllegalParameter), "Finished does not match"}, keyed(func(h *handshake, sending *cipherState) error {
			h.flight = append(h.flight, changeCipherSpec...)
			h.sending = sending
			return h.add(typeFinished, nil)
		})},
		{refusal{"data before Finished", nil, AlertUnexpectedMessage, sentAlert(AlertUnexpectedMessage), "ApplicationData record instead of Finished"}, keyed(func(h *handshake, sending *cipherState) error {
			h.flight = appendRecord(append(h.flight, changeCipherSpec...), sending, typeApplicationData, []byte("x"))
			return nil
		})},
		{refusal{"message after Finished", nil, AlertUnexpectedMessage, sentAlert(AlertUnexpectedMessage), "out of turn"}, keyed(func(h *handshake, sending *cipherState) error {
			finished := h.messages.append(typeFinished, finishedBody(h.messages.bytes(), senderClient, h.master))
			h.flight = appendRecord(append(h.flight, changeCipherSpec...), sending, typeHandshake, append(finished, 0))
			return nil
		})},
	} {
		t.Run(tc.name, func(t *testing.T) {
			clientEnd, serverEnd := tcpPair(t)
			result := make(chan error, 1)
			go func() { result <- Server(serverEnd, config).Handshake(t.Context()) }()

			var rest []byte
			client := newConn(clientEnd, "client", 0, func(h *handshake) error {
				offer, err := cc.sendHello(h)
				if err != nil {
					return err
				}
				if err := cc.readHello(h, offer); err != nil {
					return err
				}
				if err := tc.act(h); err != nil {
					return err
				}
				if err := clientEnd.CloseWrite(); err != nil {
					return err
				}
				rest, err = io.ReadAll(clientEnd)
				return err
			})
			if err := client.Handshake(t.Context()); err != nil {
				t.Fatal(err)
			}
			tc.finish(t, <-result, rest)
		})
	}
}

// TestReset is the game's other way to refuse a certificate.
func TestReset(t *testing.T) {
	clientEnd, serverEnd := tcpPair(t)
	result := make(chan error, 1)
	go func() { result <- Server(serverEnd, serverConfig(t)).Handshake(t.Context()) }()
	if _, err := clientEnd.Write(goodHello()); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(clientEnd, make([]byte, 100)); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(clientEnd.SetLinger(0), clientEnd.Close()); err != nil {
		t.Fatal(err)
	}
	if err := <-result; !errors.Is(err, ErrCertificateRefused) || errors.Is(err, io.EOF) {
		t.Errorf("wrong error: %v", err)
	}
}

func TestConfigurationErrors(t *testing.T) {
	for _, tc := range []struct {
		name string
		conn *Conn
		text string
	}{
		{"no server configuration", Server(&script{}, nil), "has no certificate"},
		{"no key", Server(&script{}, &ServerConfig{Certificate: &Certificate{}}), "has no certificate"},
		{"unknown suite", Client(&script{}, &ClientConfig{Suites: []Suite{0x000a}}), "offers suite 000a"},
		{"certificate too long", Server(&script{Reader: bytes.NewReader(goodHello())}, &ServerConfig{
			Certificate: &Certificate{DER: make([]byte, maxPlaintext), PrivateKey: serverConfig(t).Certificate.PrivateKey},
		}), "does not fit into one record"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			err := tc.conn.Handshake(t.Context())
			if err == nil || !strings.Contains(err.Error(), tc.text) {
				t.Errorf("wrong error: %v", err)
			}
		})
	}
}
