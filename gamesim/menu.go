package gamesim

import (
	"context"
	"fmt"

	"github.com/charonrelay/charon/blaze"
	"github.com/charonrelay/charon/blaze/tdf"
)

// maxBatch is how many requests go out before the first answer is read.
const maxBatch = 16

// headset is the only hardware flag (spec: blaze 5.1).
const headset = 1

// turn is a request and everything that comes of it.
type turn struct {
	request Request
	wants   []Want
}

// take makes turns. The game sends several requests before it reads answers,
// and so does this, unless the server is known to mix the notifications of one
// request with the answers to the next.
func (c *Client) take(ctx context.Context, step string, turns ...turn) error {
	batch := maxBatch
	if c.cfg.Lenient {
		batch = 1
	}
	for len(turns) > 0 {
		now := turns[:min(batch, len(turns))]
		turns = turns[len(now):]
		for _, t := range now {
			if err := c.Send(ctx, t.request); err != nil {
				return err
			}
		}
		for _, t := range now {
			if err := c.Expect(ctx, step, t.wants...); err != nil {
				return err
			}
		}
	}
	return nil
}

// ReportNetwork sends updateNetworkInfo. The game may do so before it logs in;
// then there is nobody to notify yet.
func (c *Client) ReportNetwork(ctx context.Context) error {
	wants := []Want{Answer()}
	if c.selfSub {
		c.told.network = known
		wants = append(wants, userData(c, 0))
	} else {
		c.told.network = unsure
	}
	return c.Do(ctx, "updateNetworkInfo", UpdateNetworkInfo(c.network()), wants...)
}

// EnterMenu does what the game does between the login and the multiplayer menu
// and returns the player's settings (spec: blaze 8.4).
func (c *Client) EnterMenu(ctx context.Context) ([]tdf.Pair, error) {
	var settings []tdf.Pair
	turns := []turn{c.subscribe()}
	c.told.network = known
	turns = append(turns, turn{UpdateNetworkInfo(c.network()), []Want{Answer(), userData(c, 0)}})
	c.told.hardware = known
	turns = append(turns,
		turn{UpdateHardwareFlags(headset), []Want{Answer(), userData(c, 0)}},
		turn{SetClientMetrics(), []Want{Answer()}},
		turn{ListUserEntitlements2(), []Want{Answer(Holds("NLST", "has an active ONLINE_ACCESS", onlineAccess))}},
		turn{UserSettingsLoadAll(), []Want{c.keepSettings(&settings)}},
	)
	if err := c.take(ctx, "enter the menu", turns...); err != nil {
		return nil, err
	}
	c.selfSub = true
	if err := c.readMessages(ctx); err != nil {
		return nil, err
	}
	return settings, c.take(ctx, "enter the menu",
		turn{GetLists(), []Want{Answer(
			Len("LMAP", 1),
			Is("LMAP[0].INFO.LID.LNM", "friendList"),
			Holds("LMAP[0].INFO.BOID", "is an association list", func(v tdf.Value) string {
				if got := v.ObjectID().ObjectType; got != listObject {
					return fmt.Sprintf("is of type %v, not %v", got, listObject)
				}
				return ""
			}),
		)}},
		turn{GetAuthToken(), []Want{Answer(filled("AUTH", maxToken))}},
		turn{SuspendUserPing(20_000_000), []Want{Refusal(blaze.CodeUtilSuspendTooShort)}},
		turn{SuspendUserPing(90_000_000), []Want{Refusal(blaze.CodeUtilPingSuspended)}},
	)
}

// subscribe is postAuth: the player becomes visible to itself.
func (c *Client) subscribe() turn {
	return turn{PostAuth(), []Want{Answer(Is("UROP.UID", c.me.ID)), userAdded(c, 0), userUpdated(c)}}
}

// readMessages asks for the menu's messages; they follow the answer.
func (c *Client) readMessages(ctx context.Context) error {
	const step = "fetchMessages"
	const most = 16
	count := 0
	if err := c.Do(ctx, step, FetchMessages(), Answer(Holds("MCNT", fmt.Sprintf("is at most %d", most), func(v tdf.Value) string {
		if v.Uint() > most {
			return fmt.Sprintf("is %d", v.Uint())
		}
		count = int(v.Uint())
		return ""
	}))); err != nil {
		return err
	}
	me := tdf.ObjectID{ObjectType: userObject, ID: uint64(c.me.ID)}
	for range count {
		if err := c.Expect(ctx, step, Notify(blaze.Messaging, blaze.NotifyMessage, Is("SRCE", me), Is("PYLD.TARG", me))); err != nil {
			return err
		}
	}
	return nil
}

// onlineAccess looks for the entitlement without which there is no online play.
func onlineAccess(v tdf.Value) string {
	const active = 1
	for x := range v.List().All() {
		if e := x.Group(); e.Str("TAG") == "ONLINE_ACCESS" && e.Uint("STAT") == active {
			return ""
		}
	}
	return "has no active ONLINE_ACCESS, so the game would not let the player online"
}

// SaveSettings stores settings, many requests before the first answer (spec:
// blaze 4.4.6).
func (c *Client) SaveSettings(ctx context.Context, settings []tdf.Pair) error {
	turns := make([]turn, len(settings))
	for i, s := range settings {
		turns[i] = turn{UserSettingsSave(s.Key, s.Value), []Want{Answer()}}
	}
	return c.take(ctx, "userSettingsSave", turns...)
}

// LoadSettings returns the player's settings as sent (spec: blaze 4.4.7).
func (c *Client) LoadSettings(ctx context.Context) ([]tdf.Pair, error) {
	var settings []tdf.Pair
	err := c.Do(ctx, "userSettingsLoadAll", UserSettingsLoadAll(), c.keepSettings(&settings))
	return settings, err
}

func (c *Client) keepSettings(to *[]tdf.Pair) Want {
	return Answer(Keep("SMAP", func(v tdf.Value) { *to = pairs(v.Map()) }))
}
