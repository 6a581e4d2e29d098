package folders

import (
	"errors"
	"os"
	"path/filepath"
)

// user uses the roaming profile for settings and the local one for the rest.
func user() (Folders, error) {
	roaming, err := os.UserConfigDir()
	if err != nil {
		return Folders{}, err
	}
	local := os.Getenv("LocalAppData")
	if local == "" {
		return Folders{}, errors.New("%LocalAppData% is not set")
	}
	return Folders{
		Config: filepath.Join(roaming, "Charon"),
		Data:   filepath.Join(local, "Charon"),
		Logs:   filepath.Join(local, "Charon", "logs"),
	}, nil
}
