package gamesim

import (
	"context"
	"encoding/base64"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"time"

	"github.com/charonrelay/charon/blaze/tdf"
)

// serverComponents is what a server says it has, in this order (spec: blaze 4.4.1).
var serverComponents = []uint64{0x1, 0x19, 0x4, 0x1c, 0x7, 0x9, 0xf802, 0x7800, 0xf, 0x7801, 0x7802, 0x7803, 0x7805, 0x7806, 0x7d0}

// PreAuth opens the session, pings once and from then on as often as the
// server wants (spec: blaze 8.1).
func (c *Client) PreAuth(ctx context.Context) error {
	var period time.Duration
	if err := c.Do(ctx, "preAuth", PreAuth(c.cfg.Locale), Answer(
		Is("CIDS", serverComponents),
		Holds("CONF.CONF", "has pingPeriod, voipHeadsetUpdateRate, xlspConnectionIdleTimeout", func(v tdf.Value) string {
			conf := maps.Collect(v.Map().Strings())
			for _, key := range []string{"pingPeriod", "voipHeadsetUpdateRate", "xlspConnectionIdleTimeout"} {
				if conf[key] == "" {
					return "has no " + key
				}
			}
			var err error
			if period, err = parsePingPeriod(conf["pingPeriod"]); err != nil {
				return err.Error()
			}
			return ""
		}),
	)); err != nil {
		return err
	}
	if err := c.Ping(ctx); err != nil {
		return err
	}
	c.startPings(period)
	return nil
}

// Ping asks for a sign of life and its time (spec: blaze 4.4.4).
func (c *Client) Ping(ctx context.Context) error {
	return c.Do(ctx, "ping", Ping(), Answer(Holds("STIM", "is a time", func(v tdf.Value) string {
		if v.Uint() == 0 {
			return "is 0"
		}
		return ""
	})))
}

// The configurations that the game asks for before it logs in, in the usual
// order (spec: blaze 8.2).
const (
	configData     = "ME3_DATA"
	configMessages = "ME3_MSG"
	configEntitled = "ME3_ENT"
	configStore    = "ME3_DIME"
	configVersion  = "ME3_BINI_VERSION"
	configTalk     = "ME3_LIVE_TLK_PC_"
)

// dataKeys are the keys of ME3_DATA (spec: blaze 7.1).
var dataKeys = []string{
	"GAW_SERVER_BASE_URL", "IMG_MNGR_BASE_URL", "IMG_MNGR_MAX_BYTES", "IMG_MNGR_MAX_IMAGES",
	"JOB_THROTTLE_0", "JOB_THROTTLE_1", "JOB_THROTTLE_2", "MATCH_MAKING_RULES_VERSION",
	"MULTIPLAYER_PROTOCOL_VERSION", "TEL_DISABLE", "TEL_DOMAIN", "TEL_FILTER", "TEL_PORT",
	"TEL_SEND_DELAY", "TEL_SEND_PCT", "TEL_SERVER",
}

// FetchConfigs asks for all configurations that the game wants before the
// login, several at once (spec: blaze 8.2). It hands each to keep, which may be
// nil: name and entries in wire order.
func (c *Client) FetchConfigs(ctx context.Context, keep func(name string, entries []tdf.Pair)) error {
	var version []tdf.Pair
	take := func(name string, check func(entries []tdf.Pair) string) (Request, Want) {
		return FetchClientConfig(name), Answer(Holds("CONF", "is a valid "+name, func(v tdf.Value) string {
			entries := pairs(v.Map())
			if reason := check(entries); reason != "" {
				return "of " + name + " " + reason
			}
			if keep != nil {
				keep(name, entries)
			}
			return ""
		}))
	}
	var requests []Request
	var wants []Want
	add := func(name string, check func([]tdf.Pair) string) {
		r, w := take(name, check)
		requests, wants = append(requests, r), append(wants, w)
	}
	add(configData, checkData)
	add(configMessages, anything)
	add(configEntitled, anything)
	add(configStore, anything)
	add(configVersion, func(entries []tdf.Pair) string {
		version = entries
		return ""
	})
	const step = "fetchClientConfig"
	if err := c.Send(ctx, requests...); err != nil {
		return err
	}
	if err := c.Expect(ctx, step, wants...); err != nil {
		return err
	}
	if section := entry(version, "SECTION"); section != "" {
		r, w := take("ME3_"+section, checkChunks)
		if err := c.Do(ctx, step, r, w); err != nil {
			return err
		}
	}
	r, w := take(configTalk+strings.ToLower(c.cfg.Locale[:2]), checkChunks)
	return c.Do(ctx, step, r, w)
}

func anything([]tdf.Pair) string { return "" }

// checkData demands the keys of ME3_DATA; the base URLs end with a slash.
func checkData(entries []tdf.Pair) string {
	for _, key := range dataKeys {
		if entry(entries, key) == "" {
			return "has no " + key
		}
	}
	if len(entries) != len(dataKeys) {
		return fmt.Sprintf("has %d keys, not %d", len(entries), len(dataKeys))
	}
	for _, key := range []string{"GAW_SERVER_BASE_URL", "IMG_MNGR_BASE_URL"} {
		if !strings.HasSuffix(entry(entries, key), "/") {
			return key + " does not end with a slash"
		}
	}
	return ""
}

// checkChunks demands a chunk map, or nothing (spec: blaze 7.6).
func checkChunks(entries []tdf.Pair) string {
	if len(entries) == 0 {
		return ""
	}
	const size, most = 255, 1 << 24
	total, err := strconv.Atoi(entry(entries, "DATA_SIZE"))
	if err != nil || total < 0 || total > most {
		return fmt.Sprintf("has the DATA_SIZE %q", entry(entries, "DATA_SIZE"))
	}
	if got := entry(entries, "CHUNK_SIZE"); got != strconv.Itoa(size) {
		return fmt.Sprintf("has the CHUNK_SIZE %q, not \"%d\"", got, size)
	}
	chunks := (total + size - 1) / size
	if len(entries) != chunks+2 {
		return fmt.Sprintf("has %d entries, but DATA_SIZE %d makes %d", len(entries), total, chunks+2)
	}
	parts := make(map[string]string, len(entries))
	for _, p := range entries {
		parts[p.Key] = p.Value
	}
	var text strings.Builder
	for i := range chunks {
		part := parts["CHUNK_"+strconv.Itoa(i)]
		if want := min(size, total-i*size); len(part) != want {
			return fmt.Sprintf("has %d characters in CHUNK_%d, not %d", len(part), i, want)
		}
		text.WriteString(part)
	}
	if _, err := base64.StdEncoding.DecodeString(text.String()); err != nil {
		return fmt.Sprintf("is not base64: %v", err)
	}
	return ""
}

// entry returns the value of a key, "" if it is not there.
func entry(entries []tdf.Pair, key string) string {
	for _, p := range entries {
		if p.Key == key {
			return p.Value
		}
	}
	return ""
}
