package session

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/charonrelay/charon/blaze"
	"github.com/charonrelay/charon/engine/presence"
	"github.com/charonrelay/charon/engine/token"
)

// Limits of a session. Zero fields take the defaults of [DefaultLimits].
type Limits struct {
	// MaxFrame is the cap on the body of an incoming packet, in bytes.
	MaxFrame uint32
	// MaxQueue is the cap on what waits to be sent, in bytes; what is being
	// written comes on top, once.
	MaxQueue int
	// Silence is how long a connection may stay without sending anything.
	Silence time.Duration
	// WriteTimeout is how long the game may take to accept a write.
	WriteTimeout time.Duration
}

// DefaultLimits returns the limits of spec: blaze 1.5 and 1.6. The queue takes
// the largest client configuration several times over.
func DefaultLimits() Limits {
	return Limits{MaxFrame: blaze.DefaultMaxBody, MaxQueue: 4 << 20, Silence: 90 * time.Second, WriteTimeout: 30 * time.Second}
}

func (l Limits) withDefaults() Limits {
	d := DefaultLimits()
	if l.MaxFrame == 0 {
		l.MaxFrame = d.MaxFrame
	}
	if l.MaxQueue == 0 {
		l.MaxQueue = d.MaxQueue
	}
	if l.Silence == 0 {
		l.Silence = d.Silence
	}
	if l.WriteTimeout == 0 {
		l.WriteTimeout = d.WriteTimeout
	}
	return l
}

// Origin is what is known about a connection before its first byte.
type Origin struct {
	// Peer is the game's address as seen by the server; invalid if unknown.
	Peer netip.Addr
	// Local is the loopback address where the game reaches the client's local
	// services; 127.0.0.1 unless the client said otherwise.
	Local netip.Addr
	// Association links the connection with the client's tunnel; zero for none.
	Association token.Association
}

// Session is one connection of a game.
type Session struct {
	// ID names the session in logs; unique across nodes.
	ID string
	Origin

	conn   net.Conn
	router *Router
	limits Limits
	log    *slog.Logger
	out    *queue

	complained bool // about a malformed request; only the reader looks

	mu     sync.Mutex
	end    ending
	cause  error // why it was aborted
	last   bool  // the queue is closed, its rest is being written
	login  *Login
	early  presence.Network // reported before the login
	locale uint32
	grace  time.Duration // of the last suspendUserPing
}

// New returns the session of an upgraded connection. [Session.Run] serves it.
func New(conn net.Conn, origin Origin, router *Router, limits Limits, log *slog.Logger) *Session {
	limits = limits.withDefaults()
	id := rand.Text()
	return &Session{
		ID: id, Origin: origin, conn: conn, router: router, limits: limits,
		log:   log.With("session", id),
		out:   newQueue(limits.MaxQueue),
		early: presence.NewNetwork(), locale: defaultLocale,
	}
}

// defaultLocale is "enNZ" (spec: blaze 4.1).
const defaultLocale = 0x656e4e5a

// Log returns the session's logger.
func (s *Session) Log() *slog.Logger { return s.log }

// complain returns the level at which the next malformed request is logged:
// one is worth knowing, the rest could fill a disk.
func (s *Session) complain() slog.Level {
	if s.complained {
		return slog.LevelDebug
	}
	s.complained = true
	return slog.LevelWarn
}

// Run serves the connection until it ends, ctx is done or a fault closes it,
// and returns when everything has been sent that could be. The caller then
// ends the session's login. A request that is being answered when ctx ends is
// answered to the end: half-done work is nobody's wish.
func (s *Session) Run(ctx context.Context) {
	written := make(chan struct{})
	go func() {
		defer close(written)
		s.write()
	}()
	stop := context.AfterFunc(ctx, s.Shutdown)
	err := s.read(context.WithoutCancel(ctx))
	stop()
	s.finish()
	<-written
	s.close()
	s.logEnd(err)
}

// read answers requests one after another.
func (s *Session) read(ctx context.Context) error {
	r := blaze.NewReader(s.conn, s.limits.MaxFrame)
	for {
		if err := s.armRead(); err != nil {
			return err
		}
		p, err := r.Next()
		if err != nil {
			return err
		}
		if p.Type != blaze.Request {
			s.log.Debug("packet is no request, ignored", "packet", lazy(p))
			continue
		}
		if !s.respond(ctx, p) {
			s.abort(errSlow)
			return net.ErrClosed
		}
	}
}

// requestTime bounds the answering of one request.
const requestTime = 30 * time.Second

// respond answers one request; the notifications that it causes follow.
func (s *Session) respond(ctx context.Context, p blaze.Packet) (ok bool) {
	ctx, cancel := context.WithTimeout(ctx, requestTime)
	defer cancel()
	s.out.hold()
	frame, err := s.router.answer(ctx, s, p).AppendTo(nil)
	if err != nil {
		s.log.Error("response cannot be encoded", "error", err)
		frame, _ = p.ReplyError(blaze.CodeSystem).AppendTo(nil)
	}
	return s.out.respond(frame)
}

// armRead gives the next packet its time: silence of the game longer than that
// is its end (spec: blaze 1.6).
func (s *Session) armRead() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.end != running {
		return net.ErrClosed
	}
	return s.conn.SetReadDeadline(time.Now().Add(s.limits.Silence + s.grace))
}

// armWrite gives the next write its time.
func (s *Session) armWrite() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.end == aborted {
		return net.ErrClosed
	}
	if s.last {
		return nil
	}
	return s.conn.SetWriteDeadline(time.Now().Add(s.limits.WriteTimeout))
}

// SetGrace extends the time the game may stay silent, from its next packet on.
func (s *Session) SetGrace(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.grace = d
}

// writeSize is how many bytes of small frames go into one write.
const writeSize = 16 << 10

// write sends what the queue holds until it is closed and empty or a write fails.
func (s *Session) write() {
	for range s.out.wake {
		frames, last := s.out.take()
		if err := s.writeAll(frames); err != nil {
			s.abort(err)
			return
		}
		if last {
			return
		}
	}
}

// writeAll sends frames in order, several small ones with one write.
func (s *Session) writeAll(frames [][]byte) error {
	for len(frames) > 0 {
		next := frames[0]
		frames = frames[1:]
		joined := false
		for len(frames) > 0 && len(next)+len(frames[0]) <= writeSize {
			if !joined {
				next, joined = append(make([]byte, 0, writeSize), next...), true
			}
			next = append(next, frames[0]...)
			frames = frames[1:]
		}
		if err := s.armWrite(); err != nil {
			return err
		}
		if _, err := s.conn.Write(next); err != nil {
			return err
		}
	}
	return nil
}

// Notify queues a notification. A full queue ends the session.
func (s *Session) Notify(p blaze.Packet) {
	frame, err := p.AppendTo(nil)
	if err != nil {
		s.log.Error("notification cannot be encoded", "error", err)
		return
	}
	if !s.out.notify(frame) {
		s.abort(errSlow)
	}
}
