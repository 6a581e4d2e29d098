package gamesim

import (
	"fmt"
	"slices"

	"github.com/charonrelay/charon/blaze"
	"github.com/charonrelay/charon/blaze/tdf"
)

// Expectations about players. In their names and checks, of is the player that
// the packet is about, and gid the game it must be in, 0 for none.

// Components and types of objects (spec: blaze 5.2).
var (
	userObject = tdf.ObjectType{Component: uint16(blaze.UserSessions), Type: 1}
	gameObject = tdf.ObjectType{Component: uint16(blaze.GameManager), Type: 1}
	listObject = tdf.ObjectType{Component: uint16(blaze.AssociationLists), Type: 1}
)

// ratingAttribute is the only key of DMAP: attribute 1 of Stats (spec: blaze 5.2).
const ratingAttribute = uint64(blaze.Stats)<<16 | 1

// subscribedAndOnline are the flags of every UserUpdated (spec: blaze 4.5.6).
const subscribedAndOnline = 3

// userAdded expects UserAdded.
func userAdded(of *Client, gid uint64) Want {
	checks := []Check{
		Is("USER.ID", of.me.ID),
		Is("USER.AID", of.me.ID),
		Is("USER.NAME", of.me.Name),
	}
	return Notify(blaze.UserSessions, blaze.NotifyUserAdded, append(checks, extendedData("DATA", of, gid)...)...)
}

// userUpdated expects UserUpdated.
func userUpdated(of *Client) Want {
	return Notify(blaze.UserSessions, blaze.NotifyUserUpdated, Is("FLGS", subscribedAndOnline), Is("ID", of.me.ID))
}

// userRemoved expects UserRemoved.
func userRemoved(of *Client) Want {
	return Notify(blaze.UserSessions, blaze.NotifyUserRemoved, Is("BUID", of.me.ID))
}

// userData expects UserSessionExtendedDataUpdate.
func userData(of *Client, gid uint64) Want {
	checks := append([]Check{Is("USID", of.me.ID)}, extendedData("DATA", of, gid)...)
	return Notify(blaze.UserSessions, blaze.NotifyUserExtendedData, checks...)
}

// userDisconnected expects the news of a newer login (spec: blaze 4.3).
func userDisconnected() Want {
	return Notify(blaze.UserSessions, blaze.NotifyUserDisconnected, Is("SDR", 0))
}

// extendedData checks a UserSessionExtendedData (spec: blaze 4.1).
func extendedData(path string, of *Client, gid uint64) []Check {
	checks := []Check{
		membership(path+".ULST", gid),
		Holds(path+".DMAP", "has the N7 rating alone", onlyRating),
	}
	switch of.told.hardware {
	case untold:
		checks = append(checks, Is(path+".HWFG", 0))
	case known:
		checks = append(checks, Is(path+".HWFG", headset))
	}
	checks = append(checks, address(path+".ADDR", of))
	n := Network{NAT: natUnknown}
	switch of.told.network {
	case unsure:
		return checks
	case known:
		n = of.network()
	}
	checks = append(checks, quality(path+".QDAT", n)...)
	return append(checks, Is(path+".PSLM", latencies(n)...))
}

// quality checks a NetworkQosData.
func quality(path string, n Network) []Check {
	return []Check{Is(path+".DBPS", n.Down), Is(path+".NATT", n.NAT), Is(path+".UBPS", n.Up)}
}

// membership checks the list of what a player is in.
func membership(path string, gid uint64) Check {
	want := "is missing"
	if gid != 0 {
		want = fmt.Sprintf("is [%v]", tdf.ObjectID{ObjectType: gameObject, ID: gid})
	}
	return Holds(path, want, func(v tdf.Value) string {
		var ids []tdf.ObjectID
		for x := range v.List().All() {
			ids = append(ids, x.ObjectID())
		}
		var expected []tdf.ObjectID
		if gid != 0 {
			expected = append(expected, tdf.ObjectID{ObjectType: gameObject, ID: gid})
		}
		if !slices.Equal(ids, expected) {
			return fmt.Sprintf("is %v, not %v", ids, expected)
		}
		return ""
	})
}

func onlyRating(v tdf.Value) string {
	n := 0
	for k := range v.Map().All() {
		if k.Uint() != ratingAttribute {
			return fmt.Sprintf("has the key %#x", k.Uint())
		}
		n++
	}
	if n != 1 {
		return fmt.Sprintf("has %d entries, not the N7 rating alone", n)
	}
	return ""
}

// latencies returns the expected PSLM.
func latencies(n Network) []any {
	if len(n.Latency) == 0 {
		return []any{nothing{}, []uint64{}}
	}
	ms := make([]uint64, len(n.Latency))
	for i, l := range n.Latency {
		ms[i] = uint64(l.Milliseconds)
	}
	return []any{ms}
}

// address checks where a player is. The server may replace what it knows
// better (spec: blaze 4.5.2); lenient clients accept every replacement.
func address(path string, of *Client) Check {
	if of.told.network == untold {
		return unionIs(path, tdf.UnionUnset)
	}
	if of.told.network == unsure {
		return unionIs(path, tdf.UnionUnset, addressPair)
	}
	n := of.network()
	return Holds(path, "is the pair that the game reported", func(v tdf.Value) string {
		index, pair, _ := v.Union()
		if index != addressPair {
			return fmt.Sprintf("is union %d, not %d", index, addressPair)
		}
		if of.cfg.Lenient {
			return ""
		}
		return wrongPair(pair, n)
	})
}

// wrongPair compares an IpPairAddress with the reported one. An external
// address that says nothing is replaced.
func wrongPair(pair tdf.Group, n Network) string {
	external, internal := pair.Group("EXIP"), pair.Group("INIP")
	if internal.Uint("IP") != packIPv4(n.Internal.Addr()) || internal.Uint("PORT") != uint64(n.Internal.Port()) {
		return fmt.Sprintf("has the internal address %v, not %v", internal, n.Internal)
	}
	if ip := n.External.Addr(); ip.Is4() && !ip.IsUnspecified() && !ip.IsLoopback() {
		if external.Uint("IP") != packIPv4(ip) || external.Uint("PORT") != uint64(n.External.Port()) {
			return fmt.Sprintf("has the external address %v, not %v", external, n.External)
		}
		return ""
	}
	if external.Uint("IP") == 0 {
		return "has no external address, although the server can see one"
	}
	if external.Uint("PORT") != uint64(n.Internal.Port()) {
		return fmt.Sprintf("has the external port %d, not that of the internal address", external.Uint("PORT"))
	}
	return ""
}
