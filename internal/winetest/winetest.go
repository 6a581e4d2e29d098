// Package winetest runs Windows builds under Wine, for tests behind the build
// tag wine.
package winetest

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Prefix is a Windows of its own, deleted with everything that runs in it at
// the end of the test.
type Prefix struct {
	t   testing.TB
	dir string
	env []string
}

// patience bounds each step under Wine; a first start takes ten seconds.
const patience = 3 * time.Minute

// prng is what Go's runtime asks of Windows and Wine 8 lacks.
const prng = `#include <windows.h>
BOOLEAN WINAPI SystemFunction036(PVOID, ULONG);
__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE b, SIZE_T n) { return SystemFunction036(b, (ULONG)n); }
`

// New makes a prefix that can run 64-bit Go programs. It fails the test if
// Wine or mingw is not installed.
func New(t testing.TB) *Prefix {
	t.Helper()
	dir, err := os.MkdirTemp("", "charon-wine-") //nolint:usetesting // removed after its processes are gone
	if err != nil {
		t.Fatal(err)
	}
	p := &Prefix{t: t, dir: dir}
	p.env = append(os.Environ(), "WINEPREFIX="+filepath.Join(dir, "prefix"), "WINEDEBUG=-all", "DISPLAY=", "WINEDLLOVERRIDES=mscoree,mshtml=")
	t.Cleanup(func() {
		_, _ = p.run(dir, "wineserver", "-k")
		if err := os.RemoveAll(dir); err != nil {
			t.Errorf("remove the Wine prefix: %v", err)
		}
	})
	p.must(p.run(dir, "wine", "wineboot", "-i"))
	source := filepath.Join(dir, "prng.c")
	if err := os.WriteFile(source, []byte(prng), 0o600); err != nil {
		t.Fatal(err)
	}
	dll := filepath.Join(dir, "prefix", "drive_c", "windows", "system32", "bcryptprimitives.dll")
	p.must(p.run(dir, "x86_64-w64-mingw32-gcc", "-shared", "-o", dll, source, "-ladvapi32"))
	return p
}

// Build builds a package of this module for Windows and returns the path of the
// program.
func (p *Prefix) Build(pkg string, flags ...string) string {
	p.t.Helper()
	exe := filepath.Join(p.dir, filepath.Base(pkg)+".exe")
	args := append([]string{"build", "-o", exe}, flags...)
	cmd := exec.Command("go", append(args, pkg)...) //nolint:gosec,noctx // a test's own arguments
	cmd.Env = append(os.Environ(), "GOOS=windows", "GOARCH=amd64", "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		p.t.Fatalf("build %s for Windows: %v\n%s", pkg, err, out)
	}
	return exe
}

// Dir returns the folder in which programs run; Build puts them there.
func (p *Prefix) Dir() string { return p.dir }

// Run runs a program under Wine and returns what it printed and its exit code.
func (p *Prefix) Run(name string, args ...string) (output string, code int) {
	p.t.Helper()
	out, err := p.run(p.dir, "wine", append([]string{name}, args...)...)
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		p.t.Fatalf("wine %s: %v\n%s", name, err, out)
	}
	if exit != nil {
		code = exit.ExitCode()
	}
	return strings.ReplaceAll(out, "\r\n", "\n"), code
}

func (p *Prefix) must(out string, err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatalf("set up Wine: %v\n%s", err, out)
	}
}

func (p *Prefix) run(dir, name string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...) //nolint:gosec // a test's own arguments
	cmd.Dir, cmd.Env = dir, p.env
	cmd.WaitDelay = time.Second
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	if errors.Is(err, exec.ErrWaitDelay) { // done, but Wine's own processes keep the output open
		err = nil
	}
	return out.String(), err
}
