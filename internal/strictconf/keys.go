package strictconf

import (
	"reflect"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
)

// maxDepth bounds the nesting of tables that keysOf follows, for types that contain themselves.
const maxDepth = 8

// fieldsOf maps the keys of a structure to the numbers of its fields.
func fieldsOf(t reflect.Type) map[string]int {
	fields := map[string]int{}
	for i := range t.NumField() {
		field := t.Field(i)
		tag, _, _ := strings.Cut(field.Tag.Get("toml"), ",")
		switch {
		case !field.IsExported(), tag == "-":
		case tag == "":
			fields[field.Name] = i
		default:
			fields[tag] = i
		}
	}
	return fields
}

// keysOf returns the full names of all keys that a structure knows, sorted. Names below a map of any names are not among them.
func keysOf(t reflect.Type) []string {
	keys := appendKeys(nil, "", t, maxDepth)
	slices.Sort(keys)
	return keys
}

func appendKeys(keys []string, prefix string, t reflect.Type, depth int) []string {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || isText(t) || depth == 0 {
		return keys
	}
	for name, index := range fieldsOf(t) {
		keys = append(keys, prefix+name)
		keys = appendKeys(keys, prefix+name+".", t.Field(index).Type, depth-1)
	}
	return keys
}

// hint says which key was probably meant by one that the table at path does not have: a name in the same table that is spelt alike, or the same
// name in another table, because forgetting a table's header is a common mistake. It is meant to stand behind a message, and empty if nothing is near.
func hint(path toml.Key, name string, fields map[string]int, known []string) string {
	best, lowest := "", max(1, len(name)/3)+1
	for candidate := range fields {
		distance := editDistance(strings.ToLower(name), strings.ToLower(candidate))
		if distance < lowest || distance == lowest && candidate < best {
			best, lowest = candidate, distance
		}
	}
	if best != "" {
		best = slices.Concat(path, toml.Key{best}).String()
	}
	for _, candidate := range known {
		last := candidate[strings.LastIndexByte(candidate, '.')+1:]
		if best == "" && strings.EqualFold(last, name) {
			best = candidate
		}
	}
	if best == "" {
		return ""
	}
	return `, did you mean "` + best + `"?`
}

// editDistance counts the bytes to insert, delete, replace or swap with their neighbour to get from a to b.
func editDistance(a, b string) int {
	// Three rows of the table of distances between prefixes: two back, one back, current.
	older, previous, current := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range previous {
		previous[j] = j
	}
	for i := range len(a) {
		current[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			current[j+1] = min(previous[j+1]+1, current[j]+1, previous[j]+cost)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				current[j+1] = min(current[j+1], older[j-1]+1)
			}
		}
		older, previous, current = previous, current, older
	}
	return previous[len(b)]
}
