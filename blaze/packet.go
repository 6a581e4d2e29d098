package blaze

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/charonrelay/charon/blaze/tdf"
)

// Type is the kind of a packet (spec: blaze 1.2).
type Type uint8

// The message types that ME3 uses. Any other value counts as a request.
const (
	Request      Type = 0
	Response     Type = 1
	Notification Type = 2
	ErrorReply   Type = 3
)

// String returns the name of the type in lower case.
func (t Type) String() string {
	switch t {
	case Response:
		return "response"
	case Notification:
		return "notification"
	case ErrorReply:
		return "error"
	}
	return "request"
}

// Options are the flags in the high nibble of header byte 9 (spec: blaze 1.3).
type Options uint8

// The option flags. JumboFrame is set by the encoder exactly when the body
// needs it.
const (
	JumboFrame   Options = 1 << 0
	HasContext   Options = 1 << 1
	Immediate    Options = 1 << 2
	JumboContext Options = 1 << 3
)

// MaxSeq is the largest message number; it has 20 bits (spec: blaze 1.1).
const MaxSeq = 1<<20 - 1

// Sizes of a frame's header: of the fixed part, and with every extension.
const (
	headerLen    = 12
	maxHeaderLen = headerLen + 2 + 8
)

// Header is everything of a packet but its body.
type Header struct {
	Component Component
	Command   uint16
	// Error is the code of an ErrorReply, 0 otherwise.
	Error ErrorCode
	Type  Type
	// User is the index of the local user, 0 on PC; 4 bits.
	User    uint8
	Options Options
	// Seq is the message number: a reply repeats its request's, a
	// notification has 0. 20 bits.
	Seq uint32
	// Context is present if Options has HasContext; 64 bits with JumboContext,
	// else 32.
	Context uint64
}

// Packet is one frame. A packet whose fields could not be encoded has no body
// and says so in [Packet.AppendTo] and [Packet.Fields], so that making one
// needs no error path.
type Packet struct {
	Header
	// Body is TDF without a terminator.
	Body []byte

	err error // why there is no body
}

// NewRequest returns a request with the given number and fields; nil fields
// for an empty body.
func NewRequest(c Component, command uint16, seq uint32, fields func(*tdf.Encoder)) Packet {
	return encode(Header{Component: c, Command: command, Type: Request, Seq: seq & MaxSeq}, fields)
}

// NewNotification returns a notification; nil fields for an empty body.
func NewNotification(c Component, id uint16, fields func(*tdf.Encoder)) Packet {
	return encode(Header{Component: c, Command: id, Type: Notification}, fields)
}

// Reply returns the response to the request h; nil fields for an empty body.
// It repeats component, command and the whole message number and clears the
// options (spec: blaze 1.3).
func (h Header) Reply(fields func(*tdf.Encoder)) Packet {
	return encode(h.reply(Response, 0), fields)
}

// ReplyError returns the error response to the request h, with an empty body.
func (h Header) ReplyError(code ErrorCode) Packet {
	return Packet{Header: h.reply(ErrorReply, code)}
}

func (h Header) reply(t Type, code ErrorCode) Header {
	return Header{Component: h.Component, Command: h.Command, Error: code, Type: t, User: h.User, Seq: h.Seq}
}

// bodyHint is the room made for a body before it is encoded, in bytes. Most fit;
// the longest notification of a game takes about four times as much.
const bodyHint = 256

func encode(h Header, fields func(*tdf.Encoder)) Packet {
	p := Packet{Header: h}
	if fields == nil {
		return p
	}
	e := tdf.NewEncoder(make([]byte, 0, bodyHint))
	fields(e)
	if err := e.Err(); err != nil {
		p.err = fmt.Errorf("blaze: encode %s: %w", p.name(), err)
		return p
	}
	p.Body = e.Bytes()
	return p
}

// ErrTooLong is returned for a body that no frame can carry.
var ErrTooLong = errors.New("blaze: body longer than 4 GiB")

// AppendTo appends the frame to dst. The flag JumboFrame is set exactly when
// the body has more than 65535 bytes. The error is [ErrTooLong], or says which
// label or union index of the packet's fields cannot be encoded.
func (p Packet) AppendTo(dst []byte) ([]byte, error) {
	if p.err != nil {
		return dst, p.err
	}
	n := len(p.Body)
	if uint64(n) > math.MaxUint32 {
		return dst, ErrTooLong
	}
	opts := p.Options &^ JumboFrame
	if n > math.MaxUint16 {
		opts |= JumboFrame
	}
	dst = slices.Grow(dst, maxHeaderLen+n)
	dst = binary.BigEndian.AppendUint16(dst, uint16(n))
	dst = binary.BigEndian.AppendUint16(dst, uint16(p.Component))
	dst = binary.BigEndian.AppendUint16(dst, p.Command)
	dst = binary.BigEndian.AppendUint16(dst, uint16(p.Error))
	dst = append(dst, byte(p.Type)<<4|p.User&0xf, byte(opts)<<4|byte(p.Seq>>16)&0xf)
	dst = binary.BigEndian.AppendUint16(dst, uint16(p.Seq))
	if opts&JumboFrame != 0 {
		dst = binary.BigEndian.AppendUint16(dst, uint16(n>>16))
	}
	if opts&HasContext != 0 {
		dst = binary.BigEndian.AppendUint32(dst, uint32(p.Context))
		if opts&JumboContext != 0 {
			dst = binary.BigEndian.AppendUint32(dst, uint32(p.Context>>32))
		}
	}
	return append(dst, p.Body...), nil
}

// parseHeader reads the fixed part of a frame. more is how many bytes extend
// the header; they go to extend.
func parseHeader(b [headerLen]byte) (h Header, bodyLen uint32, more int) {
	bodyLen = uint32(binary.BigEndian.Uint16(b[0:]))
	h = Header{
		Component: Component(binary.BigEndian.Uint16(b[2:])),
		Command:   binary.BigEndian.Uint16(b[4:]),
		Error:     ErrorCode(binary.BigEndian.Uint16(b[6:])),
		Type:      Type(b[8] >> 4),
		User:      b[8] & 0xf,
		Options:   Options(b[9] >> 4),
		Seq:       uint32(b[9]&0xf)<<16 | uint32(binary.BigEndian.Uint16(b[10:])),
	}
	if h.Type > ErrorReply {
		h.Type = Request
	}
	if h.Options&JumboFrame != 0 {
		more += 2
	}
	if h.Options&HasContext != 0 {
		more += 4
		if h.Options&JumboContext != 0 {
			more += 4
		}
	}
	return h, bodyLen, more
}

// extend reads the bytes that extend the header and returns the length of the
// body. It drops JumboFrame, which says nothing about the packet.
func (h *Header) extend(b []byte, bodyLen uint32) uint32 {
	if h.Options&JumboFrame != 0 {
		bodyLen |= uint32(binary.BigEndian.Uint16(b)) << 16
		b = b[2:]
	}
	if h.Options&HasContext != 0 {
		h.Context = uint64(binary.BigEndian.Uint32(b))
		if h.Options&JumboContext != 0 {
			h.Context |= uint64(binary.BigEndian.Uint32(b[4:])) << 32
		}
	}
	h.Options &^= JumboFrame
	return bodyLen
}

// Fields parses the body.
func (p Packet) Fields() (tdf.Group, error) {
	if p.err != nil {
		return tdf.Group{}, p.err
	}
	g, err := tdf.Parse(p.Body)
	if err != nil {
		return tdf.Group{}, fmt.Errorf("blaze: %s %s: %w", p.name(), p.Type, err)
	}
	return g, nil
}

func (h Header) name() string {
	if h.Type == Notification {
		return NotificationName(h.Component, h.Command)
	}
	return CommandName(h.Component, h.Command)
}

// Format implements [fmt.Formatter]: %v prints the packet on one line with its
// labels and values, %+v over several lines. Secrets are left out, see
// [tdf.Group.Format].
func (p Packet) Format(f fmt.State, verb rune) {
	fmt.Fprintf(f, "%s %s seq %d", p.name(), p.Type, p.Seq)
	if p.Error != 0 {
		fmt.Fprintf(f, " %s", ErrorName(p.Component, p.Error))
	}
	g, err := p.Fields()
	switch {
	case err != nil:
		fmt.Fprintf(f, " (%d bytes, %v)", len(p.Body), errors.Unwrap(err))
	case !g.Empty():
		_, _ = f.Write([]byte{' '})
		g.Format(f, verb)
	}
}
