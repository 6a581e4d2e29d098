package gamesim

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/charonrelay/charon/blaze/tdf"
)

// nothing is the expected value of a field that is not there, and of a
// variable that holds nothing.
type nothing struct{}

// equal compares a value with an expected one: a number or truth value, a
// string, a blob, an object id, a list of numbers, a string map, or nothing.
func equal(v tdf.Value, want any) bool {
	switch want := want.(type) {
	case nothing:
		_, _, present := v.Variable()
		return v.Raw() == nil || v.Type() == tdf.TypeVariable && !present
	case bool:
		return v.Type() == tdf.TypeVarint && v.Bool() == want
	case string:
		return v.Type() == tdf.TypeString && v.Str() == want
	case tdf.ObjectID:
		return v.Type() == tdf.TypeObjectID && v.ObjectID() == want
	case []byte:
		return v.Type() == tdf.TypeBlob && bytes.Equal(v.Blob(), want)
	case []uint64:
		return slices.Equal(numbers(v), want)
	case []tdf.Pair:
		return v.Type() == tdf.TypeMap && samePairs(pairs(v.Map()), want)
	}
	n, ok := integer(want)
	return ok && v.Type() == tdf.TypeVarint && v.Int() == n
}

// integer returns any of the integer types used in expectations as 64 bits.
func integer(x any) (int64, bool) {
	switch x := x.(type) {
	case int:
		return int64(x), true
	case int32:
		return int64(x), true
	case int64:
		return x, true
	case uint8:
		return int64(x), true
	case uint16:
		return int64(x), true
	case uint32:
		return int64(x), true
	case uint64:
		return int64(x), true
	}
	return 0, false
}

// numbers returns the elements of a list of numbers, nil for anything else.
func numbers(v tdf.Value) []uint64 {
	l := v.List()
	if l.Elem() != tdf.TypeVarint {
		return nil
	}
	ns := make([]uint64, 0, min(l.Len(), 16))
	for x := range l.All() {
		ns = append(ns, x.Uint())
	}
	return ns
}

// pairs returns the entries of a string map in wire order.
func pairs(m tdf.Map) []tdf.Pair {
	ps := make([]tdf.Pair, 0, min(m.Len(), 16))
	for k, v := range m.Strings() {
		ps = append(ps, tdf.Pair{Key: k, Value: v})
	}
	return ps
}

// samePairs compares maps without regard to order, which is a matter of the schema.
func samePairs(got, want []tdf.Pair) bool {
	want = slices.Clone(want)
	tdf.SortPairs(got)
	tdf.SortPairs(want)
	return slices.Equal(got, want)
}

// show spells a value for an error text.
func show(v tdf.Value) string {
	switch {
	case v.Raw() == nil:
		return "missing"
	case v.Type() == tdf.TypeVarint:
		return strconv.FormatInt(v.Int(), 10)
	case v.Type() == tdf.TypeString:
		return strconv.Quote(v.Str())
	case v.Type() == tdf.TypeObjectID:
		return fmt.Sprint(v.ObjectID())
	case v.Type() == tdf.TypeList && v.List().Elem() == tdf.TypeVarint:
		return fmt.Sprint(numbers(v))
	case v.Type() == tdf.TypeMap && v.Map().Elem() == tdf.TypeString:
		return fmt.Sprint(pairs(v.Map()))
	}
	return "a " + v.Type().String()
}

// alternatives spells expected values.
func alternatives(values []any) string {
	var b strings.Builder
	for i, x := range values {
		if i > 0 {
			b.WriteString(" or ")
		}
		switch x := x.(type) {
		case nothing:
			b.WriteString("nothing")
		case string:
			b.WriteString(strconv.Quote(x))
		default:
			fmt.Fprint(&b, x)
		}
	}
	return b.String()
}

// find follows a path of labels separated by dots; a position in brackets
// picks a list element, a union counts as its member.
func find(g tdf.Group, path string) (tdf.Value, bool) {
	for {
		step, rest, more := strings.Cut(path, ".")
		label, position, indexed := strings.Cut(step, "[")
		v, ok := g.Get(label)
		if indexed {
			i, err := strconv.Atoi(strings.TrimSuffix(position, "]"))
			if err != nil {
				return tdf.Value{}, false
			}
			v, ok = element(v.List(), i)
		}
		if !more || !ok {
			return v, ok
		}
		if _, member, set := v.Union(); set {
			g = member
		} else {
			g = v.Group()
		}
		path = rest
	}
}

func element(l tdf.List, i int) (tdf.Value, bool) {
	for v := range l.All() {
		if i == 0 {
			return v, true
		}
		i--
	}
	return tdf.Value{}, false
}
