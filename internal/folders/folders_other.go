//go:build !windows

package folders

import (
	"os"
	"path/filepath"
)

// user follows the XDG base directories.
func user() (Folders, error) {
	config, err := xdg("XDG_CONFIG_HOME", ".config")
	if err != nil {
		return Folders{}, err
	}
	data, err := xdg("XDG_DATA_HOME", ".local/share")
	if err != nil {
		return Folders{}, err
	}
	state, err := xdg("XDG_STATE_HOME", ".local/state")
	if err != nil {
		return Folders{}, err
	}
	return Folders{Config: config, Data: data, Logs: state}, nil
}

// xdg returns Charon's folder in a base directory; a relative value of the
// variable is to be ignored.
func xdg(variable, fallback string) (string, error) {
	if dir := os.Getenv(variable); filepath.IsAbs(dir) {
		return filepath.Join(dir, "charon"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(home, fallback, "charon"), nil
}
