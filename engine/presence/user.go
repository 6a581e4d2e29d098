package presence

import (
	"slices"
	"sync"

	"github.com/charonrelay/charon/blaze"
	"github.com/charonrelay/charon/blaze/tdf"
)

// Peer is the connection of a user's game.
type Peer interface {
	// Notify queues a notification. It never blocks: a connection that cannot
	// keep up is closed instead.
	Notify(blaze.Packet)
	// Shutdown closes the connection once what is queued has been sent.
	Shutdown()
}

// Identity is what never changes about a user while he is online.
type Identity struct {
	// ID is the player id; also Blaze user, persona and account id.
	ID uint32
	// Name is the display name.
	Name string
	// Locale is the game's language as four ASCII characters, "enNZ" for example.
	Locale uint32
}

// User is one login of a player on one connection.
type User struct {
	Identity
	peer   Peer
	rating uint32

	mu      sync.Mutex
	net     Network
	game    uint32 // id of the game that has claimed the user; 0 for none
	entered bool   // the others know of the game
	ended   bool
	self    bool    // told about himself
	watcher []*User // others who are told about this user; a game's members
}

// NewUser returns the user of a fresh login; net is what his game reported
// beforehand and rating his N7 rating.
func NewUser(id Identity, peer Peer, net Network, rating uint32) *User {
	return &User{Identity: id, peer: peer, net: net, rating: rating}
}

// Notify queues a notification for the user's game.
func (u *User) Notify(p blaze.Packet) { u.peer.Notify(p) }

// Network returns what the user's game has reported.
func (u *User) Network() Network {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.net
}

// Update changes the user's network data and tells everybody concerned, if
// change reports that there was one.
func (u *User) Update(change func(*Network) bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if change(&u.net) {
		u.publish()
	}
}

// Game returns the id of the game the user is in, 0 for none.
func (u *User) Game() uint32 {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.game
}

// Claim makes the user a member of the game without telling anybody. It fails
// if he is in a game already or has gone: membership is decided here, so that
// no two games can win the same user.
func (u *User) Claim(game uint32) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.ended || u.game != 0 {
		return false
	}
	u.game = game
	return true
}

// Enter tells everybody concerned that the user is in the game that has
// claimed him (spec: blaze 4.6.8 step 5).
func (u *User) Enter(game uint32) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.game == game && !u.entered {
		u.entered = true
		u.publish()
	}
}

// Release ends the membership in the game and tells everybody concerned
// (spec: blaze 4.6.9 step 1).
func (u *User) Release(game uint32) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.game == game {
		u.game, u.entered = 0, false
		u.publish()
	}
}

// publish sends the extended data to the user himself and his watchers.
func (u *User) publish() {
	p := u.extendedDataUpdate()
	if u.self {
		u.peer.Notify(p)
	}
	for _, w := range u.watcher {
		w.peer.Notify(p)
	}
}

// SubscribeSelf makes the user be told about himself, once (spec: blaze 4.4.2).
func (u *User) SubscribeSelf() {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.ended || u.self {
		return
	}
	u.self = true
	u.introduce(u.peer)
}

// Subscribe makes watcher be told about the user, beginning with who he is
// (spec: blaze 4.5.6). A second subscription of the same watcher does nothing.
// A user who has ended but is not out of his game yet is introduced like any
// other: the setup of the game is going to name him.
func (u *User) Subscribe(watcher *User) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if watcher == u || slices.Contains(u.watcher, watcher) {
		return
	}
	u.watcher = append(u.watcher, watcher)
	u.introduce(watcher.peer)
}

func (u *User) introduce(to Peer) {
	to.Notify(u.userAdded())
	to.Notify(userUpdated(u.ID))
}

// Unsubscribe ends a subscription and says so to the watcher.
func (u *User) Unsubscribe(watcher *User) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if i := slices.Index(u.watcher, watcher); i >= 0 {
		u.watcher = slices.Delete(u.watcher, i, i+1)
		watcher.peer.Notify(userRemoved(u.ID))
	}
}

// End makes the user join nothing any more. It reports false if he had ended
// before: whoever gets true takes him out of his game and says [User.Farewell].
func (u *User) End() (first bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	first = !u.ended
	u.ended = true
	return first
}

// Farewell tells everybody still concerned, the user included, that he is
// gone (spec: blaze 4.3.6). It comes after End and after he left his game.
func (u *User) Farewell() {
	u.mu.Lock()
	defer u.mu.Unlock()
	p := userRemoved(u.ID)
	for _, w := range u.watcher {
		w.peer.Notify(p)
	}
	if u.self {
		u.peer.Notify(p)
	}
	u.self, u.watcher = false, nil
}

// EncodeUserData writes what lookupUser answers: extended data, status and
// identity (spec: blaze 4.5.4).
func (u *User) EncodeUserData(e *tdf.Encoder) {
	u.mu.Lock()
	defer u.mu.Unlock()
	e.Group("EDAT", func() { u.encodeExtendedData(e) })
	e.Uint("FLGS", flagOnline)
	e.Group("USER", func() { u.encodeIdentification(e) })
}

// Rating returns the user's N7 rating at login.
func (u *User) Rating() uint32 { return u.rating }

// Ended reports whether the login is over.
func (u *User) Ended() bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.ended
}

// Disconnect tells the user's game that the same player has logged in
// elsewhere, and closes its connection (spec: blaze 4.3).
func (u *User) Disconnect() {
	u.peer.Notify(disconnected())
	u.peer.Shutdown()
}
