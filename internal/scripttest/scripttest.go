// Package scripttest runs the programs' black-box tests: scripts that read like
// a session on a terminal.
package scripttest

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/charonrelay/charon/internal/testutil"
)

// Run runs the scripts in testdata/script. Each has a loopback address of its
// own in $LISTEN, a home of its own, and the command
//
//	waitfor FILE TEXT
//
// which waits until a program in the background has written a line that begins
// with a text. More commands can be given.
func Run(t *testing.T, commands map[string]func(ts *testscript.TestScript, neg bool, args []string)) {
	all := map[string]func(ts *testscript.TestScript, neg bool, args []string){"waitfor": waitFor}
	for name, c := range commands {
		all[name] = c
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Cmds:                all,
		Setup: func(e *testscript.Env) error {
			e.Setenv("LISTEN", testutil.Loopback(t).String())
			e.Setenv("HOME", e.WorkDir)
			return nil
		},
	})
}

// patience is how long a program may take to say something.
const patience = 20 * time.Second

func waitFor(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: waitfor FILE TEXT")
	}
	path, text := ts.MkAbs(args[0]), args[1]
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		b, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		for line := range strings.Lines(string(b)) {
			if strings.HasPrefix(line, text) && strings.HasSuffix(line, "\n") {
				return
			}
		}
	}
	ts.Fatalf("%s has no line that begins with %q after %v", args[0], text, patience)
}
