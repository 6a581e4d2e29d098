package account

import (
	"context"
	"crypto/rand"
)

// hasher computes password hashes in the callers' goroutines, but only so many
// at a time: each takes 19 MiB and tens of milliseconds of a processor.
type hasher struct {
	places  chan struct{} // a place in the queue or at work
	workers chan struct{} // a place at work
	decoy   hash          // what the password of nobody is compared with
}

// newHasher returns a hasher for so many computations at once and so many
// callers waiting for one.
func newHasher(workers, queue int) *hasher {
	decoy := hash{cost: defaultCost, salt: make([]byte, saltSize), sum: make([]byte, sumSize)}
	rand.Read(decoy.sum) // never fails: the runtime aborts without randomness
	return &hasher{
		places:  make(chan struct{}, workers+queue),
		workers: make(chan struct{}, workers),
		decoy:   decoy,
	}
}

// hash returns the PHC string of password under a fresh salt. The error is
// ErrBusy if the queue is full, or ctx's if it ended while waiting.
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, saltSize)
	rand.Read(salt) // never fails: the runtime aborts without randomness
	var phc string
	err := h.do(ctx, func() { phc = newHash(password, salt).String() })
	return phc, err
}

// matches reports whether password belongs to stored. Errors are as in hash.
func (h *hasher) matches(ctx context.Context, stored hash, password string) (bool, error) {
	var ok bool
	err := h.do(ctx, func() { ok = stored.matches(password) })
	return ok, err
}

// pretend takes the time of a check without one, so that the time of an answer
// does not tell whether there was a password to check. Errors are as in hash.
func (h *hasher) pretend(ctx context.Context, password string) error {
	_, err := h.matches(ctx, h.decoy, password)
	return err
}

func (h *hasher) do(ctx context.Context, compute func()) error {
	select {
	case h.places <- struct{}{}:
	default:
		return ErrBusy
	}
	defer func() { <-h.places }()

	select {
	case h.workers <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-h.workers }()
	if err := ctx.Err(); err != nil { // both were ready
		return err
	}
	compute()
	return nil
}
