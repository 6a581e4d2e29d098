// Package reporting is the GameReporting component: the scores that a game
// reports after a match (spec: blaze 4.10).
package reporting

import (
	"context"

	"github.com/charonrelay/charon/blaze"
	"github.com/charonrelay/charon/blaze/tdf"
	"github.com/charonrelay/charon/engine/presence"
	"github.com/charonrelay/charon/engine/session"
)

// Scores keeps what is reported.
type Scores interface {
	// Report sets the scores that are not nil.
	Report(ctx context.Context, player uint32, n7, challengePoints *uint32) error
}

// Component answers the GameReporting commands.
type Component struct{ scores Scores }

// New returns the component.
func New(scores Scores) *Component { return &Component{scores} }

// Register adds the component's commands.
func (c *Component) Register(r *session.Router) {
	r.HandleUser(blaze.GameReporting, blaze.ReportingSubmitOfflineGameReport, c.submitOfflineGameReport)
}

// submitOfflineGameReport keeps the sender's own scores; what he says about
// others is ignored (spec: engine 15 S-05).
func (c *Component) submitOfflineGameReport(ctx context.Context, u *presence.User, req *session.Request) (session.Reply, error) {
	report, _ := req.Body.Group("RPRT").Get("GAME")
	_, content, _ := report.Variable()
	var own tdf.Group
	for player, v := range content.Group().Map("PLYR").All() {
		if uint32(player.Uint()) == u.ID { // the last one counts (spec: blaze 2.8)
			own = v.Group()
		}
	}
	if err := c.scores.Report(ctx, u.ID, number(own, "NRAT"), number(own, "NCHP")); err != nil {
		return nil, &session.CodeError{Code: blaze.CodeDatabase, Err: err}
	}
	u.Notify(result())
	return nil, nil
}

func number(g tdf.Group, label string) *uint32 {
	if !g.Has(label) {
		return nil
	}
	n := uint32(g.Uint(label))
	return &n
}

func result() blaze.Packet {
	return blaze.NewNotification(blaze.GameReporting, blaze.NotifyReportResult, func(e *tdf.Encoder) {
		e.VariableAbsent("DATA")
		e.Int("EROR", 0)
		e.Bool("FNL", false)
		e.Uint("GHID", 0)
		e.Uint("GRID", 0)
	})
}
