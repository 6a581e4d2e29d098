package folders

import (
	"os"
	"path/filepath"
	"testing"
)

func TestPortable(t *testing.T) {
	dir := t.TempDir()
	if _, ok := portable(dir); ok {
		t.Fatal("a folder without the mark counts as portable")
	}
	if err := os.WriteFile(filepath.Join(dir, PortableMark), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	f, ok := portable(dir)
	want := Folders{Config: dir, Data: filepath.Join(dir, "data"), Logs: filepath.Join(dir, "logs")}
	if !ok || f != want {
		t.Errorf("portable folders are %+v, want %+v", f, want)
	}
	if got := f.ConfigFile(); got != filepath.Join(dir, "charon.toml") {
		t.Errorf("configuration is at %s", got)
	}
}
