package token

import (
	"context"
	"crypto/rand"
	"fmt"
)

// SecretSize is the size in bytes of the secret behind all tokens
// (spec: engine 3.3).
const SecretSize = 64

// secretName is the name under which the secret is stored.
const secretName = "token"

// SecretStore keeps named secrets.
type SecretStore interface {
	// Secret returns the value stored under name. If there is none, it first
	// stores fresh there; of several callers at once, in one process or in
	// many, one succeeds and all get its value.
	Secret(ctx context.Context, name string, fresh []byte) ([]byte, error)
}

// LoadSecret returns the token secret of the server whose database is store,
// drawing it at random on the very first call. Every later process on the same
// database gets the same secret, so tokens outlive restarts.
func LoadSecret(ctx context.Context, store SecretStore) ([]byte, error) {
	fresh := make([]byte, SecretSize)
	rand.Read(fresh) // never fails: the runtime aborts without randomness
	secret, err := store.Secret(ctx, secretName, fresh)
	if err != nil {
		return nil, fmt.Errorf("load token secret: %w", err)
	}
	if len(secret) != SecretSize {
		return nil, fmt.Errorf("load token secret: the stored secret has %d bytes instead of %d, so the database is damaged; restore a backup", len(secret), SecretSize)
	}
	return secret, nil
}
