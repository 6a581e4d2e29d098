package game

import (
	"slices"

	"github.com/charonrelay/charon/blaze/tdf"
)

// Bounds of what clients may store in a game; the real game uses ten short
// attributes.
const (
	maxAttributes    = 64
	maxAttributeSize = 1 << 10
)

// Attributes are a game's attributes, in the order they are sent.
type Attributes []tdf.Pair

// Get returns an attribute.
func (a Attributes) Get(key string) (value string, ok bool) {
	for _, p := range a {
		if p.Key == key {
			return p.Value, true
		}
	}
	return "", false
}

// DecodeAttributes reads an ATTR map. It fails with [ErrAttributes] beyond 64
// attributes or 1 KiB each.
func DecodeAttributes(m tdf.Map) (Attributes, error) {
	var a Attributes
	for k, v := range m.Strings() {
		a = a.set(k, v)
		if len(a) > maxAttributes || len(k)+len(v) > maxAttributeSize {
			return nil, ErrAttributes
		}
	}
	tdf.SortPairs(a)
	return a, nil
}

func (a Attributes) set(key, value string) Attributes {
	for i := range a {
		if a[i].Key == key {
			a[i].Value = value
			return a
		}
	}
	return append(a, tdf.Pair{Key: key, Value: value})
}

// merge returns a with the changes applied; a itself stays as it is.
func (a Attributes) merge(changes Attributes) (Attributes, error) {
	merged := slices.Clone(a)
	for _, p := range changes {
		merged = merged.set(p.Key, p.Value)
	}
	if len(merged) > maxAttributes {
		return nil, ErrAttributes
	}
	tdf.SortPairs(merged)
	return merged, nil
}
