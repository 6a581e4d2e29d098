// Package playerdata keeps what the game saves for a player: credits, classes,
// characters, inventory and progress, as named values that only the game
// understands (spec: engine 6.1, blaze 4.4.6 to 4.4.8).
//
// A value is a string of any bytes and is given back byte for byte, whatever
// its encoding; it is stored as bytes, not as text, for that reason. A key is
// short printable text. The game chooses the keys, and any key is accepted
// (spec: blaze 5.4), but their number and the sizes are limited, so that one
// player cannot fill the disk.
package playerdata

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/charonrelay/charon/blaze/tdf"
)

// Limits on one player's data. The game itself uses about 85 keys, of up to 13
// bytes, with values of up to some 8 KiB (spec: engine 10.6, blaze 5.4).
const (
	MaxKey   = 64        // bytes of a key
	MaxValue = 64 * 1024 // bytes of a value
	MaxKeys  = 300       // keys of a player
	MaxBytes = 1 << 20   // bytes of all of a player's values together
)

var (
	// ErrKeyInvalid means that a key is empty, longer than MaxKey, or not
	// printable text.
	ErrKeyInvalid = fmt.Errorf("the name of a saved value must be 1 to %d bytes of printable text", MaxKey)
	// ErrValueTooLong means that a value is longer than MaxValue.
	ErrValueTooLong = fmt.Errorf("a saved value may have at most %d bytes", MaxValue)
	// ErrFull means that the change would leave the player with more than
	// MaxKeys keys or MaxBytes bytes.
	ErrFull = fmt.Errorf("a player may have at most %d saved values with at most %d bytes together", MaxKeys, MaxBytes)
	// ErrNoSuchKey means that the player has no value under a key.
	ErrNoSuchKey = errors.New("the player has no saved value of this name")
)

// Entry is one key of a player with its value.
type Entry struct {
	Key   string // printable text, 1 to MaxKey bytes
	Value string // any bytes, at most MaxValue
}

// Limits bound all of one player's data.
type Limits struct {
	Keys  int // number of keys
	Bytes int // of all values together
}

// Store keeps player data. Its methods are safe for concurrent use, also by
// several processes at once.
type Store interface {
	// SavePlayerData sets one value, in one step with the check of the limits.
	// The error is ErrFull for a new key or a longer value beyond them; a key
	// that exists can always be set to a value that is not longer.
	SavePlayerData(ctx context.Context, player uint32, e Entry, at time.Time, limits Limits) error
	// PlayerDataValue returns one value, or ErrNoSuchKey.
	PlayerDataValue(ctx context.Context, player uint32, key string) (string, error)
	// PlayerData returns all of a player's data in any order.
	PlayerData(ctx context.Context, player uint32) ([]Entry, error)
}

// Service saves and loads player data. It is safe for concurrent use and has
// nothing to close.
type Service struct {
	store Store
	now   func() time.Time
}

// New returns a Service on store. The clock now dates the changes; nil means
// time.Now.
func New(store Store, now func() time.Time) *Service {
	if now == nil {
		now = time.Now
	}
	return &Service{store: store, now: now}
}

// Save sets the player's value under key. When it returns nil, the value
// survives the death of this process. The error is ErrKeyInvalid,
// ErrValueTooLong or ErrFull when a limit forbids the change, ctx's
// error, or a fault of the store, for instance because there is no such player.
func (s *Service) Save(ctx context.Context, player uint32, key, value string) error {
	if !validKey(key) {
		return ErrKeyInvalid
	}
	if len(value) > MaxValue {
		return ErrValueTooLong
	}
	return s.store.SavePlayerData(ctx, player, Entry{Key: key, Value: value}, s.now(), Limits{MaxKeys, MaxBytes})
}

// Load returns the player's value under key, or ErrNoSuchKey.
func (s *Service) Load(ctx context.Context, player uint32, key string) (string, error) {
	if !validKey(key) {
		return "", ErrNoSuchKey
	}
	return s.store.PlayerDataValue(ctx, player, key)
}

// LoadAll returns all of a player's data in the order in which the game wants
// it: ascending by key without regard to case (spec: blaze 2.8). A player
// without data, or no such player, gives no entries.
func (s *Service) LoadAll(ctx context.Context, player uint32) ([]Entry, error) {
	entries, err := s.store.PlayerData(ctx, player)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(entries, func(a, b Entry) int { return tdf.CompareKeys(a.Key, b.Key) })
	return entries, nil
}

func validKey(key string) bool {
	if key == "" || len(key) > MaxKey || !utf8.ValidString(key) {
		return false
	}
	return !strings.ContainsFunc(key, func(r rune) bool { return !unicode.IsPrint(r) })
}
