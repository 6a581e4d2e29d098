package account

import (
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/crypto/argon2"
)

// errHash means that a stored password hash cannot be used: it is malformed,
// of another algorithm, or would cost too much to check.
var errHash = errors.New("the stored password hash is not usable")

// cost is what one Argon2id computation takes.
type cost struct {
	memory uint32 // KiB
	passes uint32
	lanes  uint8
}

// defaultCost is the cost of new hashes (spec: engine 3.2).
var defaultCost = cost{memory: 19456, passes: 2, lanes: 1}

// Limits on stored hashes. A database may come from elsewhere; a hash in it
// must not take the server's memory or time. The costliest hash allowed takes
// some sixteen times the time of our own.
const (
	maxMemory = 64 << 10 // KiB, so 64 MiB
	maxPasses = 10
	maxLanes  = 4
	minSalt   = 8  // bytes
	maxSalt   = 64 // bytes
	minSum    = 16 // bytes
	maxSum    = 64 // bytes

	// maxHash is the longest PHC string within these limits, with room.
	maxHash = 256
)

// Sizes of new hashes in bytes (spec: engine 3.2).
const (
	saltSize = 16
	sumSize  = 32
)

// hash is an Argon2id password hash of version 0x13.
type hash struct {
	cost cost
	salt []byte
	sum  []byte
}

// newHash computes the hash of password under salt at the default cost.
func newHash(password string, salt []byte) hash {
	h := hash{cost: defaultCost, salt: salt}
	h.sum = h.compute(password, sumSize)
	return h
}

// matches reports whether password is the one that was hashed.
func (h hash) matches(password string) bool {
	return subtle.ConstantTimeCompare(h.compute(password, uint32(len(h.sum))), h.sum) == 1
}

func (h hash) compute(password string, size uint32) []byte {
	return argon2.IDKey([]byte(password), h.salt, h.cost.passes, h.cost.memory, h.cost.lanes, size)
}

// phcEncoding is the base64 of PHC strings.
var phcEncoding = base64.RawStdEncoding.Strict()

// String returns the PHC string of h.
func (h hash) String() string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version,
		h.cost.memory, h.cost.passes, h.cost.lanes,
		phcEncoding.EncodeToString(h.salt), phcEncoding.EncodeToString(h.sum))
}

// parseHash reads a PHC string. It accepts only the spelling that String
// produces, within the limits above; any other is errHash. Error texts do not
// quote the string.
func parseHash(phc string) (hash, error) {
	if len(phc) > maxHash {
		return hash{}, fmt.Errorf("%w: %d characters", errHash, len(phc))
	}
	fields := strings.Split(phc, "$")
	if len(fields) != 6 || fields[0] != "" || fields[1] != "argon2id" || fields[2] != "v="+strconv.Itoa(argon2.Version) {
		return hash{}, fmt.Errorf("%w: not an Argon2id version %d string", errHash, argon2.Version)
	}
	var h hash
	params := strings.Split(fields[3], ",")
	if len(params) != 3 {
		return hash{}, fmt.Errorf("%w: %d parameters, expected m, t and p", errHash, len(params))
	}
	memory, err1 := parameter(params[0], "m=", maxMemory)
	passes, err2 := parameter(params[1], "t=", maxPasses)
	lanes, err3 := parameter(params[2], "p=", maxLanes)
	if err := errors.Join(err1, err2, err3); err != nil {
		return hash{}, err
	}
	if memory < 8*lanes {
		return hash{}, fmt.Errorf("%w: m=%d is too little for p=%d", errHash, memory, lanes)
	}
	h.cost = cost{memory: memory, passes: passes, lanes: uint8(lanes)}

	var err error
	if h.salt, err = bytesField(fields[4], minSalt, maxSalt); err != nil {
		return hash{}, fmt.Errorf("%w: salt: %w", errHash, err)
	}
	if h.sum, err = bytesField(fields[5], minSum, maxSum); err != nil {
		return hash{}, fmt.Errorf("%w: output: %w", errHash, err)
	}
	return h, nil
}

// parameter reads "name=value" with a value from 1 to limit in plain decimal.
func parameter(field, name string, limit uint64) (uint32, error) {
	digits, ok := strings.CutPrefix(field, name)
	value, err := strconv.ParseUint(digits, 10, 32)
	if !ok || err != nil || value < 1 || value > limit || strconv.FormatUint(value, 10) != digits {
		return 0, fmt.Errorf("%w: expected %s1 to %s%d", errHash, name, name, limit)
	}
	return uint32(value), nil
}

// bytesField decodes base64 of least to most bytes.
func bytesField(field string, least, most int) ([]byte, error) {
	if strings.ContainsAny(field, "\r\n") { // the decoder would skip them
		return nil, errors.New("line break")
	}
	b, err := phcEncoding.DecodeString(field)
	if err != nil {
		return nil, err
	}
	if len(b) < least || len(b) > most {
		return nil, fmt.Errorf("%d bytes, expected %d to %d", len(b), least, most)
	}
	return b, nil
}
