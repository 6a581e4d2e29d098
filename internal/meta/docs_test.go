package meta

import (
	"go/ast"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// testName is how documents name a test: its package from the root, a point, and the function, in code quotes.
var testName = regexp.MustCompile("`([a-z0-9_/-]+)\\.((?:Test|Fuzz|Benchmark)[A-Za-z0-9_]*)`")

// Documents that say "this test proves it" must not outlive the test.
func TestDocumentsNameRealTests(t *testing.T) {
	files := tree(t)
	functions := map[string]bool{}
	for _, f := range files {
		if f.ast == nil || !f.isTest() {
			continue
		}
		for _, declaration := range f.ast.Decls {
			if function, ok := declaration.(*ast.FuncDecl); ok && function.Recv == nil {
				functions[f.dir()+"."+function.Name.Name] = true
			}
		}
	}
	for _, f := range files {
		if path.Ext(f.path) != ".md" {
			continue
		}
		for _, match := range testName.FindAllStringSubmatch(string(f.data), -1) {
			if name := match[1] + "." + match[2]; !functions[name] {
				t.Errorf("%s: there is no test %s", f.path, name)
			}
		}
	}
}

var link = regexp.MustCompile(`\]\(([^)#\s]+)(?:#[^)]*)?\)`)

func TestDocumentsLinkToFiles(t *testing.T) {
	for _, f := range tree(t) {
		if path.Ext(f.path) != ".md" {
			continue
		}
		for _, match := range link.FindAllStringSubmatch(string(f.data), -1) {
			if strings.Contains(match[1], "://") {
				continue
			}
			if _, err := os.Stat(filepath.Join(root, f.dir(), match[1])); err != nil {
				t.Errorf("%s: broken link: %v", f.path, err)
			}
		}
	}
}
