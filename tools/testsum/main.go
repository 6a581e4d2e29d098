// Command testsum turns the output of "go test -json" into lines for people and a verdict for the gate.
//
//	go test -json ./... | testsum                      one line a package, the output of what failed, then "N passed, 0 failed"
//	go test -json ./... | testsum -require names.txt   and each test named in the file, one a line, must have passed
//	testsum plain.json race.json                       one line a file with saved output, then the sum
//
// A skipped test is a failure: a gate that skips proves nothing. So is a run without any test.
package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

func main() {
	require := flag.String("require", "", "`file` with names of tests that must have passed")
	flag.Parse()
	if err := run(os.Stdin, os.Stdout, *require, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "testsum:", err)
		os.Exit(1)
	}
}

func run(in io.Reader, out io.Writer, require string, saved []string) error {
	if len(saved) > 0 {
		return total(out, saved)
	}
	var names []string
	if require != "" {
		text, err := os.ReadFile(require)
		if err != nil {
			return err
		}
		names = strings.Fields(string(text))
	}
	results := newSummary(out)
	if err := results.read(in); err != nil {
		return err
	}
	verdict := results.verdict(names)
	fmt.Fprintln(out, results)
	return verdict
}

// total adds up saved runs.
func total(out io.Writer, saved []string) error {
	sum := newSummary(io.Discard)
	var failures []error
	for _, path := range saved {
		results := newSummary(io.Discard)
		if err := results.readFile(path); err != nil {
			return err
		}
		fmt.Fprintf(out, "%-8s %s\n", strings.TrimSuffix(filepath.Base(path), ".json"), results)
		failures = append(failures, results.verdict(nil))
		sum.passed += results.passed
		sum.failed += results.failed
		sum.skipped += results.skipped
	}
	fmt.Fprintln(out, sum)
	return errors.Join(failures...)
}

func (s *summary) readFile(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	return s.read(bufio.NewReader(file))
}
