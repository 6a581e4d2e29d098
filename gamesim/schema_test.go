package gamesim

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/charonrelay/charon/blaze"
	"github.com/charonrelay/charon/blaze/tdf"
)

func TestSchemaAcceptsVerifiedFrames(t *testing.T) {
	for _, f := range serverFrames(t) {
		t.Run(f.title, func(t *testing.T) {
			if err := checkPacket(f.Packet, true); err != nil {
				t.Errorf("lenient: %v", err)
			}
			err := checkPacket(f.Packet, false)
			if strings.HasPrefix(f.title, "A.7 ") {
				if err == nil || err.Error() != "DATA.PSLM: is empty and should be left out" {
					t.Errorf("strict: %v, want the remark about PSLM", err)
				}
				return
			}
			if err != nil {
				t.Errorf("strict: %v", err)
			}
		})
	}
}

// maybeMissing are the labels of the frames whose field may be left out.
var maybeMissing = []string{"PSLM", "ULST", "UEDS", "ATTR", "HOST", "IP", "LDLS", "LTPS"}

// mayBeMissing reports whether the game does without a field of a frame.
func mayBeMissing(p blaze.Packet, label string) bool {
	configuration := p.Component == blaze.Util && p.Command == blaze.UtilFetchClientConfig
	return slices.Contains(maybeMissing, label) || configuration && label == "CONF"
}

// TestSchemaRefusesMutants takes every frame apart and spoils one field at a
// time, at every level.
func TestSchemaRefusesMutants(t *testing.T) {
	for _, f := range serverFrames(t) {
		t.Run(f.title, func(t *testing.T) {
			lenient := strings.HasPrefix(f.title, "A.7 ")
			body := parse(t, f.Body)
			if got := assemble(body, "", nil); string(got) != string(f.Body) {
				t.Fatalf("taking apart and assembling changed the frame to %x", got)
			}
			var groups []string
			assemble(body, "", func(path string, fs []rawField) []rawField {
				groups = append(groups, path)
				return fs
			})
			for _, at := range slices.Compact(slices.Sorted(slices.Values(groups))) {
				for _, m := range mutants(at, f.Packet, body) {
					p := f.Packet
					p.Body = m.body
					if err := checkPacket(p, lenient); err == nil {
						t.Errorf("%s passes:\n%+v", m.name, p)
					}
				}
			}
		})
	}
}

type mutant struct {
	name string
	body []byte
}

// mutants spoils the group at a path in each way and place.
func mutants(at string, p blaze.Packet, body tdf.Group) []mutant {
	var ms []mutant
	spoil := func(name string, edit func([]rawField) []rawField) {
		done := false
		b := assemble(body, "", func(path string, fs []rawField) []rawField {
			if path != at || done {
				return fs
			}
			done = true
			return edit(slices.Clone(fs))
		})
		ms = append(ms, mutant{name, b})
	}
	var size int
	var labels []string
	assemble(body, "", func(path string, fs []rawField) []rawField {
		if path == at && labels == nil {
			size = len(fs)
			for _, f := range fs {
				labels = append(labels, f.tag.String())
			}
		}
		return fs
	})
	unknown := rawField{mustTag("_ZZZ"), tdf.TypeVarint, []byte{1}}
	spoil("an unknown field at the end of "+at, func(fs []rawField) []rawField { return append(fs, unknown) })
	for i := range size {
		where := at + labels[i]
		if !mayBeMissing(p, labels[i]) {
			spoil("missing "+where, func(fs []rawField) []rawField { return slices.Delete(fs, i, i+1) })
		}
		spoil("other type of "+where, func(fs []rawField) []rawField {
			if fs[i].typ == tdf.TypeVarint {
				fs[i].typ, fs[i].value = tdf.TypeString, []byte{2, 'x', 0}
			} else {
				fs[i].typ, fs[i].value = tdf.TypeVarint, []byte{1}
			}
			return fs
		})
		spoil("twice "+where, func(fs []rawField) []rawField { return slices.Insert(fs, i, fs[i]) })
		if i > 0 {
			spoil("wrong order before "+where, func(fs []rawField) []rawField {
				fs[i-1], fs[i] = fs[i], fs[i-1]
				return fs
			})
		}
	}
	return ms
}

func TestSchemaTablesAscend(t *testing.T) {
	for _, set := range []map[message]fields{responses, notifications, errorBodies} {
		for m, table := range set {
			ascend(t, fmt.Sprintf("%v 0x%x", m.component, m.id), table)
		}
	}
}

// ascend checks the tags of a table and of all within it; rows for Pocket Relay
// servers are where those put them.
func ascend(t *testing.T, path string, s shape) {
	t.Helper()
	switch s := s.(type) {
	case marked:
		ascend(t, path, s.shape)
	case restricted:
		ascend(t, path, s.shape)
	case listOf:
		ascend(t, path, s.elem)
	case mapOf:
		ascend(t, path, s.val)
	case unionOf:
		for i, m := range s.members {
			ascend(t, fmt.Sprintf("%s.%d", path, i), m)
		}
	case fields:
		last := tdf.Tag(0)
		for _, f := range s {
			tag := mustTag(f.label)
			if presenceOf(f.shape) != onlyLenient {
				if tag <= last {
					t.Errorf("%s.%s comes after %v", path, f.label, last)
				}
				last = tag
			}
			ascend(t, path+"."+f.label, f.shape)
		}
	}
}

func TestSchemaDeviations(t *testing.T) {
	gameData := func(persisted string) func(e *tdf.Encoder) {
		return func(e *tdf.Encoder) {
			e.List("GDAT", tdf.TypeGroup, 1, func(int) {
				e.ElemGroup(func() {
					e.UintList("ADMN", 1)
					e.UintList("CAP", 4, 0)
					e.Uint("GID", 1)
					e.Str("GNAM", "Test")
					e.Uint("GSET", 287)
					e.Uint("GSTA", 130)
					e.List("HNET", tdf.TypeGroup, 1, func(int) {
						e.ElemUnion(addressPair, func() { writeAddressPair(e, Network{}) })
					})
					e.Int("HOST", 1)
					e.Uint("NTOP", 0)
					e.UintList("PCNT", 1, 0)
					e.Uint("PRES", 1)
					e.Str("PSAS", bestPingSite)
					e.Str(persisted, "")
					e.Uint("QCAP", 0)
					e.Uint("QCNT", 0)
					e.Uint("SID", 0)
					e.Uint("TCAP", 0)
					e.Uint("VOIP", 2)
					e.Str("VSTR", protocolVersion)
				})
			})
		}
	}
	request := blaze.Header{Component: blaze.GameManager, Command: blaze.GameGetGameDataFromID}
	for _, tc := range []struct {
		name    string
		p       blaze.Packet
		strict  string // the error; "" for none
		lenient string
	}{
		{"PSID", request.Reply(gameData("PSID")), "", ""},
		{"PGID in place of PSID", request.Reply(gameData("PGID")), "tdf: field GDAT.PGID comes after PSAS, but tags must ascend", ""},
		{"neither", request.Reply(gameData("PSIX")), "GDAT[0].PSIX: unknown field", "GDAT[0].PSIX: unknown field"},
		{
			"number too large",
			(blaze.Header{Component: blaze.GameManager, Command: blaze.GameCreateGame}).Reply(func(e *tdf.Encoder) { e.Uint("GID", 1<<32) }),
			"GID: 4294967296 is too large for u32", "GID: 4294967296 is too large for u32",
		},
		{
			"negative",
			(blaze.Header{Component: blaze.GameManager, Command: blaze.GameCreateGame}).Reply(func(e *tdf.Encoder) { e.Int("GID", -1) }),
			"GID: -1 is negative, but the field is u32", "GID: -1 is negative, but the field is u32",
		},
		{
			"keys in byte order",
			(blaze.Header{Component: blaze.Util, Command: blaze.UtilFetchClientConfig}).Reply(func(e *tdf.Encoder) {
				e.StrMap("CONF", []tdf.Pair{{Key: "ENT_100_ID", Value: "1"}, {Key: "ENT_100_entitlement", Value: "2"}})
			}),
			`CONF["ENT_100_entitlement"]: key comes after "ENT_100_ID"`, "",
		},
		{
			"key twice",
			(blaze.Header{Component: blaze.Util, Command: blaze.UtilFetchClientConfig}).Reply(func(e *tdf.Encoder) {
				e.StrMap("CONF", []tdf.Pair{{Key: "a", Value: "1"}, {Key: "a", Value: "2"}})
			}),
			`CONF["a"]: key comes after "a"`, `CONF["a"]: key comes after "a"`,
		},
		{
			"answer of a command that has none",
			(blaze.Header{Component: blaze.GameManager, Command: blaze.GameReplayGame}).Reply(func(e *tdf.Encoder) { e.Uint("GID", 1) }),
			"GID: unknown field", "GID: unknown field",
		},
		{
			"empty answer of a command that has one",
			(blaze.Header{Component: blaze.GameManager, Command: blaze.GameCreateGame}).Reply(nil),
			"GID: missing", "GID: missing",
		},
		{
			"empty answer to resumeSession",
			(blaze.Header{Component: blaze.UserSessions, Command: blaze.UsersResumeSession}).Reply(nil),
			"", "",
		},
		{
			"notification that the game does not know",
			blaze.NewNotification(blaze.GameManager, 0x10, nil),
			"GameManager.NotifyGameRemoved is not sent to this game", "GameManager.NotifyGameRemoved is not sent to this game",
		},
		{
			"request",
			Ping().packet(0),
			"a server does not send requests", "a server does not send requests",
		},
		{
			"body that ends early",
			blaze.Packet{Header: blaze.Header{Type: blaze.Notification, Component: blaze.UserSessions, Command: blaze.NotifyUserRemoved}, Body: []byte{0x8a}},
			"blaze: UserSessions.UserRemoved notification: tdf: byte 0: ends inside a field header: 1 of 4 bytes",
			"blaze: UserSessions.UserRemoved notification: tdf: byte 0: ends inside a field header: 1 of 4 bytes",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for _, lenient := range []bool{false, true} {
				want := tc.strict
				if lenient {
					want = tc.lenient
				}
				got := ""
				if err := checkPacket(tc.p, lenient); err != nil {
					got = err.Error()
				}
				if got != want {
					t.Errorf("lenient %v: %q, want %q", lenient, got, want)
				}
			}
		})
	}
}

func FuzzSchema(f *testing.F) {
	for _, fr := range serverFrames(f) {
		f.Add(uint16(fr.Component), fr.Command, uint8(fr.Type), fr.Body)
	}
	f.Fuzz(func(t *testing.T, component, command uint16, typ uint8, body []byte) {
		p := blaze.Packet{Header: blaze.Header{
			Component: blaze.Component(component), Command: command, Type: blaze.Type(typ % 4),
		}, Body: body}
		strict := checkPacket(p, false)
		if err := checkPacket(p, true); err != nil && strict == nil {
			t.Fatalf("passes strictly, but not leniently: %v", err)
		}
		if strict != nil {
			return
		}
		g, err := p.Fields()
		if err != nil {
			t.Fatalf("passes, but is no TDF: %v", err)
		}
		if err := tdf.CheckOrder(g); err != nil {
			t.Fatalf("passes, but %v", err)
		}
		// Expectations must cope with whatever passes.
		open := p.Header
		_ = Answer(Is("GAME.PHST.HPID", 1), Len("PROS", 1), unionIs("REAS", 0), Holds("GAME", "", hostReachable)).match(p, &open)
	})
}
