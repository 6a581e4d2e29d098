package gamesim

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/charonrelay/charon/blaze/tdf"
)

// The kinds of the specification's Kind column (spec: blaze 0). Widths are not
// on the wire; the game stores no more than these.
var (
	boolean = number{"bool", 1, false}
	u8      = number{"u8", 8, false}
	u16     = number{"u16", 16, false}
	u32     = number{"u32", 32, false}
	u64     = number{"u64", 64, false}
	i32     = number{"i32", 32, true}
	i64     = number{"i64", 64, true}

	str   = plain{tdf.TypeString}
	blob  = plain{tdf.TypeBlob}
	objID = plain{tdf.TypeObjectID}

	// emptyBlob is a blob that ME3 never fills.
	emptyBlob = only(blob, []byte{})

	// absent is a variable that holds nothing (spec: blaze 2.11).
	absent = restricted{plain{tdf.TypeVariable}, []any{nothing{}}, true}
	// omitted is a list or map that ME3 never fills.
	omitted = marked{plain{tdf.TypeList}, never}
)

// number is a varint of a width in bits.
type number struct {
	name   string
	bits   int
	signed bool
}

func (number) wire() tdf.Type { return tdf.TypeVarint }

func (n number) check(v tdf.Value, _ bool) *SchemaError {
	negative := v.Raw()[0]&0x40 != 0
	switch {
	case n.signed:
		if x := v.Int() >> (n.bits - 1); x != 0 && x != -1 {
			return wrong("%d is too large for %s", v.Int(), n.name)
		}
	case negative:
		return wrong("%d is negative, but the field is %s", v.Int(), n.name)
	case v.Uint()>>(n.bits-1)>>1 != 0:
		return wrong("%d is too large for %s", v.Uint(), n.name)
	}
	return nil
}

// plain is a kind that has nothing to check but its wire type and, for
// strings, the terminating NUL (spec: blaze 2.4).
type plain struct{ typ tdf.Type }

func (p plain) wire() tdf.Type { return p.typ }

func (p plain) check(v tdf.Value, _ bool) *SchemaError {
	if p.typ == tdf.TypeString && !bytes.HasSuffix(v.Raw(), []byte{0}) {
		return wrong("the string does not end with a zero byte")
	}
	return nil
}

// enum is a number with a closed set of values, 0 to last (spec: blaze 5.1).
func enum(last int) shape {
	values := make([]any, last+1)
	for i := range values {
		values[i] = i
	}
	return restricted{u32, values, true}
}

// only is a shape whose value the specification fixes. Lenient clients accept
// other values, since these are choices of a server.
func only(s shape, values ...any) shape { return restricted{s, values, false} }

type restricted struct {
	shape
	values []any
	hard   bool // holds for lenient clients as well
}

func (r restricted) check(v tdf.Value, lenient bool) *SchemaError {
	if err := r.shape.check(v, lenient); err != nil || lenient && !r.hard {
		return err
	}
	if !slices.ContainsFunc(r.values, func(want any) bool { return equal(v, want) }) {
		return wrong("is %s, not %s", show(v), alternatives(r.values))
	}
	return nil
}

// A field table is the shape of a group.
func (fields) wire() tdf.Type { return tdf.TypeGroup }

func (t fields) check(v tdf.Value, lenient bool) *SchemaError {
	if _, _, union := v.Union(); union {
		return wrong("is a union, not a group")
	}
	return checkFields(v.Group(), t, lenient)
}

// listOf is a list with elements of one shape.
type listOf struct{ elem shape }

func (listOf) wire() tdf.Type { return tdf.TypeList }

func (s listOf) check(v tdf.Value, lenient bool) *SchemaError {
	l := v.List()
	if want := elementWire(s.elem); l.Elem() != want {
		return wrong("is a list of %v, not of %v", l.Elem(), want)
	}
	i := 0
	for x := range l.All() {
		if err := s.elem.check(x, lenient); err != nil {
			return err.in(fmt.Sprintf("[%d]", i))
		}
		i++
	}
	return nil
}

// elementWire is the type byte that a list announces for a shape: unions are
// spelled like groups there (spec: blaze 2.10 rule 4).
func elementWire(s shape) tdf.Type {
	if s.wire() == tdf.TypeUnion {
		return tdf.TypeGroup
	}
	return s.wire()
}

// mapOf is a map; its keys ascend, strings without regard to case (spec: blaze 2.8).
type mapOf struct{ key, val shape }

func (mapOf) wire() tdf.Type { return tdf.TypeMap }

func (s mapOf) check(v tdf.Value, lenient bool) *SchemaError {
	m := v.Map()
	if m.Key() != s.key.wire() || m.Elem() != elementWire(s.val) {
		return wrong("maps %v to %v, not %v to %v", m.Key(), m.Elem(), s.key.wire(), elementWire(s.val))
	}
	var last tdf.Value
	i := 0
	for k, x := range m.All() {
		step := fmt.Sprintf("[%s]", show(k))
		if err := s.key.check(k, lenient); err != nil {
			return err.in(step)
		}
		if err := s.val.check(x, lenient); err != nil {
			return err.in(step)
		}
		if i > 0 && !ascending(last, k, lenient) {
			return wrong("key comes after %s", show(last)).in(step)
		}
		last = k
		i++
	}
	return nil
}

// ascending reports whether b may follow a as a key. Pocket Relay servers sort
// strings by bytes.
func ascending(a, b tdf.Value, lenient bool) bool {
	if a.Type() != tdf.TypeString {
		return a.Int() < b.Int()
	}
	return lenient && !bytes.Equal(a.StrBytes(), b.StrBytes()) || tdf.CompareKeys(a.Str(), b.Str()) < 0
}

// unionOf is a union; its members are groups, by index (spec: blaze 2.9).
type unionOf struct {
	members map[uint8]fields
	unset   bool // may also be unset
}

func (unionOf) wire() tdf.Type { return tdf.TypeUnion }

func (s unionOf) check(v tdf.Value, lenient bool) *SchemaError {
	index, member, ok := v.Union()
	if !ok {
		if s.unset && isUnset(v) {
			return nil
		}
		return wrong("is no set union")
	}
	if v.Type() == tdf.TypeUnion && !hasMember(v) {
		return wrong("has no member group labelled VALU")
	}
	table, known := s.members[index]
	if !known {
		return wrong("has the unknown union index %d", index)
	}
	return checkFields(member, table, lenient)
}

func isUnset(v tdf.Value) bool { return v.Raw()[0] == tdf.UnionUnset }

// hasMember reports whether the field of a union field is a group labelled VALU.
func hasMember(v tdf.Value) bool {
	return bytes.HasPrefix(v.Raw()[1:], []byte{0xda, 0x1b, 0x35, byte(tdf.TypeGroup)})
}

// uuid is a string with a lower-case UUID.
type uuid struct{ plain }

func (u uuid) check(v tdf.Value, lenient bool) *SchemaError {
	if err := u.plain.check(v, lenient); err != nil {
		return err
	}
	b := v.StrBytes()
	if len(b) != 36 {
		return wrong("%q is not a UUID", b)
	}
	for i, c := range b {
		dash := i == 8 || i == 13 || i == 18 || i == 23
		if dash != (c == '-') || !dash && !('0' <= c && c <= '9' || 'a' <= c && c <= 'f') {
			return wrong("%q is not a lower-case UUID", b)
		}
	}
	return nil
}
