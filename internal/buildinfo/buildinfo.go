// Package buildinfo says which build of Charon is running.
package buildinfo

import (
	"fmt"
	"path"
	"runtime"
	"runtime/debug"
	"time"
)

// Version is the semantic version of this build, without a leading v. Only the linker changes it, for releases:
//
//	go build -ldflags '-X github.com/charonrelay/charon/internal/buildinfo.Version=1.2.3' ./cmd/charon
var Version = "0.1.0-dev"

// Compat is the server version that the engine reports in GET /api/server and in the {v} of menu messages.
//
// Pocket Relay clients parse it as strict semver and refuse anything below 0.5.0 (spec: client 5.3); newer clients also pick
// features by what a server of that age can do (spec: client 13.2). It is therefore the version of the Pocket Relay server whose
// behaviour the engine reproduces, and not Charon's own: see docs/decisions.md.
const Compat = "0.8.1"

// Info is what the Go tool recorded about this build. Fields are empty where it did not record anything.
type Info struct {
	Program  string    // "charon", "charon-server"
	Revision string    // full commit hash
	Modified bool      // the tree had changes that are not in the commit
	Time     time.Time // of the commit
}

// Read returns the facts of this build.
func Read() Info {
	build, ok := debug.ReadBuildInfo()
	if !ok {
		build = &debug.BuildInfo{}
	}
	return from(build)
}

// String describes the build in one line, for "version" verbs, logs and bug reports:
//
//	charon 0.1.0-dev (abc1234, go1.26.8, linux/amd64)
func String() string { return Read().line() }

func from(build *debug.BuildInfo) Info {
	info := Info{Program: "charon"}
	if path.Base(build.Path) == "charon-server" {
		info.Program = "charon-server"
	}
	for _, setting := range build.Settings {
		switch setting.Key {
		case "vcs.revision":
			info.Revision = setting.Value
		case "vcs.modified":
			info.Modified = setting.Value == "true"
		case "vcs.time":
			// Without a valid time the field stays zero, as if nothing was recorded.
			info.Time, _ = time.Parse(time.RFC3339, setting.Value)
		}
	}
	return info
}

func (i Info) line() string {
	revision := "unknown commit"
	if i.Revision != "" {
		revision = i.Revision[:min(7, len(i.Revision))]
		if i.Modified {
			revision += " with changes"
		}
	}
	return fmt.Sprintf("%s %s (%s, %s, %s/%s)", i.Program, Version, revision, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}
