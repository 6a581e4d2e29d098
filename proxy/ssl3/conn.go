package ssl3

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// DefaultHandshakeTimeout is how long a whole handshake may take if the configuration does not say (spec: client 3.4).
const DefaultHandshakeTimeout = 10 * time.Second

const (
	// lastWordsTimeout limits the sending of an alert on a connection that is being given up.
	lastWordsTimeout = time.Second

	// maxEmptyRecords is how many records without content may come in a row.
	maxEmptyRecords = 16
)

func errEmptyRecords() error {
	return refuse(AlertUnexpectedMessage, "the other side sent more than %d empty records in a row", maxEmptyRecords)
}

// ConnectionState is what a finished handshake has settled.
type ConnectionState struct {
	Suite            Suite
	PeerCertificates [][]byte // client role: the server's certificates, DER, its own first. Must not be changed
}

// Conn is an SSL 3.0 connection of either role. It is a [net.Conn] whose methods may be called at the same time from
// different goroutines. A connection that waits for data holds about 5 KB.
type Conn struct {
	inner      net.Conn
	closeInner func() error // closes inner, once
	deadlines  deadlines

	role        string
	timeout     time.Duration
	negotiate   func(*handshake) error
	established atomic.Bool // state and both directions are ready
	closed      atomic.Bool // Close was called

	handshaking  sync.Mutex // held while the handshake is made, I/O included: nothing else can go on meanwhile
	handshakeErr error
	state        ConnectionState

	// Each direction has a lock that is held during I/O, because records must keep their order.

	in struct {
		sync.Mutex
		records recordReader
		data    []byte // rest of the last ApplicationData record
		err     error  // final
	}
	out struct {
		sync.Mutex
		cipher *cipherState
		err    error // final
	}
}

func newConn(inner net.Conn, role string, timeout time.Duration, negotiate func(*handshake) error) *Conn {
	if timeout <= 0 {
		timeout = DefaultHandshakeTimeout
	}
	c := &Conn{
		inner:      inner,
		closeInner: sync.OnceValue(inner.Close),
		deadlines:  deadlines{conn: inner},
		role:       role,
		timeout:    timeout,
		negotiate:  negotiate,
	}
	c.in.records.src = inner
	return c
}

// Handshake makes the handshake unless that has been done. Read and Write call it; calling it first gives its errors a
// place of their own, and a context that can end it. It fails when the configured time is over, even if the other side
// keeps sending. A failed handshake closes the connection for good and is reported by all later calls, too.
//
// Errors to look for are [*AlertError], [*ForeignProtocolError], [ErrCertificateRefused], [os.ErrDeadlineExceeded] and
// the cause of ctx.
func (c *Conn) Handshake(ctx context.Context) error {
	if c.established.Load() {
		return nil
	}
	c.handshaking.Lock()
	defer c.handshaking.Unlock()
	switch {
	case c.established.Load():
		return nil
	case c.handshakeErr != nil:
		return c.handshakeErr
	}
	if err := c.handshake(ctx); err != nil {
		c.handshakeErr = fmt.Errorf("ssl3: handshake as %s: %w", c.role, err)
		c.giveUp(err)
		return c.handshakeErr
	}
	c.established.Store(true)
	return nil
}

func (c *Conn) handshake(ctx context.Context) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	end := time.Now().Add(c.timeout)
	if err := c.deadlines.limit(end); err != nil {
		return err
	}
	cancelled := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(cancelled)
		_ = c.deadlines.limit(time.Unix(1, 0)) // fails only on a closed connection, and then there is nothing to end
	})

	h := &handshake{conn: c}
	err := c.negotiate(h)

	if !stop() {
		<-cancelled
	}
	switch {
	case err == nil:
		c.state = h.state
		return c.deadlines.limit(time.Time{})
	case !errors.Is(err, os.ErrDeadlineExceeded):
		return err
	case ctx.Err() != nil:
		return fmt.Errorf("%w: %w", context.Cause(ctx), err)
	case !time.Now().Before(end):
		return fmt.Errorf("not finished within %v: %w", c.timeout, err)
	default:
		return err
	}
}

// ConnectionState returns what the handshake settled, and whether it is finished.
func (c *Conn) ConnectionState() (state ConnectionState, ok bool) {
	if !c.established.Load() {
		return ConnectionState{}, false
	}
	return c.state, true
}

// Read reads data, after the handshake if there was none. It returns [io.EOF] when the other side closes the connection,
// with or without close_notify: the game and its servers do not send one, so a cut between two records looks like an end.
// A cut inside a record is [io.ErrUnexpectedEOF]. After a deadline, reading may go on.
func (c *Conn) Read(p []byte) (int, error) {
	if err := c.Handshake(context.Background()); err != nil {
		return 0, err
	}
	c.in.Lock()
	defer c.in.Unlock()
	if c.closed.Load() {
		return 0, net.ErrClosed
	}
	if len(p) == 0 {
		return 0, nil
	}
	for empty := 0; len(c.in.data) == 0; empty++ {
		if c.in.err != nil {
			return 0, c.in.err
		}
		var err error
		if empty > maxEmptyRecords {
			err = errEmptyRecords()
		} else {
			c.in.data, err = c.readData()
		}
		if errors.Is(err, os.ErrDeadlineExceeded) {
			return 0, err
		}
		if err != nil {
			c.in.err = c.finalReadError(err)
			c.in.records.recycle()
		}
	}
	n := copy(p, c.in.data)
	if c.in.data = c.in.data[n:]; len(c.in.data) == 0 {
		c.in.records.recycle()
	}
	return n, nil
}

// readData returns the payload of the next record, which must hold data.
func (c *Conn) readData() ([]byte, error) {
	typ, fragment, err := c.in.records.next()
	switch {
	case err != nil:
		return nil, err
	case typ == typeAlert:
		return nil, receivedAlert(fragment)
	case typ != typeApplicationData:
		return nil, refuse(AlertUnexpectedMessage, "the other side sent a %v record among the data", typ)
	}
	return fragment, nil
}

// finalReadError gives up the connection if err asks for that, and returns what Read reports from now on.
func (c *Conn) finalReadError(err error) error {
	alert, ok := errors.AsType[*AlertError](err)
	switch {
	case ok && !alert.Sent && alert.Alert == AlertCloseNotify:
		return io.EOF
	case ok:
		c.giveUp(err)
		return fmt.Errorf("ssl3: read: %w", err)
	default:
		return err // io.EOF among others
	}
}

// Write writes p, after the handshake if there was none. What fits into one record (16384 bytes) is sent as one record with
// one call, longer data as several. After any error, deadlines included, nothing more can be written.
func (c *Conn) Write(p []byte) (int, error) {
	if err := c.Handshake(context.Background()); err != nil {
		return 0, err
	}
	c.out.Lock()
	defer c.out.Unlock()
	buf := borrowBuffer()
	defer recordBuffers.Put(buf)
	n := 0
	for n < len(p) && c.out.err == nil {
		chunk := p[n:min(n+maxPlaintext, len(p))]
		*buf = appendRecord((*buf)[:0], c.out.cipher, typeApplicationData, chunk)
		if _, err := c.inner.Write(*buf); err != nil {
			c.out.err = fmt.Errorf("ssl3: write: %w", err)
			break
		}
		n += len(chunk)
	}
	if n < len(p) {
		return n, c.out.err
	}
	return n, nil
}

// writeFlight writes records of the handshake. cipher seals the records after them.
func (c *Conn) writeFlight(records []byte, cipher *cipherState) error {
	c.out.Lock()
	defer c.out.Unlock()
	c.out.cipher = cipher
	_, err := c.inner.Write(records)
	return err
}

// CloseWrite tells the other side by close_notify that no more data will come. Reading may go on, though the other side need
// not send anything more. It fails before the handshake is finished.
func (c *Conn) CloseWrite() error {
	if !c.established.Load() {
		return errors.New("ssl3: cannot close the writing side before the handshake is finished")
	}
	c.out.Lock()
	defer c.out.Unlock()
	return c.sendLast(levelWarning, AlertCloseNotify)
}

// Close closes the connection, and says so by close_notify if the handshake is finished and no Write is stuck. It ends
// calls in progress.
func (c *Conn) Close() error {
	if c.closed.Swap(true) {
		return net.ErrClosed
	}
	if c.established.Load() && c.out.TryLock() {
		_ = c.sendLast(levelWarning, AlertCloseNotify) // the other side may be gone already
		c.out.Unlock()
	}
	return c.closeInner()
}

// giveUp closes the connection because of err, after a fatal alert if err asks for one and no Write is stuck.
func (c *Conn) giveUp(err error) {
	if alert, ok := errors.AsType[*AlertError](err); ok && alert.Sent && c.out.TryLock() {
		_ = c.sendLast(levelFatal, alert.Alert) // the other side may be gone already
		c.out.Unlock()
	}
	_ = c.closeInner() // err is what matters
}

// sendLast sends an alert after which nothing more can be written. The caller holds out.
func (c *Conn) sendLast(level byte, a Alert) error {
	if c.out.err != nil {
		return c.out.err
	}
	c.out.err = fmt.Errorf("ssl3: write: the connection was ended by alert %v: %w", a, net.ErrClosed)
	if err := c.deadlines.allowLastWords(time.Now().Add(lastWordsTimeout)); err != nil {
		return err
	}
	_, err := c.inner.Write(appendRecord(nil, c.out.cipher, typeAlert, []byte{level, byte(a)}))
	return err
}

// LocalAddr returns the address of this side.
func (c *Conn) LocalAddr() net.Addr { return c.inner.LocalAddr() }

// RemoteAddr returns the address of the other side.
func (c *Conn) RemoteAddr() net.Addr { return c.inner.RemoteAddr() }

// SetDeadline sets the deadlines of Read and Write. They hold for a handshake as well, if they are earlier than its own.
func (c *Conn) SetDeadline(t time.Time) error { return c.deadlines.set(&t, &t) }

// SetReadDeadline sets the deadline of Read. A Read that fails by it can be repeated.
func (c *Conn) SetReadDeadline(t time.Time) error { return c.deadlines.set(&t, nil) }

// SetWriteDeadline sets the deadline of Write. A Write that fails by it ends the writing side.
func (c *Conn) SetWriteDeadline(t time.Time) error { return c.deadlines.set(nil, &t) }
