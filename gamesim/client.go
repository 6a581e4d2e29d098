package gamesim

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/charonrelay/charon/blaze"
)

// inboxSize bounds the packets that may wait for Expect. No step of a match
// causes half as many.
const inboxSize = 64

// Client is one simulated game, connected to a main server. Its methods are
// for one goroutine at a time; only Close may be called at any time.
type Client struct {
	cfg  Config
	log  *slog.Logger
	conn net.Conn

	turn chan struct{} // held while a packet gets its number and is written
	seq  uint32        // of the next request; guarded by turn

	inbox   chan blaze.Packet
	readErr error // why inbox was closed; valid after that

	pings pingState

	stop    sync.Once
	done    chan struct{}
	workers sync.WaitGroup

	// The rest belongs to the goroutine that plays the game.
	open    []blaze.Header // requests without a reply, oldest first
	held    *blaze.Packet  // looked at, not yet consumed
	me      Account
	told    announced
	selfSub bool // the session is subscribed to itself
}

// announced says whether the server has what a player reports of itself.
type announced struct{ network, hardware knowledge }

type knowledge uint8

const (
	untold knowledge = iota
	unsure           // servers may differ in whether they keep it
	known
)

// Dial connects a game to its main server. Unless Config.Server is set, it asks
// the redirector for the address first (spec: blaze 8.1). The caller closes the
// client. The error is a [*Failure] unless the Config is wrong.
func Dial(ctx context.Context, cfg Config) (*Client, error) {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, err
	}
	server := cfg.Server
	if server == "" {
		addr, err := redirect(ctx, cfg)
		if err != nil {
			return nil, err
		}
		server = addr.String()
		cfg.Logger.DebugContext(ctx, "redirected", "client", cfg.Name, "server", server)
	}
	conn, err := dial(ctx, cfg, server)
	if err != nil {
		return nil, &Failure{Client: cfg.Name, Step: "connect to the main server", Expected: "a connection", Err: causeOf(ctx, err)}
	}
	return newClient(cfg, conn), nil
}

// dial connects over IPv4, the only kind the game knows.
func dial(ctx context.Context, cfg Config, addr string) (net.Conn, error) {
	d := net.Dialer{Timeout: cfg.Timeout}
	return d.DialContext(ctx, "tcp4", addr)
}

// causeOf returns why ctx ended if it did, for then err only says that it did.
func causeOf(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

func newClient(cfg Config, conn net.Conn) *Client {
	c := &Client{
		cfg:   cfg,
		log:   cfg.Logger.With("client", cfg.Name),
		conn:  conn,
		turn:  make(chan struct{}, 1),
		inbox: make(chan blaze.Packet, inboxSize),
		done:  make(chan struct{}),
		me:    cfg.Account,
	}
	c.pings.period = defaultPingPeriod
	c.workers.Go(c.read)
	return c
}

// Close ends the connection as the game does, without a logout, and returns
// when the client's goroutines are gone.
func (c *Client) Close() error {
	c.shut()
	c.workers.Wait()
	return nil
}

// shut ends the connection; the goroutines notice.
func (c *Client) shut() {
	c.stop.Do(func() {
		close(c.done)
		_ = c.conn.Close() // it is given up either way
	})
}

// Account returns what the client knows of its player by now.
func (c *Client) Account() Account { return c.me }

// ID returns the player id, 0 before a login.
func (c *Client) ID() int64 { return c.me.ID }

// Send writes requests one after another without waiting for replies, as the
// game often does. Each reply must be expected, in the same order.
func (c *Client) Send(ctx context.Context, requests ...Request) error {
	for _, r := range requests {
		if err := c.transmit(ctx, r, func(h blaze.Header) { c.open = append(c.open, h) }); err != nil {
			return &Failure{Client: c.cfg.Name, Step: "send " + r.String(), Err: err}
		}
	}
	return nil
}

// transmit numbers and writes a request; note learns its header before the
// first byte is out.
func (c *Client) transmit(ctx context.Context, r Request, note func(blaze.Header)) error {
	select {
	case c.turn <- struct{}{}:
	case <-c.done:
		return ErrClosed
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	defer func() { <-c.turn }()
	p := r.packet(c.seq)
	frame, err := p.AppendTo(nil)
	if err != nil {
		return err
	}
	c.seq = (c.seq + 1) & blaze.MaxSeq
	note(p.Header)
	c.observe(true, p)
	err = c.conn.SetWriteDeadline(time.Now().Add(c.cfg.Timeout))
	if err == nil {
		_, err = c.conn.Write(frame)
	}
	if err != nil {
		return c.endOf(err)
	}
	return nil
}

// read moves packets into the inbox until the connection ends.
func (c *Client) read() {
	defer close(c.inbox)
	r := blaze.NewReader(c.conn, 0)
	for {
		if err := c.conn.SetReadDeadline(time.Now().Add(c.pings.silence(c.cfg.Timeout))); err != nil {
			c.readErr = err
			return
		}
		p, err := r.Next()
		if err != nil {
			c.readErr = c.endOf(err)
			return
		}
		c.observe(false, p)
		if ours, err := c.pings.reply(p, c.cfg.Lenient); err != nil {
			c.readErr = err
			c.shut()
			return
		} else if ours {
			continue
		}
		select {
		case c.inbox <- p:
		default:
			c.readErr = ErrFlood
			c.shut()
			return
		}
	}
}

// endOf turns an error of the connection into a cause.
func (c *Client) endOf(err error) error {
	if fault := c.pings.fault(); fault != nil {
		return fault
	}
	if errors.Is(err, io.EOF) || errors.Is(err, net.ErrClosed) {
		return ErrClosed
	}
	return fmt.Errorf("%w: %w", ErrClosed, err)
}

func (c *Client) observe(sent bool, p blaze.Packet) {
	if c.cfg.Observe != nil {
		c.cfg.Observe(sent, p)
	}
	c.log.Debug("packet", "sent", sent, "component", p.Component, "id", p.Command, "type", p.Type, "seq", p.Seq, "bytes", len(p.Body))
}

// network returns what the game reports of its connection.
func (c *Client) network() Network {
	if c.cfg.Network != nil {
		return *c.cfg.Network
	}
	local := netip.AddrFrom4([4]byte{192, 168, 0, 10})
	if a, err := netip.ParseAddrPort(c.conn.LocalAddr().String()); err == nil && a.Addr().Unmap().Is4() {
		local = a.Addr().Unmap()
	}
	return Network{Internal: netip.AddrPortFrom(local, GamePort), NAT: natUnknown}
}
