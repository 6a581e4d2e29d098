package tdf

import "fmt"

// Tag is a packed field label: four characters of six bits each, the first in
// bits 23-18, absent characters zero (spec: blaze 2.1). Tags compare like
// their names in ASCII order, shorter first.
type Tag uint32

// PackTag packs a label of one to four characters out of the ASCII range 0x21
// to 0x5F (digits, upper-case letters, some punctuation).
func PackTag(label string) (Tag, error) {
	t, ok := packTag(label)
	if !ok {
		return 0, fmt.Errorf("tdf: label %q cannot be packed: use one to four characters of 0-9 A-Z", label)
	}
	return t, nil
}

func packTag(label string) (t Tag, ok bool) {
	if len(label) == 0 || len(label) > 4 {
		return 0, false
	}
	for i := range len(label) {
		c := label[i]
		if c <= 0x20 || c > 0x5f {
			return 0, false
		}
		t |= Tag(c-0x20) << (18 - 6*i)
	}
	return t, true
}

// String returns the label of t, without padding.
func (t Tag) String() string {
	var b [4]byte
	n := 0
	for i := range 4 {
		if c := byte(t>>(18-6*i)) & 0x3f; c != 0 {
			b[n] = c + 0x20
			n++
		}
	}
	return string(b[:n])
}

// Type is the wire type of a field or element (spec: blaze 2.2).
type Type uint8

// The wire types. TypeTime exists in the format, but ME3 sends times as varints.
const (
	TypeVarint     Type = 0x0
	TypeString     Type = 0x1
	TypeBlob       Type = 0x2
	TypeGroup      Type = 0x3
	TypeList       Type = 0x4
	TypeMap        Type = 0x5
	TypeUnion      Type = 0x6
	TypeVariable   Type = 0x7
	TypeObjectType Type = 0x8
	TypeObjectID   Type = 0x9
	TypeFloat      Type = 0xa
	TypeTime       Type = 0xb
)

var typeNames = [...]string{
	"varint", "string", "blob", "group", "list", "map", "union", "variable", "object type", "object id", "float", "time",
}

// String returns the spec's name of the type.
func (t Type) String() string {
	if int(t) < len(typeNames) {
		return typeNames[t]
	}
	return fmt.Sprintf("type 0x%x", uint8(t))
}

// UnionUnset is the index of a union without an active member (spec: blaze 2.9).
const UnionUnset = 0x7f

// ObjectType names a kind of object: a component and a type within it (spec: blaze 2.12).
type ObjectType struct {
	Component uint16
	Type      uint16
}

// ObjectID names one object (spec: blaze 2.12).
type ObjectID struct {
	ObjectType
	ID uint64
}
