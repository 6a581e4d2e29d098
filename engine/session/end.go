package session

import (
	"errors"
	"io"
	"os"
	"time"

	"github.com/charonrelay/charon/blaze"
)

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

// What a game has at the end of its session: to take the rest of what it is
// sent, and to close its end after that.
const (
	flushTime  = 5 * time.Second
	lingerTime = time.Second
)

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
	case end == aborted && (errors.Is(cause, errSlow) || errors.Is(cause, os.ErrDeadlineExceeded)):
		s.log.Warn("session cut", "error", cause)
	case end == aborted:
		s.log.Info("session ended: the connection broke", "error", cause)
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
