// Package upgrade turns an HTTP/1.1 request into a raw byte stream, at both ends.
//
// A game connection travels inside the protocol "blaze" and, where UDP is
// blocked, match traffic inside the protocol "tunnel" (spec: client 4.1, 9.2).
// A [Dialer] is the asking end, [Accept] the answering one. Both hand out a
// [Conn], which delivers first the bytes that arrived together with the HTTP
// head and then whatever the connection brings.
package upgrade

import (
	"errors"
	"net"
)

// The protocols that Pocket Relay servers switch to.
const (
	// ProtocolBlaze carries the game's main connection (spec: client 4.1).
	ProtocolBlaze = "blaze"
	// ProtocolTunnel carries match traffic where UDP is blocked (spec: client 9.2).
	ProtocolTunnel = "tunnel"
)

// Conn is an upgraded stream. It has no deadlines set and holds no buffers
// beyond the bytes that arrived early and were not read yet.
type Conn struct {
	net.Conn
	early []byte
}

// Read reads the bytes that came with the HTTP head, then those of the connection.
func (c *Conn) Read(p []byte) (int, error) {
	if len(c.early) == 0 {
		return c.Conn.Read(p)
	}
	n := copy(p, c.early)
	c.early = c.early[n:]
	if len(c.early) == 0 {
		c.early = nil
	}
	return n, nil
}

// CloseWrite tells the peer that nothing more will be written, while reading
// goes on. It fails with [errors.ErrUnsupported] if the connection below is
// neither TCP nor TLS.
func (c *Conn) CloseWrite() error {
	half, ok := c.Conn.(interface{ CloseWrite() error })
	if !ok {
		return errors.ErrUnsupported
	}
	return half.CloseWrite()
}

// Detach gives up c and returns the connection below, a [*net.TCPConn] or a
// [*crypto/tls.Conn] unless the server's listener wraps its connections, and
// the bytes that were received but not read yet. They come before everything
// the connection will deliver. c must not be used any more.
func (c *Conn) Detach() (raw net.Conn, early []byte) {
	early, c.early = c.early, nil
	return c.Conn, early
}
