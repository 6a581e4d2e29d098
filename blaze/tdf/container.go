package tdf

import "iter"

// List is a read-only view of a list value.
type List struct {
	elem Type
	n    int
	data []byte
}

// List returns v as a list, empty if v is none.
func (v Value) List() List {
	s, ok := v.scan(TypeList)
	if !ok {
		return List{}
	}
	elem, _ := s.kind("")
	n, _ := s.length("", MaxElements)
	return List{elem, n, s.buf[s.pos:]}
}

// Len returns the number of elements.
func (l List) Len() int { return l.n }

// Elem returns the wire type of the elements.
func (l List) Elem() Type { return l.elem }

// All yields the elements in order.
func (l List) All() iter.Seq[Value] {
	return func(yield func(Value) bool) {
		s := scanner{buf: l.data}
		for range l.n {
			v, ok := s.take(l.elem, true)
			if !ok || !yield(v) {
				return
			}
		}
	}
}

// Map is a read-only view of a map value.
type Map struct {
	key, val Type
	n        int
	data     []byte
}

// Map returns v as a map, empty if v is none.
func (v Value) Map() Map {
	s, ok := v.scan(TypeMap)
	if !ok {
		return Map{}
	}
	key, _ := s.kind("")
	val, _ := s.kind("")
	n, _ := s.length("", MaxElements)
	return Map{key, val, n, s.buf[s.pos:]}
}

// Len returns the number of pairs on the wire; repeated keys count each time.
func (m Map) Len() int { return m.n }

// Key returns the wire type of the keys.
func (m Map) Key() Type { return m.key }

// Elem returns the wire type of the values.
func (m Map) Elem() Type { return m.val }

// All yields the pairs in wire order. Where a key repeats, the last pair is
// the one that counts (spec: blaze 2.8).
func (m Map) All() iter.Seq2[Value, Value] {
	return func(yield func(Value, Value) bool) {
		s := scanner{buf: m.data}
		for range m.n {
			k, ok := s.take(m.key, true)
			if !ok {
				return
			}
			v, ok := s.take(m.val, true)
			if !ok || !yield(k, v) {
				return
			}
		}
	}
}

// Strings yields key and value of a string-to-string map in wire order; a map
// of other types yields nothing.
func (m Map) Strings() iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		if m.key != TypeString || m.val != TypeString {
			return
		}
		for k, v := range m.All() {
			if !yield(k.Str(), v.Str()) {
				return
			}
		}
	}
}
