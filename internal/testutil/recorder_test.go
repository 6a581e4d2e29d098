package testutil

import (
	"io"
	"strings"
	"testing"
)

// recorder is a testing.TB that keeps its output.
type recorder struct {
	testing.TB
	output strings.Builder
}

func (r *recorder) Helper()              {}
func (r *recorder) Output() io.Writer    { return &r.output }
func (r *recorder) saw(text string) bool { return strings.Contains(r.output.String(), text) }
