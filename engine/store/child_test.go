package store

import (
	"bufio"
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/charonrelay/charon/engine/leaderboard"
	"github.com/charonrelay/charon/engine/playerdata"
	"github.com/charonrelay/charon/engine/token"
)

// Tests that need a second process run the test binary again with these set.
const (
	childRole = "CHARON_STORE_TEST_ROLE"
	childPath = "CHARON_STORE_TEST_PATH"

	roleSecret = "secret" // print a digest of the token secret, end
	roleWrite  = "write"  // change things until killed, print each change that was acknowledged
)

// startChild starts a child and returns it with its output. It is killed at the
// end of the test, or after a minute.
func startChild(t *testing.T, role, path string) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	cmd := exec.CommandContext(ctx, exe)
	cmd.Env = append(os.Environ(), childRole+"="+role, childPath+"="+path)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cancel(); _ = cmd.Wait() })
	return cmd, bufio.NewScanner(out)
}

// runChild is the main function of a child.
func runChild(role, path string) int {
	ctx := context.Background()
	db, err := Open(ctx, Config{Path: path})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	switch role {
	case roleSecret:
		var secret []byte
		if secret, err = token.LoadSecret(ctx, db); err == nil {
			fmt.Printf("%x\n", sha256.Sum256(secret))
			err = db.Close()
		}
	case roleWrite:
		err = writeForever(ctx, db)
	default:
		err = fmt.Errorf("unknown role %q", role)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// writeForever makes accounts with data and scores. Each line that it prints is
// a promise: the change before it was acknowledged.
func writeForever(ctx context.Context, db *DB) error {
	for i := 0; ; i++ {
		a, err := db.CreateAccount(ctx, newAccount(fmt.Sprintf("p%d-%d", os.Getpid(), i)))
		if err != nil {
			return err
		}
		fmt.Println("account", a.ID, a.Name)
		for k := range 10 {
			e := playerdata.Entry{Key: fmt.Sprint("char", k), Value: strings.Repeat(fmt.Sprint(a.ID, "-"), 100*k)}
			if err := db.SavePlayerData(ctx, a.ID, e, at, playerdata.Limits{Keys: playerdata.MaxKeys, Bytes: playerdata.MaxBytes}); err != nil {
				return err
			}
			fmt.Println("data", a.ID, k)
		}
		scores := []leaderboard.Score{{Board: leaderboard.N7Rating, Value: a.ID}, {Board: leaderboard.ChallengePoints, Value: a.ID}}
		if err := db.SaveScores(ctx, a.ID, scores); err != nil {
			return err
		}
		fmt.Println("scores", a.ID, 0)
	}
}
