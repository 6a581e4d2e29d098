package token

import (
	"crypto/rand"
	"fmt"
)

// Association is the random id that links a client's game connections with its
// network tunnel. It is a version 4 UUID (spec: engine 2.3).
type Association [payloadSize]byte

// NewAssociation draws a fresh id and returns it with its token. The token has
// no expiry; it is good as long as the server keeps its secret.
func (i *Issuer) NewAssociation() (Association, string) {
	var id Association
	rand.Read(id[:]) // never fails: the runtime aborts without randomness
	id[6] = id[6]&0x0F | 0x40
	id[8] = id[8]&0x3F | 0x80
	return id, seal(i.associationKey, id)
}

// VerifyAssociation returns the id that token carries, or an error that is
// ErrInvalid.
func (i *Issuer) VerifyAssociation(token string) (Association, error) {
	payload, ok := open(i.associationKey, token)
	if !ok {
		return Association{}, fmt.Errorf("association token: %w", ErrInvalid)
	}
	return payload, nil
}
