// Package token issues and verifies the server's keyed tokens.
//
// A token is two unpadded base64url fields joined by a dot: a payload and the
// HMAC-SHA256 of the payload. Integers are big endian.
//
//	kind         payload                                      token length
//	session      player id u32, expiry u64, version u32       22+1+43 = 66
//	association  random UUID (version 4), 16 bytes            22+1+43 = 66
//
// The first 12 bytes of a session payload are the reference server's whole
// payload (spec: engine 3.3, blaze 4.3); expiry counts unix seconds. The four
// bytes after it are ours: the account's token version at the time of issue.
// A token is good only while its account still has that version, so raising
// the version revokes every token given out before, which the reference cannot
// do. The game treats a session token as opaque and keeps up to 127 characters
// of it (spec: blaze 4.5.1), so the longer payload is safe.
//
// Each kind is signed with its own key, derived by HKDF-SHA256 from the one
// stored secret, so that a token of one kind never passes for another.
package token

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"time"
)

var (
	// ErrInvalid means that a token is malformed, is of another kind, or was
	// not signed with this server's secret.
	ErrInvalid = errors.New("the token is not valid on this server")
	// ErrExpired means that a token was genuine but its time is over.
	ErrExpired = errors.New("the token has expired")
)

// Sizes, in characters, of a token's parts. Both kinds have a 16-byte payload.
const (
	payloadSize  = 16
	payloadChars = 22
	macChars     = 43

	// Length is the length in characters of every token.
	Length = payloadChars + 1 + macChars
)

// Labels that separate the derived keys. Changing one revokes all tokens of
// its kind.
const (
	sessionLabel     = "charon token: session"
	associationLabel = "charon token: association"
)

// encoding refuses padding and stray low bits: each payload has one spelling.
var encoding = base64.RawURLEncoding.Strict()

// Issuer issues and verifies tokens under one secret. It is immutable and safe
// for concurrent use.
type Issuer struct {
	sessionKey     []byte
	associationKey []byte
	now            func() time.Time
}

// New returns an Issuer for secret, which must be SecretSize bytes, normally
// from LoadSecret. The clock now is asked at each issue and verification of a
// session token; nil means time.Now.
func New(secret []byte, now func() time.Time) (*Issuer, error) {
	if len(secret) != SecretSize {
		return nil, fmt.Errorf("token: the secret has %d bytes, it must have %d", len(secret), SecretSize)
	}
	sessionKey, err := hkdf.Key(sha256.New, secret, nil, sessionLabel, sha256.Size)
	if err != nil {
		return nil, fmt.Errorf("token: derive session key: %w", err)
	}
	associationKey, err := hkdf.Key(sha256.New, secret, nil, associationLabel, sha256.Size)
	if err != nil {
		return nil, fmt.Errorf("token: derive association key: %w", err)
	}
	if now == nil {
		now = time.Now
	}
	return &Issuer{sessionKey: sessionKey, associationKey: associationKey, now: now}, nil
}

// seal returns the token that carries payload.
func seal(key []byte, payload [payloadSize]byte) string {
	token := make([]byte, 0, Length)
	token = encoding.AppendEncode(token, payload[:])
	token = append(token, '.')
	token = encoding.AppendEncode(token, mac(key, payload))
	return string(token)
}

// open returns the payload of token if token is exactly what seal made of it
// with the same key. The comparison of the signature takes constant time.
func open(key []byte, token string) (payload [payloadSize]byte, ok bool) {
	if len(token) != Length || token[payloadChars] != '.' {
		return payload, false
	}
	// The decoder skips line breaks, so the decoded sizes must be checked too.
	if n, err := encoding.Decode(payload[:], []byte(token[:payloadChars])); err != nil || n != payloadSize {
		return payload, false
	}
	var sum [sha256.Size]byte
	if n, err := encoding.Decode(sum[:], []byte(token[payloadChars+1:])); err != nil || n != sha256.Size {
		return payload, false
	}
	return payload, hmac.Equal(sum[:], mac(key, payload))
}

func mac(key []byte, payload [payloadSize]byte) []byte {
	h := hmac.New(sha256.New, key)
	h.Write(payload[:])
	return h.Sum(nil)
}
