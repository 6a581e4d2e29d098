package tdf

import (
	"encoding/binary"
	"iter"
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// Parse validates body and returns a view of its fields. The view refers to
// body, which must not change while the view is in use. A fault is a
// [*SyntaxError].
func Parse(body []byte) (Group, error) {
	s := scanner{buf: body}
	if err := s.fields(false); err != nil {
		return Group{}, err
	}
	return Group{body}, nil
}

// Group is a read-only view of the fields of a body or of a group value. The
// zero Group has no fields. Lookups scan, so a Group suits messages of a few
// dozen fields.
type Group struct {
	data []byte // the fields, without the terminating zero
}

// Field is one labelled value.
type Field struct {
	Tag Tag
	Value
}

// Value is a read-only view of a field's or element's value. The zero Value
// has no data and reads as zero in every form.
type Value struct {
	typ     Type
	data    []byte // exactly the encoded value
	element bool   // of a list or map: a union is spelled like a group
}

// Fields yields the fields in wire order.
func (g Group) Fields() iter.Seq[Field] {
	return func(yield func(Field) bool) {
		s := scanner{buf: g.data}
		for s.rest() > 0 {
			f, ok := s.next()
			if !ok || !yield(f) {
				return
			}
		}
	}
}

// next reads one field of validated bytes.
func (s *scanner) next() (Field, bool) {
	tag, typ, err := s.header()
	if err != nil {
		return Field{}, false
	}
	v, ok := s.take(typ, false)
	return Field{tag, v}, ok
}

// take reads one value of validated bytes.
func (s *scanner) take(typ Type, element bool) (Value, bool) {
	start := s.pos
	if err := s.value(typ, element); err != nil {
		return Value{}, false
	}
	return Value{typ, s.buf[start:s.pos], element}, true
}

// Get returns the first field with the label, or the zero Value and false.
func (g Group) Get(label string) (Value, bool) {
	tag, ok := packTag(label)
	if !ok {
		return Value{}, false
	}
	for f := range g.Fields() {
		if f.Tag == tag {
			return f.Value, true
		}
	}
	return Value{}, false
}

// Empty reports whether g has no fields.
func (g Group) Empty() bool { return len(g.data) == 0 }

// Raw returns the encoded fields of g, without a terminator.
func (g Group) Raw() []byte { return slices.Clip(g.data) }

func (g Group) value(label string) Value {
	v, _ := g.Get(label)
	return v
}

// Has reports whether a field with the label is present, whatever its type.
func (g Group) Has(label string) bool {
	_, ok := g.Get(label)
	return ok
}

// Uint returns an unsigned number, 0 if absent. See [Value.Uint].
func (g Group) Uint(label string) uint64 { return g.value(label).Uint() }

// Int returns a signed number, 0 if absent. See [Value.Int].
func (g Group) Int(label string) int64 { return g.value(label).Int() }

// Bool returns a truth value, false if absent. See [Value.Bool].
func (g Group) Bool(label string) bool { return g.value(label).Bool() }

// Str returns a string, "" if absent. See [Value.Str].
func (g Group) Str(label string) string { return g.value(label).Str() }

// Blob returns a blob's bytes, nil if absent.
func (g Group) Blob(label string) []byte { return g.value(label).Blob() }

// Group returns a nested group, empty if absent.
func (g Group) Group(label string) Group { return g.value(label).Group() }

// List returns a list, empty if absent.
func (g Group) List(label string) List { return g.value(label).List() }

// Map returns a map, empty if absent.
func (g Group) Map(label string) Map { return g.value(label).Map() }

// Union returns the index and the fields of a union's active member; ok is
// false if the field is absent or the union unset. See [Value.Union].
func (g Group) Union(label string) (index uint8, member Group, ok bool) {
	return g.value(label).Union()
}

// Type returns the wire type of v; for the zero Value, TypeVarint.
func (v Value) Type() Type { return v.typ }

// Raw returns the encoded value.
func (v Value) Raw() []byte { return slices.Clip(v.data) }

func (v Value) scan(types ...Type) (scanner, bool) {
	if v.data == nil {
		return scanner{}, false
	}
	for _, t := range types {
		if v.typ == t {
			return scanner{buf: v.data}, true
		}
	}
	return scanner{}, false
}

func (v Value) number() (mag uint64, neg bool) {
	s, ok := v.scan(TypeVarint, TypeTime)
	if !ok {
		return 0, false
	}
	mag, neg, _ = s.varint("")
	return mag, neg
}

// Uint returns a number as unsigned 64-bit; the caller truncates to the
// field's width. A negative number comes back in two's complement, so both
// spellings of negatives read alike (spec: blaze 2.3).
func (v Value) Uint() uint64 { return uint64(v.Int()) }

// Int returns a number as signed 64-bit. Sign-magnitude is undone; a number
// without sign bit is returned as its 64 bits (spec: blaze 2.3).
func (v Value) Int() int64 {
	mag, neg := v.number()
	switch {
	case neg && mag == 0:
		return math.MinInt64
	case neg:
		return int64(-mag)
	}
	return int64(mag)
}

// Bool reports whether a number is not zero (spec: blaze 2.3).
func (v Value) Bool() bool {
	mag, neg := v.number()
	return mag != 0 || neg
}

// Str returns a string without its terminating NUL. Bytes that are not UTF-8
// are replaced by U+FFFD (spec: blaze 2.4).
func (v Value) Str() string {
	b := v.StrBytes()
	if utf8.Valid(b) {
		return string(b)
	}
	return strings.ToValidUTF8(string(b), "\uFFFD")
}

// StrBytes returns a string's bytes as sent, without its terminating NUL.
func (v Value) StrBytes() []byte {
	b := v.sized(TypeString)
	if n := len(b); n > 0 && b[n-1] == 0 {
		b = b[: n-1 : n-1]
	}
	return b
}

// Blob returns the bytes of a blob.
func (v Value) Blob() []byte { return v.sized(TypeBlob) }

func (v Value) sized(t Type) []byte {
	s, ok := v.scan(t)
	if !ok {
		return nil
	}
	n, _ := s.length("", math.MaxInt32)
	return s.buf[s.pos : s.pos+n : s.pos+n]
}

// Group returns the fields of a group value. A union element of a list is not
// a group; use [Value.Union].
func (v Value) Group() Group {
	s, ok := v.scan(TypeGroup)
	if !ok || v.isUnionElement() {
		return Group{}
	}
	return Group{s.buf[:len(s.buf)-1]}
}

func (v Value) isUnionElement() bool {
	return v.element && v.typ == TypeGroup && len(v.data) > 0 && isUnionIndex(v.data[0])
}

// Union returns the index and the fields of a union's active member, for union
// fields (whose member is labelled VALU) and for union elements of lists
// (which have no such label; spec: blaze 2.9, 2.10 rule 4). If the union is
// unset or v is no union, ok is false and the index is [UnionUnset]. A member
// that is not a group reads as an empty one.
func (v Value) Union() (index uint8, member Group, ok bool) {
	if v.isUnionElement() {
		if v.data[0] == UnionUnset {
			return UnionUnset, Group{}, false
		}
		return v.data[0], Group{v.data[1 : len(v.data)-1]}, true
	}
	s, ok := v.scan(TypeUnion)
	if !ok || len(s.buf) == 0 || s.buf[0] == UnionUnset {
		return UnionUnset, Group{}, false
	}
	s.pos = 1
	f, ok := s.next()
	return v.data[0], f.Group(), ok
}

// Variable returns the type id and the contained field of a present variable
// (spec: blaze 2.11).
func (v Value) Variable() (id uint64, content Field, ok bool) {
	s, ok := v.scan(TypeVariable)
	if !ok || s.buf[0] == 0 {
		return 0, Field{}, false
	}
	s.pos = 1
	id, _, _ = s.varint("")
	content, ok = s.next()
	return id, content, ok
}

// ObjectType returns an object type value, or the type of an object id.
func (v Value) ObjectType() ObjectType {
	s, ok := v.scan(TypeObjectType, TypeObjectID)
	if !ok {
		return ObjectType{}
	}
	c, _, _ := s.varint("")
	t, _, _ := s.varint("")
	return ObjectType{uint16(c), uint16(t)}
}

// ObjectID returns an object id value.
func (v Value) ObjectID() ObjectID {
	s, ok := v.scan(TypeObjectID)
	if !ok {
		return ObjectID{}
	}
	c, _, _ := s.varint("")
	t, _, _ := s.varint("")
	id, _, _ := s.varint("")
	return ObjectID{ObjectType{uint16(c), uint16(t)}, id}
}

// Float returns a float value.
func (v Value) Float() float32 {
	s, ok := v.scan(TypeFloat)
	if !ok {
		return 0
	}
	return math.Float32frombits(binary.BigEndian.Uint32(s.buf))
}
