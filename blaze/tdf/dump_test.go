package tdf_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/charonrelay/charon/blaze/tdf"
)

// everything writes a field of every type.
func everything(e *tdf.Encoder) {
	e.Union("ADDR", 2, func() { homePair.encode(e) })
	e.UintList("ADMN")
	e.Blob("BLOB", []byte{1, 0xff})
	e.VariableAbsent("CVAR")
	e.Map("DMAP", tdf.TypeVarint, tdf.TypeVarint, 1, func(int) {
		e.ElemUint(0x70001)
		e.ElemInt(-5)
	})
	e.ObjectType("ETYP", tdf.ObjectType{Component: 0x7802, Type: 1})
	e.Variable("GAME", 7, "GAME", func() { e.Str("KEY", "class1") })
	e.List("HNET", tdf.TypeGroup, 2, func(i int) {
		if i == 0 {
			e.ElemUnion(3, func() { tunnel.encode(e) })
		} else {
			e.ElemGroup(func() { e.UintList("PIDS", 1, 2) })
		}
	})
	e.Str("NAME", "é \"quoted\"\n\xff")
	e.Group("QDAT", nil)
	e.Float("RATE", 1.5)
	e.StrMap("SMAP", []tdf.Pair{{Key: "a", Value: "1"}, {Key: "b", Value: ""}})
	e.UnionUnset("TEST")
	e.Uint("TIME", 1<<64-1)
	e.List("ULST", tdf.TypeObjectID, 1, func(int) {
		e.ElemObjectID(tdf.ObjectID{ObjectType: tdf.ObjectType{Component: 4, Type: 1}, ID: 9})
	})
}

func TestDump(t *testing.T) {
	g := parse(t, encoded(t, everything))
	oneLine := `{ADDR: 2{EXIP: {IP: 3405803781, PORT: 3659}, INIP: {IP: 3232235530, PORT: 3659}}, ADMN: [], BLOB: <01ff>, ` +
		`CVAR: absent, DMAP: {458753: -5}, ETYP: (30722,1), GAME: (7) GAME: {KEY: "class1"}, ` +
		`HNET: [3{IP: 2130706433, PORT: 42132}, {PIDS: [1, 2]}], NAME: "é \"quoted\"\n\xff", QDAT: {}, RATE: 1.5, ` +
		`SMAP: {"a": "1", "b": ""}, TEST: unset, TIME: 18446744073709551615, ULST: [(4,1,9)]}`
	for _, format := range []string{"%v", "%s"} {
		if diff := cmp.Diff(oneLine, fmt.Sprintf(format, g)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", format, diff)
		}
	}
	golden(t, "everything.txt", fmt.Sprintf("%+v\n", g))
	if got := fmt.Sprint(tdf.Group{}); got != "{}" {
		t.Errorf("the zero Group is %s", got)
	}
	unset := parse(t, unhex(t, "A2 E9 74 04 03 01 7F"))
	if got := fmt.Sprint(unset); got != "{HNET: [unset]}" {
		t.Errorf("an unset union in a list is %s", got)
	}
}

// The dump of a whole login response: its token, session key and e-mail
// address are not there, its name is.
func TestDumpOfLogin(t *testing.T) {
	golden(t, "a01_silent_login_response.txt", fmt.Sprintf("%+v\n", parse(t, bodies(t)["a01_silent_login_response"])))
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	want, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.ReplaceAll(string(want), "\r\n", "\n"), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

func TestDumpLeavesSecretsOut(t *testing.T) {
	const secret = "hunter2"
	for _, label := range []string{"PASS", "CPWD", "AUTH", "HOFF", "PCTK", "SKEY", "TICK", "TOKN", "MAIL", "PRNT"} {
		for name, write := range map[string]func(*tdf.Encoder){
			"string": func(e *tdf.Encoder) { e.Str(label, secret) },
			"blob":   func(e *tdf.Encoder) { e.Blob(label, []byte(secret)) },
			"list":   func(e *tdf.Encoder) { e.StrList(label, "", secret) },
			"group":  func(e *tdf.Encoder) { e.Group(label, func() { e.Str("TEXT", secret) }) },
		} {
			g := parse(t, encoded(t, func(e *tdf.Encoder) {
				write(e)
				e.Group("SUB", func() { e.List("LIST", tdf.TypeGroup, 1, func(int) { e.ElemGroup(func() { write(e) }) }) })
				e.Union("UNI", 1, func() { write(e) })
				e.Variable("VAR", 1, label, func() { e.Str("TEXT", secret) })
			}))
			for _, format := range []string{"%v", "%+v"} {
				got := fmt.Sprintf(format, g)
				if strings.Contains(got, secret) || strings.Contains(got, fmt.Sprintf("%x", secret)) {
					t.Errorf("%s as %s: %s", label, name, got)
				}
				if n := strings.Count(got, label+": [redacted]"); n != 4 {
					t.Errorf("%s as %s: %d remarks, want 4: %s", label, name, n, got)
				}
			}
		}
		// That there is none is no secret.
		empty := parse(t, encoded(t, func(e *tdf.Encoder) {
			e.Str(label, "")
			e.Blob(label, nil)
		}))
		if got, want := fmt.Sprint(empty), fmt.Sprintf(`{%s: "", %[1]s: <>}`, label); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// KEY is a secret in the group of a session and a name in that of a setting.
func TestDumpOfKeys(t *testing.T) {
	g := parse(t, encoded(t, func(e *tdf.Encoder) {
		e.Str("KEY", "class1")
		e.Group("SESS", func() {
			e.Uint("BUID", 1)
			e.Bool("FRST", false)
			e.Group("GAME", func() { e.Str("KEY", "inner") })
			e.Str("KEY", "hunter2")
			e.Str("ZKEY", "z")
		})
		e.Group("ZSET", func() { e.Str("KEY", "class2") })
	}))
	want := `{KEY: "class1", SESS: {BUID: 1, FRST: 0, GAME: {KEY: "inner"}, KEY: [redacted], ZKEY: "z"}, ZSET: {KEY: "class2"}}`
	if diff := cmp.Diff(want, fmt.Sprint(g)); diff != "" {
		t.Errorf("dump (-want +got):\n%s", diff)
	}
}

func TestDumpIsBounded(t *testing.T) {
	long := strings.Repeat("0123456789abcdef", 1<<16)
	for name, c := range map[string]struct {
		build func(*tdf.Encoder)
		want  string
	}{
		"string of 96 bytes": {
			func(e *tdf.Encoder) { e.Str("TEXT", long[:96]) },
			`{TEXT: "` + long[:96] + `"}`,
		},
		"string of 1 MiB": {
			func(e *tdf.Encoder) { e.Str("TEXT", long) },
			`{TEXT: "` + long[:96] + `" and 1048480 bytes more}`,
		},
		"blob of 1 MiB": {
			func(e *tdf.Encoder) { e.Blob("BLOB", []byte(long)) },
			fmt.Sprintf("{BLOB: <%x> and 1048528 bytes more}", long[:48]),
		},
		"list of 24": {
			func(e *tdf.Encoder) { e.UintList("LIST", make([]uint64, 24)...) },
			"{LIST: [" + strings.Repeat("0, ", 23) + "0]}",
		},
		"list of 25": {
			func(e *tdf.Encoder) { e.UintList("LIST", make([]uint64, 25)...) },
			"{LIST: [" + strings.Repeat("0, ", 24) + "and 1 more]}",
		},
		"map of 1000": {
			func(e *tdf.Encoder) { e.StrMap("SMAP", make([]tdf.Pair, 1000)) },
			"{SMAP: {" + strings.Repeat(`"": "", `, 24) + "and 976 more}}",
		},
	} {
		if diff := cmp.Diff(c.want, fmt.Sprint(parse(t, encoded(t, c.build)))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	// Many fields, flat and deep.
	flat := parse(t, encoded(t, func(e *tdf.Encoder) {
		for range 100_000 {
			e.Uint("TEST", 7)
		}
	}))
	var deepen func(e *tdf.Encoder, depth int)
	deepen = func(e *tdf.Encoder, depth int) {
		e.Uint("TEST", 7)
		for range min(2, depth) {
			e.Group("G", func() { deepen(e, depth-1) })
		}
	}
	deep := parse(t, encoded(t, func(e *tdf.Encoder) { deepen(e, 13) }))
	lists := parse(t, encoded(t, func(e *tdf.Encoder) {
		e.List("LIST", tdf.TypeGroup, 24, func(int) {
			e.ElemGroup(func() {
				for _, label := range []string{"A", "B"} {
					e.Map(label, tdf.TypeVarint, tdf.TypeString, 24, func(i int) {
						e.ElemUint(uint64(i))
						e.ElemStr(long[:96])
					})
				}
			})
		})
	}))
	for name, g := range map[string]tdf.Group{"flat": flat, "deep": deep, "lists": lists} {
		for _, format := range []string{"%v", "%+v"} {
			got := fmt.Sprintf(format, g)
			if len(got) < 64<<10 || len(got) > 66<<10 || !strings.Contains(got, "and more") || !strings.HasSuffix(got, "}") {
				t.Errorf("%s as %s: %d bytes, ending in %q", name, format, len(got), got[len(got)-40:])
			}
		}
	}
}
