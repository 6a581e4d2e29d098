package engine_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/charonrelay/charon/blaze"
	"github.com/charonrelay/charon/blaze/tdf"
	"github.com/charonrelay/charon/engine"
	"github.com/charonrelay/charon/engine/internal/wiretest"
	"github.com/charonrelay/charon/engine/store"
	"github.com/charonrelay/charon/wire/upgrade"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// server is an engine that listens on the loopback interface.
type server struct {
	t      testing.TB
	engine *engine.Engine
	url    string
	stop   func() // ends it and waits; may be called more than once
	names  names
}

// start starts an engine on a new database. At the end of the test it must
// have nothing left.
func start(t testing.TB, cfg engine.Config) *server {
	t.Helper()
	db, err := store.Open(t.Context(), store.Config{Path: filepath.Join(t.TempDir(), "engine.db")})
	if err != nil {
		t.Fatal(err)
	}
	cfg.HashWorkers = 1
	e, err := engine.New(t.Context(), cfg, db)
	if err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- e.Serve(ctx, ln) }()
	stopped := false
	s := &server{t: t, engine: e, url: "http://" + ln.Addr().String(), names: names{}}
	s.stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-served; err != nil {
			t.Errorf("Serve: %v", err)
		}
		got := e.Stats()
		got.UnknownCommands = 0
		if got != (engine.Stats{}) {
			t.Errorf("left at the end: %+v", got)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}
	t.Cleanup(s.stop)
	return s
}

// client is a game's connection.
type client struct {
	t    testing.TB
	s    *server
	conn net.Conn
	in   *blaze.Reader
	seq  uint32

	id    uint32
	name  string
	token string
}

func (s *server) dial(header http.Header) *client {
	s.t.Helper()
	conn, err := new(upgrade.Dialer).Dial(s.t.Context(), s.url+"/api/server/upgrade", upgrade.ProtocolBlaze, header)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = conn.Close() })
	return &client{t: s.t, s: s, conn: conn, in: blaze.NewReader(conn, 32<<20)}
}

// account makes an account for player n on a new connection.
func (s *server) account(n int) *client {
	s.t.Helper()
	c := s.dial(nil)
	body := c.must(blaze.Authentication, blaze.AuthCreateAccount, func(e *tdf.Encoder) {
		e.Str("MAIL", fmt.Sprintf("player%d@example.org", n))
		e.Str("PASS", "password")
	})
	c.adopt(body)
	return c
}

// adopt takes over a LoginResponse.
func (c *client) adopt(body tdf.Group) {
	c.id, c.token = uint32(body.Uint("UID")), body.Str("PCTK")
	for v := range body.List("PLST").All() {
		c.name = v.Group().Str("DSNM")
	}
}

// player is an account that has come as far as the menu, with a known address.
func (s *server) player(n int) *client {
	s.t.Helper()
	c := s.account(n)
	c.ready()
	return c
}

// ready does what follows a login.
func (c *client) ready() {
	c.t.Helper()
	c.must(blaze.Util, blaze.UtilPostAuth, nil)
	c.must(blaze.UserSessions, blaze.UsersUpdateNetworkInfo, c.network)
	c.flush()
}

// network writes the address pair of the client: 203.0.113.id and 192.168.0.id.
func (c *client) network(e *tdf.Encoder) {
	e.Union("ADDR", 2, func() {
		e.Group("EXIP", func() { e.Uint("IP", 0xcb007100|uint64(c.id)); e.Uint("PORT", 3659) })
		e.Group("INIP", func() { e.Uint("IP", 0xc0a80000|uint64(c.id)); e.Uint("PORT", 3659) })
	})
}

func (c *client) send(component blaze.Component, command uint16, fields func(*tdf.Encoder)) (seq uint32) {
	c.t.Helper()
	seq = c.seq
	c.seq++
	b, err := blaze.NewRequest(component, command, seq, fields).AppendTo(nil)
	if err != nil {
		c.t.Fatal(err)
	}
	if _, err := c.conn.Write(b); err != nil {
		c.t.Fatal(err)
	}
	return seq
}

// next reads one packet and checks its form.
func (c *client) next() (blaze.Packet, error) {
	c.t.Helper()
	if err := c.conn.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
		return blaze.Packet{}, err
	}
	p, err := c.in.Next()
	if err == nil {
		wiretest.Body(c.t, p)
	}
	return p, err
}

// until reads everything up to the answer to a request, that included.
func (c *client) until(seq uint32) []blaze.Packet {
	c.t.Helper()
	var all []blaze.Packet
	for {
		p, err := c.next()
		if err != nil {
			c.t.Fatalf("player %d waits for the answer to %d: %v", c.id, seq, err)
		}
		all = append(all, p)
		if p.Type != blaze.Notification {
			if p.Seq != seq {
				c.t.Fatalf("answer to %d: %v", seq, p)
			}
			return all
		}
	}
}

// ask sends a request and returns its answer; what comes before is dropped.
func (c *client) ask(component blaze.Component, command uint16, fields func(*tdf.Encoder)) blaze.Packet {
	c.t.Helper()
	all := c.until(c.send(component, command, fields))
	return all[len(all)-1]
}

// must is ask for requests that succeed.
func (c *client) must(component blaze.Component, command uint16, fields func(*tdf.Encoder)) tdf.Group {
	c.t.Helper()
	p := c.ask(component, command, fields)
	if p.Type != blaze.Response {
		c.t.Fatalf("player %d: %v", c.id, p)
	}
	return wiretest.Body(c.t, p)
}

// refused is ask for requests that fail.
func (c *client) refused(code blaze.ErrorCode, component blaze.Component, command uint16, fields func(*tdf.Encoder)) {
	c.t.Helper()
	if p := c.ask(component, command, fields); p.Type != blaze.ErrorReply || p.Error != code || len(p.Body) > 0 {
		c.t.Errorf("player %d: %v, want error 0x%x", c.id, p, uint16(code))
	}
}

// flush reads everything that was queued before.
func (c *client) flush() []string {
	c.t.Helper()
	all := c.until(c.send(blaze.Util, blaze.UtilPing, nil))
	return c.s.lines(all[:len(all)-1])
}

// told compares what came since the last look.
func (c *client) told(want ...string) {
	c.t.Helper()
	c.compare(want, c.flush())
}

func (c *client) compare(want, got []string) {
	c.t.Helper()
	if diff := cmp.Diff(append([]string{}, want...), got); diff != "" {
		c.t.Errorf("player %d receives:\n%s", c.id, diff)
	}
}

// rest reads to the end of the connection.
func (c *client) rest() []string {
	c.t.Helper()
	var all []blaze.Packet
	for {
		p, err := c.next()
		if errors.Is(err, io.EOF) {
			_ = c.conn.Close()
			return c.s.lines(all)
		}
		if err != nil {
			c.t.Fatalf("player %d: %v", c.id, err)
		}
		all = append(all, p)
	}
}

// names gives game ids short names in the order in which they appear.
type names map[string]string

var gameID = regexp.MustCompile(`\bGID: (\d+)|\(4,1,(\d+)\)`)

func (s *server) lines(packets []blaze.Packet) []string {
	lines := []string{}
	for _, p := range packets {
		lines = append(lines, gameID.ReplaceAllStringFunc(wiretest.Short(p), func(m string) string {
			id := strings.Trim(m, "GID: ()")
			id = id[strings.LastIndexByte(id, ',')+1:]
			if s.names[id] == "" {
				s.names[id] = fmt.Sprintf("G%d", len(s.names)+1)
			}
			return strings.Replace(m, id, s.names[id], 1)
		}))
	}
	return lines
}

// game returns the id of the game with a short name.
func (s *server) game(name string) uint64 {
	s.t.Helper()
	for id, n := range s.names {
		if n == name {
			var v uint64
			if _, err := fmt.Sscan(id, &v); err != nil {
				s.t.Fatal(err)
			}
			return v
		}
	}
	s.t.Fatalf("no game %s", name)
	return 0
}

// discard returns a logger for tests whose log is of no interest.
func discard() *slog.Logger { return slog.New(slog.DiscardHandler) }
