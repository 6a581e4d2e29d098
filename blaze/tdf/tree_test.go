package tdf_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/charonrelay/charon/blaze/tdf"
)

// tree is a field as Go values: int64, string, []byte, float32, tdf.ObjectType,
// tdf.ObjectID, []tree for a group, or one of the types below.
type tree struct {
	Label string
	Value any
}

type list struct {
	Elem   tdf.Type
	Values []any
}

type dict struct {
	Key, Elem tdf.Type
	Pairs     [][2]any
}

type union struct { // index UnionUnset for none
	Index  uint8
	Fields []tree
}

type variable struct { // Label "" for absent
	ID     int64
	Label  string
	Fields []tree
}

var (
	labels  = rapid.StringMatching("[0-9A-Z_][0-9A-Z_]{0,3}")
	texts   = rapid.Map(rapid.String(), func(s string) string { return strings.TrimRight(s, "\x00") })
	objects = rapid.Map(rapid.Make[tdf.ObjectID](), func(id tdf.ObjectID) any { return id })
)

func drawFields(t *rapid.T, depth int) []tree {
	var all []tree
	for range rapid.IntRange(0, 4).Draw(t, "fields") {
		all = append(all, tree{labels.Draw(t, "label"), drawValue(t, depth)})
	}
	return all
}

func drawValue(t *rapid.T, depth int) any {
	kinds := 6
	if depth > 0 {
		kinds = 11
	}
	switch rapid.IntRange(0, kinds-1).Draw(t, "kind") {
	case 0:
		return rapid.Int64().Draw(t, "number")
	case 1:
		return texts.Draw(t, "text")
	case 2:
		return rapid.SliceOf(rapid.Byte()).Draw(t, "blob")
	case 3:
		return rapid.Make[tdf.ObjectType]().Draw(t, "object type")
	case 4:
		return objects.Draw(t, "object id")
	case 5:
		return rapid.Float32().Draw(t, "float")
	case 6:
		return drawFields(t, depth-1)
	case 7:
		elem := rapid.SampledFrom([]tdf.Type{tdf.TypeVarint, tdf.TypeString, tdf.TypeGroup, tdf.TypeObjectID}).Draw(t, "element type")
		l := list{Elem: elem}
		for range rapid.IntRange(0, 4).Draw(t, "elements") {
			l.Values = append(l.Values, drawElement(t, elem, depth-1))
		}
		return l
	case 8:
		d := dict{
			Key:  rapid.SampledFrom([]tdf.Type{tdf.TypeVarint, tdf.TypeString}).Draw(t, "key type"),
			Elem: rapid.SampledFrom([]tdf.Type{tdf.TypeVarint, tdf.TypeString, tdf.TypeGroup}).Draw(t, "value type"),
		}
		for range rapid.IntRange(0, 4).Draw(t, "pairs") {
			d.Pairs = append(d.Pairs, [2]any{drawElement(t, d.Key, 0), drawElement(t, d.Elem, depth-1)})
		}
		return d
	case 9:
		index := rapid.Uint8Max(tdf.UnionUnset).Draw(t, "index")
		if index == tdf.UnionUnset {
			return union{Index: index}
		}
		return union{index, drawFields(t, depth-1)}
	default:
		if rapid.Bool().Draw(t, "absent") {
			return variable{}
		}
		return variable{rapid.Int64().Draw(t, "id"), labels.Draw(t, "inner label"), drawFields(t, depth-1)}
	}
}

func drawElement(t *rapid.T, typ tdf.Type, depth int) any {
	switch typ {
	case tdf.TypeVarint:
		return rapid.Int64().Draw(t, "number")
	case tdf.TypeString:
		return texts.Draw(t, "text")
	case tdf.TypeObjectID:
		return objects.Draw(t, "object id")
	default:
		if rapid.Bool().Draw(t, "union") {
			return union{rapid.Uint8Range(1, 0x3f).Draw(t, "index"), drawFields(t, depth)}
		}
		return drawFields(t, depth)
	}
}

func writeFields(e *tdf.Encoder, fields []tree) {
	for _, f := range fields {
		switch v := f.Value.(type) {
		case int64:
			e.Int(f.Label, v)
		case string:
			e.Str(f.Label, v)
		case []byte:
			e.Blob(f.Label, v)
		case float32:
			e.Float(f.Label, v)
		case tdf.ObjectType:
			e.ObjectType(f.Label, v)
		case tdf.ObjectID:
			e.ObjectID(f.Label, v)
		case []tree:
			e.Group(f.Label, func() { writeFields(e, v) })
		case list:
			e.List(f.Label, v.Elem, len(v.Values), func(i int) { writeElement(e, v.Values[i]) })
		case dict:
			e.Map(f.Label, v.Key, v.Elem, len(v.Pairs), func(i int) {
				writeElement(e, v.Pairs[i][0])
				writeElement(e, v.Pairs[i][1])
			})
		case union:
			if v.Index == tdf.UnionUnset {
				e.UnionUnset(f.Label)
			} else {
				e.Union(f.Label, v.Index, func() { writeFields(e, v.Fields) })
			}
		case variable:
			if v.Label == "" {
				e.VariableAbsent(f.Label)
			} else {
				e.Variable(f.Label, uint64(v.ID), v.Label, func() { writeFields(e, v.Fields) })
			}
		}
	}
}

func writeElement(e *tdf.Encoder, v any) {
	switch v := v.(type) {
	case int64:
		e.ElemInt(v)
	case string:
		e.ElemStr(v)
	case tdf.ObjectID:
		e.ElemObjectID(v)
	case union:
		e.ElemUnion(v.Index, func() { writeFields(e, v.Fields) })
	case []tree:
		e.ElemGroup(func() { writeFields(e, v) })
	}
}

func readFields(g tdf.Group) []tree {
	var all []tree
	for f := range g.Fields() {
		all = append(all, tree{f.Tag.String(), readValue(f.Value)})
	}
	return all
}

func readValue(v tdf.Value) any {
	switch v.Type() {
	case tdf.TypeVarint:
		return v.Int()
	case tdf.TypeString:
		return v.Str()
	case tdf.TypeBlob:
		return v.Blob()
	case tdf.TypeFloat:
		return v.Float()
	case tdf.TypeObjectType:
		return v.ObjectType()
	case tdf.TypeObjectID:
		return v.ObjectID()
	case tdf.TypeGroup:
		if index, member, ok := v.Union(); ok { // only in lists and maps
			return union{index, readFields(member)}
		}
		return readFields(v.Group())
	case tdf.TypeList:
		return list{v.List().Elem(), elems(v.List(), readValue)}
	case tdf.TypeMap:
		d := dict{Key: v.Map().Key(), Elem: v.Map().Elem()}
		for k, x := range v.Map().All() {
			d.Pairs = append(d.Pairs, [2]any{readValue(k), readValue(x)})
		}
		return d
	case tdf.TypeUnion:
		index, member, _ := v.Union()
		return union{index, readFields(member)}
	default:
		id, content, ok := v.Variable()
		if !ok {
			return variable{}
		}
		return variable{int64(id), content.Tag.String(), readFields(content.Group())}
	}
}

// Whatever tree of fields is encoded, reading gives the same tree, copying the
// same bytes, and every label is found.
func TestAnyTree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := drawFields(t, 4)
		var e tdf.Encoder
		writeFields(&e, want)
		if err := e.Err(); err != nil {
			t.Fatal(err)
		}
		g, err := tdf.Parse(e.Bytes())
		if err != nil {
			t.Fatalf("% x: %v", e.Bytes(), err)
		}
		if diff := cmp.Diff(want, readFields(g), cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("% x (-want +got):\n%s", e.Bytes(), diff)
		}
		if got := copied(g); !bytes.Equal(got, e.Bytes()) {
			t.Fatalf("% x is copied as % x", e.Bytes(), got)
		}
		if err := use(g); err != nil {
			t.Fatal(err)
		}
		for i, f := range want {
			first := slices.IndexFunc(want, func(other tree) bool { return other.Label == f.Label })
			v, ok := g.Get(f.Label)
			if i == first && (!ok || !cmp.Equal(f.Value, readValue(v), cmpopts.EquateEmpty())) {
				t.Fatalf("Get(%q) = %v, %t, want %v", f.Label, readValue(v), ok, f.Value)
			}
		}
	})
}
