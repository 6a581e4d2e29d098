package blaze_test

import "github.com/charonrelay/charon/blaze/tdf"

// game is ReplicatedGameData (spec: blaze 4.1).
type game struct {
	Admins       []uint64
	Attributes   []tdf.Pair
	Capacity     []uint64
	ID           uint64
	Name         string
	VersionHash  uint64
	Settings     uint64
	ReportID     uint64
	State        uint64
	Network      address
	HostSession  uint64
	MaxPlayers   uint64
	QoS          qos
	Topology     uint64
	PlatformHost host
	Presence     uint64
	PingSite     string
	Seed         uint64
	TopologyHost host
	UUID         string
	VoIP         uint64
	Version      string
}

type host struct {
	ID   int64
	Slot uint64
}

func (h host) encode(e *tdf.Encoder) {
	e.Int("HPID", h.ID)
	e.Uint("HSLT", h.Slot)
}

func decodeHost(g tdf.Group) host { return host{g.Int("HPID"), g.Uint("HSLT")} }

func (d game) encode(e *tdf.Encoder) {
	e.UintList("ADMN", d.Admins...)
	e.StrMap("ATTR", d.Attributes)
	e.UintList("CAP", d.Capacity...)
	e.Uint("GID", d.ID)
	e.Str("GNAM", d.Name)
	e.Uint("GPVH", d.VersionHash)
	e.Uint("GSET", d.Settings)
	e.Uint("GSID", d.ReportID)
	e.Uint("GSTA", d.State)
	e.Str("GTYP", "")
	e.List("HNET", tdf.TypeGroup, 1, func(int) { d.Network.encodeElement(e) })
	e.Uint("HSES", d.HostSession)
	e.Bool("IGNO", false)
	e.Uint("MCAP", d.MaxPlayers)
	d.QoS.encode(e, "NQOS")
	e.Bool("NRES", false)
	e.Uint("NTOP", d.Topology)
	e.Str("PGID", "")
	e.Blob("PGSR", nil)
	e.Group("PHST", func() { d.PlatformHost.encode(e) })
	e.Uint("PRES", d.Presence)
	e.Str("PSAS", d.PingSite)
	e.Uint("QCAP", 0)
	e.Uint("SEED", d.Seed)
	e.Uint("TCAP", 0)
	e.Group("THST", func() { d.TopologyHost.encode(e) })
	e.Str("UUID", d.UUID)
	e.Uint("VOIP", d.VoIP)
	e.Str("VSTR", d.Version)
	e.Blob("XNNC", nil)
	e.Blob("XSES", nil)
}

func decodeGame(g tdf.Group) game {
	d := game{
		Admins:       uints(g.List("ADMN")),
		Attributes:   pairs(g.Map("ATTR")),
		Capacity:     uints(g.List("CAP")),
		ID:           g.Uint("GID"),
		Name:         g.Str("GNAM"),
		VersionHash:  g.Uint("GPVH"),
		Settings:     g.Uint("GSET"),
		ReportID:     g.Uint("GSID"),
		State:        g.Uint("GSTA"),
		HostSession:  g.Uint("HSES"),
		MaxPlayers:   g.Uint("MCAP"),
		QoS:          decodeQoS(g.Group("NQOS")),
		Topology:     g.Uint("NTOP"),
		PlatformHost: decodeHost(g.Group("PHST")),
		Presence:     g.Uint("PRES"),
		PingSite:     g.Str("PSAS"),
		Seed:         g.Uint("SEED"),
		TopologyHost: decodeHost(g.Group("THST")),
		UUID:         g.Str("UUID"),
		VoIP:         g.Uint("VOIP"),
		Version:      g.Str("VSTR"),
	}
	for v := range g.List("HNET").All() {
		d.Network = decodeAddress(v)
	}
	return d
}

// player is ReplicatedGamePlayer (spec: blaze 4.1).
type player struct {
	GameID    uint64
	Locale    uint64
	Name      string
	ID        int64
	Network   address
	Slot      uint64
	State     uint64
	Team      uint64
	JoinTime  int64
	SessionID uint64
}

func (p player) encode(e *tdf.Encoder) {
	e.Blob("BLOB", nil)
	e.Uint("EXID", 0)
	e.Uint("GID", p.GameID)
	e.Uint("LOC", p.Locale)
	e.Str("NAME", p.Name)
	e.Int("PID", p.ID)
	p.Network.encode(e, "PNET")
	e.Uint("SID", p.Slot)
	e.Uint("SLOT", 0)
	e.Uint("STAT", p.State)
	e.Uint("TIDX", p.Team)
	e.Int("TIME", p.JoinTime)
	e.ObjectID("UGID", tdf.ObjectID{})
	e.Uint("UID", p.SessionID)
}

func decodePlayer(g tdf.Group) player {
	network, _ := g.Get("PNET")
	return player{
		g.Uint("GID"), g.Uint("LOC"), g.Str("NAME"), g.Int("PID"), decodeAddress(network),
		g.Uint("SID"), g.Uint("STAT"), g.Uint("TIDX"), g.Int("TIME"), g.Uint("UID"),
	}
}

// matchmade is the reason of a set-up by matchmaking (spec: blaze 4.1).
type matchmade struct{ Fit, MaxFit, SessionID, Result, UserID uint64 }

// gameSetup is NotifyGameSetup (spec: blaze 4.6.16).
type gameSetup struct {
	Game    game
	Players []player
	Context uint64     // of a dataless reason
	Match   *matchmade // else
}

func (s gameSetup) encode(e *tdf.Encoder) {
	e.Group("GAME", func() { s.Game.encode(e) })
	e.List("PROS", tdf.TypeGroup, len(s.Players), func(i int) { e.ElemGroup(func() { s.Players[i].encode(e) }) })
	if m := s.Match; m != nil {
		e.Union("REAS", 3, func() {
			e.Uint("FIT", m.Fit)
			e.Uint("MAXF", m.MaxFit)
			e.Uint("MSID", m.SessionID)
			e.Uint("RSLT", m.Result)
			e.Uint("USID", m.UserID)
		})
	} else {
		e.Union("REAS", 0, func() { e.Uint("DCTX", s.Context) })
	}
}

func decodeGameSetup(g tdf.Group) gameSetup {
	s := gameSetup{Game: decodeGame(g.Group("GAME"))}
	for _, p := range groups(g.List("PROS")) {
		s.Players = append(s.Players, decodePlayer(p))
	}
	switch index, r, _ := g.Union("REAS"); index {
	case 0:
		s.Context = r.Uint("DCTX")
	case 3:
		s.Match = &matchmade{r.Uint("FIT"), r.Uint("MAXF"), r.Uint("MSID"), r.Uint("RSLT"), r.Uint("USID")}
	}
	return s
}

var (
	hostPlayer = player{
		GameID: 1, Locale: 0x656e4e5a, Name: "Test", ID: 1, Network: address{Pair: &homePair}, State: 4, Team: 0xffff, SessionID: 1,
	}
	joiner = player{
		GameID: 1, Locale: 0x656e4e5a, Name: "Two", ID: 2, Network: address{Pair: &joinerPair},
		Slot: 1, State: 2, Team: 0xffff, SessionID: 2,
	}
)

// createdGame is the set-up that the creator of a match gets, and matchedGame
// the one of a player who found it.
func createdGame() gameSetup {
	attributes := []tdf.Pair{
		{Key: "ME3map", Value: "map11"},
		{Key: "ME3gameEnemyType", Value: "enemy1"},
		{Key: "ME3gameDifficulty", Value: "difficulty0"},
		{Key: "ME3privacy", Value: "PUBLIC"},
		{Key: "ME3_dlc3225", Value: "required"},
		{Key: "ME3_dlc3050", Value: "required"},
		{Key: "ME3_dlc2700", Value: "required"},
		{Key: "ME3_dlc2500", Value: "required"},
		{Key: "ME3_dlc2300", Value: "required"},
	}
	tdf.SortPairs(attributes)
	return gameSetup{
		Game: game{
			Admins: []uint64{1}, Attributes: attributes, Capacity: []uint64{4, 0}, ID: 1, Name: "Test",
			VersionHash: 0x05a4f2b378b715c6, Settings: 287, ReportID: 18014398695176361, State: 1,
			Network: address{Pair: &homePair}, HostSession: 1, MaxPlayers: 4, QoS: unknownQoS,
			PlatformHost: host{ID: 1}, Presence: 1, PingSite: "ea-sjc", Seed: 0x12345678, TopologyHost: host{ID: 1},
			UUID: "286a2373-3e6e-46b9-8294-3ef05e479503", VoIP: 2, Version: "ME3-295976325-179181965240128",
		},
		Players: []player{hostPlayer},
	}
}

func matchedGame() gameSetup {
	s := createdGame()
	s.Game.Admins = []uint64{1, 2}
	s.Game.State = 0x82
	s.Game.Network = address{Single: &tunnelEnd}
	s.Game.Topology = 1
	s.Players = []player{hostPlayer, joiner}
	s.Match = &matchmade{21600, 21600, 2, 2, 2}
	return s
}
