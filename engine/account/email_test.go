package account

import (
	"errors"
	"strings"
	"testing"
)

func TestCleanEmail(t *testing.T) {
	tests := []struct{ typed, email, key string }{
		{"shepard@example.com", "shepard@example.com", "shepard@example.com"},
		{"  Shepard@Example.COM\t\n", "Shepard@Example.COM", "shepard@example.com"},
		{"a@b", "a@b", "a@b"},
		{"first.last+n7@mail.example.co.nz", "first.last+n7@mail.example.co.nz", "first.last+n7@mail.example.co.nz"},
		{"o'brien_%@x-y.org", "o'brien_%@x-y.org", "o'brien_%@x-y.org"},
		{"JÜRGEN@Bücher.example", "JÜRGEN@Bücher.example", "jürgen@bücher.example"},
		{strings.Repeat("a", 64) + "@" + strings.Repeat("b", 185) + ".net", strings.Repeat("a", 64) + "@" + strings.Repeat("b", 185) + ".net", strings.Repeat("a", 64) + "@" + strings.Repeat("b", 185) + ".net"},
	}
	for _, tt := range tests {
		email, key, err := cleanEmail(tt.typed)
		if err != nil || email != tt.email || key != tt.key {
			t.Errorf("cleanEmail(%q) = %q, %q, %v; want %q, %q", tt.typed, email, key, err, tt.email, tt.key)
		}
	}
}

// badEmails are not e-mail addresses, or not exactly one bare one.
var badEmails = []string{
	"", " ", "shepard", "@", "@example.com", "shepard@", "a@b@c", "a b@c.de", "a@b c",
	"shepard@example.com.", "shepard@.com", ".a@b.c", "a..b@c.de", "a@b..c",
	"Shepard <shepard@example.com>", "<shepard@example.com>", "shepard@example.com (N7)",
	"a@b.c, d@e.f", "a@b.c;d@e.f", "mailto:a@b.c", `"quoted"@example.com`, `"a b"@example.com`,
	"a@b.c\x00", "a\r\n@b.c", "a\u200b@b.c", "a\u00a0b@c.de", "a@b\xff.c", "<b>@c.de",
	strings.Repeat("a", 65) + "@b.c",
	strings.Repeat("a", 64) + "@" + strings.Repeat("b", 186) + ".net",
	strings.Repeat("a", 100_000),
}

func TestCleanEmailRefuses(t *testing.T) {
	for _, typed := range badEmails {
		if email, key, err := cleanEmail(typed); !errors.Is(err, ErrEmailInvalid) {
			t.Errorf("cleanEmail(%q) = %q, %q, %v; want ErrEmailInvalid", typed, email, key, err)
		}
	}
}

// What is accepted is stable: cleaning again changes nothing, and the key of
// any spelling is the key of the key.
func FuzzCleanEmail(f *testing.F) {
	for _, typed := range badEmails {
		f.Add(typed)
	}
	f.Add(" Shepard@Example.com ")
	f.Add("İ@K.example")
	f.Fuzz(func(t *testing.T, typed string) {
		email, key, err := cleanEmail(typed)
		if err != nil {
			return
		}
		if strings.Count(key, "@") != 1 || len(email) > 254 || len(key) > 254 {
			t.Errorf("%q was accepted as %q, key %q", typed, email, key)
		}
		if e, k, err := cleanEmail(email); err != nil || e != email || k != key {
			t.Errorf("%q: again it is %q, %q, %v; was %q, %q", typed, e, k, err, email, key)
		}
		if _, k, err := cleanEmail(key); err != nil || k != key {
			t.Errorf("%q: the key of %q is %q, %v", typed, key, k, err)
		}
	})
}
