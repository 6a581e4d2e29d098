package account

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"
)

// vectorSalt is 00 01 … 0F.
const vectorSalt = "AAECAwQFBgcICQoLDA0ODw"

// argon2Vectors were made with the C implementation of Argon2's authors.
var argon2Vectors = []struct{ password, phc string }{
	{"password", "$argon2id$v=19$m=19456,t=2,p=1$" + vectorSalt + "$OZA6NM05OHZDbmcc1pDf6Kuc57E0WafgTsDk8GlN2w0"},
	{"Pässwörd №7", "$argon2id$v=19$m=19456,t=2,p=1$" + vectorSalt + "$1jigKGxPeRUflFWX57ed+DZ96GkchCweqA0Xi3SB2IA"},
	{"kryptos", "$argon2id$v=19$m=4096,t=3,p=4$" + vectorSalt + "$Sj9fPKbBd1xRA+qkjTDXlMyuGvEVB/xXuIdyTYlURmWRafvP8rddKfl+epEFkqDFAE8tCgdGz6FpXETafnb5Sg"},
}

func TestNewHash(t *testing.T) {
	salt, err := base64.RawStdEncoding.DecodeString(vectorSalt)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range argon2Vectors[:2] {
		if got := newHash(tt.password, salt).String(); got != tt.phc {
			t.Errorf("hash of %q\n got %s\nwant %s", tt.password, got, tt.phc)
		}
	}
}

// Hashes are checked at the cost that they were made with.
func TestMatches(t *testing.T) {
	for _, tt := range argon2Vectors {
		h, err := parseHash(tt.phc)
		if err != nil {
			t.Fatal(err)
		}
		for password, want := range map[string]bool{tt.password: true, tt.password + " ": false, strings.ToUpper(tt.password): false, "": false} {
			if got := h.matches(password); got != want {
				t.Errorf("%q against the hash of %q: %v, want %v", password, tt.password, got, want)
			}
		}
	}
}

func TestParseHashLimits(t *testing.T) {
	salt := func(n int) string { return base64.RawStdEncoding.EncodeToString(make([]byte, n)) }
	phc := func(params string, saltSize, sumSize int) string {
		return "$argon2id$v=19$" + params + "$" + salt(saltSize) + "$" + salt(sumSize)
	}
	good := phc("m=19456,t=2,p=1", 16, 32)
	accepted := []string{
		good,
		phc("m=65536,t=10,p=4", 64, 64),
		phc("m=8,t=1,p=1", 8, 16),
	}
	for _, s := range accepted {
		if h, err := parseHash(s); err != nil || h.String() != s {
			t.Errorf("parseHash(%q) = %s, %v", s, h, err)
		}
	}

	refused := map[string]string{
		"empty":               "",
		"PBKDF2 of old":       "$31$16$abcdefghijkl",
		"bcrypt":              "$2a$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy",
		"argon2i":             strings.Replace(good, "argon2id", "argon2i", 1),
		"version 16":          strings.Replace(good, "v=19", "v=16", 1),
		"no version":          strings.Replace(good, "$v=19", "", 1),
		"4 TiB of memory":     phc("m=4294967295,t=2,p=1", 16, 32),
		"64 MiB and 1 KiB":    phc("m=65537,t=2,p=1", 16, 32),
		"memory overflows":    phc("m=4294967296,t=2,p=1", 16, 32),
		"no memory":           phc("m=0,t=2,p=1", 16, 32),
		"less than 8 a lane":  phc("m=31,t=2,p=4", 16, 32),
		"eleven passes":       phc("m=19456,t=11,p=1", 16, 32),
		"no pass":             phc("m=19456,t=0,p=1", 16, 32),
		"five lanes":          phc("m=19456,t=2,p=5", 16, 32),
		"no lane":             phc("m=19456,t=2,p=0", 16, 32),
		"257 lanes":           phc("m=19456,t=2,p=257", 16, 32),
		"negative":            phc("m=-1,t=2,p=1", 16, 32),
		"plus sign":           phc("m=+19456,t=2,p=1", 16, 32),
		"leading zero":        phc("m=019456,t=2,p=1", 16, 32),
		"other order":         phc("t=2,m=19456,p=1", 16, 32),
		"a parameter more":    phc("m=19456,t=2,p=1,keyid=x", 16, 32),
		"a parameter missing": phc("m=19456,t=2", 16, 32),
		"short salt":          phc("m=19456,t=2,p=1", 7, 32),
		"long salt":           phc("m=19456,t=2,p=1", 65, 32),
		"short output":        phc("m=19456,t=2,p=1", 16, 15),
		"long output":         phc("m=19456,t=2,p=1", 16, 65),
		"no output":           strings.TrimSuffix(good, "$"+salt(32)),
		"padding":             good + "=",
		"a field more":        good + "$",
		"line break":          good + "\n",
		"huge":                good + strings.Repeat("A", 1<<20),
	}
	for name, s := range refused {
		if h, err := parseHash(s); !errors.Is(err, errHash) {
			t.Errorf("%s: got %+v, %v; want errHash", name, h.cost, err)
		}
	}
}

// Whatever is accepted is within the limits and has one spelling.
func FuzzParseHash(f *testing.F) {
	f.Add("$argon2id$v=19$m=19456,t=2,p=1$" + vectorSalt + "$" + strings.Repeat("A", 43))
	f.Add("$argon2id$v=19$m=65536,t=10,p=4$" + vectorSalt + "$" + strings.Repeat("A", 86))
	f.Add("$$$$$")
	f.Add("$argon2id$v=19$m=,t=,p=$$")
	f.Fuzz(func(t *testing.T, phc string) {
		h, err := parseHash(phc)
		if err != nil {
			return
		}
		if h.String() != phc {
			t.Errorf("%q is written again as %q", phc, h)
		}
		if h.cost.memory > 65536 || h.cost.passes > 10 || h.cost.lanes > 4 || h.cost.lanes == 0 || h.cost.passes == 0 || len(h.salt) > 64 || len(h.sum) > 64 {
			t.Errorf("%q is beyond the limits: %+v", phc, h.cost)
		}
	})
}
