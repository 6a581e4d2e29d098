package wiretest

import (
	"sync"

	"github.com/charonrelay/charon/blaze"
)

// Recorder is the connection of a user: it keeps what it is told.
type Recorder struct {
	mu      sync.Mutex
	packets []blaze.Packet
	down    bool
}

// Notify implements presence.Peer.
func (r *Recorder) Notify(p blaze.Packet) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.packets = append(r.packets, p)
}

// Shutdown implements presence.Peer.
func (r *Recorder) Shutdown() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.down = true
}

// Down reports whether Shutdown was called.
func (r *Recorder) Down() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.down
}

// Take returns what came since the last call.
func (r *Recorder) Take() []blaze.Packet {
	r.mu.Lock()
	defer r.mu.Unlock()
	p := r.packets
	r.packets = nil
	return p
}

// Lines is Take, each packet in [Short] form.
func (r *Recorder) Lines() []string {
	lines := []string{}
	for _, p := range r.Take() {
		lines = append(lines, Short(p))
	}
	return lines
}
