package blaze_test

import (
	"github.com/charonrelay/charon/blaze"
	"github.com/charonrelay/charon/blaze/tdf"
)

// networkInfo is NetworkInfo (spec: blaze 4.5.2).
type networkInfo struct {
	Address   address
	Latencies map[string]int64 // one entry
	QoS       qos
}

func encodeNetworkInfo(e *tdf.Encoder, n networkInfo) {
	n.Address.encode(e, "ADDR")
	for alias, ms := range n.Latencies {
		e.Map("NLMP", tdf.TypeString, tdf.TypeVarint, 1, func(int) {
			e.ElemStr(alias)
			e.ElemInt(ms)
		})
	}
	n.QoS.encode(e, "NQOS")
}

func decodeNetworkInfo(g tdf.Group) networkInfo {
	v, _ := g.Get("ADDR")
	n := networkInfo{decodeAddress(v), map[string]int64{}, decodeQoS(g.Group("NQOS"))}
	for k, ms := range g.Map("NLMP").All() {
		n.Latencies[k.Str()] = ms.Int()
	}
	return n
}

// userUpdate is UserSessionExtendedDataUpdate, or NotifyUserAdded if User is
// set (spec: blaze 4.5.6).
type userUpdate struct {
	Data extendedData
	ID   int64
	User *userID
}

func encodeUserUpdate(e *tdf.Encoder, u userUpdate) {
	e.Group("DATA", func() { u.Data.encode(e) })
	if u.User != nil {
		e.Group("USER", func() { u.User.encode(e) })
	} else {
		e.Int("USID", u.ID)
	}
}

func decodeUserUpdate(g tdf.Group) userUpdate {
	u := userUpdate{Data: decodeExtendedData(g.Group("DATA")), ID: g.Int("USID")}
	if g.Has("USER") {
		id := decodeUserID(g.Group("USER"))
		u.User = &id
	}
	return u
}

var userVectors = []vector{
	of("a06_update_network_info_request", request(blaze.UserSessions, blaze.UsersUpdateNetworkInfo, 8),
		networkInfo{
			Address:   address{Pair: &pair{Internal: homePair.Internal}},
			Latencies: map[string]int64{"ea-sjc": 156},
			QoS:       unknownQoS,
		}, encodeNetworkInfo, decodeNetworkInfo),
	of("a07_user_extended_data_in_game", notification(blaze.UserSessions, blaze.NotifyUserExtendedData),
		userUpdate{
			Data: extendedData{
				BestSite: "ea-sjc", Attributes: map[uint64]int64{0x70001: 100}, QoS: unknownQoS,
				Objects: []tdf.ObjectID{{ObjectType: tdf.ObjectType{Component: 4, Type: 1}, ID: 1}},
			},
			ID: 1,
		}, encodeUserUpdate, decodeUserUpdate),
	of("a08_user_added", notification(blaze.UserSessions, blaze.NotifyUserAdded),
		userUpdate{
			Data: extendedData{
				Address: address{Pair: &homePair}, BestSite: "ea-sjc", Attributes: map[uint64]int64{0x70001: 100},
				Latencies: []uint64{156}, QoS: unknownQoS,
			},
			User: &userID{AccountID: 1, Locale: 0x64654445, ID: 1, Name: "Test"},
		}, encodeUserUpdate, decodeUserUpdate),
}
