package main

import (
	"encoding/json"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/charonrelay/charon/gamesim"
	"github.com/charonrelay/charon/internal/scripttest"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"charon": main})
}

func TestScripts(t *testing.T) {
	scripttest.Run(t, map[string]func(ts *testscript.TestScript, neg bool, args []string){"passed": passed})
}

// passed checks that a file is a JSON array of steps that all passed or, with
// "!", of which the last failed.
func passed(ts *testscript.TestScript, neg bool, args []string) {
	var steps []gamesim.Step
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &steps))
	if len(steps) == 0 {
		ts.Fatalf("there are no steps")
	}
	for i, s := range steps {
		last := i == len(steps)-1
		if s.Number != i+1 || s.Name == "" || s.OK == (neg && last) || last && !neg && s.Number != s.Of {
			ts.Fatalf("step %d is %+v", i+1, s)
		}
	}
}
