package auth

import (
	"testing"

	"github.com/charonrelay/charon/blaze"
	"github.com/charonrelay/charon/engine/account"
	"github.com/charonrelay/charon/engine/internal/wiretest"
	"github.com/charonrelay/charon/engine/presence"
	"github.com/charonrelay/charon/engine/session"
)

// TestVectors has A.1 to A.3. Their session key is "1", the player id; here it
// is the token (spec: blaze 4.5.1).
func TestVectors(t *testing.T) {
	l := &session.Login{
		User:    presence.NewUser(presence.Identity{ID: 1, Name: "Test"}, nil, presence.NewNetwork(), 0),
		Account: account.Account{ID: 1, Name: "Test", Email: "a@b.c"},
		Token:   "TOK",
	}
	const key, token = "02 3100", "04 544F4B00"
	for _, tt := range []struct {
		name    string
		command uint16
		seq     uint32
		reply   session.Reply
		file    string
		label   string // of the session key
	}{
		{"silent login", blaze.AuthSilentLogin, 4, fullLoginResponse(l), "a01_silent_login_response.hex", "AE5E40 01"},
		{"login", blaze.AuthLogin, 4, loginResponse(l), "a02_login_response.hex", "CEB979 01"},
		{"login persona", blaze.AuthLoginPersona, 14, sessionInfo(l), "a03_login_persona_response.hex", "AE5E40 01"},
	} {
		h := blaze.NewRequest(blaze.Authentication, tt.command, tt.seq, nil).Header
		want := wiretest.Replace(t, wiretest.Vector(t, tt.file), tt.label+key, tt.label+token)
		wiretest.Equal(t, tt.name, h.Reply(tt.reply), want)
	}
}
