package gamesim

import (
	"context"
	"errors"
	"net"
	"time"

	"github.com/charonrelay/charon/proxy/ssl3"
)

// secure makes the SSL 3.0 handshake of the redirector connection and owns
// conn from then on. The certificate gets the checks of an unpatched game
// (spec: client 2.8, 2.9).
func secure(ctx context.Context, conn net.Conn, timeout time.Duration) (net.Conn, error) {
	c := ssl3.Client(conn, &ssl3.ClientConfig{
		HandshakeTimeout:  timeout,
		VerifyCertificate: verifyRedirector,
	})
	if err := c.Handshake(ctx); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

// verifyRedirector judges the first certificate; the game looks at no other.
func verifyRedirector(chain [][]byte) error {
	if len(chain) == 0 {
		return errors.New("the server sent no certificate")
	}
	return ssl3.CheckGameCertificate(chain[0], RedirectorHost)
}
