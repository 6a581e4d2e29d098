package gamesim

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/charonrelay/charon/blaze"
)

// The server announces the period of pings; these bound it (spec: blaze 4.4.1).
const (
	defaultPingPeriod = 15 * time.Second
	minPingPeriod     = 100 * time.Millisecond
	maxPingPeriod     = 5 * time.Minute
)

// errUnanswered says that a keep-alive ping has had no reply in time.
var errUnanswered = errors.New("the server did not answer a keep-alive ping")

// pingState keeps the keep-alive pings apart from the requests of the game.
type pingState struct {
	mu      sync.Mutex
	started bool
	period  time.Duration
	out     time.Time // when the unanswered ping was sent; zero if there is none
	seq     uint32
	failure error
}

// startPings begins the keep-alive pings (spec: blaze 1.6).
func (c *Client) startPings(period time.Duration) {
	c.pings.mu.Lock()
	defer c.pings.mu.Unlock()
	c.pings.period = period
	if c.pings.started {
		return
	}
	c.pings.started = true
	c.workers.Go(func() { c.keepAlive(period) })
}

// keepAlive pings until the client is closed.
func (c *Client) keepAlive(period time.Duration) {
	tick := time.NewTicker(period)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-c.done:
			return
		}
		waiting, err := c.pings.overdue(c.cfg.Timeout)
		if err == nil && !waiting {
			err = c.transmit(context.Background(), Ping(), c.pings.sent)
		}
		if err != nil {
			c.pings.fail(err)
			c.shut()
			return
		}
	}
}

// overdue reports whether a ping is out, and an error if it is too late for its
// reply.
func (s *pingState) overdue(timeout time.Duration) (waiting bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.out.IsZero() {
		return false, nil
	}
	if late := time.Since(s.out); late >= timeout {
		return true, fmt.Errorf("%w for %v", errUnanswered, late.Round(time.Millisecond))
	}
	return true, nil
}

func (s *pingState) sent(h blaze.Header) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.out, s.seq = time.Now(), h.Seq
}

// reply reports whether p answers a keep-alive ping, and what is wrong with it.
func (s *pingState) reply(p blaze.Packet, lenient bool) (ours bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	reply := p.Type == blaze.Response || p.Type == blaze.ErrorReply
	if s.out.IsZero() || !reply || p.Seq != s.seq || p.Component != blaze.Util || p.Command != blaze.UtilPing {
		return false, nil
	}
	s.out = time.Time{}
	if p.Type == blaze.ErrorReply {
		err = &RefusedError{p.Component, p.Command, p.Error}
	} else {
		err = checkPacket(p, lenient)
	}
	if err != nil {
		err = fmt.Errorf("keep-alive ping: %w", err)
	}
	return true, err
}

func (s *pingState) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failure = err
}

// fault returns why the pings ended the connection, nil if they did not.
func (s *pingState) fault() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.failure
}

// silence is how long a living server may send nothing: it answers at least
// the pings.
func (s *pingState) silence(timeout time.Duration) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return 4*s.period + timeout
}

// parsePingPeriod reads the announced period, such as "15s".
func parsePingPeriod(s string) (time.Duration, error) {
	d, err := time.ParseDuration(s)
	if err != nil {
		return 0, fmt.Errorf("pingPeriod %q is not a time such as \"15s\"", s)
	}
	if d < minPingPeriod || d > maxPingPeriod {
		return 0, fmt.Errorf("pingPeriod %q is not between %v and %v", s, minPingPeriod, maxPingPeriod)
	}
	return d, nil
}
