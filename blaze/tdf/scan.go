package tdf

import (
	"fmt"
	"math"
)

// Caps of [Parse]. The deepest ME3 message nests seven levels; its longest
// list or map has a few thousand entries.
const (
	// MaxDepth is how many values may contain one another.
	MaxDepth = 32
	// MaxElements is how many elements one list or map may have.
	MaxElements = 1 << 16
)

// SyntaxError says where and why a body is not valid TDF.
type SyntaxError struct {
	// Offset is the position of the fault, in bytes from the start of the body.
	Offset int
	// Path is the labels leading to the fault, outermost first, dot-separated.
	Path string
	// Reason says what is wrong.
	Reason string
}

// Error implements error.
func (e *SyntaxError) Error() string {
	if e.Path == "" {
		return fmt.Sprintf("tdf: byte %d: %s", e.Offset, e.Reason)
	}
	return fmt.Sprintf("tdf: byte %d, in %s: %s", e.Offset, e.Path, e.Reason)
}

// within adds an outer label to the path of err.
func (e *SyntaxError) within(t Tag) *SyntaxError {
	if e.Path == "" {
		e.Path = t.String()
	} else {
		e.Path = t.String() + "." + e.Path
	}
	return e
}

// scanner walks over encoded values without decoding them. The same code
// validates (Parse) and skips (views over validated bytes).
type scanner struct {
	buf   []byte
	pos   int
	depth int
}

func fault(pos int, format string, args ...any) *SyntaxError {
	return &SyntaxError{Offset: pos, Reason: fmt.Sprintf(format, args...)}
}

func (s *scanner) rest() int { return len(s.buf) - s.pos }

func (s *scanner) byte(what string) (byte, *SyntaxError) {
	if s.pos >= len(s.buf) {
		return 0, fault(s.pos, "ends before %s", what)
	}
	b := s.buf[s.pos]
	s.pos++
	return b, nil
}

// varint reads magnitude and sign (spec: blaze 2.3). At most ten bytes; bits
// beyond 64 are dropped as the original does.
func (s *scanner) varint(what string) (mag uint64, neg bool, err *SyntaxError) {
	start := s.pos
	b, err := s.byte(what)
	if err != nil {
		return 0, false, err
	}
	mag, neg = uint64(b&0x3f), b&0x40 != 0
	for shift := 6; b&0x80 != 0; shift += 7 {
		if s.pos-start >= 10 {
			return 0, false, fault(start, "%s has more than ten bytes", what)
		}
		if s.rest() == 0 {
			return 0, false, fault(s.pos, "ends inside %s", what)
		}
		b = s.buf[s.pos]
		s.pos++
		mag |= uint64(b&0x7f) << shift
	}
	return mag, neg, nil
}

// length reads how many bytes or elements follow. None of them takes less than
// one byte, so more than are left is a fault.
func (s *scanner) length(what string, limit uint64) (int, *SyntaxError) {
	start := s.pos
	n, neg, err := s.varint(what)
	if err != nil {
		return 0, err
	}
	if neg {
		return 0, fault(start, "%s is negative", what)
	}
	if n > limit {
		return 0, fault(start, "%s is %d, the cap is %d", what, n, limit)
	}
	if n > uint64(s.rest()) {
		return 0, fault(start, "%s is %d, but only %d bytes follow", what, n, s.rest())
	}
	return int(n), nil
}

// kind reads a type.
func (s *scanner) kind(what string) (Type, *SyntaxError) {
	b, err := s.byte(what)
	if err != nil {
		return 0, err
	}
	if int(b) >= len(typeNames) {
		return 0, fault(s.pos-1, "%s is 0x%02x, which is unknown", what, b)
	}
	return Type(b), nil
}

// header reads a tag and a type. The first character of a label is never
// absent (spec: blaze 2.6), so no tag starts below 0x04.
func (s *scanner) header() (Tag, Type, *SyntaxError) {
	if s.rest() < 4 {
		return 0, 0, fault(s.pos, "ends inside a field header: %d of 4 bytes", s.rest())
	}
	h := s.buf[s.pos : s.pos+3]
	t := Tag(h[0])<<16 | Tag(h[1])<<8 | Tag(h[2])
	if h[0] < 4 {
		return 0, 0, fault(s.pos, "0x%06x is not a label", uint32(t))
	}
	s.pos += 3
	typ, err := s.kind("the type")
	if err != nil {
		return 0, 0, err.within(t)
	}
	return t, typ, nil
}

// fields walks over fields up to the end of the buffer or, in a group, up to
// and including the terminating zero.
func (s *scanner) fields(inGroup bool) *SyntaxError {
	for {
		if inGroup {
			if s.rest() == 0 {
				return fault(s.pos, "ends inside a group")
			}
			if s.buf[s.pos] == 0 {
				s.pos++
				return nil
			}
		} else if s.rest() == 0 {
			return nil
		}
		if err := s.field(); err != nil {
			return err
		}
	}
}

func (s *scanner) field() *SyntaxError {
	tag, typ, err := s.header()
	if err != nil {
		return err
	}
	if err := s.value(typ, false); err != nil {
		return err.within(tag)
	}
	return nil
}

// value walks over one value. Elements of lists and maps differ from fields in
// one way: a union is announced as a group (spec: blaze 2.10 rule 4).
func (s *scanner) value(typ Type, element bool) *SyntaxError {
	if s.depth >= MaxDepth {
		return fault(s.pos, "nested more than %d deep", MaxDepth)
	}
	s.depth++
	err := s.content(typ, element)
	s.depth--
	return err
}

func (s *scanner) content(typ Type, element bool) *SyntaxError {
	switch typ {
	case TypeVarint, TypeTime:
		return s.varints("the number", 1)
	case TypeString:
		return s.bytes("the string length")
	case TypeBlob:
		return s.bytes("the blob length")
	case TypeGroup:
		if element && s.rest() > 0 && isUnionIndex(s.buf[s.pos]) {
			index := s.buf[s.pos]
			s.pos++
			if index == UnionUnset {
				return nil
			}
		}
		return s.fields(true)
	case TypeList:
		return s.list()
	case TypeMap:
		return s.mapping()
	case TypeUnion:
		return s.union()
	case TypeVariable:
		return s.variable()
	case TypeObjectType:
		return s.varints("the object type", 2)
	case TypeObjectID:
		return s.varints("the object id", 3)
	default: // TypeFloat: kind lets no other through
		if s.rest() < 4 {
			return fault(s.pos, "ends inside a float: %d of 4 bytes", s.rest())
		}
		s.pos += 4
		return nil
	}
}

// isUnionIndex tells a union element of a list from a group element: no tag
// starts below 0x40 or with 0x7f.
func isUnionIndex(b byte) bool { return b >= 1 && b < 0x40 || b == UnionUnset }

func (s *scanner) bytes(what string) *SyntaxError {
	n, err := s.length(what, math.MaxInt32)
	if err != nil {
		return err
	}
	s.pos += n
	return nil
}

func (s *scanner) varints(what string, n int) *SyntaxError {
	for range n {
		if _, _, err := s.varint(what); err != nil {
			return err
		}
	}
	return nil
}

func (s *scanner) list() *SyntaxError {
	elem, err := s.kind("the element type")
	if err != nil {
		return err
	}
	n, err := s.length("the list length", MaxElements)
	if err != nil {
		return err
	}
	for range n {
		if err := s.value(elem, true); err != nil {
			return err
		}
	}
	return nil
}

func (s *scanner) mapping() *SyntaxError {
	key, err := s.kind("the key type")
	if err != nil {
		return err
	}
	elem, err := s.kind("the value type")
	if err != nil {
		return err
	}
	n, err := s.length("the map length", MaxElements)
	if err != nil {
		return err
	}
	for range n {
		if err := s.value(key, true); err != nil {
			return err
		}
		if err := s.value(elem, true); err != nil {
			return err
		}
	}
	return nil
}

// union walks over a type 6 value (spec: blaze 2.9).
func (s *scanner) union() *SyntaxError {
	index, err := s.byte("the union index")
	switch {
	case err != nil:
		return err
	case index == UnionUnset:
		return nil
	case index > UnionUnset:
		return fault(s.pos-1, "union index 0x%02x is out of range", index)
	}
	return s.field()
}

// variable walks over a type 7 value (spec: blaze 2.11).
func (s *scanner) variable() *SyntaxError {
	flag, err := s.byte("the variable flag")
	switch {
	case err != nil:
		return err
	case flag == 0:
		return nil
	case flag > 1:
		return fault(s.pos-1, "variable flag is 0x%02x, not 0 or 1", flag)
	}
	if _, _, err := s.varint("the variable's type id"); err != nil {
		return err
	}
	return s.field()
}
