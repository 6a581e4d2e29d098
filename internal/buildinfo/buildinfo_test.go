package buildinfo

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// semver is the grammar of semver.org 2.0.0.
var semver = regexp.MustCompile(`^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)` +
	`(-(0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(\.(0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*)?` +
	`(\+[0-9a-zA-Z-]+(\.[0-9a-zA-Z-]+)*)?$`)

func TestVersionsAreSemver(t *testing.T) {
	for _, version := range []string{Version, Compat} {
		if !semver.MatchString(version) {
			t.Errorf("%q is not a strict semantic version", version)
		}
	}
}

// A client accepts a server from 0.5.0 by semver precedence, so a pre-release must not creep in (spec: client 5.3).
func TestCompatIsAcceptedByClients(t *testing.T) {
	var major, minor, patch int
	if _, err := fmt.Sscanf(Compat, "%d.%d.%d", &major, &minor, &patch); err != nil {
		t.Fatal(err)
	}
	if major == 0 && minor < 5 || strings.Contains(Compat, "-") {
		t.Fatalf("clients refuse server version %s", Compat)
	}
}

func TestFrom(t *testing.T) {
	tests := []struct {
		name  string
		build debug.BuildInfo
		want  Info
		line  string
	}{
		{
			name: "nothing recorded",
			want: Info{Program: "charon"},
			line: "charon 0.1.0-dev (unknown commit, ",
		},
		{
			name: "released server",
			build: debug.BuildInfo{
				Path: "github.com/charonrelay/charon/cmd/charon-server",
				Settings: []debug.BuildSetting{
					{Key: "vcs.revision", Value: "abc1234567890"},
					{Key: "vcs.modified", Value: "false"},
					{Key: "vcs.time", Value: "2026-11-22T18:00:00Z"},
				},
			},
			want: Info{
				Program:  "charon-server",
				Revision: "abc1234567890",
				Time:     time.Date(2026, 11, 22, 18, 0, 0, 0, time.UTC),
			},
			line: "charon-server 0.1.0-dev (abc1234, ",
		},
		{
			name: "changed tree, short hash, bad time",
			build: debug.BuildInfo{Settings: []debug.BuildSetting{
				{Key: "vcs.revision", Value: "abc"},
				{Key: "vcs.modified", Value: "true"},
				{Key: "vcs.time", Value: "yesterday"},
			}},
			want: Info{Program: "charon", Revision: "abc", Modified: true},
			line: "charon 0.1.0-dev (abc with changes, ",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := from(&test.build)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("facts (-want +got):\n%s", diff)
			}
			want := test.line + runtime.Version() + ", " + runtime.GOOS + "/" + runtime.GOARCH + ")"
			if got := got.line(); got != want {
				t.Errorf("line %q, want %q", got, want)
			}
		})
	}
}

func TestVersionIsStamped(t *testing.T) {
	program := filepath.Join(t.TempDir(), "version.exe")
	const stamp = "-X github.com/charonrelay/charon/internal/buildinfo.Version=9.8.7"
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, "-ldflags", stamp, "./testdata/version").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	out, err := exec.CommandContext(t.Context(), program).Output()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(string(out), "charon 9.8.7 (") {
		t.Fatalf("a stamped build says %q", out)
	}
}
