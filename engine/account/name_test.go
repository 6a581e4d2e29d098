package account

import (
	"regexp"
	"testing"
)

func TestWords(t *testing.T) {
	plain := regexp.MustCompile(`^[a-z]{3,10}$`)
	for list, words := range map[string][]string{"adjectives": adjectives, "nouns": nouns} {
		if len(words) < 120 {
			t.Errorf("only %d %s", len(words), list)
		}
		seen := make(map[string]bool)
		for _, w := range words {
			if !plain.MatchString(w) || seen[w] {
				t.Errorf("%s: %q is twice in the list or not a plain word", list, w)
			}
			seen[w] = true
		}
	}
}

func TestRandomName(t *testing.T) {
	form := regexp.MustCompile(`^[a-z]+-[a-z]+-[0-9]{4}$`)
	seen := make(map[string]bool)
	for range 1000 {
		name := randomName()
		if !form.MatchString(name) || name[len(name)-4:] == "0000" || len(name) > 26 {
			t.Fatalf("name %q", name)
		}
		seen[name] = true
	}
	if len(seen) < 990 {
		t.Errorf("only %d different names in 1000", len(seen))
	}
}
