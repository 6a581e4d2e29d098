// Package atomicfile writes files so that a reader, or the next start after a power cut, sees either the old content or the new,
// never a part of it.
package atomicfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Write replaces the content of the file at path by data, or creates it.
//
// The bytes go to a new file beside it ("." + name + "." + random + ".tmp"), reach the disk, and then take over the name. The file
// ends up with the permissions perm whatever it had before; Windows only knows the write bit of it. If path is a symbolic link, the file
// it points to is replaced and the link stays. The directory must exist. After an error the old file is untouched, except that a failure
// to reach the disk after the rename is reported too; no temporary file stays behind.
func Write(path string, data []byte, perm fs.FileMode) error {
	target, err := resolve(path)
	if err != nil {
		return fmt.Errorf("replace %s: %w", path, err)
	}
	temp, err := writeTemp(target, data, perm)
	if err != nil {
		return fmt.Errorf("replace %s: write the new content: %w", path, err)
	}
	if err := replace(temp, target); err != nil {
		return errors.Join(fmt.Errorf("replace %s: %w", path, err), os.Remove(temp))
	}
	if err := syncDir(filepath.Dir(target)); err != nil {
		return fmt.Errorf("replace %s: the content is in place but may not survive a power cut: %w", path, err)
	}
	return nil
}

// resolve follows a symbolic link at path, which must lead to a file. Without a link the file need not exist.
func resolve(path string) (string, error) {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return path, nil
	case err != nil:
		return "", err
	case info.Mode()&fs.ModeSymlink == 0:
		return path, nil
	}
	return filepath.EvalSymlinks(path)
}

// writeTemp puts data on the disk in a new file in the directory of target and returns its path.
func writeTemp(target string, data []byte, perm fs.FileMode) (path string, err error) {
	file, err := os.CreateTemp(filepath.Dir(target), "."+filepath.Base(target)+".*.tmp")
	if err != nil {
		return "", err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(file.Name()))
		}
	}()
	// Permissions first: the content is never readable by more people than it will be at the end.
	if err := fill(file, data, perm); err != nil {
		return "", errors.Join(err, file.Close())
	}
	return file.Name(), file.Close()
}

func fill(file *os.File, data []byte, perm fs.FileMode) error {
	if err := file.Chmod(perm); err != nil {
		return err
	}
	if _, err := file.Write(data); err != nil {
		return err
	}
	return file.Sync()
}
