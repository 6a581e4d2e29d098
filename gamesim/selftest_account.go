package gamesim

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"github.com/charonrelay/charon/blaze"
	"github.com/charonrelay/charon/blaze/tdf"
)

// The steps before the first lobby.

func (e *evening) connect(ctx context.Context) (string, error) {
	for i, cfg := range e.configs {
		c, err := Dial(ctx, cfg)
		if err != nil {
			return "", err
		}
		if i < e.cfg.Players {
			e.players = append(e.players, c)
		} else {
			e.stranger = c
		}
	}
	return "", nil
}

func (e *evening) preAuth(ctx context.Context) (string, error) {
	if err := e.stranger.PreAuth(ctx); err != nil {
		return "", err
	}
	return "", e.each(func(c *Client) error { return c.PreAuth(ctx) })
}

func (e *evening) configuration(ctx context.Context) (string, error) {
	var entries []string
	err := e.players[0].FetchConfigs(ctx, func(name string, pairs []tdf.Pair) {
		entries = append(entries, fmt.Sprintf("%s %d", name, len(pairs)))
	})
	return "entries: " + strings.Join(entries, ", "), err
}

// refusal is a request and what must come of it.
type refusal struct {
	request Request
	want    Want
}

// refuse sends all requests before it looks at the answers.
func refuse(ctx context.Context, c *Client, step string, refusals ...refusal) error {
	turns := make([]turn, len(refusals))
	for i, r := range refusals {
		turns[i] = turn{r.request, []Want{r.want}}
	}
	return c.take(ctx, step, turns...)
}

// noGame is a game id that no server gives away.
const noGame = 0x7ffffff0

// refuseStranger tries what needs a login, and what every server answers empty
// (spec: blaze 3.1, 4.0).
func (e *evening) refuseStranger(ctx context.Context) (string, error) {
	needsLogin := Refusal(blaze.CodeAuthRequired)
	return "", refuse(ctx, e.stranger, "without a login",
		refusal{NewRequest(0xb, 1, nil), Answer()},
		refusal{NewRequest(blaze.GameManager, 0x7f, nil), Answer()},
		refusal{PostAuth(), needsLogin},
		refusal{UserSettingsLoadAll(), needsLogin},
		refusal{UserSettingsSave("csreward", "0"), needsLogin},
		refusal{FetchMessages(), needsLogin},
		refusal{GetAuthToken(), needsLogin},
		refusal{LoginPersona("nobody"), needsLogin},
		refusal{CreateGame("nobody", e.match, e.stranger.network()), needsLogin},
		refusal{StartMatchmaking(e.match, e.stranger.network()), needsLogin},
		refusal{CancelMatchmaking(1), needsLogin},
		refusal{JoinGame(noGame, e.stranger.network()), needsLogin},
		refusal{SetGameAttributes(noGame, gameState("IN_LOBBY")), needsLogin},
		refusal{UpdateMeshConnection(noGame, 1), needsLogin},
		refusal{AddAdminPlayer(noGame, 1), needsLogin},
		refusal{SubmitOfflineGameReport(1, country, 0, 0), needsLogin},
		refusal{UpdateHardwareFlags(0), Answer()},
		refusal{SetClientMetrics(), Answer()},
		refusal{Logout(), Answer()},
		refusal{SuspendUserPing(20_000_000), Refusal(blaze.CodeUtilSuspendTooShort)},
		refusal{SuspendUserPing(90_000_001), Refusal(blaze.CodeUtilSuspendTooLong)},
		refusal{PasswordForgot("nobody@" + defaultDomain), Answer()},
	)
}

// createAccounts also lets the second game report its network before it logs
// in, as some do (spec: blaze 8.2).
func (e *evening) createAccounts(ctx context.Context) (string, error) {
	if err := e.players[1].ReportNetwork(ctx); err != nil {
		return "", err
	}
	return "", e.each(func(c *Client) error { return c.CreateAccount(ctx) })
}

func (e *evening) menus(ctx context.Context) (string, error) {
	return "", e.each(func(c *Client) error {
		settings, err := c.EnterMenu(ctx)
		if err == nil && len(settings) > 0 {
			err = &Failure{Client: c.cfg.Name, Step: "userSettingsLoadAll", Expected: "no settings of a new player", Err: errSettings}
		}
		return err
	})
}

// refuseLogins tries the wrong logins that players make (spec: blaze 4.3, 6.4).
func (e *evening) refuseLogins(ctx context.Context) (string, error) {
	known := e.players[0].me
	forged := forgedToken(known.ID)
	refusals := []refusal{
		{LoginPassword(known.Email, known.Password+"x"), Refusal(blaze.CodeAuthInvalidPassword)},
		{LoginPassword("nobody-"+known.Email, known.Password), Refusal(blaze.CodeAuthInvalidUser)},
		{LoginPassword("nobody", known.Password), Refusal(blaze.CodeAuthInvalidEmail)},
		{CreateAccount(known.Email, known.Password, "", ""), Refusal(blaze.CodeAuthExists)},
		{CreateAccount("nobody", known.Password, "", ""), Refusal(blaze.CodeAuthInvalidEmail)},
		{SilentLogin(forged, known.ID), Refusal(blaze.CodeAuthInvalidToken)},
		{SilentLogin("garbage", known.ID), Refusal(blaze.CodeAuthInvalidToken)},
		{Logout(), Answer()},
	}
	if !e.cfg.Lenient {
		refusals = append(refusals, refusal{SilentLogin(known.Token, known.ID+1), Refusal(blaze.CodeAuthInvalidToken)})
	}
	return "", refuse(ctx, e.stranger, "wrong logins", refusals...)
}

// forgedToken has the form of a token that is good for long, but nobody's
// signature (spec: blaze 4.3).
func forgedToken(id int64) string {
	const farFuture = 1 << 40
	data := binary.BigEndian.AppendUint32(nil, uint32(id))
	data = binary.BigEndian.AppendUint64(data, farFuture)
	code := base64.RawURLEncoding
	return code.EncodeToString(data) + "." + code.EncodeToString(make([]byte, sha256.Size))
}

var errSettings = errors.New("the settings are not the ones that were saved")

// someSettings are values of the forms that the game stores (spec: blaze 5.4).
func someSettings(credits int) []tdf.Pair {
	pairs := []tdf.Pair{
		{Key: "Base", Value: fmt.Sprintf("20;4;%d;-1;0;0;0;0;0;0;%s", credits, strings.Repeat("00", 671))},
		{Key: "class1", Value: "20;4;Adept;20;0.0000;50"},
		{Key: "class2", Value: "20;4;Soldier;1;0.0000;0"},
		{Key: "FaceCodes", Value: "20;"},
		{Key: "NewItem", Value: "20;4;1 2 3"},
		{Key: "csreward", Value: "0"},
		{Key: "Completion", Value: "22," + strings.TrimSuffix(strings.Repeat("0,", 746), ",")},
		{Key: "Progress", Value: "22," + strings.TrimSuffix(strings.Repeat("0,", 745), ",")},
		{Key: "cscompletion", Value: "22," + strings.TrimSuffix(strings.Repeat("0,", 221), ",")},
	}
	tdf.SortPairs(pairs)
	return pairs
}

func (e *evening) settings(ctx context.Context) (string, error) {
	for i, c := range e.players {
		saved := someSettings(1000 * (i + 1))
		if err := c.SaveSettings(ctx, saved); err != nil {
			return "", err
		}
		if err := sameSettings(ctx, c, saved); err != nil {
			return "", err
		}
	}
	return "", nil
}

// sameSettings loads and compares.
func sameSettings(ctx context.Context, c *Client, saved []tdf.Pair) error {
	loaded, err := c.LoadSettings(ctx)
	if err == nil && !samePairs(loaded, saved) {
		err = &Failure{Client: c.cfg.Name, Step: "userSettingsLoadAll", Expected: "the settings as saved", Err: errSettings}
	}
	return err
}

// secondConnection logs in again while the first connection is open. The
// newest login wins; Pocket Relay servers tell the older one nothing (spec:
// blaze 4.3).
func (e *evening) secondConnection(ctx context.Context) (string, error) {
	old := e.players[0]
	cfg := e.configs[0]
	cfg.Account = old.me
	c, err := e.dial(ctx, cfg)
	if err != nil {
		return "", err
	}
	e.players[0] = c
	defer func() { _ = old.Close() }() // never fails
	if err := c.Login(ctx); err != nil {
		return "", err
	}
	if !e.cfg.Lenient {
		const step = "a newer login of the same player"
		if err := old.Expect(ctx, step, Maybe(userRemoved(old)), userDisconnected()); err != nil {
			return "", err
		}
		if err := old.ExpectClose(ctx, step); err != nil {
			return "", err
		}
	}
	settings, err := c.EnterMenu(ctx)
	if err == nil && !samePairs(settings, someSettings(1000)) {
		err = &Failure{Client: c.cfg.Name, Step: "userSettingsLoadAll", Expected: "the settings as saved", Err: errSettings}
	}
	return "", err
}

func (e *evening) passwordLogin(ctx context.Context) (string, error) {
	c := e.players[1]
	if err := c.Logout(ctx); err != nil {
		return "", err
	}
	if err := c.LoginPassword(ctx); err != nil {
		return "", err
	}
	_, err := c.EnterMenu(ctx)
	return "", err
}

// refuseUnknown asks for players and games that are not there.
func (e *evening) refuseUnknown(ctx context.Context) (string, error) {
	c := e.players[0]
	return "", refuse(ctx, c, "what does not exist",
		refusal{LookupUser(noGame), Refusal(blaze.CodeUsersLookupNotFound)},
		refusal{JoinGame(noGame, c.network()), Refusal(blaze.CodeGameJoinPlayerFailed)},
		refusal{JoinGame(e.players[1].me.ID, c.network()), Refusal(blaze.CodeGameInvalidGameID)},
		refusal{GetGameDataFromID(noGame), Refusal(blaze.CodeGameInvalidGameID)},
		refusal{AdvanceGameState(noGame, StateLobby), Refusal(blaze.CodeGameInvalidGameID)},
		refusal{SetGameSettings(noGame, SettingsOpen), Refusal(blaze.CodeGameInvalidGameID)},
		refusal{SetGameAttributes(noGame, tdf.Pair{Key: "ME3map", Value: "map2"}), Refusal(blaze.CodeGameInvalidGameID)},
		refusal{RemovePlayer(noGame, c.me.ID, reasonLeft), Refusal(blaze.CodeGameInvalidGameID)},
		refusal{ReplayGame(noGame), Refusal(blaze.CodeGameInvalidGameID)},
	)
}
