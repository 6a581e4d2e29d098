package gamesim

import (
	"github.com/charonrelay/charon/blaze"
	"github.com/charonrelay/charon/blaze/tdf"
)

// Request is one request as the game sends it.
type Request struct {
	component blaze.Component
	command   uint16
	fields    func(*tdf.Encoder)
}

// NewRequest returns a request with any body; nil fields for an empty one. The
// functions that return a Request make the ones the game is known to send.
func NewRequest(c blaze.Component, command uint16, fields func(*tdf.Encoder)) Request {
	return Request{c, command, fields}
}

// String returns the name of the command.
func (r Request) String() string { return blaze.CommandName(r.component, r.command) }

func (r Request) packet(seq uint32) blaze.Packet {
	return blaze.NewRequest(r.component, r.command, seq, r.fields)
}

// noObject is the object id of fields that ME3 leaves alone.
var noObject tdf.ObjectID

// writeAddressPair writes the fields of an IpPairAddress (spec: blaze 4.1).
func writeAddressPair(e *tdf.Encoder, n Network) {
	e.Group("EXIP", func() {
		e.Uint("IP", packIPv4(n.External.Addr()))
		e.Uint("PORT", uint64(n.External.Port()))
	})
	e.Group("INIP", func() {
		e.Uint("IP", packIPv4(n.Internal.Addr()))
		e.Uint("PORT", uint64(n.Internal.Port()))
	})
}

// writeUser writes the fields of a UserIdentification that names a player by
// id only.
func writeUser(e *tdf.Encoder, id int64) {
	e.Int("AID", 0)
	e.Uint("ALOC", 0)
	e.Blob("EXBB", nil)
	e.Uint("EXID", 0)
	e.Int("ID", id)
	e.Str("NAME", "")
}
