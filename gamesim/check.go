package gamesim

import (
	"fmt"

	"github.com/charonrelay/charon/blaze/tdf"
)

// Check is a demand on the value of one field of a packet, beyond the form
// that the schema checks anyway.
type Check struct {
	path string
	// text describes the demand, after the path; empty for a check that
	// demands nothing.
	text string
	test func(v tdf.Value) string // what is wrong, or ""
}

// Is demands that the field at path has one of the values: a number, a truth
// value, a string, a [tdf.ObjectID], a []uint64 for a list of numbers, or a
// []tdf.Pair for a string map. A path is labels separated by dots; a
// position in brackets picks a list element, a union counts as its member.
func Is(path string, values ...any) Check {
	return Check{path, "= " + alternatives(values), func(v tdf.Value) string {
		for _, want := range values {
			if equal(v, want) {
				return ""
			}
		}
		return fmt.Sprintf("is %s, not %s", show(v), alternatives(values))
	}}
}

// Len demands that the list or map at path has n elements.
func Len(path string, n int) Check {
	return Check{path, fmt.Sprintf("has %d elements", n), func(v tdf.Value) string {
		if got := v.List().Len() + v.Map().Len(); got != n {
			return fmt.Sprintf("has %d elements, not %d", got, n)
		}
		return ""
	}}
}

// Holds demands that test finds nothing wrong with the field at path; text
// describes the demand. A test returns what is wrong, or "".
func Holds(path, text string, test func(v tdf.Value) string) Check {
	return Check{path, text, test}
}

// Keep hands the field at path to keep and demands nothing. It runs when all
// checks before it have passed. The value is valid as long as the packet.
func Keep(path string, keep func(v tdf.Value)) Check {
	return Check{path, "", func(v tdf.Value) string {
		keep(v)
		return ""
	}}
}

// isSecret demands a string whose value no text may show; what describes it.
func isSecret(path, want, what string) Check {
	return Check{path, "is " + what, func(v tdf.Value) string {
		if v.Str() != want {
			return "is not " + what
		}
		return ""
	}}
}

// unionIs demands the index of the union's active member.
func unionIs(path string, indexes ...uint8) Check {
	return Check{path, fmt.Sprintf("is union %v", indexes), func(v tdf.Value) string {
		index, _, _ := v.Union()
		for _, want := range indexes {
			if index == want {
				return ""
			}
		}
		return fmt.Sprintf("is union %d, not %v", index, indexes)
	}}
}

// filled demands a string that is not empty and has at most limit bytes.
func filled(path string, limit int) Check {
	return Check{path, fmt.Sprintf("has 1 to %d bytes", limit), func(v tdf.Value) string {
		if n := len(v.StrBytes()); n == 0 || n > limit {
			return fmt.Sprintf("has %d bytes, not 1 to %d", n, limit)
		}
		return ""
	}}
}

// run returns what is wrong with the field, or nil.
func (c Check) run(g tdf.Group) error {
	v, _ := find(g, c.path)
	if reason := c.test(v); reason != "" {
		return &ValueError{c.path, reason}
	}
	return nil
}
