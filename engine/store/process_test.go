package store

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/charonrelay/charon/engine/leaderboard"
)

// Whatever was acknowledged is there after the process was killed.
func TestKillKeepsAcknowledged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "engine.db")
	var promises []string
	for range 4 {
		child, out := startChild(t, roleWrite, path)
		for range 20 + rand.IntN(400) {
			if !out.Scan() {
				t.Fatalf("the child ended early: %v", out.Err())
			}
			promises = append(promises, out.Text())
		}
		if err := child.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		for out.Scan() { // what it had promised before it died
			promises = append(promises, out.Text())
		}
		_ = child.Wait() // says that it was killed
		checkPromises(t, path, promises)
	}
	t.Logf("%d acknowledged changes survived", len(promises))
}

func checkPromises(t *testing.T, path string, promises []string) {
	t.Helper()
	db, err := Open(t.Context(), Config{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, line := range promises {
		var kind, rest string
		var id uint32
		if _, err := fmt.Sscan(line, &kind, &id, &rest); err != nil {
			t.Fatalf("line %q: %v", line, err)
		}
		switch kind {
		case "account":
			if a, err := db.Account(t.Context(), id); err != nil || a.Name != rest {
				t.Errorf("%s: found %q, %v", line, a.Name, err)
			}
		case "data":
			var k int
			fmt.Sscan(rest, &k)
			want := strings.Repeat(fmt.Sprint(id, "-"), 100*k)
			if v, err := db.PlayerDataValue(t.Context(), id, "char"+rest); err != nil || v != want {
				t.Errorf("%s: found %d bytes, %v; want %d bytes", line, len(v), err, len(want))
			}
		case "scores":
			for _, board := range []leaderboard.Board{leaderboard.N7Rating, leaderboard.ChallengePoints} {
				if v, ok, err := db.Score(t.Context(), id, board); err != nil || !ok || v != id {
					t.Errorf("%s: board %d has %d, %v, %v", line, board, v, ok, err)
				}
			}
		default:
			t.Fatalf("line %q", line)
		}
	}
	var verdict string
	if err := db.read.QueryRow(`PRAGMA integrity_check`).Scan(&verdict); err != nil || verdict != "ok" {
		t.Errorf("integrity check: %q, %v", verdict, err)
	}
	if n := count(t, db, `SELECT count(*) FROM pragma_foreign_key_check`); n != 0 {
		t.Errorf("%d dangling references", n)
	}
}

// A first start that is killed at any point does not spoil the next.
func TestKillDuringFirstOpen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "engine.db")
	for range 12 {
		child, _ := startChild(t, roleSecret, path)
		time.Sleep(time.Duration(rand.IntN(40)) * time.Millisecond) // any moment will do
		_ = child.Process.Kill()
		_ = child.Wait()
	}
	addAccount(t, openDB(t, path), "after")
}

// Processes that make the database at the same moment end up with one schema
// and one secret.
func TestProcessesRaceToCreate(t *testing.T) {
	for range 3 {
		path := filepath.Join(t.TempDir(), "engine.db")
		digests := make(map[string]int)
		type result struct{ digest, err string }
		results := make(chan result)
		const children = 5
		for range children {
			child, out := startChild(t, roleSecret, path)
			go func() {
				var r result
				if out.Scan() {
					r.digest = out.Text()
				}
				if err := child.Wait(); err != nil {
					r.err = err.Error()
				}
				results <- r
			}()
		}
		for range children {
			r := <-results
			if r.err != "" {
				t.Errorf("a child failed: %s", r.err)
			}
			digests[r.digest]++
		}
		if len(digests) != 1 || digests[""] != 0 {
			t.Errorf("secrets seen: %v, want one by all", digests)
		}
	}
}
