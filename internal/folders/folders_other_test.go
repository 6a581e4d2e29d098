//go:build !windows

package folders

import "testing"

func TestUser(t *testing.T) {
	for _, tt := range []struct {
		name              string
		config, data, log string
		want              Folders
	}{
		{"defaults", "", "", "", Folders{"/home/shepard/.config/charon", "/home/shepard/.local/share/charon", "/home/shepard/.local/state/charon"}},
		{"set", "/c", "/d", "/s", Folders{"/c/charon", "/d/charon", "/s/charon"}},
		{"relative values are ignored", "c", "/d", "", Folders{"/home/shepard/.config/charon", "/d/charon", "/home/shepard/.local/state/charon"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Setenv("HOME", "/home/shepard")
			t.Setenv("XDG_CONFIG_HOME", tt.config)
			t.Setenv("XDG_DATA_HOME", tt.data)
			t.Setenv("XDG_STATE_HOME", tt.log)
			got, err := user()
			if err != nil || got != tt.want {
				t.Errorf("got %+v, %v, want %+v", got, err, tt.want)
			}
		})
	}
}
