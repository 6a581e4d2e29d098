package game

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"sync"
	"time"

	"github.com/charonrelay/charon/engine/presence"
)

// Setup is what the creator of a game decides about it (spec: blaze 4.6.2).
type Setup struct {
	Attributes Attributes
	Settings   Settings
	// Version is the protocol version string of the creator's game, at most
	// 64 bytes; "" for DefaultVersion.
	Version string
}

// maxVersion bounds the version string, which every joiner is sent; the real
// one has 29 bytes.
const maxVersion = 64

// Directory finds games. Ids are opaque: no order, no meaning, never used twice
// at the same time on any node.
type Directory interface {
	// Create opens a game with u as its host and sends him the setup. It
	// fails with ErrBusy if u is in a game or logged out, and with ErrVersion.
	Create(u *presence.User, s Setup) (*Game, error)
	// Find returns the game with the id, nil if there is none.
	Find(id uint32) *Game
	// Games returns all games that exist at the moment, in no order.
	Games() []*Game
	// Count returns how many games there are.
	Count() int
}

// LocalDirectory is the Directory of a server of one node.
type LocalDirectory struct {
	now   func() time.Time
	mu    sync.RWMutex
	games map[uint32]*Game
}

// NewLocalDirectory returns an empty directory; now tells the time.
func NewLocalDirectory(now func() time.Time) *LocalDirectory {
	return &LocalDirectory{now: now, games: make(map[uint32]*Game)}
}

// Create implements [Directory].
func (d *LocalDirectory) Create(u *presence.User, s Setup) (*Game, error) {
	if s.Version == "" {
		s.Version = DefaultVersion
	}
	if len(s.Version) > maxVersion {
		return nil, ErrVersion
	}
	g := &Game{
		uuid: newUUID(), version: s.Version, seed: uint32(random64()), created: d.now(), onEmpty: d.remove,
		state: StateInitializing, settings: s.Settings, attrs: s.Attributes, reporting: newReportingID(),
	}
	if err := d.open(g, u); err != nil {
		d.remove(g)
		return nil, err
	}
	return g, nil
}

// open registers the game and puts its host in it under the game's lock, so
// that nobody finds it empty.
func (d *LocalDirectory) open(g *Game, host *presence.User) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	d.register(g)
	return g.open(host)
}

// register gives the game an id.
func (d *LocalDirectory) register(g *Game) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for g.ID == 0 || d.games[g.ID] != nil {
		g.ID = uint32(random64()) & 0x7fffffff
	}
	d.games[g.ID] = g
}

func (d *LocalDirectory) remove(g *Game) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.games, g.ID)
}

// Find implements [Directory].
func (d *LocalDirectory) Find(id uint32) *Game {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.games[id]
}

// Games implements [Directory].
func (d *LocalDirectory) Games() []*Game {
	d.mu.RLock()
	defer d.mu.RUnlock()
	games := make([]*Game, 0, len(d.games))
	for _, g := range d.games {
		games = append(games, g)
	}
	return games
}

// Count implements [Directory].
func (d *LocalDirectory) Count() int {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return len(d.games)
}

func random64() uint64 {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails
	return binary.BigEndian.Uint64(b[:])
}

// newReportingID returns an id of the size that official servers used
// (spec: blaze 4.6.12).
func newReportingID() uint64 { return 1<<54 | random64()>>16 }

func newUUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
