package tdf_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/charonrelay/charon/blaze/tdf"
)

// use does everything with g that a reader can do and returns an error if two
// ways to the same thing disagree.
func use(g tdf.Group) error {
	if err := walk(g); err != nil {
		return err
	}
	_ = tdf.CheckOrder(g)
	for _, format := range []string{"%v", "%+v"} {
		// 64 KiB, the last item and what closes the open groups.
		if n := len(fmt.Sprintf(format, g)); n < 2 || n > 70<<10 {
			return fmt.Errorf("%s has %d bytes", format, n)
		}
	}
	first := copied(g)
	again, err := tdf.Parse(first)
	if err != nil {
		return fmt.Errorf("parse of the copy % x: %w", first, err)
	}
	if second := copied(again); !bytes.Equal(first, second) {
		return fmt.Errorf("copy % x of the copy % x", second, first)
	}
	return same(g, again)
}

// walk calls every accessor of everything in g.
func walk(g tdf.Group) error {
	at := 0
	for f := range g.Fields() {
		at += 4 + len(f.Raw())
		label := f.Tag.String()
		if tag, err := tdf.PackTag(label); err == nil && tag == f.Tag && !g.Has(label) {
			return fmt.Errorf("%s is not found", label)
		}
		if err := walkValue(f.Value); err != nil {
			return fmt.Errorf("%s: %w", f.Tag, err)
		}
	}
	if at != len(g.Raw()) {
		return fmt.Errorf("its fields have %d of %d bytes", at, len(g.Raw()))
	}
	return nil
}

func walkValue(v tdf.Value) error {
	_ = summarize(v)
	if err := walk(v.Group()); err != nil {
		return err
	}
	if _, member, ok := v.Union(); ok {
		if err := walk(member); err != nil {
			return err
		}
	}
	if _, content, ok := v.Variable(); ok {
		if err := walkValue(content.Value); err != nil {
			return err
		}
	}
	n := 0
	for x := range v.List().All() {
		n++
		if err := walkValue(x); err != nil {
			return err
		}
	}
	for k, x := range v.Map().All() {
		n++
		if err := walkValue(k); err != nil {
			return err
		}
		if err := walkValue(x); err != nil {
			return err
		}
	}
	if want := v.List().Len() + v.Map().Len(); n != want {
		return fmt.Errorf("%d elements, want %d", n, want)
	}
	return nil
}

// same returns an error if a and b do not have the same fields with the same
// values.
func same(a, b tdf.Group) error {
	x, y := flatten(a), flatten(b)
	if len(x) != len(y) {
		return fmt.Errorf("%d values became %d", len(x), len(y))
	}
	for i := range x {
		if x[i] != y[i] {
			return fmt.Errorf("value %d: %s became %s", i, x[i], y[i])
		}
	}
	return nil
}

// flatten lists all labels and plain values in wire order.
func flatten(g tdf.Group) (all []string) {
	var value func(v tdf.Value)
	group := func(g tdf.Group) {
		for f := range g.Fields() {
			all = append(all, f.Tag.String()+" "+f.Type().String())
			value(f.Value)
		}
		all = append(all, "end")
	}
	value = func(v tdf.Value) {
		all = append(all, fmt.Sprintf("%d %q %x %x %v %v", v.Int(), v.StrBytes(), v.Blob(), v.Float(), v.ObjectType(), v.ObjectID()))
		if index, member, ok := v.Union(); ok {
			all = append(all, fmt.Sprintf("union %d", index))
			group(member)
		}
		if id, content, ok := v.Variable(); ok {
			all = append(all, fmt.Sprintf("variable %d %s", id, content.Tag))
			value(content.Value)
		}
		group(v.Group())
		for x := range v.List().All() {
			value(x)
		}
		for k, x := range v.Map().All() {
			value(k)
			value(x)
		}
	}
	group(g)
	return all
}

func FuzzParse(f *testing.F) {
	for _, body := range samples(f) {
		f.Add(body)
	}
	f.Add(unhex(f, "A2 E9 74 04 03 04 02 A6 40 00 00 01 00 7F A6 40 00 00 03 00 00"))
	f.Add(unhex(f, "D2 5C F4 01 03 61 00 00 D2 5C F4 01 01 61 D2 5C F4 00 C0 00 D2 5C F4 0B 05"))
	f.Fuzz(func(t *testing.T, body []byte) {
		g, err := tdf.Parse(body)
		if err != nil {
			return
		}
		if err := use(g); err != nil {
			t.Error(err)
		}
	})
}
