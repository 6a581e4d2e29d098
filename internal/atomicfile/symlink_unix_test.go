//go:build unix

package atomicfile

import (
	"os"
	"path/filepath"
	"testing"
)

func TestWriteFollowsSymlinks(t *testing.T) {
	home, link := t.TempDir(), filepath.Join(t.TempDir(), "charon.toml")
	target := filepath.Join(home, "real.toml")
	if err := os.WriteFile(target, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, link); err != nil {
		t.Fatal(err)
	}
	if err := Write(link, []byte("new"), 0o600); err != nil {
		t.Fatal(err)
	}
	assertContent(t, target, "new")
	assertAlone(t, target)
	if got, err := os.Readlink(link); err != nil || got != target {
		t.Errorf("the link became %q, %v", got, err)
	}
}

func TestWriteRefusesDanglingLinks(t *testing.T) {
	link := filepath.Join(t.TempDir(), "charon.toml")
	if err := os.Symlink(filepath.Join(t.TempDir(), "gone"), link); err != nil {
		t.Fatal(err)
	}
	if err := Write(link, []byte("new"), 0o600); err == nil {
		t.Fatal("wrote through a link that points nowhere")
	}
}
