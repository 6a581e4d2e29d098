package gamesim

import (
	"context"
	"errors"
	"time"

	"github.com/charonrelay/charon/blaze"
)

// Expect waits for the packets of wants, in their order, each at most
// Config.Timeout, and consumes them. Every packet must have the form of its
// table, nothing else may come in between. The error is a [*Failure] that names
// step.
func (c *Client) Expect(ctx context.Context, step string, wants ...Want) error {
	for _, w := range wants {
		if err := c.expect(ctx, step, w); err != nil {
			return err
		}
	}
	return nil
}

// Do sends a request and expects what comes of it.
func (c *Client) Do(ctx context.Context, step string, r Request, wants ...Want) error {
	if err := c.Send(ctx, r); err != nil {
		return err
	}
	return c.Expect(ctx, step, wants...)
}

// ExpectClose waits for the server to end the connection; no packet may come
// before.
func (c *Client) ExpectClose(ctx context.Context, step string) error {
	const expected = "the end of the connection"
	p, err := c.peek(ctx)
	if errors.Is(err, ErrClosed) {
		return nil
	}
	if err == nil {
		err = ErrUnexpected
	}
	return c.failure(step, expected, p, err)
}

func (c *Client) expect(ctx context.Context, step string, w Want) error {
	switch {
	case w.mixed != nil:
		return c.expectMixed(ctx, step, w.mixed)
	case w.many > 0:
		return c.expectRun(ctx, step, w)
	}
	p, err := c.peek(ctx)
	if err == nil {
		err = w.match(*p, c.oldest())
	}
	if err != nil {
		if p != nil && p.Type != blaze.Notification {
			c.consume() // so that a refusal leaves the session in step
		}
		return c.failure(step, w.String(), p, err)
	}
	c.consume()
	return nil
}

// expectRun takes packets as long as they match.
func (c *Client) expectRun(ctx context.Context, step string, w Want) error {
	for n := range w.many {
		p, err := c.peek(ctx)
		if err == nil {
			err = w.match(*p, c.oldest())
			if err != nil && n >= w.few {
				return nil
			}
		}
		if err != nil {
			return c.failure(step, w.String(), p, err)
		}
		c.consume()
	}
	return nil
}

// expectMixed takes whole sequences in the order in which they start.
func (c *Client) expectMixed(ctx context.Context, step string, sequences [][]Want) error {
	left := make([][]Want, 0, len(sequences))
	for _, s := range sequences {
		if len(s) > 0 {
			left = append(left, s)
		}
	}
	for len(left) > 0 {
		p, err := c.peek(ctx)
		if err != nil {
			return c.failure(step, describe(left), p, err)
		}
		i, err := c.starts(left, *p)
		if err != nil {
			return c.failure(step, describe(left), p, err)
		}
		if err := c.Expect(ctx, step, left[i]...); err != nil {
			return err
		}
		left = append(left[:i], left[i+1:]...)
	}
	return nil
}

// starts returns which sequence begins with p; the error is the one that says
// most.
func (c *Client) starts(sequences [][]Want, p blaze.Packet) (int, error) {
	err := ErrUnexpected
	for i, s := range sequences {
		miss := s[0].match(p, c.oldest())
		if miss == nil {
			return i, nil
		}
		if !errors.Is(miss, ErrUnexpected) {
			err = miss
		}
	}
	return 0, err
}

// peek returns the next packet, checked against its table, and leaves it to be
// consumed. With an error the packet may still be there, for the report.
func (c *Client) peek(ctx context.Context) (*blaze.Packet, error) {
	if c.held != nil {
		return c.held, nil
	}
	timer := time.NewTimer(c.cfg.Timeout)
	defer timer.Stop()
	select {
	case p, ok := <-c.inbox:
		if !ok {
			return nil, c.readErr
		}
		c.held = &p
		return c.held, checkPacket(p, c.cfg.Lenient)
	case <-timer.C:
		return nil, ErrTimeout
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// consume drops the packet that peek returned; a reply closes its request.
func (c *Client) consume() {
	if c.held.Type != blaze.Notification && len(c.open) > 0 {
		c.open = c.open[1:]
	}
	c.held = nil
}

// oldest returns the oldest request without a reply.
func (c *Client) oldest() *blaze.Header {
	if len(c.open) == 0 {
		return nil
	}
	return &c.open[0]
}

func (c *Client) failure(step, expected string, p *blaze.Packet, err error) error {
	return &Failure{Client: c.cfg.Name, Step: step, Expected: expected, Packet: p, Err: err}
}
