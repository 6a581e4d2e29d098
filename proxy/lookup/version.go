package lookup

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// minVersion is the oldest server that has the upgrade (spec: client 5.3).
var minVersion = Version{Minor: 5}

// maxVersion is the most bytes that a version may have.
const maxVersion = 256

var errVersion = errors.New("the version is not of the form 1.2.3")

// Version is a semantic version (semver 2.0.0).
type Version struct {
	Major, Minor, Patch uint64
	Pre                 string // pre-release without the hyphen, such as "beta.1", or empty
	Build               string // build metadata without the plus sign, or empty
}

// ParseVersion reads a version strictly: three numbers without leading zeros,
// no "v" before them.
func ParseVersion(text string) (Version, error) {
	var v Version
	if len(text) > maxVersion {
		return v, errVersion
	}
	rest, build, hasBuild := strings.Cut(text, "+")
	core, pre, hasPre := strings.Cut(rest, "-")
	v.Pre, v.Build = pre, build
	numbers := strings.Split(core, ".")
	if len(numbers) != 3 || hasPre && !validIDs(pre, false) || hasBuild && !validIDs(build, true) {
		return Version{}, errVersion
	}
	for i, field := range []*uint64{&v.Major, &v.Minor, &v.Patch} {
		n, err := strconv.ParseUint(numbers[i], 10, 64)
		if err != nil || !plainNumber(numbers[i]) {
			return Version{}, errVersion
		}
		*field = n
	}
	return v, nil
}

// validIDs reports whether list is made of valid identifiers between dots.
func validIDs(list string, leadingZeros bool) bool {
	for id := range strings.SplitSeq(list, ".") {
		if id == "" || numeric(id) && !leadingZeros && !plainNumber(id) {
			return false
		}
		for _, c := range []byte(id) {
			if (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && c != '-' {
				return false
			}
		}
	}
	return true
}

func numeric(id string) bool { return strings.Trim(id, "0123456789") == "" }

// plainNumber reports whether s is a number without leading zeros.
func plainNumber(s string) bool {
	return s != "" && numeric(s) && (s[0] != '0' || s == "0")
}

// String returns the version as it is written.
func (v Version) String() string {
	s := fmt.Sprintf("%d.%d.%d", v.Major, v.Minor, v.Patch)
	if v.Pre != "" {
		s += "-" + v.Pre
	}
	if v.Build != "" {
		s += "+" + v.Build
	}
	return s
}

// Compare returns -1, 0 or 1 as v precedes, equals or follows w: a pre-release
// comes before its release, build metadata does not count.
func (v Version) Compare(w Version) int {
	return cmp.Or(
		cmp.Compare(v.Major, w.Major),
		cmp.Compare(v.Minor, w.Minor),
		cmp.Compare(v.Patch, w.Patch),
		comparePre(v.Pre, w.Pre),
	)
}

func comparePre(v, w string) int {
	if v == "" || w == "" { // a release follows its pre-releases
		return cmp.Compare(len(w), len(v))
	}
	vs, ws := strings.Split(v, "."), strings.Split(w, ".")
	for i := range min(len(vs), len(ws)) {
		if c := compareID(vs[i], ws[i]); c != 0 {
			return c
		}
	}
	return cmp.Compare(len(vs), len(ws))
}

// compareID compares numbers by value; they come before words. A longer number
// without leading zeros is a greater one, however many digits it has.
func compareID(v, w string) int {
	switch vn, wn := numeric(v), numeric(w); {
	case vn && wn:
		return cmp.Or(cmp.Compare(len(v), len(w)), cmp.Compare(v, w))
	case vn:
		return -1
	case wn:
		return 1
	default:
		return cmp.Compare(v, w)
	}
}
