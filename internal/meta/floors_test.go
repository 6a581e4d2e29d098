package meta

import (
	"strconv"
	"strings"
	"testing"
)

// floors says how high each top folder stands (docs/architecture.md). A package imports from its own top folder and from lower floors;
// never from above, and never from a neighbour.
var floors = map[string]int{
	"cmd": 5,

	"tray": 4,
	"page": 4,

	"app":     3,
	"gamesim": 3,

	"proxy":   2,
	"engine":  2,
	"hosts":   2,
	"patcher": 2,
	"update":  2,

	"blaze":    1,
	"gamedata": 1,
	"wire":     1,

	"internal": 0,
	"assets":   0,
}

// private lists folders that only the named packages may import from, besides themselves.
var private = map[string][]string{
	"app":           {"cmd", "tray", "page"},
	"internal/cli":  {"cmd"},
	"internal/meta": {},
	"engine/store":  {"cmd", "app"},
	"proxy/ssl3":    {"proxy", "gamesim"},
}

// testOnly lists libraries that no program may contain.
var testOnly = []string{"testing", "github.com/google/go-cmp", "go.uber.org/goleak", "pgregory.net/rapid"}

// isTestSupport reports whether a package of ours only helps tests, which its name then says.
func isTestSupport(dir string) bool {
	return dir == "internal/testutil" || strings.HasSuffix(dir, "test")
}

func TestImportsPointDown(t *testing.T) {
	for _, f := range tree(t) {
		if f.ast == nil || f.isTest() || within(f.path, "tools") {
			continue
		}
		for _, spec := range f.ast.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			imported = strings.TrimPrefix(imported, module+"/")
			if problem := judge(f.dir(), imported); problem != "" {
				t.Errorf("%s:%d: %s", f.path, f.line(spec.Pos()), problem)
			}
		}
	}
}

// judge says what is wrong with an import by the package in folder dir, or nothing.
func judge(dir, imported string) string {
	from, to := top(dir), top(imported)
	if (isTestSupport(imported) || withinAny(imported, testOnly)) && !isTestSupport(dir) {
		return dir + " must not import " + imported + ": it is for tests only"
	}
	high, known := floors[from]
	if !known {
		return "folder " + from + " has no floor: add it to the table and to docs/architecture.md"
	}
	low, ours := floors[to]
	if !ours {
		return "" // a library
	}
	if from != to && low >= high {
		return dir + " must not import " + imported + ": imports point to lower floors"
	}
	for folder, users := range private {
		if within(imported, folder) && !within(dir, folder) && !withinAny(dir, users) {
			return dir + " must not import " + imported + ": it is only for " + strings.Join(users, ", ")
		}
	}
	return ""
}

// top returns the first element of a path.
func top(path string) string {
	first, _, _ := strings.Cut(path, "/")
	return first
}

// within reports whether path is folder or lies in it.
func within(path, folder string) bool {
	return path == folder || strings.HasPrefix(path, folder+"/")
}

func withinAny(path string, folders []string) bool {
	for _, folder := range folders {
		if within(path, folder) {
			return true
		}
	}
	return false
}

func TestJudge(t *testing.T) {
	for _, test := range []struct {
		dir, imported string
		allowed       bool
	}{
		{"cmd/charon", "app", true},
		{"app", "engine/store", true},
		{"engine", "engine/session", true},
		{"engine/component/auth", "blaze/tdf", true},
		{"gamesim", "proxy/ssl3", true},
		{"blaze", "errors", true},
		{"blaze", "github.com/other/engine", true},
		{"internal/cli", "internal/redact", true},
		{"engine/internal/wiretest", "testing", true},

		{"blaze", "engine", false},
		{"blaze", "wire/upgrade", false},
		{"engine", "proxy/ssl3", false},
		{"proxy", "engine/session", false},
		{"engine/api", "app", false},
		{"gamesim", "app", false},
		{"internal/cli", "blaze", false},
		{"engine/game", "engine/store", false},
		{"app", "internal/testutil", false},
		{"engine", "testing", false},
		{"engine", "engine/internal/wiretest", false},
		{"newfolder", "errors", false},
	} {
		if problem := judge(test.dir, test.imported); (problem == "") != test.allowed {
			t.Errorf("%s imports %s: %q", test.dir, test.imported, problem)
		}
	}
}
