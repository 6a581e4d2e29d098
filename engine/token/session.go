package token

import (
	"encoding/binary"
	"fmt"
	"time"
)

// SessionLifetime is how long a session token is good after its issue. It does
// not slide: a login with a token does not prolong it (spec: engine 3.3).
const SessionLifetime = 30 * 24 * time.Hour

// Session is what a session token says about its bearer.
type Session struct {
	Player  uint32 // player id
	Version uint32 // token version of the account at the time of issue
}

// Session issues a token for s that expires after SessionLifetime
// (spec: engine 3.3).
func (i *Issuer) Session(s Session) string {
	expiry := i.now().Add(SessionLifetime).Unix()
	var payload [payloadSize]byte
	binary.BigEndian.PutUint32(payload[0:], s.Player)
	binary.BigEndian.PutUint64(payload[4:], uint64(expiry))
	binary.BigEndian.PutUint32(payload[12:], s.Version)
	return seal(i.sessionKey, payload)
}

// VerifySession returns what token says, or an error that is ErrInvalid or
// ErrExpired. A token is good up to and including the second of its expiry.
// The caller must still check that the player exists and has that version.
func (i *Issuer) VerifySession(token string) (Session, error) {
	payload, ok := open(i.sessionKey, token)
	if !ok {
		return Session{}, fmt.Errorf("session token: %w", ErrInvalid)
	}
	expiry := binary.BigEndian.Uint64(payload[4:])
	if now := i.now().Unix(); now < 0 || uint64(now) > expiry {
		return Session{}, fmt.Errorf("session token: %w", ErrExpired)
	}
	return Session{
		Player:  binary.BigEndian.Uint32(payload[0:]),
		Version: binary.BigEndian.Uint32(payload[12:]),
	}, nil
}
