package gamesim

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"time"

	"github.com/charonrelay/charon/blaze"
)

// maxRedirectBody caps the redirector's answer, which takes a few dozen bytes.
const maxRedirectBody = 64 << 10

// errSecureServer refuses an encrypted main connection.
var errSecureServer = errors.New("the redirector wants SSL on the main connection, which is plain in this setting")

// redirect asks the redirector for the main server: SSL 3.0, one request, one
// answer, end (spec: client 3, blaze 4.2.1).
func redirect(ctx context.Context, cfg Config) (netip.AddrPort, error) {
	fail := func(step, expected string, p *blaze.Packet, err error) (netip.AddrPort, error) {
		return netip.AddrPort{}, &Failure{Client: cfg.Name, Step: step, Expected: expected, Packet: p, Err: err}
	}
	addr := cfg.Redirector
	if addr == "" {
		addr = net.JoinHostPort(RedirectorHost, strconv.Itoa(RedirectorPort))
	}
	tcp, err := dial(ctx, cfg, addr)
	if err != nil {
		return fail("connect to the redirector", "a connection", nil, causeOf(ctx, err))
	}
	conn, err := secure(ctx, tcp, cfg.Timeout)
	if err != nil {
		return fail("secure the connection to the redirector", "an SSL 3.0 handshake that the game accepts", nil, causeOf(ctx, err))
	}
	defer func() { _ = conn.Close() }() // the answer is all that counts
	abort := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer abort()

	const step = "getServerInstance"
	w := Answer(Is("SECU", 0, 1))
	p, err := askRedirector(conn, cfg)
	if err == nil {
		err = checkPacket(p, cfg.Lenient)
	}
	if err == nil {
		err = w.match(p, &redirectHeader)
	}
	switch {
	case err != nil && p.Type == blaze.Request: // nothing was read
		return fail(step, w.String(), nil, causeOf(ctx, err))
	case err != nil:
		return fail(step, w.String(), &p, err)
	}
	to, err := mainServer(ctx, p, cfg.Timeout)
	if err != nil {
		return fail(step, "the IPv4 address of a plain main server", &p, err)
	}
	return to, nil
}

// redirectHeader is the header of the one request.
var redirectHeader = blaze.Header{Component: blaze.Redirector, Command: blaze.RedirectorGetServerInstance}

func askRedirector(conn net.Conn, cfg Config) (blaze.Packet, error) {
	frame, err := GetServerInstance(cfg.Locale).packet(redirectHeader.Seq).AppendTo(nil)
	if err != nil {
		return blaze.Packet{}, err
	}
	if err := conn.SetDeadline(time.Now().Add(cfg.Timeout)); err != nil {
		return blaze.Packet{}, err
	}
	if _, err := conn.Write(frame); err != nil {
		return blaze.Packet{}, err
	}
	return blaze.NewReader(conn, maxRedirectBody).Next()
}

// mainServer reads the address out of the answer. The game takes IP where it is
// present and resolves HOST otherwise (spec: blaze 4.2.1).
func mainServer(ctx context.Context, p blaze.Packet, timeout time.Duration) (netip.AddrPort, error) {
	g, err := p.Fields()
	if err != nil {
		return netip.AddrPort{}, err
	}
	if g.Bool("SECU") {
		return netip.AddrPort{}, errSecureServer
	}
	_, addr, _ := g.Union("ADDR")
	port := uint16(addr.Uint("PORT"))
	if port == 0 {
		return netip.AddrPort{}, &ValueError{"ADDR.PORT", "is 0"}
	}
	if ip := uint32(addr.Uint("IP")); ip != 0 {
		return netip.AddrPortFrom(ipv4(ip), port), nil
	}
	host := addr.Str("HOST")
	if host == "" {
		return netip.AddrPort{}, &ValueError{"ADDR", "names neither IP nor HOST"}
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	ips, err := net.DefaultResolver.LookupNetIP(ctx, "ip4", host)
	if err != nil {
		return netip.AddrPort{}, fmt.Errorf("cannot find the main server: %w", err)
	}
	return netip.AddrPortFrom(ips[0].Unmap(), port), nil
}

// ipv4 unpacks an address sent as a number (spec: blaze 4.1).
func ipv4(n uint32) netip.Addr {
	return netip.AddrFrom4([4]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)})
}

// packIPv4 is the reverse; an invalid address is 0.
func packIPv4(a netip.Addr) uint64 {
	if !a.Is4() {
		return 0
	}
	b := a.As4()
	return uint64(b[0])<<24 | uint64(b[1])<<16 | uint64(b[2])<<8 | uint64(b[3])
}
