package account

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// nameNumbers is how many numbers a generated name can end with, from 0001.
const nameNumbers = 9999

// randomName draws a display name such as "brave-otter-0042". The game's form
// for a new account has no field for one (spec: engine 3.8).
//
//nolint:gosec // names are public, it does not matter who can guess the next
func randomName() string {
	return fmt.Sprintf("%s-%s-%04d",
		adjectives[rand.IntN(len(adjectives))],
		nouns[rand.IntN(len(nouns))],
		1+rand.IntN(nameNumbers))
}

// nameKey returns the key by which display names are compared, so that names
// that differ only in case are the same name.
func nameKey(name string) string {
	return strings.ToLower(name)
}
