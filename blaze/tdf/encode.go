package tdf

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"
)

// Encoder appends fields to a body in the order of its calls. The zero value
// is ready for use. Methods that take a label write one complete field; the
// Elem methods write list and map elements inside the callbacks of
// [Encoder.List] and [Encoder.Map].
//
// A label that cannot be packed or a union index that cannot be told apart
// spoils the encoder: [Encoder.Err] then says which one, and the body must not
// be sent.
type Encoder struct {
	buf []byte
	err error
}

// NewEncoder returns an encoder that appends to buf.
func NewEncoder(buf []byte) *Encoder { return &Encoder{buf: buf} }

// Bytes returns everything encoded so far, including the buffer the encoder
// was made with.
func (e *Encoder) Bytes() []byte { return e.buf }

// Err returns the first error, which names the label or union index that the
// format cannot express.
func (e *Encoder) Err() error { return e.err }

// Reset empties the encoder and keeps its buffer.
func (e *Encoder) Reset() { e.buf, e.err = e.buf[:0], nil }

func (e *Encoder) header(label string, typ Type) {
	tag, ok := packTag(label)
	if !ok && e.err == nil {
		_, e.err = PackTag(label)
	}
	e.tag(tag, typ)
}

func (e *Encoder) tag(t Tag, typ Type) {
	e.buf = append(e.buf, byte(t>>16), byte(t>>8), byte(t), byte(typ))
}

// Uint writes an unsigned number (spec: blaze 2.3).
func (e *Encoder) Uint(label string, v uint64) {
	e.header(label, TypeVarint)
	e.ElemUint(v)
}

// Int writes a signed number, negatives as sign and magnitude (spec: blaze 2.3).
func (e *Encoder) Int(label string, v int64) {
	e.header(label, TypeVarint)
	e.ElemInt(v)
}

// Bool writes 0 or 1.
func (e *Encoder) Bool(label string, v bool) {
	e.header(label, TypeVarint)
	if v {
		e.buf = append(e.buf, 1)
	} else {
		e.buf = append(e.buf, 0)
	}
}

// Str writes a string; one trailing NUL of s is not doubled (spec: blaze 2.4).
func (e *Encoder) Str(label, s string) {
	e.header(label, TypeString)
	e.ElemStr(s)
}

// Blob writes a blob (spec: blaze 2.5).
func (e *Encoder) Blob(label string, b []byte) {
	e.header(label, TypeBlob)
	e.blob(b)
}

func (e *Encoder) blob(b []byte) {
	e.ElemUint(uint64(len(b)))
	e.buf = append(e.buf, b...)
}

// Float writes a float.
func (e *Encoder) Float(label string, f float32) {
	e.header(label, TypeFloat)
	e.buf = binary.BigEndian.AppendUint32(e.buf, math.Float32bits(f))
}

// ObjectType writes an object type.
func (e *Encoder) ObjectType(label string, t ObjectType) {
	e.header(label, TypeObjectType)
	e.elemObjectType(t)
}

// ObjectID writes an object id.
func (e *Encoder) ObjectID(label string, id ObjectID) {
	e.header(label, TypeObjectID)
	e.ElemObjectID(id)
}

// Group writes a group whose fields are written by fields; nil for none.
func (e *Encoder) Group(label string, fields func()) {
	e.header(label, TypeGroup)
	e.ElemGroup(fields)
}

// Union writes a union whose active member, a group, is written by fields. The
// index is below [UnionUnset] (spec: blaze 2.9).
func (e *Encoder) Union(label string, index uint8, fields func()) {
	e.header(label, TypeUnion)
	e.unionIndex(index, index < UnionUnset)
	e.Group("VALU", fields)
}

func (e *Encoder) unionIndex(index uint8, ok bool) {
	if !ok && e.err == nil {
		e.err = fmt.Errorf("tdf: union index 0x%02x is out of range", index)
	}
	e.buf = append(e.buf, index)
}

// UnionUnset writes a union without an active member.
func (e *Encoder) UnionUnset(label string) {
	e.header(label, TypeUnion)
	e.buf = append(e.buf, UnionUnset)
}

// VariableAbsent writes a variable that holds nothing (spec: blaze 2.11).
func (e *Encoder) VariableAbsent(label string) {
	e.header(label, TypeVariable)
	e.buf = append(e.buf, 0)
}

// Variable writes a variable holding a group of the type id, itself a field
// with the label inner (spec: blaze 2.11).
func (e *Encoder) Variable(label string, id uint64, inner string, fields func()) {
	e.header(label, TypeVariable)
	e.buf = append(e.buf, 1)
	e.ElemUint(id)
	e.Group(inner, fields)
}

// List writes a list of n elements; elem(i) writes element i with exactly one
// Elem call matching typ. An empty list is written as such; leave the call out
// to omit it (spec: blaze 2.10 rule 3).
func (e *Encoder) List(label string, typ Type, n int, elem func(i int)) {
	e.header(label, TypeList)
	e.buf = append(e.buf, byte(typ))
	e.ElemUint(uint64(n))
	for i := range n {
		elem(i)
	}
}

// Map writes a map of n pairs; pair(i) writes key and value with two Elem
// calls. The caller provides the order the game expects (spec: blaze 2.8).
func (e *Encoder) Map(label string, key, val Type, n int, pair func(i int)) {
	e.header(label, TypeMap)
	e.buf = append(e.buf, byte(key), byte(val))
	e.ElemUint(uint64(n))
	for i := range n {
		pair(i)
	}
}

// UintList writes a list of numbers.
func (e *Encoder) UintList(label string, vs ...uint64) {
	e.List(label, TypeVarint, len(vs), func(i int) { e.ElemUint(vs[i]) })
}

// StrList writes a list of strings.
func (e *Encoder) StrList(label string, vs ...string) {
	e.List(label, TypeString, len(vs), func(i int) { e.ElemStr(vs[i]) })
}

// Pair is a key and a value of a string map.
type Pair struct{ Key, Value string }

// StrMap writes a string-to-string map in the order of pairs; see [SortPairs].
func (e *Encoder) StrMap(label string, pairs []Pair) {
	e.Map(label, TypeString, TypeString, len(pairs), func(i int) {
		e.ElemStr(pairs[i].Key)
		e.ElemStr(pairs[i].Value)
	})
}

// SortPairs brings string keys into the order the game's library keeps them
// in: by bytes after folding A-Z to lower case (spec: blaze 2.8).
func SortPairs(pairs []Pair) {
	slices.SortStableFunc(pairs, func(a, b Pair) int { return CompareKeys(a.Key, b.Key) })
}

// CompareKeys compares map keys in the order of [SortPairs]; keys that differ
// in case only are ordered by their bytes.
func CompareKeys(a, b string) int {
	for i := range min(len(a), len(b)) {
		if x, y := lower(a[i]), lower(b[i]); x != y {
			return int(x) - int(y)
		}
	}
	if len(a) != len(b) {
		return len(a) - len(b)
	}
	return strings.Compare(a, b)
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// ElemUint writes an unsigned number as an element.
func (e *Encoder) ElemUint(v uint64) {
	if v < 0x40 {
		e.buf = append(e.buf, byte(v))
		return
	}
	e.buf = append(e.buf, byte(v)&0x3f|0x80)
	e.varintTail(v >> 6)
}

// ElemInt writes a signed number as an element.
func (e *Encoder) ElemInt(v int64) {
	switch {
	case v >= 0:
		e.ElemUint(uint64(v))
	case v == math.MinInt64:
		e.buf = append(e.buf, 0x40)
	case v > -0x40:
		e.buf = append(e.buf, byte(-v)|0x40)
	default:
		e.buf = append(e.buf, byte(-v)&0x3f|0xc0)
		e.varintTail(uint64(-v) >> 6)
	}
}

func (e *Encoder) varintTail(v uint64) {
	for v >= 0x80 {
		e.buf = append(e.buf, byte(v)|0x80)
		v >>= 7
	}
	e.buf = append(e.buf, byte(v))
}

// ElemStr writes a string as an element.
func (e *Encoder) ElemStr(s string) {
	s = strings.TrimSuffix(s, "\x00")
	e.ElemUint(uint64(len(s)) + 1)
	e.buf = append(e.buf, s...)
	e.buf = append(e.buf, 0)
}

// ElemObjectID writes an object id as an element.
func (e *Encoder) ElemObjectID(id ObjectID) {
	e.elemObjectType(id.ObjectType)
	e.ElemUint(id.ID)
}

func (e *Encoder) elemObjectType(t ObjectType) {
	e.ElemUint(uint64(t.Component))
	e.ElemUint(uint64(t.Type))
}

// ElemGroup writes a group as an element; nil fields for an empty one.
func (e *Encoder) ElemGroup(fields func()) {
	if fields != nil {
		fields()
	}
	e.buf = append(e.buf, 0)
}

// Raw writes fields that have been encoded before, as they are; see [Group.Raw].
func (e *Encoder) Raw(fields []byte) { e.buf = append(e.buf, fields...) }

// ElemUnion writes a union as an element of a list announced as groups: the
// index, then the active member's fields. The index is from 1 to 0x3f; others
// read as the start or the end of a group (spec: blaze 2.10 rule 4).
func (e *Encoder) ElemUnion(index uint8, fields func()) {
	e.unionIndex(index, isUnionIndex(index) && index != UnionUnset)
	e.ElemGroup(fields)
}
