package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestRun(t *testing.T) {
	for _, test := range []struct {
		name, events, require string
		want                  []string // in the output
		problem               string   // in the error; empty for none
	}{
		{
			name: "sub-tests count, their parents do not",
			events: `{"Action":"run","Package":"p","Test":"A"}
{"Action":"run","Package":"p","Test":"A/x"}
{"Action":"run","Package":"p","Test":"A/y"}
{"Action":"output","Package":"p","Test":"A/x","Output":"chatter\n"}
{"Action":"pass","Package":"p","Test":"A/x"}
{"Action":"pass","Package":"p","Test":"A/y"}
{"Action":"pass","Package":"p","Test":"A"}
{"Action":"pass","Package":"p","Elapsed":1.25}
{"Action":"skip","Package":"empty"}`,
			require: "A\nA/x\n",
			want:    []string{"ok    p  1.2s\n2 passed, 0 failed\n"},
		},
		{
			name: "failures are shown and counted once",
			events: `{"Action":"run","Package":"p","Test":"A"}
{"Action":"run","Package":"p","Test":"A/x"}
{"Action":"output","Package":"p","Test":"A/x","Output":"boom\n"}
{"Action":"fail","Package":"p","Test":"A/x"}
{"Action":"fail","Package":"p","Test":"A"}
{"Action":"fail","Package":"p"}`,
			want:    []string{"FAIL  p A/x\n      boom\n", "0 passed, 1 failed\n"},
			problem: "there were failures",
		},
		{
			name: "a parent may fail alone",
			events: `{"Action":"run","Package":"p","Test":"A"}
{"Action":"run","Package":"p","Test":"A/x"}
{"Action":"pass","Package":"p","Test":"A/x"}
{"Action":"fail","Package":"p","Test":"A"}
{"Action":"fail","Package":"p"}`,
			want:    []string{"1 passed, 1 failed\n"},
			problem: "there were failures",
		},
		{
			name: "broken build",
			events: `{"ImportPath":"p","Action":"build-output","Output":"p.go:1: nonsense\n"}
{"ImportPath":"p","Action":"build-fail"}
{"Action":"fail","Package":"p","FailedBuild":"p"}
{"Action":"run","Package":"q","Test":"A"}
{"Action":"pass","Package":"q","Test":"A"}
{"Action":"pass","Package":"q"}`,
			want:    []string{"p.go:1: nonsense\n", "1 passed, 1 failed\n"},
			problem: "there were failures",
		},
		{
			name: "crash",
			events: `{"Action":"run","Package":"p","Test":"A"}
{"Action":"output","Package":"p","Test":"A","Output":"panic: x\n"}
{"Action":"fail","Package":"p"}`,
			want:    []string{"FAIL  p A\n      panic: x\n", "0 passed, 1 failed\n"},
			problem: "there were failures",
		},
		{
			name: "skips are failures",
			events: `{"Action":"run","Package":"p","Test":"A"}
{"Action":"output","Package":"p","Test":"A","Output":"no Java\n"}
{"Action":"skip","Package":"p","Test":"A"}
{"Action":"run","Package":"p","Test":"B"}
{"Action":"pass","Package":"p","Test":"B"}
{"Action":"pass","Package":"p"}`,
			want:    []string{"SKIP  p A\n      no Java\n", "1 passed, 0 failed, 1 skipped\n"},
			problem: "1 tests were skipped",
		},
		{
			name: "a required test that did not run",
			events: `{"Action":"run","Package":"p","Test":"A"}
{"Action":"pass","Package":"p","Test":"A"}
{"Action":"pass","Package":"p"}`,
			require: "A B",
			want:    []string{"1 passed, 0 failed\n"},
			problem: "B did not run",
		},
		{name: "nothing", want: []string{"0 passed, 0 failed\n"}, problem: "no test ran"},
		{name: "no events", events: "go: cannot find main module", problem: "no event of a test: go: cannot find main module"},
	} {
		t.Run(test.name, func(t *testing.T) {
			require := filepath.Join(t.TempDir(), "names.txt")
			if err := os.WriteFile(require, []byte(test.require), 0o600); err != nil {
				t.Fatal(err)
			}
			var out strings.Builder
			err := run(strings.NewReader(test.events), &out, require, nil)
			if (err == nil) != (test.problem == "") || err != nil && !strings.Contains(err.Error(), test.problem) {
				t.Errorf("error %v, want %q", err, test.problem)
			}
			for _, want := range test.want {
				if !strings.Contains(out.String(), want) {
					t.Errorf("output lacks %q:\n%s", want, out.String())
				}
			}
		})
	}
}

func TestTotal(t *testing.T) {
	dir := t.TempDir()
	save := func(name, events string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(events), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	const pass = `{"Action":"run","Package":"p","Test":"A"}
{"Action":"pass","Package":"p","Test":"A"}
{"Action":"pass","Package":"p"}
`
	plain, race := save("plain.json", pass), save("race.json", pass)
	var out strings.Builder
	if err := run(nil, &out, "", []string{plain, race}); err != nil {
		t.Error(err)
	}
	if want := "plain    1 passed, 0 failed\nrace     1 passed, 0 failed\n2 passed, 0 failed\n"; out.String() != want {
		t.Errorf("output %q, want %q", out.String(), want)
	}
	bad := save("bad.json", strings.ReplaceAll(pass, `"pass"`, `"fail"`))
	if err := run(nil, &out, "", []string{plain, bad}); err == nil || !strings.HasSuffix(out.String(), "\n1 passed, 1 failed\n") {
		t.Errorf("error %v, output %q", err, out.String())
	}
}
