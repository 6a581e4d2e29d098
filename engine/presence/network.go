package presence

import (
	"maps"
	"net/netip"
	"slices"

	"github.com/charonrelay/charon/blaze/tdf"
)

// natUnknown is the NAT type of a user who has not reported any (spec: blaze 5.1).
const natUnknown = 4

// QoS is a user's NetworkQosData (spec: blaze 4.1): bandwidth in bits per
// second and NAT type.
type QoS struct {
	Down, Up uint32
	NAT      uint8
}

// Encode writes the three fields as the group label.
func (q QoS) Encode(e *tdf.Encoder, label string) {
	e.Group(label, func() {
		e.Uint("DBPS", uint64(q.Down))
		e.Uint("NATT", uint64(q.NAT))
		e.Uint("UBPS", uint64(q.Up))
	})
}

// Network is what a game has reported about its connection.
type Network struct {
	Address Address
	QoS     QoS
	// Hardware are the HWFG flags; 1 is a voice headset.
	Hardware uint32
	// Latencies are round trips in ms, in ascending order of their sites' aliases.
	Latencies []int64
}

// NewNetwork returns the state before any report: no address, NAT unknown.
func NewNetwork() Network { return Network{QoS: QoS{NAT: natUnknown}} }

// AddressRule corrects the external address that a game reports
// (spec: blaze 4.5.2, engine 2.7).
type AddressRule struct {
	// Peer is the game's address as seen by the server; invalid if unknown.
	Peer netip.Addr
	// Public replaces a Peer on the server's own machine or network, so that
	// players elsewhere can reach this one; invalid if not configured.
	Public netip.Addr
}

func (r AddressRule) apply(a Address) Address {
	if !a.IsPair() {
		return a
	}
	ext := a.External.Addr()
	if ext.IsValid() && !ext.IsUnspecified() && !ext.IsLoopback() {
		return a
	}
	seen := r.Peer.Unmap()
	if r.Public.Is4() && (!seen.Is4() || seen.IsLoopback() || seen.IsPrivate()) {
		seen = r.Public
	}
	if seen.Is4() {
		a.External = netip.AddrPortFrom(seen, a.Internal.Port())
	}
	return a
}

// SetInfo takes over an updateNetworkInfo request (spec: blaze 4.5.2).
func (n *Network) SetInfo(body tdf.Group, rule AddressRule) {
	if v, ok := body.Get("ADDR"); ok && v.Type() == tdf.TypeUnion {
		n.Address = rule.apply(DecodeAddress(v))
	}
	if v, ok := body.Get("NQOS"); ok && v.Type() == tdf.TypeGroup {
		q := v.Group()
		n.QoS = QoS{Down: uint32(q.Uint("DBPS")), NAT: uint8(q.Uint("NATT")), Up: uint32(q.Uint("UBPS"))}
	}
	sites := map[string]int64{}
	for site, ms := range body.Map("NLMP").All() {
		if len(sites) < maxSites {
			sites[site.Str()] = int64(int32(ms.Int()))
		}
	}
	n.Latencies = nil
	for _, site := range slices.SortedFunc(maps.Keys(sites), tdf.CompareKeys) {
		n.Latencies = append(n.Latencies, sites[site])
	}
}

// maxSites bounds how many latencies are kept; the official service had three sites.
const maxSites = 16

// Values and flags of setClientMetrics (spec: blaze 4.4.10).
const (
	upnpEnabled   = 2
	upnpDoubleNAT = 2
)

// SetMetrics takes over a setClientMetrics request and reports whether it
// changed the address: a router that maps ports knows the external address
// better than the game (spec: blaze 4.4.10).
func (n *Network) SetMetrics(body tdf.Group) bool {
	wan := uint32(body.Uint("UWAN"))
	if body.Uint("USTA") != upnpEnabled || wan == 0 || body.Uint("UBFL")&upnpDoubleNAT != 0 {
		return false
	}
	if n.Address.IsSet() && !n.Address.IsPair() {
		return false
	}
	if !n.Address.IsSet() {
		n.Address = PairAddress(netip.AddrPort{}, netip.AddrPort{})
	}
	n.Address.External = netip.AddrPortFrom(ipv4(wan), n.Address.External.Port())
	return true
}
