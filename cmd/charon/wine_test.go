//go:build wine

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/charonrelay/charon/internal/winetest"
)

// TestWindowsProgram runs the Windows build as it is released: a GUI program
// that prints where it is told to.
func TestWindowsProgram(t *testing.T) {
	p := winetest.New(t)
	exe := p.Build("github.com/charonrelay/charon/cmd/charon", "-ldflags=-H=windowsgui")

	t.Run("prints into a pipe", func(t *testing.T) {
		if out, code := p.Run(exe, "version"); code != 0 || !strings.HasPrefix(out, "charon ") || !strings.Contains(out, "windows/amd64") {
			t.Errorf("exit code %d, output %q", code, out)
		}
	})
	t.Run("prints into a file", func(t *testing.T) {
		_, code := p.Run("cmd", "/c", "charon.exe version >version.txt")
		b, err := os.ReadFile(filepath.Join(p.Dir(), "version.txt"))
		if code != 0 || err != nil || !strings.HasPrefix(string(b), "charon ") {
			t.Errorf("exit code %d, file %q, %v", code, b, err)
		}
	})
	t.Run("tells wrong usage", func(t *testing.T) {
		if out, code := p.Run(exe, "run", "--listen", "10.0.0.1"); code != 2 || !strings.Contains(out, "not an address of this computer alone") {
			t.Errorf("exit code %d, output %q", code, out)
		}
	})
	t.Run("plays", func(t *testing.T) {
		out, code := p.Run(exe, "selftest")
		if code != 0 || !strings.Contains(out, "steps passed") {
			t.Errorf("exit code %d, output:\n%s", code, out)
		}
	})
}
