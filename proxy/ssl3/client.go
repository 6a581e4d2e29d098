package ssl3

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"slices"
	"time"
)

// ClientConfig is what the client role may be told. It must not be changed once it is in use, and may be shared.
type ClientConfig struct {
	// Suites is the offer, best first; empty means SuiteRC4SHA, SuiteRC4MD5, as the game does (spec: client 2.8).
	Suites []Suite

	// HandshakeTimeout limits a whole handshake; 0 means DefaultHandshakeTimeout.
	HandshakeTimeout time.Duration

	// VerifyCertificate judges the server's certificates, DER, the server's own first. An error ends the handshake with
	// the alert bad_certificate. With nil, any certificate with a usable RSA key passes: there is no check of name,
	// issuer, dates or signature. CheckGameCertificate does the game's checks.
	VerifyCertificate func(chain [][]byte) error

	random  io.Reader                                             // replaced by tests; nil means crypto/rand
	encrypt func(certificate, premaster []byte) (exchange []byte) // replaced by tests; nil means RSA with the certificate's key
}

// Client returns the client side of a connection. The handshake is made by the first Handshake, Read or Write.
// It owns inner from then on.
func Client(inner net.Conn, config *ClientConfig) *Conn {
	if config == nil {
		config = &ClientConfig{}
	}
	return newConn(inner, "client", config.HandshakeTimeout, config.handshake)
}

func (c *ClientConfig) handshake(h *handshake) error {
	offer, err := c.sendHello(h)
	if err != nil {
		return err
	}
	if err := c.readHello(h, offer); err != nil {
		return err
	}
	sending, reading, err := c.sendKeyExchange(h)
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
}

func (c *ClientConfig) sendHello(h *handshake) (offer []Suite, err error) {
	offer = c.Suites
	if len(offer) == 0 {
		offer = supportedSuites()
	}
	for _, s := range offer {
		if !s.supported() {
			return nil, fmt.Errorf("the client configuration offers %v, which this package does not have", s)
		}
	}
	if _, err := io.ReadFull(randomOr(c.random), h.clientRandom[:]); err != nil {
		return nil, err
	}
	hello := clientHello{version: version30, random: h.clientRandom, suites: offer, compressions: []byte{0}}
	if err := h.add(typeClientHello, hello.marshal()); err != nil {
		return nil, err
	}
	return offer, h.send()
}

// readHello reads ServerHello, Certificate and ServerHelloDone.
func (c *ClientConfig) readHello(h *handshake, offer []Suite) error {
	body, err := h.read(typeServerHello)
	if err != nil {
		return err
	}
	var hello serverHello
	if err := hello.unmarshal(body); err != nil {
		return refuse(AlertIllegalParameter, "cannot read ServerHello: %w", err)
	}
	switch {
	case hello.version != version30:
		return refuse(AlertHandshakeFailure, "the server chose protocol version %04x instead of 0300", hello.version)
	case !slices.Contains(offer, hello.suite):
		return refuse(AlertIllegalParameter, "the server chose %v, which was not offered", hello.suite)
	case hello.compression != 0:
		return refuse(AlertIllegalParameter, "the server chose compression %d, which was not offered", hello.compression)
	}
	h.serverRandom = hello.random
	h.state.Suite = hello.suite

	if body, err = h.read(typeCertificate); err != nil {
		return err
	}
	if h.state.PeerCertificates, err = unmarshalChain(body); err != nil {
		return refuse(AlertIllegalParameter, "cannot read Certificate: %w", err)
	}
	if c.VerifyCertificate != nil {
		if err := c.VerifyCertificate(h.state.PeerCertificates); err != nil {
			return refuse(AlertBadCertificate, "the server's certificate is not accepted: %w", err)
		}
	}
	if body, err = h.read(typeServerHelloDone); err != nil {
		return err
	}
	if len(body) > 0 {
		return refuse(AlertIllegalParameter, "cannot read ServerHelloDone: %w", errMessageLength)
	}
	return h.turn()
}

// sendKeyExchange puts ClientKeyExchange into the flight and derives the keys.
func (c *ClientConfig) sendKeyExchange(h *handshake) (sending, reading *cipherState, err error) {
	premaster := make([]byte, secretLen)
	binary.BigEndian.PutUint16(premaster, version30)
	if _, err := io.ReadFull(randomOr(c.random), premaster[2:]); err != nil {
		return nil, nil, err
	}
	var exchange []byte
	if leaf := h.state.PeerCertificates[0]; c.encrypt != nil {
		exchange = c.encrypt(leaf, premaster)
	} else if exchange, err = encryptPremaster(leaf, premaster); err != nil {
		return nil, nil, err
	}
	if err := h.add(typeClientKeyExchange, exchange); err != nil {
		return nil, nil, err
	}
	h.master = masterSecret(premaster, h.clientRandom[:], h.serverRandom[:])
	return newCiphers(h.state.Suite, h.master, h.clientRandom[:], h.serverRandom[:])
}

// encryptPremaster makes the body of ClientKeyExchange. SSL 3.0 puts no length in front of it (spec: client 2.2).
func encryptPremaster(certificate, premaster []byte) ([]byte, error) {
	key, err := publicKey(certificate)
	if err != nil {
		return nil, refuse(AlertBadCertificate, "cannot use the server's certificate: %w", err)
	}
	//nolint:staticcheck // SA1019: SSL 3.0 has no other padding
	exchange, err := rsa.EncryptPKCS1v15(rand.Reader, key, premaster)
	if err != nil {
		return nil, refuse(AlertUnsupportedCertificate, "cannot use the key in the server's certificate: %w", err)
	}
	return exchange, nil
}
