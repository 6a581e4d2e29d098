package main

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/charonrelay/charon/gamesim"
	"github.com/charonrelay/charon/internal/scripttest"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"charon": main, "httpd": httpd})
}

// httpd answers every request with the content of a file until it is killed.
func httpd() {
	ln, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println("http://" + ln.Addr().String())
	panic(http.Serve(ln, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, os.Args[1]) })))
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
