// Package util is the Util component: what the game asks before and after the
// login, its configuration and its saved settings (spec: blaze 4.4).
package util

import (
	"context"
	"errors"
	"time"

	"github.com/charonrelay/charon/blaze"
	"github.com/charonrelay/charon/blaze/tdf"
	"github.com/charonrelay/charon/engine/content"
	"github.com/charonrelay/charon/engine/playerdata"
	"github.com/charonrelay/charon/engine/presence"
	"github.com/charonrelay/charon/engine/session"
)

// Settings keeps what games save for their players.
type Settings interface {
	Save(ctx context.Context, player uint32, key, value string) error
	Load(ctx context.Context, player uint32, key string) (string, error)
	LoadAll(ctx context.Context, player uint32) ([]playerdata.Entry, error)
}

// Config is what a Component needs. All fields are required.
type Config struct {
	Settings Settings
	Content  *content.Content
	Now      func() time.Time
}

// Component answers the Util commands.
type Component struct{ cfg Config }

// New returns the component.
func New(cfg Config) *Component { return &Component{cfg} }

// Register adds the component's commands.
func (c *Component) Register(r *session.Router) {
	handle := func(command uint16, h session.Handler) { r.Handle(blaze.Util, command, h) }
	handle(blaze.UtilPreAuth, c.preAuth)
	handle(blaze.UtilPostAuth, c.postAuth)
	handle(blaze.UtilPing, c.ping)
	handle(blaze.UtilFetchClientConfig, c.fetchClientConfig)
	handle(blaze.UtilGetTelemetryServer, c.getTelemetryServer)
	handle(blaze.UtilGetTickerServer, c.getTickerServer)
	handle(blaze.UtilSuspendUserPing, c.suspendUserPing)
	handle(blaze.UtilSetClientMetrics, c.setClientMetrics)
	r.HandleUser(blaze.Util, blaze.UtilUserSettingsSave, c.userSettingsSave)
	r.HandleUser(blaze.Util, blaze.UtilUserSettingsLoad, c.userSettingsLoad)
	r.HandleUser(blaze.Util, blaze.UtilUserSettingsLoadAll, c.userSettingsLoadAll)
}

func (c *Component) ping(_ context.Context, s *session.Session, _ *session.Request) (session.Reply, error) {
	s.SetGrace(0)
	now := c.cfg.Now().Unix()
	return func(e *tdf.Encoder) { e.Uint("STIM", uint64(now)) }, nil
}

func (c *Component) fetchClientConfig(_ context.Context, s *session.Session, req *session.Request) (session.Reply, error) {
	pairs := c.cfg.Content.ClientConfig(req.Body.Str("CFID"), s.Local)
	return func(e *tdf.Encoder) { e.StrMap("CONF", pairs) }, nil
}

// suspension is the one length of silence the game may ask for.
const suspension = 90 * time.Second

// suspendUserPing always answers with an error; that is how the outcome is
// told (spec: blaze 4.4.9).
func (c *Component) suspendUserPing(_ context.Context, s *session.Session, req *session.Request) (session.Reply, error) {
	switch asked := req.Body.Int("TVAL"); {
	case asked < suspension.Microseconds():
		return nil, session.Fail(blaze.CodeUtilSuspendTooShort)
	case asked > suspension.Microseconds():
		return nil, session.Fail(blaze.CodeUtilSuspendTooLong)
	}
	s.SetGrace(suspension)
	return nil, session.Fail(blaze.CodeUtilPingSuspended)
}

func (c *Component) setClientMetrics(_ context.Context, s *session.Session, req *session.Request) (session.Reply, error) {
	s.UpdateNetwork(func(n *presence.Network) bool { return n.SetMetrics(req.Body) })
	return nil, nil
}

func (c *Component) userSettingsSave(ctx context.Context, u *presence.User, req *session.Request) (session.Reply, error) {
	value, _ := req.Body.Get("DATA")
	err := c.cfg.Settings.Save(ctx, u.ID, req.Body.Str("KEY"), string(value.StrBytes()))
	switch {
	case err == nil:
		return nil, nil
	case errors.Is(err, playerdata.ErrFull):
		return nil, &session.CodeError{Code: blaze.CodeUtilTooManySettings, Err: err}
	case errors.Is(err, playerdata.ErrKeyInvalid), errors.Is(err, playerdata.ErrValueTooLong):
		return nil, &session.CodeError{Code: blaze.CodeStringTooLong, Err: err}
	}
	return nil, &session.CodeError{Code: blaze.CodeDatabase, Err: err}
}

func (c *Component) userSettingsLoad(ctx context.Context, u *presence.User, req *session.Request) (session.Reply, error) {
	key := req.Body.Str("KEY")
	value, err := c.cfg.Settings.Load(ctx, u.ID, key)
	if errors.Is(err, playerdata.ErrNoSuchKey) {
		return nil, session.Fail(blaze.CodeUtilSettingNotFound)
	}
	if err != nil {
		return nil, &session.CodeError{Code: blaze.CodeDatabase, Err: err}
	}
	return func(e *tdf.Encoder) {
		e.Str("DATA", value)
		e.Str("KEY", key)
	}, nil
}

func (c *Component) userSettingsLoadAll(ctx context.Context, u *presence.User, _ *session.Request) (session.Reply, error) {
	entries, err := c.cfg.Settings.LoadAll(ctx, u.ID)
	if err != nil {
		return nil, &session.CodeError{Code: blaze.CodeDatabase, Err: err}
	}
	return func(e *tdf.Encoder) {
		e.Map("SMAP", tdf.TypeString, tdf.TypeString, len(entries), func(i int) {
			e.ElemStr(entries[i].Key)
			e.ElemStr(entries[i].Value)
		})
	}, nil
}
