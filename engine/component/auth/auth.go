// Package auth is the Authentication component: how a game logs in, and what
// follows when a login ends (spec: blaze 4.3, engine 3).
package auth

import (
	"context"
	"errors"
	"sync"

	"github.com/charonrelay/charon/blaze"
	"github.com/charonrelay/charon/engine/account"
	"github.com/charonrelay/charon/engine/content"
	"github.com/charonrelay/charon/engine/presence"
	"github.com/charonrelay/charon/engine/session"
)

// Accounts is what the component needs of the accounts.
type Accounts interface {
	Create(ctx context.Context, email, password string) (account.Account, error)
	LoginPassword(ctx context.Context, email, password string) (account.Account, error)
	LoginToken(ctx context.Context, token string, claimed int64) (account.Account, error)
	IssueToken(account.Account) string
}

// Ratings tells the N7 rating of a player.
type Ratings interface {
	Rating(ctx context.Context, player uint32) (n7 uint32, ok bool, err error)
}

// Lobby is where players are while they play.
type Lobby interface {
	// Depart takes the user out of matchmaking and his game.
	Depart(u *presence.User)
}

// Config is what a Component needs. All fields are required.
type Config struct {
	Accounts Accounts
	Ratings  Ratings
	Users    presence.Registry
	Lobby    Lobby
	Content  *content.Content
}

// Component answers the Authentication commands.
type Component struct {
	cfg Config
	// players orders the logins and ends of a player, by id: a new login
	// begins when the one before it is out of its game, so that nobody meets
	// the same player twice. Taken before all other locks.
	players [64]sync.Mutex
}

// New returns the component.
func New(cfg Config) *Component { return &Component{cfg: cfg} }

// Register adds the component's commands.
func (c *Component) Register(r *session.Router) {
	handle := func(command uint16, h session.Handler) { r.Handle(blaze.Authentication, command, h) }
	handle(blaze.AuthLogin, c.login)
	handle(blaze.AuthCreateAccount, c.createAccount)
	handle(blaze.AuthSilentLogin, c.silentLogin)
	handle(blaze.AuthOriginLogin, c.originLogin)
	handle(blaze.AuthLoginPersona, c.loginPersona)
	handle(blaze.AuthLogout, c.logout)
	handle(blaze.AuthListUserEntitlements2, c.listUserEntitlements)
	handle(blaze.AuthGetLegalDocsInfo, c.getLegalDocsInfo)
	handle(blaze.AuthGetTermsOfServiceContent, c.getDocument(c.cfg.Content.Terms))
	handle(blaze.AuthGetPrivacyPolicyContent, c.getDocument(c.cfg.Content.Privacy))
	handle(blaze.AuthGetPasswordRules, c.getPasswordRules)
	handle(blaze.AuthPasswordForgot, c.passwordForgot)
	handle(blaze.AuthGetAuthToken, c.getAuthToken)
	r.Handle(blaze.UserSessions, blaze.UsersResumeSession, c.resumeSession)
}

func (c *Component) login(ctx context.Context, s *session.Session, req *session.Request) (session.Reply, error) {
	a, err := c.cfg.Accounts.LoginPassword(ctx, req.Body.Str("MAIL"), req.Body.Str("PASS"))
	if err != nil {
		return nil, refusal(err)
	}
	l, err := c.adopt(ctx, s, a, c.cfg.Accounts.IssueToken(a))
	if err != nil {
		return nil, err
	}
	return loginResponse(l), nil
}

func (c *Component) createAccount(ctx context.Context, s *session.Session, req *session.Request) (session.Reply, error) {
	a, err := c.cfg.Accounts.Create(ctx, req.Body.Str("MAIL"), req.Body.Str("PASS"))
	if err != nil {
		return nil, refusal(err)
	}
	s.Log().Info("account created", "player", a.ID)
	l, err := c.adopt(ctx, s, a, c.cfg.Accounts.IssueToken(a))
	if err != nil {
		return nil, err
	}
	return loginResponse(l), nil
}

func (c *Component) silentLogin(ctx context.Context, s *session.Session, req *session.Request) (session.Reply, error) {
	return c.tokenLogin(ctx, s, req.Body.Str("AUTH"), req.Body.Int("PID"))
}

// resumeSession is a command of UserSessions, but a login like the others: the
// session key is the token (spec: blaze 4.5.1).
func (c *Component) resumeSession(ctx context.Context, s *session.Session, req *session.Request) (session.Reply, error) {
	return c.tokenLogin(ctx, s, req.Body.Str("SKEY"), 0)
}

func (c *Component) tokenLogin(ctx context.Context, s *session.Session, token string, claimed int64) (session.Reply, error) {
	a, err := c.cfg.Accounts.LoginToken(ctx, token, claimed)
	if err != nil {
		return nil, refusal(err)
	}
	l, err := c.adopt(ctx, s, a, token)
	if err != nil {
		return nil, err
	}
	return fullLoginResponse(l), nil
}

// originLogin is refused the way servers without a connection to EA refuse it:
// the game then offers its own login form (spec: engine 3.7).
func (c *Component) originLogin(_ context.Context, s *session.Session, _ *session.Request) (session.Reply, error) {
	s.Log().Info("login by Origin or EA App is not possible here, the player has to log in with e-mail and password")
	return nil, session.Fail(blaze.CodeAuthInvalidToken)
}

func (c *Component) loginPersona(_ context.Context, s *session.Session, _ *session.Request) (session.Reply, error) {
	l := s.Login()
	if l == nil {
		return nil, session.Fail(blaze.CodeAuthRequired)
	}
	return sessionInfo(l), nil
}

func (c *Component) logout(_ context.Context, s *session.Session, _ *session.Request) (session.Reply, error) {
	c.End(s)
	return nil, nil
}

// End ends the session's login, if there is one: at logout and when the
// connection is gone. What the game has reported about its network stays for
// the next login on the same connection.
func (c *Component) End(s *session.Session) {
	l := s.SetLogin(nil)
	if l == nil {
		return
	}
	s.KeepNetwork(l.User.Network())
	if c.logOut(l.User) {
		s.Log().Info("player logged out", "player", l.User.ID)
	}
}

// adopt makes the account the session's login, in place of an earlier one of
// this session and of any other session of the same player: the newest login
// wins (spec: blaze 4.3).
func (c *Component) adopt(ctx context.Context, s *session.Session, a account.Account, token string) (*session.Login, error) {
	rating, _, err := c.cfg.Ratings.Rating(ctx, a.ID)
	if err != nil {
		return nil, &session.CodeError{Code: blaze.CodeDatabase, Err: err}
	}
	c.End(s)
	u := presence.NewUser(presence.Identity{ID: a.ID, Name: a.Name, Locale: s.Locale()}, s, s.Network(), rating)
	l := &session.Login{User: u, Account: a, Token: token}
	s.SetLogin(l)
	if old := c.logIn(u); old != nil {
		s.Log().Info("player had logged in elsewhere, the older connection is closed", "player", a.ID)
		old.Disconnect()
	}
	s.Log().Info("player logged in", "player", a.ID, "name", a.Name)
	return l, nil
}

// logIn makes u the player's user, and returns the one he replaces once that
// one is out of everything.
func (c *Component) logIn(u *presence.User) (replaced *presence.User) {
	defer c.lock(u)()
	old := c.cfg.Users.Register(u)
	if old != nil {
		c.depart(old)
	}
	return old
}

// logOut ends a user. It reports false if a newer login has done that.
func (c *Component) logOut(u *presence.User) bool {
	defer c.lock(u)()
	return c.depart(u)
}

// lock locks the logins of u's player.
func (c *Component) lock(u *presence.User) (unlock func()) {
	m := &c.players[u.ID%uint32(len(c.players))]
	m.Lock()
	return m.Unlock
}

func (c *Component) depart(u *presence.User) bool {
	if !u.End() {
		return false
	}
	c.cfg.Lobby.Depart(u)
	c.cfg.Users.Unregister(u)
	u.Farewell()
	return true
}

// refusal gives a failed login the code that the game understands (spec: blaze
// 4.3, 6.4).
func refusal(err error) error {
	for _, r := range []struct {
		err  error
		code blaze.ErrorCode
	}{
		{account.ErrEmailInvalid, blaze.CodeAuthInvalidEmail},
		{account.ErrEmailTaken, blaze.CodeAuthExists},
		{account.ErrPasswordTooShort, blaze.CodeAuthInvalidField},
		{account.ErrPasswordTooLong, blaze.CodeAuthInvalidField},
		{account.ErrNotFound, blaze.CodeAuthInvalidUser},
		{account.ErrNoPassword, blaze.CodeAuthInvalidUser},
		{account.ErrWrongPassword, blaze.CodeAuthInvalidPassword},
		{account.ErrTokenInvalid, blaze.CodeAuthInvalidToken},
		{account.ErrTokenExpired, blaze.CodeAuthExpiredToken},
	} {
		if errors.Is(err, r.err) {
			return &session.CodeError{Code: r.code, Err: err}
		}
	}
	if errors.Is(err, account.ErrBusy) {
		return err
	}
	return &session.CodeError{Code: blaze.CodeDatabase, Err: err}
}
