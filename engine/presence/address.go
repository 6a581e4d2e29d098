package presence

import (
	"bytes"
	"encoding/binary"
	"net/netip"

	"github.com/charonrelay/charon/blaze/tdf"
)

// Indexes of the NetworkAddress union (spec: blaze 4.1).
const (
	addressXboxClient = 0
	addressPair       = 2
	addressIP         = 3
	addressHostName   = 4
)

// maxRaw bounds an address that is kept as it is: everybody in the game is
// sent it with each change. The longest real one is a host name.
const maxRaw = 300

// Address is a NetworkAddress: where the game of a user or the host of a match
// is reached by UDP (spec: blaze 4.1). The zero Address is unset.
type Address struct {
	index uint8 // union index + 1; 0 is unset
	// External and Internal are the two ends of a pair; a single address is in
	// External.
	External, Internal netip.AddrPort
	// raw are the fields of a kind this package does not look into.
	raw []byte
}

// PairAddress returns the address that PC games send: as seen from the
// Internet and on the local network. Both are IPv4.
func PairAddress(external, internal netip.AddrPort) Address {
	return Address{index: addressPair + 1, External: external, Internal: internal}
}

// SingleAddress returns an address of a single endpoint, IPv4, such as the
// local end of a tunnel.
func SingleAddress(ap netip.AddrPort) Address {
	return Address{index: addressIP + 1, External: ap}
}

// IsSet reports whether the address is known.
func (a Address) IsSet() bool { return a.index != 0 }

// IsPair reports whether the address is a pair.
func (a Address) IsPair() bool { return a.index == addressPair+1 }

// DecodeAddress reads a NetworkAddress. The kinds other than pair and single
// endpoint are kept as they are (spec: blaze 4.5.2). What could not be sent on
// reads as unset: kinds that do not exist, fields out of order, and kept ones
// of more than 300 bytes.
func DecodeAddress(v tdf.Value) Address {
	index, member, ok := v.Union()
	switch {
	case !ok || index > addressHostName:
		return Address{}
	case index == addressPair:
		return PairAddress(decodeEndpoint(member.Group("EXIP")), decodeEndpoint(member.Group("INIP")))
	case index == addressIP:
		return SingleAddress(decodeEndpoint(member))
	case len(member.Raw()) > maxRaw || tdf.CheckOrder(member) != nil:
		return Address{}
	}
	return Address{index: index + 1, raw: bytes.Clone(member.Raw())}
}

// Encode writes the address as the union field label.
func (a Address) Encode(e *tdf.Encoder, label string) {
	if a.index == 0 {
		e.UnionUnset(label)
		return
	}
	e.Union(label, a.index-1, func() { a.member(e) })
}

// EncodeElement writes the address as an element of a list, as in HNET
// (spec: blaze 2.10 rule 4). An unset address and that of an Xbox, whose index
// has no spelling there, become a pair of zeros, the form that is known to be
// safe (spec: blaze 4.6.1).
func (a Address) EncodeElement(e *tdf.Encoder) {
	if a.index == 0 || a.index == addressXboxClient+1 {
		a = PairAddress(netip.AddrPort{}, netip.AddrPort{})
	}
	e.ElemUnion(a.index-1, func() { a.member(e) })
}

func (a Address) member(e *tdf.Encoder) {
	switch a.index - 1 {
	case addressPair:
		e.Group("EXIP", func() { encodeEndpoint(e, a.External) })
		e.Group("INIP", func() { encodeEndpoint(e, a.Internal) })
	case addressIP:
		encodeEndpoint(e, a.External)
	default:
		if g, err := tdf.Parse(a.raw); err == nil {
			e.Copy(g)
		}
	}
}

func encodeEndpoint(e *tdf.Encoder, ap netip.AddrPort) {
	var ip uint32
	if a := ap.Addr().Unmap(); a.Is4() {
		b := a.As4()
		ip = binary.BigEndian.Uint32(b[:])
	}
	e.Uint("IP", uint64(ip))
	e.Uint("PORT", uint64(ap.Port()))
}

func decodeEndpoint(g tdf.Group) netip.AddrPort {
	return netip.AddrPortFrom(ipv4(uint32(g.Uint("IP"))), uint16(g.Uint("PORT")))
}

func ipv4(n uint32) netip.Addr {
	var b [4]byte
	binary.BigEndian.PutUint32(b[:], n)
	return netip.AddrFrom4(b)
}
