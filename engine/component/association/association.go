// Package association is the AssociationLists component: the friend list,
// which is always empty (spec: blaze 4.9).
package association

import (
	"context"

	"github.com/charonrelay/charon/blaze"
	"github.com/charonrelay/charon/blaze/tdf"
	"github.com/charonrelay/charon/engine/session"
)

// Register adds the component's commands.
func Register(r *session.Router) {
	r.Handle(blaze.AssociationLists, blaze.AssociationGetLists, getLists)
}

const (
	friendListID   = 0x74b09c4
	friendListSize = 200
)

func getLists(context.Context, *session.Session, *session.Request) (session.Reply, error) {
	return func(e *tdf.Encoder) {
		e.List("LMAP", tdf.TypeGroup, 1, func(int) {
			e.ElemGroup(func() {
				e.Group("INFO", func() {
					e.ObjectID("BOID", tdf.ObjectID{ObjectType: tdf.ObjectType{Component: uint16(blaze.AssociationLists), Type: 1}, ID: friendListID})
					e.Uint("FLGS", 4)
					e.Group("LID", func() {
						e.Str("LNM", "friendList")
						e.Uint("TYPE", 1)
					})
					e.Uint("LMS", friendListSize)
					e.Uint("PRID", 0)
				})
				e.Uint("OFRC", 0)
				e.Uint("TOCT", 0)
			})
		})
	}, nil
}
