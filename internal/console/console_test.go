package console

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// childEnv makes the test program attach, print and exit instead of running tests.
const childEnv = "CHARON_TEST_CONSOLE_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(childEnv) == "" {
		os.Exit(m.Run())
	}
	answer := "unusable"
	if Attach() {
		answer = "usable"
	}
	_, _ = os.Stdout.WriteString("out " + answer)
	_, _ = os.Stderr.WriteString("err " + answer)
}

func child(t *testing.T) *exec.Cmd {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), program)
	cmd.Env = append(os.Environ(), childEnv+"=1")
	return cmd
}

func TestPipesKeepWorking(t *testing.T) {
	var stdout, stderr bytes.Buffer
	cmd := child(t)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	if stdout.String() != "out usable" || stderr.String() != "err usable" {
		t.Fatalf("stdout %q, stderr %q", stdout.String(), stderr.String())
	}
}

func TestFilesKeepWorking(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out.txt")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	cmd := child(t)
	cmd.Stdout = file // stderr goes to the null device
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != "out usable" {
		t.Fatalf("file holds %q, %v", got, err)
	}
}

func TestAttachLeavesWorkingStreamsAlone(t *testing.T) {
	in, out, errs := os.Stdin, os.Stdout, os.Stderr
	if !Attach() {
		t.Fatal("streams of a test should be usable")
	}
	if os.Stdin != in || os.Stdout != out || os.Stderr != errs {
		t.Fatal("a working stream was replaced")
	}
}
