package wiretest

import (
	"fmt"

	"github.com/charonrelay/charon/blaze"
	"github.com/charonrelay/charon/blaze/tdf"
)

// View is what a game believes about the world, from nothing but what it was
// told. [View.Apply] fails when a packet makes no sense to it: somebody it was
// never introduced to, a game it is not in, a slot that is taken.
type View struct {
	// Known are the users it was introduced to, itself included after postAuth.
	Known map[uint64]bool
	// Game is the game it is in, 0 for none; the rest describes that game.
	Game     uint64
	Host     uint64
	State    uint64
	Settings uint64
	Attrs    map[string]string
	Players  map[uint64]Player
	// Disconnected says that it was told to go.
	Disconnected bool

	self uint64
}

// Player is a member of a game.
type Player struct{ Slot, State uint64 }

// NewView returns the view of a player who has been told nothing.
func NewView(self uint32) *View {
	return &View{self: uint64(self), Known: map[uint64]bool{}}
}

// Apply takes a notification over. Answers change nothing.
func (v *View) Apply(p blaze.Packet) error {
	if p.Type != blaze.Notification {
		return nil
	}
	g, err := p.Fields()
	if err == nil {
		err = tdf.CheckOrder(g)
	}
	switch {
	case err != nil:
	case p.Component == blaze.UserSessions:
		err = v.user(p.Command, g)
	case p.Component == blaze.GameManager:
		err = v.game(p.Command, g)
	}
	if err != nil {
		return fmt.Errorf("player %d is told %v: %w", v.self, p, err)
	}
	return nil
}

func (v *View) user(id uint16, g tdf.Group) error {
	switch id {
	case blaze.NotifyUserAdded:
		u := g.Group("USER").Uint("ID")
		if v.Known[u] {
			return fmt.Errorf("user %d is introduced twice", u)
		}
		v.Known[u] = true
	case blaze.NotifyUserUpdated:
		return v.know(g.Uint("ID"))
	case blaze.NotifyUserExtendedData:
		return v.know(g.Uint("USID"))
	case blaze.NotifyUserRemoved:
		u := g.Uint("BUID")
		if _, member := v.Players[u]; member {
			return fmt.Errorf("user %d goes while a member", u)
		}
		if err := v.know(u); err != nil {
			return err
		}
		delete(v.Known, u)
	case blaze.NotifyUserDisconnected:
		v.Disconnected = true
	}
	return nil
}

func (v *View) know(u uint64) error {
	if !v.Known[u] {
		return fmt.Errorf("user %d was not introduced", u)
	}
	return nil
}

func (v *View) game(id uint16, g tdf.Group) error {
	switch id {
	case blaze.NotifyGameSetup:
		return v.setup(g)
	case blaze.NotifyMatchmakingAsyncStatus, blaze.NotifyMatchmakingFailed:
		if g.Uint("USID") != v.self || v.Game != 0 {
			return fmt.Errorf("in game %d", v.Game)
		}
		return nil
	}
	if gid := g.Uint("GID"); gid != v.Game || gid == 0 {
		return fmt.Errorf("in game %d", v.Game)
	}
	switch id {
	case blaze.NotifyPlayerJoining:
		return v.add(g.Group("PDAT"))
	case blaze.NotifyPlayerRemoved:
		return v.remove(g.Uint("PID"))
	case blaze.NotifyGameStateChange:
		v.State = g.Uint("GSTA")
	case blaze.NotifyGameSettingsChange:
		v.Settings = g.Uint("ATTR")
	case blaze.NotifyGameAttribChange:
		for k, value := range g.Map("ATTR").Strings() {
			v.Attrs[k] = value
		}
	case blaze.NotifyHostMigrationStart:
		p, ok := v.Players[g.Uint("HOST")]
		if !ok || p.Slot != g.Uint("SLOT") {
			return fmt.Errorf("new host is %+v", p)
		}
		v.Host = g.Uint("HOST")
	case blaze.NotifyGamePlayerStateChange:
		p, ok := v.Players[g.Uint("PID")]
		if !ok {
			return fmt.Errorf("no such member")
		}
		p.State = g.Uint("STAT")
		v.Players[g.Uint("PID")] = p
	case blaze.NotifyPlayerJoinCompleted:
		if p := v.Players[g.Uint("PID")]; p.State != 4 {
			return fmt.Errorf("member is %+v", p)
		}
	case blaze.NotifyAdminListChange:
		if _, ok := v.Players[g.Uint("UID")]; !ok {
			return fmt.Errorf("host is no member")
		}
	}
	return nil
}

func (v *View) setup(g tdf.Group) error {
	if v.Game != 0 {
		return fmt.Errorf("in game %d", v.Game)
	}
	data := g.Group("GAME")
	v.Game, v.State, v.Settings = data.Uint("GID"), data.Uint("GSTA"), data.Uint("GSET")
	v.Players, v.Attrs = map[uint64]Player{}, map[string]string{}
	for k, value := range data.Map("ATTR").Strings() {
		v.Attrs[k] = value
	}
	for x := range g.List("PROS").All() {
		if err := v.add(x.Group()); err != nil {
			return err
		}
	}
	v.Host = data.Group("PHST").Uint("HPID")
	host, ok := v.Players[v.Host]
	if _, in := v.Players[v.self]; !ok || !in || host.Slot != data.Group("THST").Uint("HSLT") {
		return fmt.Errorf("members %v", v.Players)
	}
	return nil
}

func (v *View) add(g tdf.Group) error {
	id, p := g.Uint("PID"), Player{g.Uint("SID"), g.Uint("STAT")}
	if id != v.self {
		if err := v.know(id); err != nil {
			return err
		}
	}
	for other, o := range v.Players {
		if other == id || o.Slot == p.Slot {
			return fmt.Errorf("player %d in slot %d beside %v", id, p.Slot, v.Players)
		}
	}
	if p.Slot > 3 || g.Uint("GID") != v.Game {
		return fmt.Errorf("player %d in slot %d of game %d", id, p.Slot, g.Uint("GID"))
	}
	v.Players[id] = p
	return nil
}

func (v *View) remove(id uint64) error {
	if _, ok := v.Players[id]; !ok {
		return fmt.Errorf("no such member")
	}
	delete(v.Players, id)
	if id == v.self {
		v.Game, v.Host, v.State, v.Settings, v.Players, v.Attrs = 0, 0, 0, 0, nil, nil
	}
	return nil
}
