// Package strictconf reads configuration in TOML and refuses everything that it does not understand: a misspelt key that is passed over in
// silence is a setting that its owner believes in.
package strictconf

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
)

// MaxSize is the size in bytes up to which Load reads a file.
const MaxSize = 1 << 20

// Problem is one thing wrong with a configuration.
type Problem struct {
	File string // as given to Decode or Load
	Line int    // from 1; 0 if the problem has no line
	Key  string // full name such as "engine.port"; empty for syntax errors
	Text string // what is wrong and, where that is known, what was probably meant
}

// Error returns for example
//
//	charon.toml:12: engine.prot: unknown key, did you mean "engine.port"?
func (p *Problem) Error() string {
	text := p.File
	if p.Line > 0 {
		text = fmt.Sprintf("%s:%d", p.File, p.Line)
	}
	if p.Key != "" {
		text += ": " + p.Key
	}
	return text + ": " + p.Text
}

// Problems is the error of a configuration that was read but is wrong: all problems at once (of a file full of them, the first 50), in the
// order of their lines.
type Problems []*Problem

// Error returns one line a problem.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, problem := range p {
		lines[i] = problem.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap returns the single problems.
func (p Problems) Unwrap() []error {
	errs := make([]error, len(p))
	for i, problem := range p {
		errs[i] = problem
	}
	return errs
}

// Load reads the file at path as Decode does. Files larger than MaxSize are refused. A missing file is fs.ErrNotExist.
func Load(path string, into any) error {
	data, err := Read(path)
	if err != nil {
		return err
	}
	return Decode(path, data, into)
}

// Read returns the content of the file at path, for Decode. Files larger than MaxSize are refused. A missing file is fs.ErrNotExist.
func Read(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read configuration: %w", err)
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, MaxSize+1))
	if err != nil {
		return nil, fmt.Errorf("read configuration: %w", err)
	}
	if len(data) > MaxSize {
		return nil, Problems{{File: path, Text: fmt.Sprintf("larger than %d bytes: this is no configuration", MaxSize)}}
	}
	return data, nil
}

// Decode reads data, in TOML, into the structure that into points to. The name is for messages, usually the file's path.
//
// A field belongs to the key in its toml tag, or to its own name; "-" excludes it. Keys are case-sensitive. Tables are structures, or maps
// from string; types with UnmarshalText read text. A time.Duration is text such as "1m30s": a bare number would not say its unit. Fields
// without a key in data keep their value, so that defaults are set before the call.
//
// The error is of type Problems. Fields without problem are set even then.
func Decode(name string, data []byte, into any) error {
	target := reflect.ValueOf(into)
	if target.Kind() != reflect.Pointer || target.IsNil() || target.Elem().Kind() != reflect.Struct {
		return fmt.Errorf("%s: configuration must be read into a pointer to a structure, not %T", name, into)
	}
	d := decoder{file: name, known: keysOf(target.Elem().Type())}
	var top map[string]toml.Primitive
	meta, err := toml.Decode(string(data), &top)
	if err != nil {
		return Problems{syntax(name, err)}
	}
	d.meta = &meta
	d.table(nil, top, target.Elem())
	if len(d.problems) == 0 {
		return nil
	}
	slices.SortFunc(d.problems, func(a, b *Problem) int {
		return cmp.Or(a.Line-b.Line, strings.Compare(a.Key, b.Key), strings.Compare(a.Text, b.Text))
	})
	// Elements of a list have the key of the list.
	return slices.CompactFunc(d.problems, func(a, b *Problem) bool { return *a == *b })
}

// syntax describes a text that is not TOML.
func syntax(name string, err error) *Problem {
	var parse toml.ParseError
	if errors.As(err, &parse) {
		return &Problem{File: name, Line: parse.Position.Line, Text: parse.Message}
	}
	return &Problem{File: name, Text: strings.TrimPrefix(err.Error(), "toml: ")}
}
