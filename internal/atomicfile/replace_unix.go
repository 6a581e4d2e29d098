//go:build unix

package atomicfile

import (
	"errors"
	"os"
)

func replace(from, to string) error { return os.Rename(from, to) }

// syncDir makes a rename in the directory survive a power cut.
func syncDir(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
