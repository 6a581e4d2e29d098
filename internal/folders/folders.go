// Package folders says where Charon keeps its files: the places each system
// has for them or, for a portable copy, beside the program.
package folders

import (
	"fmt"
	"os"
	"path/filepath"
)

// PortableMark is the file beside the program that makes a copy portable.
const PortableMark = "charon.portable"

// Folders are the places of one installation. They need not exist yet.
type Folders struct {
	Config string // charon.toml
	Data   string // database, keys, journals
	Logs   string
}

// ConfigFile returns the path of the configuration.
func (f Folders) ConfigFile() string { return filepath.Join(f.Config, "charon.toml") }

// Default returns the folders of this program and user. It fails if the system
// does not tell the user's home.
func Default() (Folders, error) {
	if exe, err := os.Executable(); err == nil {
		if f, ok := portable(filepath.Dir(exe)); ok {
			return f, nil
		}
	}
	f, err := user()
	if err != nil {
		return Folders{}, fmt.Errorf("find the folders for Charon's files: %w", err)
	}
	return f, nil
}

func portable(dir string) (Folders, bool) {
	if _, err := os.Stat(filepath.Join(dir, PortableMark)); err != nil {
		return Folders{}, false
	}
	return Folders{Config: dir, Data: filepath.Join(dir, "data"), Logs: filepath.Join(dir, "logs")}, true
}
