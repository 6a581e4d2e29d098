package atomicfile

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
)

func TestWriteCreatesAndReplaces(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file.toml")
	for _, content := range []string{"first", "", "a longer second one"} {
		if err := Write(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		assertContent(t, path, content)
		assertAlone(t, path)
	}
}

func TestWriteSetsPermissions(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	// Created world-readable, then narrowed.
	for _, perm := range []fs.FileMode{0o644, 0o600} {
		if err := Write(path, []byte("x"), perm); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		want := perm
		if runtime.GOOS == "windows" {
			want = 0o666
		}
		if info.Mode().Perm() != want {
			t.Errorf("permissions %v, want %v", info.Mode().Perm(), want)
		}
	}
}

func TestWriteKeepsTheOldFileOnFailure(t *testing.T) {
	// A directory that is not empty cannot be replaced by a file on any system.
	path := filepath.Join(t.TempDir(), "taken")
	if err := os.MkdirAll(filepath.Join(path, "inside"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := Write(path, []byte("x"), 0o600); err == nil {
		t.Fatal("a directory was replaced by a file")
	}
	assertAlone(t, path)
	if _, err := os.Stat(filepath.Join(path, "inside")); err != nil {
		t.Error(err)
	}
}

func TestWriteNeedsTheDirectory(t *testing.T) {
	err := Write(filepath.Join(t.TempDir(), "missing", "file"), nil, 0o600)
	if !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("error %v, want fs.ErrNotExist", err)
	}
}

func TestReadersNeverSeeAPart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	versions := [][]byte{bytes.Repeat([]byte("a"), 1<<16), bytes.Repeat([]byte("b"), 1<<15)}
	if err := Write(path, versions[0], 0o600); err != nil {
		t.Fatal(err)
	}
	for i := range 50 {
		var reader sync.WaitGroup
		reader.Go(func() {
			got, err := os.ReadFile(path)
			// Windows refuses a reader for the moment of the rename; that is not a torn file.
			if err == nil && !bytes.Equal(got, versions[0]) && !bytes.Equal(got, versions[1]) {
				t.Errorf("read a part: %d bytes", len(got))
			}
		})
		if err := Write(path, versions[i%2], 0o600); err != nil {
			t.Error(err)
		}
		reader.Wait()
	}
	assertAlone(t, path)
}

func assertContent(t *testing.T, path, want string) {
	t.Helper()
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("content %q, want %q", got, want)
	}
}

// assertAlone checks that no temporary file was left beside path.
func assertAlone(t *testing.T, path string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 1 || entries[0].Name() != filepath.Base(path) {
		t.Errorf("directory holds %v, want only %s", entries, filepath.Base(path))
	}
}
