package redact

import (
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
)

// maxDepth bounds the nesting of groups; what lies deeper is not logged.
const maxDepth = 16

// attribute returns attr without secrets.
func attribute(attr slog.Attr, depth int) slog.Attr {
	value := attr.Value.Resolve()
	switch kindOf(attr.Key) {
	case secret:
		return slog.String(attr.Key, Placeholder)
	case email:
		if value.Kind() == slog.KindString {
			return slog.String(attr.Key, maskEmail(value.String()))
		}
		return slog.String(attr.Key, Placeholder)
	}
	return slog.Attr{Key: attr.Key, Value: clean(value, depth)}
}

func clean(value slog.Value, depth int) slog.Value {
	switch value.Kind() {
	case slog.KindString:
		return slog.StringValue(text(value.String()))
	case slog.KindGroup:
		if depth == 0 {
			return slog.StringValue(Placeholder)
		}
		attrs := slices.Clone(value.Group())
		for i, attr := range attrs {
			attrs[i] = attribute(attr, depth-1)
		}
		return slog.GroupValue(attrs...)
	case slog.KindAny:
		return cleanAny(value.Any(), depth)
	}
	return value
}

// cleanAny handles the values that slog has no kind for.
func cleanAny(value any, depth int) slog.Value {
	switch v := value.(type) {
	case nil:
		return slog.AnyValue(nil)
	case *slog.Source:
		return slog.AnyValue(v)
	case []slog.Attr:
		return clean(slog.GroupValue(v...), depth)
	case http.Header:
		return clean(listGroup(v), depth)
	case url.Values:
		return clean(listGroup(v), depth)
	case map[string][]string:
		return clean(listGroup(v), depth)
	case map[string]string:
		return clean(group(v, slog.StringValue), depth)
	case map[string]any:
		return clean(group(v, slog.AnyValue), depth)
	case []byte:
		return slog.StringValue(fmt.Sprintf("[%d bytes]", len(v)))
	case url.URL:
		return slog.StringValue(text(v.String()))
	case error, fmt.Stringer:
		return slog.StringValue(text(fmt.Sprint(v)))
	}
	return cleanKind(value)
}

// cleanKind handles types that are not known by name: plain values stay, and what could have anything in it becomes the name of its type.
func cleanKind(value any) slog.Value {
	v := reflect.ValueOf(value)
	switch {
	case v.Kind() == reflect.String:
		return slog.StringValue(text(v.String()))
	case v.Kind() == reflect.Bool, v.CanInt(), v.CanUint(), v.CanFloat(), v.Kind() == reflect.Pointer && v.IsNil():
		return slog.AnyValue(value)
	case v.Kind() == reflect.Slice, v.Kind() == reflect.Array:
		list := make([]string, v.Len())
		for i := range list {
			list[i] = cleanAny(v.Index(i).Interface(), 0).String()
		}
		return slog.AnyValue(list)
	}
	return slog.StringValue(fmt.Sprintf("[%T]", value))
}

// group makes a group of a map, in the order of its keys.
func group[V any](m map[string]V, value func(V) slog.Value) slog.Value {
	attrs := make([]slog.Attr, 0, len(m))
	for _, key := range slices.Sorted(maps.Keys(m)) {
		attrs = append(attrs, slog.Attr{Key: key, Value: value(m[key])})
	}
	return slog.GroupValue(attrs...)
}

func listGroup(m map[string][]string) slog.Value {
	return group(m, func(values []string) slog.Value { return slog.StringValue(strings.Join(values, ", ")) })
}
