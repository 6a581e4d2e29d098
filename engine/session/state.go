package session

import (
	"github.com/charonrelay/charon/engine/account"
	"github.com/charonrelay/charon/engine/presence"
)

// Login is what a session knows about its logged-in player.
type Login struct {
	User *presence.User
	// Account is the player's account as it was at the login.
	Account account.Account
	// Token is the session token the game was given, its PCTK, SKEY and KEY
	// (spec: blaze 4.5.1).
	Token string
}

// Login returns the session's login, nil before it, after the logout, and once
// a newer login of the same player has taken its place.
func (s *Session) Login() *Login {
	s.mu.Lock()
	l := s.login
	s.mu.Unlock()
	if l == nil || l.User.Ended() {
		return nil
	}
	return l
}

// User returns the user of [Session.Login], or nil.
func (s *Session) User() *presence.User {
	if l := s.Login(); l != nil {
		return l.User
	}
	return nil
}

// SetLogin makes l the session's login, nil for none, and returns the previous
// one, even if that has ended.
func (s *Session) SetLogin(l *Login) (previous *Login) {
	s.mu.Lock()
	defer s.mu.Unlock()
	previous, s.login = s.login, l
	return previous
}

// UpdateNetwork changes what is known about the game's connection: of the
// user if there is one, otherwise kept for the login (spec: blaze 8.2).
func (s *Session) UpdateNetwork(change func(*presence.Network) bool) {
	if u := s.User(); u != nil {
		u.Update(change)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&s.early)
}

// Network returns what the game has reported so far.
func (s *Session) Network() presence.Network {
	if u := s.User(); u != nil {
		return u.Network()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.early
}

// KeepNetwork makes n what is known about the game's connection outside of
// logins.
func (s *Session) KeepNetwork(n presence.Network) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.early = n
}

// Locale returns the language of the game, "enNZ" until preAuth named it.
func (s *Session) Locale() uint32 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.locale
}

// SetLocale keeps the language named by preAuth.
func (s *Session) SetLocale(l uint32) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.locale = l
}
