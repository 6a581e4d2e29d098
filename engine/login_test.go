package engine_test

import (
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/charonrelay/charon/blaze"
	"github.com/charonrelay/charon/blaze/tdf"
	"github.com/charonrelay/charon/engine"
	"github.com/charonrelay/charon/engine/internal/wiretest"
)

func password(n int, password string) func(*tdf.Encoder) {
	return func(e *tdf.Encoder) {
		e.Str("MAIL", fmt.Sprintf("player%d@example.org", n))
		e.Str("PASS", password)
	}
}

func silent(token string, id uint32) func(*tdf.Encoder) {
	return func(e *tdf.Encoder) { e.Str("AUTH", token); e.Uint("PID", uint64(id)); e.Uint("TYPE", 2) }
}

func resume(token string) func(*tdf.Encoder) {
	return func(e *tdf.Encoder) { e.Str("SKEY", token) }
}

// TestLogins has every way to log in and what it answers (spec: blaze 4.3, 4.5.1).
func TestLogins(t *testing.T) {
	s := start(t, engine.Config{})
	c := s.account(1)
	if c.id != 1 || c.name == "" || len(c.token) != 66 {
		t.Fatalf("player %d %q with a token of %d characters", c.id, c.name, len(c.token))
	}
	session := wiretest.Short(c.ask(blaze.Authentication, blaze.AuthLoginPersona, nil))
	full := func(body tdf.Group) string { return "R " + fmt.Sprint(body.Group("SESS")) }

	other := s.dial(nil)
	body := other.must(blaze.Authentication, blaze.AuthLogin, password(1, "password"))
	if body.Uint("UID") != 1 || body.Str("SKEY") != body.Str("PCTK") {
		t.Errorf("login: %v", body)
	}
	if got := wiretest.Short(other.ask(blaze.Authentication, blaze.AuthLoginPersona, nil)); got != session {
		t.Errorf("session %s\nwant %s", got, session)
	}
	for name, ask := range map[string]func(c *client) blaze.Packet{
		"silent login": func(c *client) blaze.Packet {
			return c.ask(blaze.Authentication, blaze.AuthSilentLogin, silent(body.Str("PCTK"), 1))
		},
		"silent login without an id": func(c *client) blaze.Packet {
			return c.ask(blaze.Authentication, blaze.AuthSilentLogin, silent(body.Str("PCTK"), 0))
		},
		"resume": func(c *client) blaze.Packet {
			return c.ask(blaze.UserSessions, blaze.UsersResumeSession, resume(body.Str("SKEY")))
		},
	} {
		c := s.dial(nil)
		answer := wiretest.Body(t, ask(c))
		if got := full(answer); got != session || answer.Str("PCTK") != body.Str("PCTK") {
			t.Errorf("%s: %s with token %s", name, got, answer.Str("PCTK"))
		}
		if key := answer.Group("SESS").Str("KEY"); key != body.Str("PCTK") {
			t.Errorf("%s: session key %s", name, key)
		}
		if token := c.must(blaze.Authentication, blaze.AuthGetAuthToken, nil).Str("AUTH"); len(token) != 66 {
			t.Errorf("%s: token %q", name, token)
		}
	}

	c = s.dial(nil)
	forged := []byte(body.Str("PCTK"))
	forged[3] ^= 1
	for _, tt := range []struct {
		name      string
		component blaze.Component
		command   uint16
		fields    func(*tdf.Encoder)
		code      blaze.ErrorCode
	}{
		{"no address", blaze.Authentication, blaze.AuthLogin, func(e *tdf.Encoder) { e.Str("MAIL", "nonsense") }, 0x16},
		{"no account", blaze.Authentication, blaze.AuthLogin, password(9, "password"), 0xb},
		{"wrong password", blaze.Authentication, blaze.AuthLogin, password(1, "Password"), 0xc},
		{"empty body", blaze.Authentication, blaze.AuthLogin, nil, 0x16},
		{"address in use", blaze.Authentication, blaze.AuthCreateAccount, password(1, "password"), 0xf},
		{"short password", blaze.Authentication, blaze.AuthCreateAccount, password(8, "abc"), 0x15},
		{"forged token", blaze.Authentication, blaze.AuthSilentLogin, silent(string(forged), 1), 0xd},
		{"somebody else's token", blaze.Authentication, blaze.AuthSilentLogin, silent(body.Str("PCTK"), 2), 0xd},
		{"no token", blaze.Authentication, blaze.AuthSilentLogin, nil, 0xd},
		{"resume with an id", blaze.UserSessions, blaze.UsersResumeSession, resume("1"), 0xd},
		{"origin", blaze.Authentication, blaze.AuthOriginLogin, silent("QVQ", 0), 0xd},
		{"persona without login", blaze.Authentication, blaze.AuthLoginPersona, nil, 0x4004},
		{"token without login", blaze.Authentication, blaze.AuthGetAuthToken, nil, 0x4004},
	} {
		if p := c.ask(tt.component, tt.command, tt.fields); p.Error != tt.code || len(p.Body) > 0 {
			t.Errorf("%s: %v, want error 0x%x", tt.name, p, uint16(tt.code))
		}
	}
	c.must(blaze.Authentication, blaze.AuthLogout, nil) // without a login, after a failed one
}

// TestDuplicateLogin is engine 15 B-05: the newest login wins, the older one is
// told and closed, and its end does not touch the newer one.
func TestDuplicateLogin(t *testing.T) {
	s := start(t, engine.Config{})
	old, mate, friend := s.player(1), s.player(2), s.player(3)
	old.must(blaze.GameManager, blaze.GameCreateGame, createGame)
	mate.must(blaze.GameManager, blaze.GameJoinGame, joinPlayer(1))
	old.flush()
	mate.flush()

	newer := s.dial(nil)
	newer.id = 1
	newer.must(blaze.Authentication, blaze.AuthSilentLogin, silent(old.token, 1))
	old.compare([]string{
		"EXT(1) -ULST", "PlayerRemoved {CNTX: 0, GID: G1, PID: 1, REAS: 6}", "UserRemoved {BUID: 2}",
		"UserRemoved {BUID: 1}", "UserSessionDisconnected {SDR: 0}",
	}, old.rest())
	mate.told("EXT(1) -ULST", "PlayerRemoved {CNTX: 0, GID: G1, PID: 1, REAS: 6}", "UserRemoved {BUID: 1}",
		"AdminListChange {ALST: 1, GID: G1, OPER: 1, UID: 2}", "GameStateChange {GID: G1, GSTA: 5}",
		"HostMigrationStart {GID: G1, HOST: 2, PMIG: 2, SLOT: 1}", "GameStateChange {GID: G1, GSTA: 1}", "HostMigrationFinished {GID: G1}")

	newer.ready()
	newer.must(blaze.GameManager, blaze.GameCreateGame, createGame)
	friend.must(blaze.UserSessions, blaze.UsersLookupUser, func(e *tdf.Encoder) { e.Uint("ID", 1) })
	friend.must(blaze.GameManager, blaze.GameJoinGame, joinPlayer(1))
	if n := s.engine.Stats().Players; n != 3 {
		t.Errorf("%d players online", n)
	}
}

// TestDuplicateLoginWhileSearching: the older login leaves the queue.
func TestDuplicateLoginWhileSearching(t *testing.T) {
	s := start(t, engine.Config{})
	old, host := s.player(1), s.player(2)
	old.must(blaze.GameManager, blaze.GameStartMatchmaking, search)
	newer := s.dial(nil)
	newer.must(blaze.Authentication, blaze.AuthSilentLogin, silent(old.token, 1))
	old.rest()
	if n := s.engine.Stats().Searching; n != 0 {
		t.Errorf("%d searching", n)
	}
	host.must(blaze.GameManager, blaze.GameCreateGame, createGame)
	newer.told()
}

// TestManyLoginsAtOnce: of many logins of a player at once, one stays.
func TestManyLoginsAtOnce(t *testing.T) {
	s := start(t, engine.Config{})
	token := s.account(1).token
	var clients []*client
	for range 20 {
		clients = append(clients, s.dial(nil))
	}
	var wg sync.WaitGroup
	for _, c := range clients {
		wg.Go(func() { c.send(blaze.Authentication, blaze.AuthSilentLogin, silent(token, 1)) })
	}
	wg.Wait()
	in := 0
	for _, c := range clients {
		// Every one is answered; all but one are closed after that.
		seq := c.send(blaze.Authentication, blaze.AuthLoginPersona, nil)
		for open := true; open; {
			p, err := c.next()
			switch {
			case err != nil:
				open = false
			case p.Type == blaze.Response && p.Seq == seq:
				in++
				open = false
			}
		}
	}
	if in == 0 || s.engine.Stats().Players != 1 {
		t.Errorf("%d logins stay, %d players online", in, s.engine.Stats().Players)
	}
}

// TestLogout is spec: blaze 4.3.6: everybody is told, the player too, and the
// connection may log in again.
func TestLogout(t *testing.T) {
	s := start(t, engine.Config{})
	c, mate := s.player(1), s.player(2)
	mate.must(blaze.GameManager, blaze.GameCreateGame, createGame)
	c.must(blaze.GameManager, blaze.GameJoinGame, joinPlayer(2))
	c.flush()
	mate.flush()
	c.compare([]string{"R {}"}, s.lines(c.until(c.send(blaze.Authentication, blaze.AuthLogout, nil))))
	c.told("EXT(1) -ULST", "PlayerRemoved {CNTX: 0, GID: G1, PID: 1, REAS: 6}", "UserRemoved {BUID: 2}", "UserRemoved {BUID: 1}")
	mate.told("EXT(1) -ULST", "PlayerRemoved {CNTX: 0, GID: G1, PID: 1, REAS: 6}", "UserRemoved {BUID: 1}",
		"AdminListChange {ALST: 1, GID: G1, OPER: 1, UID: 2}")
	c.refused(0x4004, blaze.Util, blaze.UtilPostAuth, nil)
	c.must(blaze.Authentication, blaze.AuthLogout, nil)
	c.told()

	// As another player on the same connection: the address is known still.
	other := s.account(3)
	c.must(blaze.Authentication, blaze.AuthSilentLogin, silent(other.token, 3))
	other.rest()
	body := c.must(blaze.UserSessions, blaze.UsersLookupUser, func(e *tdf.Encoder) { e.Uint("ID", 3) })
	if _, addr, ok := body.Group("EDAT").Union("ADDR"); !ok || addr.Group("EXIP").Uint("IP") != 0xcb007101 {
		t.Errorf("address after the second login: %v", body.Group("EDAT"))
	}
	c.refused(0xb, blaze.UserSessions, blaze.UsersLookupUser, func(e *tdf.Encoder) { e.Uint("ID", 1) })
}

// TestSecondLoginOnConnection: a login replaces the one before it on the same
// connection, of the same player and of another (spec: blaze 4.3).
func TestSecondLoginOnConnection(t *testing.T) {
	s := start(t, engine.Config{})
	c, mate := s.player(1), s.player(2)
	other := s.account(3)
	other.must(blaze.Authentication, blaze.AuthLogout, nil)
	mate.must(blaze.GameManager, blaze.GameCreateGame, createGame)
	for i, tt := range []struct {
		token    string
		id, then uint32
	}{{c.token, 1, 1}, {other.token, 1, 3}, {c.token, 3, 1}} {
		c.must(blaze.GameManager, blaze.GameJoinGame, joinPlayer(2))
		c.flush()
		mate.flush()
		c.compare([]string{"R"}, first(s.lines(c.until(c.send(blaze.Authentication, blaze.AuthSilentLogin, silent(tt.token, tt.then))))))
		c.told("EXT("+fmt.Sprint(tt.id)+") -ULST", fmt.Sprintf("PlayerRemoved {CNTX: 0, GID: G1, PID: %d, REAS: 6}", tt.id),
			"UserRemoved {BUID: 2}", fmt.Sprintf("UserRemoved {BUID: %d}", tt.id))
		if n := s.engine.Stats().Players; n != 2 {
			t.Errorf("login %d: %d players", i, n)
		}
		c.id = tt.then
		c.ready()
	}
}

// first keeps of each line the first word.
func first(lines []string) []string {
	for i := range lines {
		lines[i], _, _ = strings.Cut(lines[i], " ")
	}
	return lines
}

// TestNetworkBeforeLogin is engine 15 B-18.
func TestNetworkBeforeLogin(t *testing.T) {
	s := start(t, engine.Config{})
	token := s.account(1).token
	c := s.dial(nil)
	c.id = 1
	c.must(blaze.Util, blaze.UtilPreAuth, func(e *tdf.Encoder) { e.Group("CINF", func() { e.Uint("LOC", 0x64654445) }) })
	c.must(blaze.UserSessions, blaze.UsersUpdateNetworkInfo, c.network)
	c.must(blaze.UserSessions, blaze.UsersUpdateHardwareFlags, func(e *tdf.Encoder) { e.Uint("HWFG", 1) })
	c.must(blaze.Authentication, blaze.AuthSilentLogin, silent(token, 1))
	c.told()
	c.must(blaze.Util, blaze.UtilPostAuth, nil)
	c.send(blaze.GameManager, blaze.GameCreateGame, createGame)
	var setup, added tdf.Group
	for range 5 {
		p, err := c.next()
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case p.Component == blaze.GameManager && p.Command == blaze.NotifyGameSetup:
			setup = wiretest.Body(t, p)
		case p.Component == blaze.UserSessions && p.Command == blaze.NotifyUserAdded:
			added = wiretest.Body(t, p)
		}
	}
	if data := added.Group("DATA"); data.Uint("HWFG") != 1 || !strings.Contains(fmt.Sprint(data), "ADDR: 2{EXIP: {IP: 3405803777, PORT: 3659}") {
		t.Errorf("extended data: %v", data)
	}
	for v := range setup.Group("GAME").List("HNET").All() {
		if _, addr, _ := v.Union(); addr.Group("EXIP").Uint("IP") != 0xcb007101 {
			t.Errorf("host address %v", addr)
		}
	}
	for v := range setup.List("PROS").All() {
		if got := v.Group().Uint("LOC"); got != 0x64654445 {
			t.Errorf("locale %#x", got)
		}
	}
}

// TestPublicAddress is engine 15 B-26: a player on the server's own machine is
// reached under the server's public address.
func TestPublicAddress(t *testing.T) {
	s := start(t, engine.Config{PublicIP: netip.MustParseAddr("198.51.100.1")})
	c := s.account(1)
	c.must(blaze.UserSessions, blaze.UsersUpdateNetworkInfo, func(e *tdf.Encoder) {
		e.Union("ADDR", 2, func() {
			e.Group("EXIP", func() { e.Uint("IP", 0); e.Uint("PORT", 0) })
			e.Group("INIP", func() { e.Uint("IP", 0xc0a8000a); e.Uint("PORT", 3659) })
		})
	})
	body := c.must(blaze.UserSessions, blaze.UsersLookupUser, func(e *tdf.Encoder) { e.Uint("ID", 1) })
	_, addr, _ := body.Group("EDAT").Union("ADDR")
	if got := addr.Group("EXIP"); got.Uint("IP") != 0xc6336401 || got.Uint("PORT") != 3659 {
		t.Errorf("external address %v", got)
	}
}

// TestPostAuthTwice is engine 15 B-25.
func TestPostAuthTwice(t *testing.T) {
	s := start(t, engine.Config{})
	c := s.account(1)
	c.must(blaze.Util, blaze.UtilPostAuth, nil)
	c.told("UserAdded(1) -ULST", "UserUpdated {FLGS: 3, ID: 1}")
	c.must(blaze.Util, blaze.UtilPostAuth, nil)
	c.told()
	c.must(blaze.UserSessions, blaze.UsersUpdateHardwareFlags, func(e *tdf.Encoder) { e.Uint("HWFG", 1) })
	c.told("EXT(1) -ULST")
	c.must(blaze.Util, blaze.UtilSetClientMetrics, func(e *tdf.Encoder) { e.Uint("USTA", 1) })
	c.told()
	c.must(blaze.Util, blaze.UtilSetClientMetrics, func(e *tdf.Encoder) { e.Uint("USTA", 2); e.Uint("UWAN", 0xcb007105) })
	c.told("EXT(1) -ULST")
}

// TestRatingIsShown: the N7 rating that others see is the reported one
// (engine 15 B-21).
func TestRatingIsShown(t *testing.T) {
	s := start(t, engine.Config{})
	c := s.player(1)
	rating := func() string {
		body := c.must(blaze.UserSessions, blaze.UsersLookupUser, func(e *tdf.Encoder) { e.Uint("ID", 1) })
		text := fmt.Sprint(body.Group("EDAT"))
		return text[strings.Index(text, "DMAP"):strings.Index(text, ", HWFG")]
	}
	if got := rating(); got != "DMAP: {458753: 0}" {
		t.Errorf("new player: %s", got)
	}
	c.must(blaze.GameReporting, blaze.ReportingSubmitOfflineGameReport, func(e *tdf.Encoder) {
		e.Group("RPRT", func() {
			e.Variable("GAME", 1, "GAME", func() {
				e.Map("PLYR", tdf.TypeVarint, tdf.TypeGroup, 1, func(int) {
					e.ElemUint(1)
					e.ElemGroup(func() { e.Uint("NRAT", 46) })
				})
			})
		})
	})
	c.must(blaze.Authentication, blaze.AuthSilentLogin, silent(c.token, 1))
	if got := rating(); got != "DMAP: {458753: 46}" {
		t.Errorf("at the next login: %s", got)
	}
}

// TestSettings saves, loads, and meets the limits (spec: blaze 4.4.6 to 4.4.8).
func TestSettings(t *testing.T) {
	s := start(t, engine.Config{})
	c := s.player(1)
	save := func(key, value string) func(*tdf.Encoder) {
		return func(e *tdf.Encoder) { e.Str("DATA", value); e.Str("KEY", key); e.Uint("UID", 0) }
	}
	c.must(blaze.Util, blaze.UtilUserSettingsSave, save("class1", "20;4;Adept;20;0.0000;50"))
	c.must(blaze.Util, blaze.UtilUserSettingsSave, save("Base", "\xff raw"))
	c.must(blaze.Util, blaze.UtilUserSettingsSave, save("class1", "20;5"))
	all, _ := c.must(blaze.Util, blaze.UtilUserSettingsLoadAll, nil).Get("SMAP")
	var got []string
	for k, v := range all.Map().All() {
		got = append(got, k.Str()+"="+string(v.StrBytes()))
	}
	if diff := cmp.Diff([]string{"Base=\xff raw", "class1=20;5"}, got); diff != "" {
		t.Error(diff)
	}
	if got := wiretest.Short(c.ask(blaze.Util, blaze.UtilUserSettingsLoad, save("class1", ""))); got != `R {DATA: "20;5", KEY: "class1"}` {
		t.Error(got)
	}
	c.refused(0xc8, blaze.Util, blaze.UtilUserSettingsLoad, save("class2", ""))
	c.refused(0x400c, blaze.Util, blaze.UtilUserSettingsSave, save("", "x"))
	c.refused(0x400c, blaze.Util, blaze.UtilUserSettingsSave, save("big", strings.Repeat("x", 65537)))
	other := s.player(2)
	if m := other.must(blaze.Util, blaze.UtilUserSettingsLoadAll, nil); m.Map("SMAP").Len() != 0 {
		t.Errorf("another player has %v", m)
	}
}

// TestSuspendPing is the exchange of spec: blaze 4.4.9.
func TestSuspendPing(t *testing.T) {
	c := start(t, engine.Config{}).dial(nil)
	suspend := func(us int64) func(*tdf.Encoder) { return func(e *tdf.Encoder) { e.Int("TVAL", us) } }
	c.refused(0x12d, blaze.Util, blaze.UtilSuspendUserPing, suspend(20_000_000))
	c.refused(0x12e, blaze.Util, blaze.UtilSuspendUserPing, suspend(90_000_000))
	c.refused(0x12c, blaze.Util, blaze.UtilSuspendUserPing, suspend(90_000_001))
	c.refused(0x12d, blaze.Util, blaze.UtilSuspendUserPing, suspend(-1))
}
