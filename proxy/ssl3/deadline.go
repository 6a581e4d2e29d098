package ssl3

import (
	"net"
	"sync"
	"time"
)

// deadlines combines the deadlines that the caller sets with the one of the handshake: the earlier one holds.
type deadlines struct {
	conn net.Conn

	mu          sync.Mutex
	read, write time.Time // set by the caller; zero means none
	handshake   time.Time // zero means none
	lastWords   time.Time // replaces the others for writing; zero means none
}

// set changes the caller's deadlines; nil leaves one as it is.
func (d *deadlines) set(read, write *time.Time) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if read != nil {
		d.read = *read
	}
	if write != nil {
		d.write = *write
	}
	return d.apply()
}

// limit sets the handshake's deadline; the zero time removes it.
func (d *deadlines) limit(t time.Time) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.handshake = t
	return d.apply()
}

// allowLastWords gives the last record time until t, whatever the other deadlines are.
func (d *deadlines) allowLastWords(t time.Time) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lastWords = t
	return d.apply()
}

func (d *deadlines) apply() error {
	if err := d.conn.SetReadDeadline(earlier(d.read, d.handshake)); err != nil {
		return err
	}
	if !d.lastWords.IsZero() {
		return d.conn.SetWriteDeadline(d.lastWords)
	}
	return d.conn.SetWriteDeadline(earlier(d.write, d.handshake))
}

// earlier returns the earlier deadline, where the zero time means none.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || (!b.IsZero() && b.Before(a)) {
		return b
	}
	return a
}
