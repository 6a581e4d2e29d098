package session

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"os"
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

// ending says what has been decided about the end of a session.
type ending int

const (
	running  ending = iota
	over            // nothing more comes from the game
	draining        // the server ends it, after what is queued
	aborted         // at once
)

// errSlow is the cause when a game does not read what it is sent.
var errSlow = errors.New("the game does not read what it is sent")

// Times at the end of a session: what a request may take that nobody hears of
// otherwise, what the game has for taking the rest of what it is sent, and for
// closing its end after that.
const (
	requestTime = 30 * time.Second
	flushTime   = 5 * time.Second
	lingerTime  = time.Second
)

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

// finish lets the writer end after what is queued, within flushTime.
func (s *Session) finish() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.end == running {
		s.end = over
	}
	if s.end != aborted {
		_ = s.conn.SetWriteDeadline(time.Now().Add(min(flushTime, s.limits.WriteTimeout)))
	}
	s.last = true
	s.out.close()
}

// close closes the connection. If the server is the one who ends it, it waits
// a moment for the game to do the same: closing a connection with input that
// was never read makes the system throw away what the game has still to get.
func (s *Session) close() {
	s.mu.Lock()
	end := s.end
	s.mu.Unlock()
	half, ok := s.conn.(interface{ CloseWrite() error })
	if ok && end == draining && half.CloseWrite() == nil {
		_ = s.conn.SetReadDeadline(time.Now().Add(lingerTime))
		_, _ = io.Copy(io.Discard, io.LimitReader(s.conn, int64(s.limits.MaxFrame)))
	}
	_ = s.conn.Close()
}

func (s *Session) logEnd(err error) {
	s.mu.Lock()
	end, cause := s.end, s.cause
	s.mu.Unlock()
	var tooLarge *blaze.FrameTooLargeError
	switch {
	case end == draining:
		s.log.Info("session ended by the server")
	case end == aborted:
		s.log.Warn("session cut", "error", cause)
	case errors.Is(err, io.EOF):
		s.log.Info("session ended")
	case errors.Is(err, os.ErrDeadlineExceeded):
		s.log.Info("session ended: nothing was heard of the game", "for", s.limits.Silence)
	case errors.As(err, &tooLarge):
		s.log.Warn("session ended: the packet is too large", "error", err)
	default:
		s.log.Info("session ended: the connection broke", "error", err)
	}
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

// Shutdown ends the session once the request that is being answered, if any,
// is answered and what is queued has been sent. It does not wait.
func (s *Session) Shutdown() { s.stop(draining, nil) }

// abort ends the session at once, without waiting either.
func (s *Session) abort(cause error) { s.stop(aborted, cause) }

func (s *Session) stop(how ending, cause error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.end != running {
		return
	}
	s.end, s.cause = how, cause
	past := time.Unix(1, 0)
	if how == draining { // the reader finishes what it has begun
		_ = s.conn.SetReadDeadline(past)
		return
	}
	_ = s.conn.SetDeadline(past)
	s.out.close()
}
