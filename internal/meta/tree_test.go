// Package meta has no code, only tests: the rules of this repository that a compiler does not know and a linter cannot say.
package meta

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

const (
	root   = "../.." // of the repository, seen from here
	module = "github.com/charonrelay/charon"
)

// file is a text file of the repository.
type file struct {
	path string // from the root, with slashes
	data []byte
	ast  *ast.File // of Go files
	set  *token.FileSet
}

func (f file) isGo() bool   { return strings.HasSuffix(f.path, ".go") }
func (f file) isTest() bool { return strings.HasSuffix(f.path, "_test.go") }
func (f file) dir() string  { return path.Dir(f.path) }

// load reads the files once for all tests.
var load = sync.OnceValues(readTree)

// tree returns all files that belong to the repository. What builds leave behind (.gitignore: bin, dist, *.test, *.prof, *.out) does not.
func tree(t *testing.T) []file {
	t.Helper()
	files, err := load()
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func readTree() ([]file, error) {
	var files []file
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		f := file{path: filepath.ToSlash(relative)}
		switch {
		case entry.IsDir() && (f.path == ".git" || f.path == "bin" || f.path == "dist"):
			return filepath.SkipDir
		case !entry.Type().IsRegular():
			return nil
		}
		switch path.Ext(f.path) {
		case ".test", ".prof", ".out":
			return nil
		}
		if f.data, err = os.ReadFile(name); err != nil {
			return err
		}
		if err := f.parse(); err != nil {
			return err
		}
		files = append(files, f)
		return nil
	})
	return files, err
}

// parse reads Go source, except data of tests.
func (f *file) parse() error {
	if !f.isGo() || strings.Contains(f.path, "testdata/") {
		return nil
	}
	var err error
	f.set = token.NewFileSet()
	f.ast, err = parser.ParseFile(f.set, f.path, f.data, parser.ParseComments|parser.SkipObjectResolution)
	return err
}

// line returns the line of a place in the file.
func (f *file) line(pos token.Pos) int { return f.set.Position(pos).Line }

func isBinary(data []byte) bool { return bytes.IndexByte(data, 0) >= 0 }

func TestTreeIsComplete(t *testing.T) {
	found := map[string]bool{}
	for _, f := range tree(t) {
		found[f.path] = true
	}
	for _, want := range []string{"go.mod", ".ci/run", "README.md", "internal/meta/tree_test.go"} {
		if !found[want] {
			t.Errorf("%s is missing, or the walk went wrong", want)
		}
	}
}
