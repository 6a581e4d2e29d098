package engine_test

import (
	"context"
	"errors"
	"net"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/charonrelay/charon/blaze"
	"github.com/charonrelay/charon/blaze/tdf"
	"github.com/charonrelay/charon/engine"
	"github.com/charonrelay/charon/engine/store"
	"github.com/charonrelay/charon/wire/upgrade"
)

// TestMaxSessions: a full server says so, and has a place again when one leaves.
func TestMaxSessions(t *testing.T) {
	s := start(t, engine.Config{MaxSessions: 2})
	first, second := s.dial(nil), s.dial(nil)
	first.told()
	second.told()
	dial := func() error {
		conn, err := new(upgrade.Dialer).Dial(t.Context(), s.url+"/api/server/upgrade", upgrade.ProtocolBlaze, nil)
		if err == nil {
			_ = conn.Close()
		}
		return err
	}
	var refused *upgrade.RefusedError
	if err := dial(); !errors.As(err, &refused) || refused.Status != 503 {
		t.Errorf("third session: %v", err)
	}
	_ = first.conn.Close()
	until(t, func() bool { return s.engine.Stats().Sessions == 1 })
	if err := dial(); err != nil {
		t.Error(err)
	}
}

// TestDrain: at the end of the server everybody is sent what he is owed, and
// what was acknowledged is kept.
func TestDrain(t *testing.T) {
	s := start(t, engine.Config{})
	h, j := s.player(1), s.player(2)
	h.must(blaze.GameManager, blaze.GameCreateGame, createGame)
	j.must(blaze.GameManager, blaze.GameStartMatchmaking, search)
	var saved []uint32
	for range 200 {
		saved = append(saved, h.send(blaze.Util, blaze.UtilUserSettingsSave, func(e *tdf.Encoder) { e.Str("DATA", "v"); e.Str("KEY", "k") }))
	}
	var wg sync.WaitGroup
	wg.Go(s.stop)
	defer wg.Wait()
	// All that is answered is a success: no request was broken off.
	for n := 0; ; {
		p, err := h.next()
		if err != nil {
			t.Logf("%d of %d requests were answered", n, len(saved))
			break
		}
		if p.Type == blaze.Notification {
			continue
		}
		if p.Type != blaze.Response || p.Seq != saved[n] {
			t.Fatalf("answer %d: %v", n, p)
		}
		n++
	}
	_ = h.conn.Close()
	j.rest()
	if _, err := net.DialTimeout("tcp4", s.url[len("http://"):], time.Second); err == nil {
		t.Error("the port is still open")
	}
}

// TestListenerFails: Serve ends all sessions and says what happened.
func TestListenerFails(t *testing.T) {
	db, err := store.Open(t.Context(), store.Config{Path: filepath.Join(t.TempDir(), "engine.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	e, err := engine.New(t.Context(), engine.Config{}, db)
	if err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = ln.Close()
	if err := e.Serve(context.Background(), ln); !errors.Is(err, net.ErrClosed) {
		t.Errorf("Serve: %v", err)
	}
}

// TestNewFails: a store that does not work is reported at once.
func TestNewFails(t *testing.T) {
	db, err := store.Open(t.Context(), store.Config{Path: filepath.Join(t.TempDir(), "engine.db")})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := engine.New(t.Context(), engine.Config{}, db); err == nil {
		t.Error("an engine on a closed store")
	}
}
