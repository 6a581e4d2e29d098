package strictconf

import (
	"encoding"
	"errors"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"time"

	"github.com/BurntSushi/toml"
)

// maxProblems bounds how many problems are reported. Finding the line of one takes a walk through the whole text.
const maxProblems = 50

// decoder walks tables and structures side by side. Values stay undecoded until their field is known, so that one bad value does not
// hide the next.
type decoder struct {
	file     string
	meta     *toml.MetaData
	known    []string // every key of the whole structure, for hints
	problems Problems
}

// table reads the entries of a table at key path into the fields of target, a structure.
func (d *decoder) table(path toml.Key, entries map[string]toml.Primitive, target reflect.Value) {
	fields := fieldsOf(target.Type())
	for _, name := range slices.Sorted(maps.Keys(entries)) {
		key, entry := slices.Concat(path, toml.Key{name}), entries[name]
		index, ok := fields[name]
		if !ok {
			d.report(key, entry, "unknown key"+hint(path, name, fields, d.known))
			continue
		}
		d.value(key, entry, target.Field(index))
	}
}

// value reads one entry into target.
func (d *decoder) value(key toml.Key, entry toml.Primitive, target reflect.Value) {
	for target.Kind() == reflect.Pointer && !isText(target.Type()) {
		if target.IsNil() {
			target.Set(reflect.New(target.Type().Elem()))
		}
		target = target.Elem()
	}
	kind := target.Type()
	switch {
	case kind == reflect.TypeFor[time.Duration]():
		d.duration(key, entry, target)
	case isText(kind):
		d.leaf(key, entry, target)
	case kind.Kind() == reflect.Struct:
		if entries, ok := d.entries(key, entry); ok {
			d.table(key, entries, target)
		}
	case kind.Kind() == reflect.Map && kind.Key().Kind() == reflect.String:
		d.mapping(key, entry, target)
	case kind.Kind() == reflect.Slice:
		d.list(key, entry, target)
	default:
		d.leaf(key, entry, target)
	}
}

// entries takes a table apart.
func (d *decoder) entries(key toml.Key, entry toml.Primitive) (map[string]toml.Primitive, bool) {
	var entries map[string]toml.Primitive
	// The library leaves the map alone, without an error, if the entry is no table.
	if err := d.meta.PrimitiveDecode(entry, &entries); err != nil || entries == nil {
		d.report(key, entry, "must be a table")
		return nil, false
	}
	return entries, true
}

func (d *decoder) mapping(key toml.Key, entry toml.Primitive, target reflect.Value) {
	entries, ok := d.entries(key, entry)
	if !ok {
		return
	}
	if target.IsNil() {
		target.Set(reflect.MakeMap(target.Type()))
	}
	for _, name := range slices.Sorted(maps.Keys(entries)) {
		element := reflect.New(target.Type().Elem()).Elem()
		d.value(slices.Concat(key, toml.Key{name}), entries[name], element)
		target.SetMapIndex(reflect.ValueOf(name).Convert(target.Type().Key()), element)
	}
}

func (d *decoder) list(key toml.Key, entry toml.Primitive, target reflect.Value) {
	var entries []toml.Primitive
	if err := d.meta.PrimitiveDecode(entry, &entries); err != nil {
		d.report(key, entry, "must be a list")
		return
	}
	list := reflect.MakeSlice(target.Type(), len(entries), len(entries))
	for i, entry := range entries {
		d.value(key, entry, list.Index(i))
	}
	target.Set(list)
}

func (d *decoder) duration(key toml.Key, entry toml.Primitive, target reflect.Value) {
	var text string
	if d.meta.PrimitiveDecode(entry, &text) == nil {
		if duration, err := time.ParseDuration(text); err == nil {
			target.SetInt(int64(duration))
			return
		}
	}
	d.report(key, entry, `must be a length of time such as "30s" or "1h30m"`)
}

// leaf reads a single value.
func (d *decoder) leaf(key toml.Key, entry toml.Primitive, target reflect.Value) {
	if target.CanUint() && !isText(target.Type()) {
		// The library turns a negative number into a huge one for the 64-bit types.
		var number int64
		if d.meta.PrimitiveDecode(entry, &number) != nil || number < 0 {
			d.report(key, entry, "must be "+describe(target.Type()))
			return
		}
	}
	err := d.meta.PrimitiveDecode(entry, target.Addr().Interface())
	if err == nil {
		return
	}
	var parse toml.ParseError
	if isText(target.Type()) && errors.As(err, &parse) {
		d.report(key, entry, parse.Message)
		return
	}
	d.report(key, entry, "must be "+describe(target.Type()))
}

// report adds a problem with the entry at key, up to maxProblems.
func (d *decoder) report(key toml.Key, entry toml.Primitive, text string) {
	if len(d.problems) == maxProblems {
		return
	}
	d.problems = append(d.problems, &Problem{File: d.file, Line: d.line(entry), Key: key.String(), Text: text})
}

// errWhere makes the library tell where the value is that was to be read.
var errWhere = errors.New("here")

// locator is a value that can never be read.
type locator struct{}

// UnmarshalTOML implements toml.Unmarshaler.
func (*locator) UnmarshalTOML(any) error { return errWhere }

// line returns the line of the key of an entry. For a key that several tables of a list have, it is the last one's.
func (d *decoder) line(entry toml.Primitive) int {
	var parse toml.ParseError
	if err := d.meta.PrimitiveDecode(entry, &locator{}); errors.As(err, &parse) {
		return parse.Position.Line
	}
	return 0
}

// isText reports whether values of a type read themselves from text, or from whatever TOML has.
func isText(t reflect.Type) bool {
	for _, unmarshaler := range []reflect.Type{reflect.TypeFor[encoding.TextUnmarshaler](), reflect.TypeFor[toml.Unmarshaler]()} {
		if t.Implements(unmarshaler) || reflect.PointerTo(t).Implements(unmarshaler) {
			return true
		}
	}
	return false
}

// describe says in words what a value of type t looks like in the file.
func describe(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.String:
		return `text in quotes`
	case reflect.Float32, reflect.Float64:
		return "a number"
	case reflect.Uint8, reflect.Uint16, reflect.Uint32:
		return fmt.Sprintf("a whole number from 0 to %d", uint64(math.MaxUint64)>>(64-t.Bits()))
	case reflect.Uint, reflect.Uint64:
		return "a whole number, not negative"
	case reflect.Int8, reflect.Int16, reflect.Int32:
		limit := int64(1) << (t.Bits() - 1)
		return fmt.Sprintf("a whole number from %d to %d", -limit, limit-1)
	case reflect.Int, reflect.Int64:
		return "a whole number"
	}
	return "a value of another kind"
}
