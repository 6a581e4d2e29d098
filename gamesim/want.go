package gamesim

import (
	"fmt"
	"strings"

	"github.com/charonrelay/charon/blaze"
	"github.com/charonrelay/charon/blaze/tdf"
)

// Want is one expected packet, or a run of packets.
type Want struct {
	typ blaze.Type
	// component and id name a notification; a reply is to the oldest request
	// that has none yet.
	message
	codes  []blaze.ErrorCode // of an error reply
	checks []Check
	// few and many bound how often the packet comes; many 0 means once.
	few, many int
	// mixed holds sequences that may arrive in any order, each in its own.
	mixed [][]Want
}

// unbounded is for packets that come as often as the server likes.
const unbounded = 1 << 10

// Answer expects the response to the oldest open request.
func Answer(checks ...Check) Want { return Want{typ: blaze.Response, checks: checks} }

// Refusal expects an error reply with one of the codes to the oldest open request.
func Refusal(codes ...blaze.ErrorCode) Want { return Want{typ: blaze.ErrorReply, codes: codes} }

// Notify expects a notification.
func Notify(c blaze.Component, id uint16, checks ...Check) Want {
	return Want{typ: blaze.Notification, message: message{c, id}, checks: checks}
}

// Maybe makes a packet optional. Another packet must follow in the same list,
// for otherwise there would be no telling when to stop waiting.
func Maybe(w Want) Want { w.few, w.many = 0, 1; return w }

// Repeated lets a notification come once or more often; another packet must
// follow in the same list.
func Repeated(w Want) Want { w.few, w.many = 1, unbounded; return w }

// AnyNumber lets a notification come never or more often; another packet must
// follow in the same list.
func AnyNumber(w Want) Want { w.few, w.many = 0, unbounded; return w }

// Mixed expects several sequences, each in its order, one after another in any
// order.
func Mixed(sequences ...[]Want) Want {
	return Want{mixed: append([][]Want{}, sequences...)}
}

// String describes the expected packet.
func (w Want) String() string {
	if w.mixed != nil {
		return "in any order " + describe(w.mixed)
	}
	var b strings.Builder
	switch w.typ {
	case blaze.Response:
		b.WriteString("the response")
	case blaze.ErrorReply:
		fmt.Fprintf(&b, "an error reply with code %#x", w.codes)
	case blaze.Notification:
		b.WriteString("notification " + blaze.NotificationName(w.component, w.id))
	}
	sep := " with "
	for _, c := range w.checks {
		if c.text != "" {
			b.WriteString(sep + strings.TrimPrefix(c.path+" "+c.text, " "))
			sep = ", "
		}
	}
	return b.String()
}

func describe(sequences [][]Want) string {
	var firsts []string
	for _, s := range sequences {
		if len(s) > 0 {
			firsts = append(firsts, s[0].String())
		}
	}
	return strings.Join(firsts, " or ")
}

// match returns nil if p is the packet that w describes. open is the oldest
// request without a reply, if there is one.
func (w Want) match(p blaze.Packet, open *blaze.Header) error {
	switch p.Type {
	case blaze.Notification:
		if w.typ != p.Type || w.message != (message{p.Component, p.Command}) {
			return ErrUnexpected
		}
	case blaze.Response, blaze.ErrorReply:
		if err := w.matchReply(p, open); err != nil {
			return err
		}
	default:
		return ErrUnexpected
	}
	g, err := p.Fields()
	if err != nil {
		return err
	}
	return w.verify(g)
}

func (w Want) matchReply(p blaze.Packet, open *blaze.Header) error {
	switch {
	case open == nil || w.typ == blaze.Notification:
		return ErrUnexpected
	case p.Component != open.Component || p.Command != open.Command || p.Seq != open.Seq:
		return fmt.Errorf("%w: the oldest open request is %s with seq %d", ErrUnexpected, blaze.CommandName(open.Component, open.Command), open.Seq)
	case p.Type == blaze.ErrorReply && w.typ == blaze.Response:
		return &RefusedError{p.Component, p.Command, p.Error}
	case p.Type != w.typ:
		return ErrUnexpected
	}
	for _, code := range w.codes {
		if p.Error == code {
			return nil
		}
	}
	if w.typ == blaze.ErrorReply {
		return &RefusedError{p.Component, p.Command, p.Error}
	}
	return nil
}

// verify runs the checks.
func (w Want) verify(g tdf.Group) error {
	for _, c := range w.checks {
		if err := c.run(g); err != nil {
			return err
		}
	}
	return nil
}
