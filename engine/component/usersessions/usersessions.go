// Package usersessions is the UserSessions component: what games report about
// their network, and looking each other up (spec: blaze 4.5). Its resumeSession
// is a login and lives with those.
package usersessions

import (
	"context"
	"net/netip"

	"github.com/charonrelay/charon/blaze"
	"github.com/charonrelay/charon/blaze/tdf"
	"github.com/charonrelay/charon/engine/presence"
	"github.com/charonrelay/charon/engine/session"
)

// Users finds players who are online.
type Users interface {
	Find(id uint32) *presence.User
}

// Config is what a Component needs.
type Config struct {
	// Users is required.
	Users Users
	// PublicIP is the address under which players elsewhere reach players on
	// the server's own machine and network; invalid if not configured.
	PublicIP netip.Addr
}

// Component answers the UserSessions commands.
type Component struct{ cfg Config }

// New returns the component.
func New(cfg Config) *Component { return &Component{cfg} }

// Register adds the component's commands.
func (c *Component) Register(r *session.Router) {
	r.Handle(blaze.UserSessions, blaze.UsersUpdateNetworkInfo, c.updateNetworkInfo)
	r.Handle(blaze.UserSessions, blaze.UsersUpdateHardwareFlags, c.updateHardwareFlags)
	r.HandleUser(blaze.UserSessions, blaze.UsersLookupUser, c.lookupUser)
}

func (c *Component) updateNetworkInfo(_ context.Context, s *session.Session, req *session.Request) (session.Reply, error) {
	rule := presence.AddressRule{Peer: s.Peer, Public: c.cfg.PublicIP}
	s.UpdateNetwork(func(n *presence.Network) bool {
		n.SetInfo(req.Body, rule)
		return true
	})
	return nil, nil
}

func (c *Component) updateHardwareFlags(_ context.Context, s *session.Session, req *session.Request) (session.Reply, error) {
	s.UpdateNetwork(func(n *presence.Network) bool {
		n.Hardware = uint32(req.Body.Uint("HWFG"))
		return true
	})
	return nil, nil
}

// lookupUser answers for players who are online, and tells nobody who is not
// logged in himself (spec: blaze 4.5.4).
func (c *Component) lookupUser(_ context.Context, _ *presence.User, req *session.Request) (session.Reply, error) {
	u := c.cfg.Users.Find(uint32(req.Body.Uint("ID")))
	if u == nil {
		return nil, session.Fail(blaze.CodeUsersLookupNotFound)
	}
	return func(e *tdf.Encoder) { u.EncodeUserData(e) }, nil
}
