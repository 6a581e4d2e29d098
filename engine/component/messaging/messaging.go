// Package messaging is the Messaging component: the line on the multiplayer
// menu (spec: blaze 4.8).
package messaging

import (
	"context"

	"github.com/charonrelay/charon/blaze"
	"github.com/charonrelay/charon/blaze/tdf"
	"github.com/charonrelay/charon/engine/content"
	"github.com/charonrelay/charon/engine/presence"
	"github.com/charonrelay/charon/engine/session"
)

// Component answers the Messaging commands.
type Component struct{ content *content.Content }

// New returns the component.
func New(c *content.Content) *Component { return &Component{c} }

// Register adds the component's commands.
func (c *Component) Register(r *session.Router) {
	r.HandleUser(blaze.Messaging, blaze.MessagingFetchMessages, c.fetchMessages)
}

// fetchMessages announces one message, which follows as a notification.
func (c *Component) fetchMessages(_ context.Context, u *presence.User, _ *session.Request) (session.Reply, error) {
	u.Notify(message(u.ID, content.MenuMessage(c.content.Version(), u.Name)))
	return func(e *tdf.Encoder) { e.Uint("MCNT", 1) }, nil
}

// message is NotifyMessage (spec: blaze 4.8.2).
func message(player uint32, text string) blaze.Packet {
	target := tdf.ObjectID{ObjectType: tdf.ObjectType{Component: uint16(blaze.UserSessions), Type: 1}, ID: uint64(player)}
	return blaze.NewNotification(blaze.Messaging, blaze.NotifyMessage, func(e *tdf.Encoder) {
		e.Uint("FLAG", 1)
		e.Uint("MGID", 1)
		e.Str("NAME", text)
		e.Group("PYLD", func() {
			e.StrMap("ATTR", []tdf.Pair{{Key: "B0000", Value: "160"}})
			e.Uint("FLAG", 1)
			e.Uint("STAT", 0)
			e.Uint("TAG", 0)
			e.ObjectID("TARG", target)
			e.Uint("TYPE", 0)
		})
		e.ObjectID("SRCE", target)
		e.Uint("TIME", 0)
	})
}
