package meta

import (
	"bytes"
	"go/ast"
	"go/format"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestGoFilesAreFormatted(t *testing.T) {
	for _, f := range tree(t) {
		if f.ast == nil {
			continue
		}
		formatted, err := format.Source(f.data)
		if err != nil {
			t.Errorf("%s: %v", f.path, err)
		} else if !bytes.Equal(formatted, f.data) {
			t.Errorf("%s: not formatted, run gofmt -s -w on it", f.path)
		}
	}
}

func TestGoFilesAreShort(t *testing.T) {
	const longest = 600
	for _, f := range tree(t) {
		if lines := bytes.Count(f.data, []byte("\n")); f.isGo() && lines > longest {
			t.Errorf("%s: %d lines, split it: the bound is %d", f.path, lines, longest)
		}
	}
}

func TestPackagesHaveComments(t *testing.T) {
	type pkg struct{ dir, name string }
	comments := map[pkg][]string{} // with the files that have one
	for _, f := range tree(t) {
		if f.ast == nil {
			continue
		}
		p := pkg{f.dir(), strings.TrimSuffix(f.ast.Name.Name, "_test")}
		if _, known := comments[p]; !known {
			comments[p] = nil
		}
		if f.ast.Doc != nil {
			comments[p] = append(comments[p], f.path)
			if text := f.ast.Doc.Text(); p.name != "main" && !strings.HasPrefix(text, "Package "+p.name+" ") {
				t.Errorf("%s: the package comment must begin with %q", f.path, "Package "+p.name)
			}
		}
	}
	for p, files := range comments {
		if len(files) != 1 {
			t.Errorf("package %s in %s has %d package comments %v, want one", p.name, p.dir, len(files), files)
		}
	}
}

func TestExportedNamesHaveComments(t *testing.T) {
	for _, f := range tree(t) {
		if f.ast == nil || f.isTest() || f.ast.Name.Name == "main" {
			continue
		}
		for _, declaration := range f.ast.Decls {
			switch d := declaration.(type) {
			case *ast.FuncDecl:
				if d.Name.IsExported() && d.Doc == nil && isExportedReceiver(d) {
					t.Errorf("%s:%d: %s has no comment", f.path, f.line(d.Pos()), d.Name.Name)
				}
			case *ast.GenDecl:
				checkSpecs(t, f, d)
			}
		}
	}
}

// isExportedReceiver reports whether a function is no method, or one of an exported type.
func isExportedReceiver(d *ast.FuncDecl) bool {
	if d.Recv == nil {
		return true
	}
	kind := d.Recv.List[0].Type
	for {
		switch k := kind.(type) {
		case *ast.StarExpr:
			kind = k.X
		case *ast.IndexExpr:
			kind = k.X
		case *ast.IndexListExpr:
			kind = k.X
		case *ast.Ident:
			return k.IsExported()
		default:
			return true
		}
	}
}

// checkSpecs checks types, constants and variables. The comment of a block of constants or variables counts for all in it.
func checkSpecs(t *testing.T, f file, d *ast.GenDecl) {
	for _, spec := range d.Specs {
		switch s := spec.(type) {
		case *ast.TypeSpec:
			if s.Name.IsExported() && d.Doc == nil && s.Doc == nil {
				t.Errorf("%s:%d: %s has no comment", f.path, f.line(s.Pos()), s.Name.Name)
			}
		case *ast.ValueSpec:
			exported := slices.ContainsFunc(s.Names, func(name *ast.Ident) bool { return name.IsExported() })
			if exported && d.Doc == nil && s.Doc == nil && s.Comment == nil {
				t.Errorf("%s:%d: %s has no comment", f.path, f.line(s.Pos()), s.Names[0].Name)
			}
		}
	}
}

func TestNoTestIsSkipped(t *testing.T) {
	for _, f := range tree(t) {
		if f.ast == nil || !f.isTest() {
			continue
		}
		ast.Inspect(f.ast, func(node ast.Node) bool {
			switch n := node.(type) {
			case *ast.FuncLit:
				return !takesRapid(n.Type)
			case *ast.FuncDecl:
				return !takesRapid(n.Type)
			case *ast.CallExpr:
				if method, ok := n.Fun.(*ast.SelectorExpr); ok && slices.Contains([]string{"Skip", "Skipf", "SkipNow"}, method.Sel.Name) {
					t.Errorf("%s:%d: skips; a test that cannot run here belongs behind a build tag", f.path, f.line(n.Pos()))
				}
			}
			return true
		})
	}
}

// takesRapid reports whether a function has a parameter of type *rapid.T. Such a function skips a step of a random walk, not a test.
func takesRapid(function *ast.FuncType) bool {
	return slices.ContainsFunc(function.Params.List, func(field *ast.Field) bool {
		pointer, ok := field.Type.(*ast.StarExpr)
		if !ok {
			return false
		}
		name, ok := pointer.X.(*ast.SelectorExpr)
		if !ok {
			return false
		}
		pkg, ok := name.X.(*ast.Ident)
		return ok && pkg.Name == "rapid" && name.Sel.Name == "T"
	})
}

// Words that have no business in the repository: places on somebody's machine, hosts of package registries, and unfinished work.
// They are put together from parts so that this file is not the one that has them.
var forbidden = []*regexp.Regexp{
	regexp.MustCompile(`(^|[^A-Za-z0-9_$}.*)/-])/(` + `work|root` + `)/[a-z.]`),
	regexp.MustCompile(`C:\\Users\\[A-Za-z]`),
	regexp.MustCompile(`(proxy|sum)\.` + `golang\.org|pypi\.` + `org|registry\.` + `npmjs|deb\.` + `debian\.org`),
	regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME|XX` + `X)\b`),
}

func TestNoForbiddenWords(t *testing.T) {
	for _, f := range tree(t) {
		if isBinary(f.data) {
			continue
		}
		for number, line := range strings.Split(string(f.data), "\n") {
			for _, words := range forbidden {
				if found := words.FindString(line); found != "" {
					t.Errorf("%s:%d: contains %q", f.path, number+1, found)
				}
			}
		}
	}
}

func TestNoBinaries(t *testing.T) {
	for _, f := range tree(t) {
		if isBinary(f.data) && !strings.HasPrefix(f.path, "assets/") && !strings.Contains(f.path, "testdata/") {
			t.Errorf("%s: binary files belong to assets or testdata", f.path)
		}
	}
}
