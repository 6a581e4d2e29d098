package ssl3

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/subtle"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"time"
)

// ServerConfig is what the server role needs to know. It must not be changed once it is in use, and may be shared.
type ServerConfig struct {
	// Certificate is shown to every client. Its key must have an even number of bytes (spec: client 2.4).
	Certificate *Certificate

	// HandshakeTimeout limits a whole handshake; 0 means DefaultHandshakeTimeout.
	HandshakeTimeout time.Duration

	random  io.Reader                                // replaced by tests; nil means crypto/rand
	decrypt func(exchange []byte) (premaster []byte) // replaced by tests; nil means RSA with Certificate
}

// ErrCertificateRefused reports that the connection ended right after the other side got our certificate. The game sends
// no alert when it refuses one, so this is all that can be seen of it (spec: client 2.8).
var ErrCertificateRefused = errors.New("the game closed the connection when it saw our certificate, so it refused the certificate")

// Server returns the server side of a connection. The handshake is made by the first Handshake, Read or Write.
// It owns inner from then on.
func Server(inner net.Conn, config *ServerConfig) *Conn {
	if config == nil {
		config = &ServerConfig{}
	}
	return newConn(inner, "server", config.HandshakeTimeout, config.handshake)
}

func (c *ServerConfig) handshake(h *handshake) error {
	if c.Certificate == nil || (c.Certificate.PrivateKey == nil && c.decrypt == nil) {
		return errors.New("the server configuration has no certificate")
	}
	hello, err := c.readHello(h)
	if err != nil {
		return err
	}
	return c.answer(h, hello)
}

// answer goes through the handshake from ServerHello on, with the suite in h.state.
func (c *ServerConfig) answer(h *handshake, hello *clientHello) error {
	if err := c.sendHello(h); err != nil {
		return err
	}
	if err := c.readKeyExchange(h, hello.version); err != nil {
		return err
	}
	reading, sending, err := newCiphers(h.state.Suite, h.master, h.clientRandom[:], h.serverRandom[:])
	if err != nil {
		return err
	}
	if err := h.readFinished(senderClient, reading); err != nil {
		return err
	}
	if err := h.addFinished(senderServer, sending); err != nil {
		return err
	}
	return h.send()
}

func (c *ServerConfig) readHello(h *handshake) (*clientHello, error) {
	body, err := h.read(typeClientHello)
	if err != nil {
		return nil, err
	}
	var hello clientHello
	if err := hello.unmarshal(body); err != nil {
		return nil, refuse(AlertIllegalParameter, "cannot read ClientHello: %w", err)
	}
	if err := h.turn(); err != nil {
		return nil, err
	}
	if !hello.offersNullCompression() {
		return nil, refuse(AlertHandshakeFailure, "the client insists on compression, offered: % x", hello.compressions)
	}
	h.clientRandom = hello.random
	h.state.Suite, err = chooseSuite(hello.suites)
	return &hello, err
}

// sendHello writes ServerHello, Certificate and ServerHelloDone.
func (c *ServerConfig) sendHello(h *handshake) error {
	if _, err := io.ReadFull(randomOr(c.random), h.serverRandom[:]); err != nil {
		return err
	}
	hello := serverHello{version: version30, random: h.serverRandom, suite: h.state.Suite}
	for _, m := range []struct {
		typ  messageType
		body []byte
	}{
		{typeServerHello, hello.marshal()},
		{typeCertificate, marshalChain(c.Certificate.DER)},
		{typeServerHelloDone, nil},
	} {
		if err := h.add(m.typ, m.body); err != nil {
			return err
		}
	}
	return h.send()
}

// readKeyExchange reads ClientKeyExchange and derives the master secret.
func (c *ServerConfig) readKeyExchange(h *handshake, helloVersion uint16) error {
	exchange, err := h.read(typeClientKeyExchange)
	if err != nil {
		if h.refusedCertificate(err) {
			err = fmt.Errorf("%w: %w", ErrCertificateRefused, err)
		}
		return err
	}
	var premaster []byte
	if c.decrypt != nil {
		premaster = c.decrypt(exchange)
	} else if premaster, err = decryptPremaster(c.Certificate.PrivateKey, exchange, helloVersion); err != nil {
		return err
	}
	h.master = masterSecret(premaster, h.clientRandom[:], h.serverRandom[:])
	return nil
}

// refusedCertificate tells from the error that came instead of ClientKeyExchange whether the client refused our
// certificate: it sent an alert about certificates, or it sent nothing and the connection ended, by a close or a reset.
func (h *handshake) refusedCertificate(err error) bool {
	if alert, ok := errors.AsType[*AlertError](err); ok {
		return !alert.Sent && alert.Alert >= AlertBadCertificate && alert.Alert <= AlertCertificateUnknown
	}
	if errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, net.ErrClosed) {
		return false
	}
	return !h.messages.pending() && h.conn.in.records.idle()
}

// decryptPremaster decrypts the body of ClientKeyExchange. A sender cannot find out whether the padding or the version in
// the plaintext was right: if not, the result is random, and the handshake fails at the check of the first encrypted
// record, like any other disagreement about the keys (spec: client 2.4).
func decryptPremaster(key *rsa.PrivateKey, exchange []byte, helloVersion uint16) ([]byte, error) {
	if len(exchange) != key.Size() {
		return nil, refuse(AlertIllegalParameter, "ClientKeyExchange has %d bytes instead of the %d of our key", len(exchange), key.Size())
	}
	premaster, fallback := make([]byte, secretLen), make([]byte, secretLen)
	if _, err := rand.Read(fallback); err != nil {
		return nil, err
	}
	copy(premaster, fallback)
	//nolint:staticcheck // SA1019: SSL 3.0 has no other padding
	if err := rsa.DecryptPKCS1v15SessionKey(nil, key, exchange, premaster); err != nil {
		// Depends on nothing but the public key and the ciphertext.
		return nil, refuse(AlertIllegalParameter, "ClientKeyExchange is no ciphertext of our key: %w", err)
	}
	// A client that knows newer versions may put the version of its hello there.
	version := int32(binary.BigEndian.Uint16(premaster))
	right := subtle.ConstantTimeEq(version, int32(version30)) | subtle.ConstantTimeEq(version, int32(helloVersion))
	subtle.ConstantTimeCopy(1-right, premaster, fallback)
	return premaster, nil
}

func randomOr(r io.Reader) io.Reader {
	if r == nil {
		return rand.Reader
	}
	return r
}
