package gamesim

import (
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/charonrelay/charon/blaze"
	"github.com/charonrelay/charon/blaze/tdf"
	"github.com/charonrelay/charon/proxy/ssl3"
)

// server is the smallest server that a whole self-test can be played against.
// It keeps everything under one lock, so what it sends is in order by itself.
type server struct {
	t     *testing.T
	l     net.Listener
	mu    sync.Mutex
	conns sync.WaitGroup

	// pocketRelay makes it deviate as Pocket Relay servers do.
	pocketRelay bool
	// tamper, if set, may replace what goes out.
	tamper func(to *peer, p blaze.Packet) []blaze.Packet
	// pingPeriod is announced; "15s" if empty.
	pingPeriod string

	users    []*user
	online   map[*user]*peer
	peers    map[*peer]bool
	games    map[uint64]*game
	waiting  []*waiter
	lastGame uint64
}

type user struct {
	id              int64
	email, password string
	settings        []tdf.Pair
}

func (u *user) name() string  { return fmt.Sprintf("Player%d", u.id) }
func (u *user) token() string { return fmt.Sprintf("token-of-%d", u.id) }

// peer is one connection.
type peer struct {
	s        *server
	conn     net.Conn
	user     *user
	selfSub  bool
	hardware uint64
	pair     *[4]uint64 // external and internal address and port
	quality  [3]uint64
	latency  []uint64
	game     *game
}

func newServer(t *testing.T) *server {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &server{
		t: t, l: l,
		online: make(map[*user]*peer), peers: make(map[*peer]bool), games: make(map[uint64]*game),
	}
	s.conns.Go(s.serve)
	t.Cleanup(s.close)
	return s
}

func (s *server) addr() string { return s.l.Addr().String() }

func (s *server) close() {
	_ = s.l.Close()
	s.mu.Lock()
	for p := range s.peers {
		_ = p.conn.Close()
	}
	s.mu.Unlock()
	s.conns.Wait()
}

func (s *server) serve() {
	for {
		conn, err := s.l.Accept()
		if err != nil {
			return
		}
		p := &peer{s: s, conn: conn, quality: [3]uint64{0, natUnknown, 0}}
		s.mu.Lock()
		s.peers[p] = true
		s.mu.Unlock()
		s.conns.Go(p.serve)
	}
}

func (p *peer) serve() {
	r := blaze.NewReader(p.conn, 0)
	for {
		request, err := r.Next()
		if err != nil {
			break
		}
		p.s.mu.Lock()
		p.handle(request)
		p.s.mu.Unlock()
	}
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	p.logout(true)
	delete(p.s.peers, p)
	_ = p.conn.Close()
}

func (p *peer) send(packet blaze.Packet) {
	out := []blaze.Packet{packet}
	if p.s.tamper != nil {
		out = p.s.tamper(p, packet)
	}
	for _, packet := range out {
		frame, err := packet.AppendTo(nil)
		if err != nil {
			p.s.t.Errorf("encode: %v", err)
			return
		}
		_, _ = p.conn.Write(frame) // a peer that has gone notices when reading
	}
}

func (p *peer) notify(c blaze.Component, id uint16, fields func(*tdf.Encoder)) {
	p.send(blaze.NewNotification(c, id, fields))
}

// subscribers are the peers that are told of p's changes.
func (p *peer) subscribers() []*peer {
	var to []*peer
	if p.selfSub {
		to = append(to, p)
	}
	if p.game != nil {
		for _, m := range p.game.members {
			if m.peer != p {
				to = append(to, m.peer)
			}
		}
	}
	return to
}

func (p *peer) publish(to []*peer) {
	for _, r := range to {
		r.notify(blaze.UserSessions, blaze.NotifyUserExtendedData, func(e *tdf.Encoder) {
			e.Group("DATA", func() { p.extendedData(e) })
			e.Int("USID", p.user.id)
		})
	}
}

// introduce subscribes p to another.
func (p *peer) introduce(of *peer) {
	p.notify(blaze.UserSessions, blaze.NotifyUserAdded, func(e *tdf.Encoder) {
		e.Group("DATA", func() { of.extendedData(e) })
		e.Group("USER", func() { of.identification(e) })
	})
	p.notify(blaze.UserSessions, blaze.NotifyUserUpdated, func(e *tdf.Encoder) {
		e.Uint("FLGS", 3)
		e.Int("ID", of.user.id)
	})
}

func (p *peer) farewell(of *user) {
	p.notify(blaze.UserSessions, blaze.NotifyUserRemoved, func(e *tdf.Encoder) { e.Int("BUID", of.id) })
}

// login makes u the player of p; an older session is told and closed.
func (p *peer) login(u *user) {
	old := p.s.online[u]
	p.logout(false)
	p.user = u
	p.s.online[u] = p
	if old != nil && old != p && !p.s.pocketRelay {
		p.s.online[u] = p
		old.logout(false)
		p.s.online[u] = p
		old.notify(blaze.UserSessions, blaze.NotifyUserDisconnected, func(e *tdf.Encoder) { e.Uint("SDR", 0) })
		_ = old.conn.(*net.TCPConn).CloseWrite()
	}
}

func (p *peer) logout(lost bool) {
	u := p.user
	if u == nil {
		return
	}
	p.s.waiting = slices.DeleteFunc(p.s.waiting, func(w *waiter) bool { return w.peer == p })
	if p.game != nil {
		p.game.remove(p, reasonLeft, lost)
	}
	if p.selfSub && !lost {
		p.farewell(u)
	}
	if p.s.online[u] == p {
		delete(p.s.online, u)
	}
	p.user, p.selfSub = nil, false
}

func (s *server) byEmail(email string) *user {
	for _, u := range s.users {
		if strings.EqualFold(u.email, email) {
			return u
		}
	}
	return nil
}

func (s *server) byToken(token string) *user {
	for _, u := range s.users {
		if u.token() == token {
			return u
		}
	}
	return nil
}

// find returns the session of a player who is online.
func (s *server) find(id int64) *peer {
	for u, p := range s.online {
		if u.id == id {
			return p
		}
	}
	return nil
}

// redirector answers getServerInstance over SSL 3.0 with what answer makes of
// the request.
func redirector(t *testing.T, answer func(request blaze.Packet) []blaze.Packet) string {
	t.Helper()
	cert, err := ssl3.GenerateCertificate()
	if err != nil {
		t.Fatal(err)
	}
	tcp, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := ssl3.NewListener(tcp, &ssl3.ServerConfig{Certificate: cert})
	var conns sync.WaitGroup
	conns.Go(func() {
		for {
			conn, err := l.Accept()
			if errors.Is(err, net.ErrClosed) {
				return
			}
			if err != nil {
				t.Errorf("accept: %v", err)
				return
			}
			conns.Go(func() {
				defer func() { _ = conn.Close() }()
				request, err := blaze.NewReader(conn, 0).Next()
				if err != nil {
					return
				}
				for _, p := range answer(request) {
					frame, err := p.AppendTo(nil)
					if err == nil {
						_, err = conn.Write(frame)
					}
					if err != nil {
						t.Errorf("redirector: %v", err)
					}
				}
			})
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		conns.Wait()
	})
	return tcp.Addr().String()
}

// toServer answers with the address of a server.
func toServer(t *testing.T, addr string) func(blaze.Packet) []blaze.Packet {
	t.Helper()
	tcp, err := net.ResolveTCPAddr("tcp4", addr)
	if err != nil {
		t.Fatal(err)
	}
	return func(request blaze.Packet) []blaze.Packet {
		return []blaze.Packet{request.Reply(func(e *tdf.Encoder) {
			e.Union("ADDR", 0, func() {
				e.Uint("IP", packIPv4(tcp.AddrPort().Addr().Unmap()))
				e.Uint("PORT", uint64(tcp.Port))
			})
			e.Bool("SECU", false)
			e.Uint("XDNS", 0)
		})}
	}
}
