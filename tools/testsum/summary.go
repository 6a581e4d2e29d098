package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// event is one line of "go test -json" (see "go doc test2json" and "go help buildjson").
type event struct {
	Action  string
	Package string
	Test    string
	Elapsed float64
	Output  string
}

// test identifies one test of one package.
type test struct{ pkg, name string }

// summary collects what happened. Only tests without sub-tests are counted.
type summary struct {
	out                     io.Writer
	passed, failed, skipped int

	output  map[test][]string // of tests and, with an empty name, of packages
	parents map[test]bool     // tests that have sub-tests
	open    map[test]bool     // tests that have not ended
	bad     map[test]bool     // tests that failed
	ok      map[string]bool   // names of tests that passed somewhere
}

func newSummary(out io.Writer) *summary {
	return &summary{
		out:     out,
		output:  map[test][]string{},
		parents: map[test]bool{},
		open:    map[test]bool{},
		bad:     map[test]bool{},
		ok:      map[string]bool{},
	}
}

// String returns for example "812 passed, 0 failed".
func (s *summary) String() string {
	text := fmt.Sprintf("%d passed, %d failed", s.passed, s.failed)
	if s.skipped > 0 {
		text += fmt.Sprintf(", %d skipped", s.skipped)
	}
	return text
}

// read takes in a whole run.
func (s *summary) read(in io.Reader) error {
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var e event
		if json.Unmarshal(lines.Bytes(), &e) != nil || e.Action == "" {
			return fmt.Errorf("no event of a test: %s", lines.Text())
		}
		s.add(e)
	}
	return lines.Err()
}

func (s *summary) add(e event) {
	id := test{e.Package, e.Test}
	switch e.Action {
	case "build-output":
		fmt.Fprint(s.out, e.Output)
	case "output":
		s.output[id] = append(s.output[id], e.Output)
	case "run":
		s.open[id] = true
		if parent := strings.LastIndexByte(e.Test, '/'); parent > 0 {
			s.parents[test{e.Package, e.Test[:parent]}] = true
		}
	case "pass", "fail", "skip":
		if e.Test == "" {
			s.endPackage(e)
		} else {
			s.endTest(e, id)
		}
	}
}

func (s *summary) endTest(e event, id test) {
	delete(s.open, id)
	leaf := !s.parents[id]
	switch e.Action {
	case "pass":
		s.ok[e.Test] = true
		if leaf {
			s.passed++
		}
	case "skip":
		s.skipped++
		s.show("SKIP", id)
	case "fail":
		if leaf || !s.badBelow(id.pkg, id.name+"/") { // a parent fails with its sub-tests, or alone
			s.failed++
		}
		s.bad[id] = true
		s.show("FAIL", id)
	}
	delete(s.output, id)
}

// badBelow reports whether a test of the package whose name begins so has failed.
func (s *summary) badBelow(pkg, prefix string) bool {
	for id := range s.bad {
		if id.pkg == pkg && strings.HasPrefix(id.name, prefix) {
			return true
		}
	}
	return false
}

func (s *summary) endPackage(e event) {
	switch e.Action {
	case "pass":
		fmt.Fprintf(s.out, "ok    %s  %.1fs\n", e.Package, e.Elapsed)
	case "fail":
		s.endOpen(e.Package)
		if !s.badBelow(e.Package, "") {
			s.failed++ // it did not build, or ended outside of a test
		}
		s.show("FAIL", test{pkg: e.Package})
	}
}

// endOpen counts the tests of a failed package that had no chance to end.
func (s *summary) endOpen(pkg string) {
	for id := range s.open {
		if id.pkg != pkg {
			continue
		}
		delete(s.open, id)
		s.bad[id] = true
		if !s.parents[id] {
			s.failed++
		}
		s.show("FAIL", id)
	}
}

// show prints what a test wrote.
func (s *summary) show(label string, id test) {
	fmt.Fprintf(s.out, "%s  %s %s\n", label, id.pkg, id.name)
	for _, line := range s.output[id] {
		fmt.Fprint(s.out, "      ", line)
	}
}

// verdict returns what is wrong with the run. Each name must be that of a test that passed.
func (s *summary) verdict(names []string) error {
	var problems []error
	if s.failed > 0 {
		problems = append(problems, errors.New("there were failures"))
	}
	if s.skipped > 0 {
		problems = append(problems, fmt.Errorf("%d tests were skipped; the gate runs all of them", s.skipped))
	}
	if s.passed == 0 {
		problems = append(problems, errors.New("no test ran"))
	}
	for _, name := range names {
		if !s.ok[name] {
			problems = append(problems, fmt.Errorf("%s did not run", name))
		}
	}
	return errors.Join(problems...)
}
