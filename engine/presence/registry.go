package presence

import "sync"

// Registry finds users by player id. Its users see at most one User for each
// player: the newest login.
type Registry interface {
	// Register makes u the player's user and returns the one he replaces, nil
	// if there was none.
	Register(u *User) (replaced *User)
	// Unregister removes u, unless a newer login has replaced him.
	Unregister(u *User)
	// Find returns the player's user, or nil if he is not online.
	Find(id uint32) *User
	// Count returns how many players are online.
	Count() int
}

// LocalRegistry is the Registry of a server of one node.
type LocalRegistry struct {
	mu    sync.RWMutex
	users map[uint32]*User
}

// NewLocalRegistry returns an empty registry.
func NewLocalRegistry() *LocalRegistry {
	return &LocalRegistry{users: make(map[uint32]*User)}
}

// Register implements [Registry].
func (r *LocalRegistry) Register(u *User) *User {
	r.mu.Lock()
	defer r.mu.Unlock()
	old := r.users[u.ID]
	r.users[u.ID] = u
	return old
}

// Unregister implements [Registry].
func (r *LocalRegistry) Unregister(u *User) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.users[u.ID] == u {
		delete(r.users, u.ID)
	}
}

// Find implements [Registry].
func (r *LocalRegistry) Find(id uint32) *User {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.users[id]
}

// Count implements [Registry].
func (r *LocalRegistry) Count() int {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return len(r.users)
}
