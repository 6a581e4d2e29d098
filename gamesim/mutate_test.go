package gamesim

import (
	"slices"
	"testing"

	"github.com/charonrelay/charon/blaze/tdf"
)

// rawField is a field with its encoded value.
type rawField struct {
	tag   tdf.Tag
	typ   tdf.Type
	value []byte
}

func mustTag(label string) tdf.Tag {
	tag, err := tdf.PackTag(label)
	if err != nil {
		panic(err)
	}
	return tag
}

func parse(t testing.TB, body []byte) tdf.Group {
	t.Helper()
	g, err := tdf.Parse(body)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// assemble encodes the fields of g. edit may change those of any group on the
// way; its path is the labels leading there, each followed by a dot.
func assemble(g tdf.Group, path string, edit func(path string, fs []rawField) []rawField) []byte {
	var fs []rawField
	for f := range g.Fields() {
		fs = append(fs, rawField{f.Tag, f.Type(), assembleValue(f.Value, path+f.Tag.String()+".", edit)})
	}
	if edit != nil {
		fs = edit(path, fs)
	}
	var b []byte
	for _, f := range fs {
		b = append(b, byte(f.tag>>16), byte(f.tag>>8), byte(f.tag), byte(f.typ))
		b = append(b, f.value...)
	}
	return b
}

func assembleValue(v tdf.Value, path string, edit func(string, []rawField) []rawField) []byte {
	if index, member, ok := v.Union(); ok {
		b := []byte{index}
		if v.Type() == tdf.TypeUnion {
			b = append(b, v.Raw()[1:5]...)
		}
		return append(append(b, assemble(member, path, edit)...), 0)
	}
	header := func(types ...byte) *tdf.Encoder { return tdf.NewEncoder(types) }
	switch v.Type() {
	case tdf.TypeGroup:
		return append(assemble(v.Group(), path, edit), 0)
	case tdf.TypeList:
		l := v.List()
		e := header(byte(l.Elem()))
		e.ElemUint(uint64(l.Len()))
		b := e.Bytes()
		for x := range l.All() {
			b = append(b, assembleValue(x, path, edit)...)
		}
		return b
	case tdf.TypeMap:
		m := v.Map()
		e := header(byte(m.Key()), byte(m.Elem()))
		e.ElemUint(uint64(m.Len()))
		b := e.Bytes()
		for k, x := range m.All() {
			b = append(append(b, k.Raw()...), assembleValue(x, path, edit)...)
		}
		return b
	}
	return slices.Clone(v.Raw())
}
