package strictconf

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

type server struct {
	Name string `toml:"name"`
	URL  string `toml:"url"`
}

type tree struct {
	Leaf     string `toml:"leaf"`
	Children []tree `toml:"children"`
}

type config struct {
	Listen   netip.Addr        `toml:"listen"`
	LogLevel slog.Level        `toml:"log_level"`
	Timeout  time.Duration     `toml:"timeout"`
	Engine   engine            `toml:"engine"`
	Servers  []server          `toml:"servers"`
	Labels   map[string]string `toml:"labels"`
	Peers    map[string]server `toml:"peers,omitempty"`
	Ports    []uint16          `toml:"ports"`
	Ratio    float64           `toml:"ratio"`
	Extra    *server           `toml:"extra"`
	Limit    uint64            `toml:"limit"`
	Offset   int8              `toml:"offset"`
	Tree     tree              `toml:"tree"`
	Secret   string            `toml:"-"`
	Untagged bool
	hidden   int
}

type engine struct {
	Port     uint16        `toml:"port"`
	Database string        `toml:"database"`
	Bundled  bool          `toml:"bundled"`
	Idle     time.Duration `toml:"idle"`
}

func TestDecode(t *testing.T) {
	const text = "\ufeff" + `
listen = "127.0.0.1"
log_level = "debug"
timeout = "1m30s"
ports = [1, 65535]
ratio = 2
limit = 9223372036854775807
offset = -128
Untagged = true
labels = {a = "1", "b c" = "2"}

[engine]
port = 8080
bundled = true

[[servers]]
name = "one"

[[servers]]
name = "two"
url = "https://example.com"

[peers.home]
url = "http://10.0.0.1"

[extra]
name = "x"

[[tree.children]]
leaf = "green"
`
	got := config{Engine: engine{Database: "default.db", Port: 1}, hidden: 7}
	if err := Decode("charon.toml", []byte(text), &got); err != nil {
		t.Fatal(err)
	}
	want := config{
		Listen: netip.MustParseAddr("127.0.0.1"), LogLevel: slog.LevelDebug, Timeout: 90 * time.Second,
		Engine:  engine{Port: 8080, Database: "default.db", Bundled: true},
		Servers: []server{{Name: "one"}, {Name: "two", URL: "https://example.com"}},
		Labels:  map[string]string{"a": "1", "b c": "2"},
		Peers:   map[string]server{"home": {URL: "http://10.0.0.1"}},
		Ports:   []uint16{1, 65535}, Ratio: 2, Extra: &server{Name: "x"}, Limit: 1<<63 - 1, Offset: -128, Untagged: true, hidden: 7,
		Tree: tree{Children: []tree{{Leaf: "green"}}},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(config{}), cmp.Comparer(func(a, b netip.Addr) bool { return a == b })); diff != "" {
		t.Errorf("configuration (-want +got):\n%s", diff)
	}
}

func TestProblems(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"misspelt", "\nlisten = \"127.0.0.1\"\nloglevel = \"info\"", `c.toml:3: loglevel: unknown key, did you mean "log_level"?`},
		{"wrong case", "Listen = \"127.0.0.1\"", `c.toml:1: Listen: unknown key, did you mean "listen"?`},
		{"in a table", "[engine]\nport = 1\nbundeld = true", `c.toml:3: engine.bundeld: unknown key, did you mean "engine.bundled"?`},
		{"table forgotten", "database = \"x\"", `c.toml:1: database: unknown key, did you mean "engine.database"?`},
		{"unknown table", "[engien]\nport = 1", `c.toml:1: engien: unknown key, did you mean "engine"?`},
		{"dotted", "engine.prot = 1", `c.toml:1: engine.prot: unknown key, did you mean "engine.port"?`},
		{"inline", "engine = {\n  prot = 1 }", `c.toml:2: engine.prot: unknown key, did you mean "engine.port"?`},
		{"in a list of tables", "[[servers]]\nname = \"a\"\n[[servers]]\nnaem = \"b\"", `c.toml:4: servers.naem: unknown key, did you mean "servers.name"?`},
		{"in a map of tables", "[peers.home]\nuri = \"a\"", `c.toml:2: peers.home.uri: unknown key, did you mean "peers.home.url"?`},
		{"nothing alike", "xyzzy = 1", `c.toml:1: xyzzy: unknown key`},
		{"excluded", "Secret = \"x\"", `c.toml:1: Secret: unknown key`},
		{"unexported", "hidden = 1", `c.toml:1: hidden: unknown key`},
		{"quoted key", "\"a b\" = 1", `c.toml:1: "a b": unknown key`},

		{"text for number", "[engine]\nport = \"x\"", `c.toml:2: engine.port: must be a whole number from 0 to 65535`},
		{"too large", "[engine]\nport = 65536", `c.toml:2: engine.port: must be a whole number from 0 to 65535`},
		{"negative", "limit = -1", `c.toml:1: limit: must be a whole number, not negative`},
		{"too small", "offset = -129", `c.toml:1: offset: must be a whole number from -128 to 127`},
		{"number for text", "[engine]\ndatabase = 1", `c.toml:2: engine.database: must be text in quotes`},
		{"text for switch", "[engine]\nbundled = \"yes\"", `c.toml:2: engine.bundled: must be true or false`},
		{"text for fraction", "ratio = \"1\"", `c.toml:1: ratio: must be a number`},
		{"bare duration", "timeout = 30", `c.toml:1: timeout: must be a length of time such as "30s" or "1h30m"`},
		{"bad duration", "timeout = \"soon\"", `c.toml:1: timeout: must be a length of time such as "30s" or "1h30m"`},
		{"value for table", "engine = 1", `c.toml:1: engine: must be a table`},
		{"value for map", "labels = 1", `c.toml:1: labels: must be a table`},
		{"value for list", "ports = 1", `c.toml:1: ports: must be a list`},
		{"bad elements once", "ports = [1, \"a\", \"b\"]", `c.toml:1: ports: must be a whole number from 0 to 65535`},
		{"table for list", "[servers]\nname = \"x\"", `c.toml:1: servers: must be a list`},
		{"text type", "listen = \"localhost\"", `c.toml:1: listen: ParseAddr("localhost"): unable to parse IP`},
		{"in a pointer", "[extra]\nname = 1", `c.toml:2: extra.name: must be text in quotes`},

		{"no TOML", "ratio = 1\nlisten", `c.toml:2: unexpected EOF; expected key separator '='`},
		{"twice", "ratio = 1\nratio = 2", `c.toml:2: Key 'ratio' has already been defined.`},
		{"UTF-16", "\xff\xfel\x00", `c.toml:1: files cannot contain NULL bytes; probably using UTF-16; TOML files must be UTF-8`},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := Decode("c.toml", []byte(test.text), new(config))
			var problems Problems
			if !errors.As(err, &problems) {
				t.Fatalf("error %v is not of type Problems", err)
			}
			if err.Error() != test.want {
				t.Errorf("\n got %s\nwant %s", err, test.want)
			}
		})
	}
}

func TestProblemsAreReportedTogetherInOrder(t *testing.T) {
	const text = `timeout = 5
listn = "127.0.0.1"
[engine]
port = -1
database = "kept.db"
colour = "blue"
`
	got := config{Engine: engine{Port: 9}}
	err := Decode("c.toml", []byte(text), &got)
	want := `c.toml:1: timeout: must be a length of time such as "30s" or "1h30m"
c.toml:2: listn: unknown key, did you mean "listen"?
c.toml:4: engine.port: must be a whole number from 0 to 65535
c.toml:6: engine.colour: unknown key`
	if err == nil || err.Error() != want {
		t.Errorf("\n got %v\nwant %s", err, want)
	}
	var problem *Problem
	if !errors.As(err, &problem) || problem.Line != 1 || problem.Key != "timeout" || problem.File != "c.toml" {
		t.Errorf("first problem %+v", problem)
	}
	if got.Engine.Database != "kept.db" || got.Engine.Port != 9 {
		t.Errorf("good values must arrive and bad ones must not: %+v", got.Engine)
	}
}

func TestProblemsAreBounded(t *testing.T) {
	var text strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&text, "rubbish_%05d = %s\n", i, strings.Repeat("[", 8)+strings.Repeat("]", 8))
	}
	var problems Problems
	if err := Decode("c.toml", []byte(text.String()), new(config)); !errors.As(err, &problems) || len(problems) != maxProblems {
		t.Fatalf("%d problems of a file of rubbish, want %d", len(problems), maxProblems)
	}
}

func TestDecodeRefusesWrongTargets(t *testing.T) {
	var missing *config
	for _, target := range []any{nil, config{}, missing, new(int), map[string]any{}} {
		if err := Decode("c.toml", nil, target); err == nil {
			t.Errorf("no error for a target of type %T", target)
		}
	}
}

func TestLoad(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "charon.toml")
	fill := func(content []byte) {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var got config
	if err := Load(path, &got); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing file: error %v", err)
	}
	fill([]byte("ratio = 0.5"))
	if err := Load(path, &got); err != nil || got.Ratio != 0.5 {
		t.Errorf("ratio %v, error %v", got.Ratio, err)
	}
	fill([]byte("rato = 0.5"))
	if err := Load(path, &got); err == nil || err.Error() != path+`:1: rato: unknown key, did you mean "ratio"?` {
		t.Errorf("error %v", err)
	}
	fill(bytes.Repeat([]byte("\n"), MaxSize))
	if err := Load(path, &got); err != nil {
		t.Errorf("largest file: %v", err)
	}
	fill(bytes.Repeat([]byte("\n"), MaxSize+1))
	if err := Load(path, &got); err == nil || !strings.Contains(err.Error(), "larger than 1048576 bytes") {
		t.Errorf("too large: error %v", err)
	}
}

func TestEditDistance(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"a", "", 1}, {"", "abc", 3}, {"port", "port", 0}, {"prot", "port", 1},
		{"prt", "port", 1}, {"portt", "port", 1}, {"sort", "port", 1}, {"kitten", "sitting", 3}, {"ca", "abc", 3},
	} {
		if got := editDistance(test.a, test.b); got != test.want {
			t.Errorf("distance of %q and %q is %d, want %d", test.a, test.b, got, test.want)
		}
		if got := editDistance(test.b, test.a); got != test.want {
			t.Errorf("distance of %q and %q is %d, want %d", test.b, test.a, got, test.want)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte("listen = \"127.0.0.1\"\n[engine]\nport = 1\n[[servers]]\nname = \"a\"\n[peers.a]\nurl = \"b\""))
	f.Add([]byte("engine = {prot = 1}\nports = [[1], {a = 1}]\ntimeout = 1979-05-27"))
	f.Add([]byte("[[tree.children]]\n[[tree.children.children]]\nleaf = 1\n[labels]\na = []"))
	f.Add([]byte("\"\" = 1\na.\"b c\".d = inf\nlimit = -1"))
	f.Fuzz(func(t *testing.T, data []byte) {
		var first, second config
		err := Decode("c.toml", data, &first)
		var problems Problems
		if err != nil && (!errors.As(err, &problems) || len(problems) == 0 || err.Error() == "") {
			t.Fatalf("error %v is not a list of problems", err)
		}
		for _, problem := range problems {
			if problem.Line < 0 || problem.Line > 1+bytes.Count(data, []byte("\n")) || problem.Text == "" {
				t.Errorf("problem %+v", problem)
			}
		}
		// Maps have no order; messages must have one.
		if again := Decode("c.toml", data, &second); (err == nil) != (again == nil) || err != nil && err.Error() != again.Error() {
			t.Errorf("first %v, then %v", err, again)
		}
	})
}
