package store

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/charonrelay/charon/engine/playerdata"
)

func save(db *DB, player uint32, key, value string, maxKeys int) error {
	return db.SavePlayerData(context.Background(), player, playerdata.Entry{Key: key, Value: value}, at, playerdata.Limits{Keys: maxKeys, Bytes: playerdata.MaxBytes})
}

var byKey = cmpopts.SortSlices(func(a, b playerdata.Entry) bool { return a.Key < b.Key })

// The store behaves like a map per player, for values of any bytes.
func TestPlayerDataIsAMap(t *testing.T) {
	db := tempDB(t)
	players := []uint32{addAccount(t, db, "a").ID, addAccount(t, db, "b").ID}
	rapid.Check(t, func(rt *rapid.T) {
		if _, err := db.write.Exec(`DELETE FROM player_data`); err != nil {
			rt.Fatal(err)
		}
		model := map[uint32]map[string]string{players[0]: {}, players[1]: {}}
		const limit = 4
		rt.Repeat(map[string]func(*rapid.T){
			"save": func(rt *rapid.T) {
				player := rapid.SampledFrom(players).Draw(rt, "player")
				key := rapid.SampledFrom([]string{"Base", "base", "class1", "char0", "char1", "über", "x y"}).Draw(rt, "key")
				value := string(rapid.SliceOfN(rapid.Byte(), 0, 300).Draw(rt, "value"))
				_, exists := model[player][key]
				err := save(db, player, key, value, limit)
				if !exists && len(model[player]) >= limit {
					if !errors.Is(err, playerdata.ErrFull) {
						rt.Fatalf("got %v, want ErrFull", err)
					}
					return
				}
				if err != nil {
					rt.Fatal(err)
				}
				model[player][key] = value
			},
			"": func(rt *rapid.T) {
				for player, want := range model {
					entries, err := db.PlayerData(t.Context(), player)
					if err != nil {
						rt.Fatal(err)
					}
					got := make(map[string]string)
					for _, e := range entries {
						got[e.Key] = e.Value
						one, err := db.PlayerDataValue(t.Context(), player, e.Key)
						if err != nil || one != e.Value {
							rt.Fatalf("one value %q, %v; want %q", one, err, e.Value)
						}
					}
					if diff := cmp.Diff(want, got); diff != "" {
						rt.Fatalf("player %d (-want +got):\n%s", player, diff)
					}
				}
			},
		})
	})
}

func TestPlayerDataEdges(t *testing.T) {
	db := tempDB(t)
	id := addAccount(t, db, "a").ID
	if entries, err := db.PlayerData(t.Context(), id); err != nil || len(entries) != 0 {
		t.Errorf("new player has %v, %v", entries, err)
	}
	if _, err := db.PlayerDataValue(t.Context(), id, "Base"); !errors.Is(err, playerdata.ErrNoSuchKey) {
		t.Errorf("got %v, want ErrNoSuchKey", err)
	}
	if err := save(db, 99, "Base", "x", 300); err == nil {
		t.Error("data of a player who does not exist was saved")
	}
	for _, value := range []string{"", "\x00", "\xff\xfe\x00\x80", strings.Repeat("\xe9", playerdata.MaxValue)} {
		if err := save(db, id, "k", value, 300); err != nil {
			t.Fatal(err)
		}
		if got, err := db.PlayerDataValue(t.Context(), id, "k"); err != nil || got != value {
			t.Errorf("%d bytes came back as %d bytes (%v)", len(value), len(got), err)
		}
	}
	if n := count(t, db, `SELECT count(*) FROM player_data WHERE typeof(value) <> 'blob'`); n != 0 {
		t.Errorf("%d values are not stored as bytes", n)
	}
	later := at.Add(time.Minute)
	if err := db.SavePlayerData(t.Context(), id, playerdata.Entry{Key: "k", Value: "v"}, later, playerdata.Limits{Keys: 300, Bytes: 300}); err != nil {
		t.Fatal(err)
	}
	if got := count(t, db, `SELECT updated_at FROM player_data`); int64(got) != later.UnixMicro() {
		t.Errorf("updated_at = %d, want %d", got, later.UnixMicro())
	}
}

// A player over the limit, for instance after an import, can still save.
func TestSaveOverLimit(t *testing.T) {
	db := tempDB(t)
	id := addAccount(t, db, "a").ID
	for i := range 5 {
		if err := save(db, id, fmt.Sprint("k", i), "old", 5); err != nil {
			t.Fatal(err)
		}
	}
	if err := save(db, id, "k0", "new", 3); err != nil {
		t.Errorf("changing a key: %v", err)
	}
	if err := save(db, id, "k9", "new", 3); !errors.Is(err, playerdata.ErrFull) {
		t.Errorf("adding a key: %v, want ErrFull", err)
	}
	tight := playerdata.Limits{Keys: 5, Bytes: 3} // there are 15 bytes
	for value, want := range map[string]error{"abc": nil, "ab": nil, "abcd": playerdata.ErrFull} {
		err := db.SavePlayerData(t.Context(), id, playerdata.Entry{Key: "k1", Value: value}, at, tight)
		if !errors.Is(err, want) {
			t.Errorf("changing a key to %q: %v, want %v", value, err, want)
		}
	}
}

// The limit on keys holds under concurrent saves through two handles.
func TestS09KeyLimitRace(t *testing.T) {
	path := filepath.Join(t.TempDir(), "engine.db")
	dbs := []*DB{openDB(t, path), openDB(t, path)}
	id := addAccount(t, dbs[0], "a").ID
	const limit, attempts = 10, 60
	errs := make([]error, attempts)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() { errs[i] = save(dbs[i%2], id, fmt.Sprint("k", i), "v", limit) })
	}
	wg.Wait()
	saved := 0
	for _, err := range errs {
		switch {
		case err == nil:
			saved++
		case !errors.Is(err, playerdata.ErrFull):
			t.Error(err)
		}
	}
	if n := count(t, dbs[0], `SELECT count(*) FROM player_data`); saved != limit || n != limit {
		t.Errorf("%d saves succeeded and %d keys exist, want %d", saved, n, limit)
	}
}

// Saves and loads of many players at once: nobody sees another's data or a
// value that nobody wrote.
func TestConcurrentPlayers(t *testing.T) {
	db := tempDB(t)
	const players, rounds = 8, 25
	var wg sync.WaitGroup
	for p := range players {
		id := addAccount(t, db, fmt.Sprint("p", p)).ID
		wg.Go(func() {
			var want []playerdata.Entry
			for r := range rounds {
				e := playerdata.Entry{Key: fmt.Sprint("k", r%7), Value: fmt.Sprintf("%d of %d", r, id)}
				if err := db.SavePlayerData(t.Context(), id, e, at, playerdata.Limits{Keys: 300, Bytes: 300}); err != nil {
					t.Error(err)
					return
				}
				want = slices.DeleteFunc(want, func(old playerdata.Entry) bool { return old.Key == e.Key })
				want = append(want, e)
				got, err := db.PlayerData(t.Context(), id)
				if diff := cmp.Diff(want, got, byKey); err != nil || diff != "" {
					t.Errorf("player %d after save %d: %v (-want +got):\n%s", id, r, err, diff)
					return
				}
			}
		})
	}
	wg.Wait()
}

func TestSaveCancelled(t *testing.T) {
	db := tempDB(t)
	id := addAccount(t, db, "a").ID
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := db.SavePlayerData(ctx, id, playerdata.Entry{Key: "k", Value: "v"}, at, playerdata.Limits{Keys: 300, Bytes: 300}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
	if err := save(db, id, "k", "v", 300); err != nil {
		t.Errorf("the database does not work after a cancelled call: %v", err)
	}
}
