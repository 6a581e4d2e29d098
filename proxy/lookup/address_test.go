package lookup

import (
	"errors"
	"strings"
	"testing"
)

func TestNormalize(t *testing.T) {
	tests := []struct {
		typed, want string
		either      bool
	}{
		// The table of the spec (client 5.1), with its two bugs fixed.
		{"example.com", "http://example.com/", true},
		{"example.com:443", "https://example.com/", false},
		{"example.com:8080", "http://example.com:8080/", true},
		{"https://example.com", "https://example.com/", false},
		{"http://example.com:443", "http://example.com:443/", false},
		{"https://example.com/relay", "https://example.com/relay/", false},
		{"HTTPS://example.com", "https://example.com/", false},
		{" example.com ", "http://example.com/", true},

		{"example.com:80", "http://example.com/", false},
		{"hTtP://Example.COM:80/", "http://example.com/", false},
		{"https://example.com:443/", "https://example.com/", false},
		{"https://example.com:80", "https://example.com:80/", false},
		{"example.com:", "http://example.com/", true},
		{"example.com:00443/x", "https://example.com/x/", false},
		{"\ufeff\u00a0example.com\r\n", "http://example.com/", true},
		{"exam\nple.com", "http://example.com/", true},
		{`https:\\example.com\relay`, "https://example.com/relay/", false},
		{"http", "http://http/", true},
		{"localhost:42", "http://localhost:42/", true},
		{"my_server.lan.", "http://my_server.lan./", true},
		{"a--b.example", "http://a--b.example/", true},

		{"example.com/a/./b/../c//d", "http://example.com/a/c//d/", true},
		{"example.com/../%2e%2E/.", "http://example.com/", true},
		{"example.com//", "http://example.com//", true},
		{"example.com/a b/ü|", "http://example.com/a%20b/%C3%BC%7C/", true},
		{"example.com/a%2Fb/x://y@z:1", "http://example.com/a%2Fb/x://y@z:1/", true},

		{"bücher.example", "http://xn--bcher-kva.example/", true},
		{"B%C3%BCcher.example", "http://xn--bcher-kva.example/", true},
		{"faß.example", "http://xn--fa-hia.example/", true},
		{"ex%61mple.com", "http://example.com/", true},
		{"ｅｘａｍｐｌｅ。com", "http://example.com/", true},

		{"192.168.0.1:8080", "http://192.168.0.1:8080/", true},
		{"192.168.0.1.", "http://192.168.0.1/", true},
		{"１２７.0.0.1", "http://127.0.0.1/", true},
		{"[::1]", "http://[::1]/", true},
		{"https://[2001:DB8:0:0::1]:8443/x", "https://[2001:db8::1]:8443/x/", false},
		{"[::1]:443", "https://[::1]/", false},
	}
	for _, tt := range tests {
		got, err := Normalize(tt.typed)
		if err != nil {
			t.Errorf("Normalize(%q): %v", tt.typed, err)
			continue
		}
		if got.String() != tt.want || got.EitherScheme != tt.either {
			t.Errorf("Normalize(%q) = %s, either scheme %t; want %s, %t", tt.typed, got, got.EitherScheme, tt.want, tt.either)
		}
	}
}

func TestNormalizeErrors(t *testing.T) {
	tests := []struct{ typed, text string }{
		{"", "no host name"},
		{" \t", "no host name"},
		{"https://", "no host name"},
		{"http:///relay", "no host name"},
		{":8080", "no host name"},
		{"https:/example.com", "two slashes"},
		{"ftp://example.com", "must start with http"},
		{"example.com?x", "? or #"},
		{"example.com/#x", "? or #"},
		{"user:secret@example.com", "user name or password"},
		{"https://secret@example.com/", "user name or password"},
		{"example.com:http", "port"},
		{"example.com:0", "port"},
		{"example.com:65536", "port"},
		{"example.com:-1", "port"},
		{"::1", "brackets"},
		{"[::1", "brackets"},
		{"[::1]x", "brackets"},
		{"[127.0.0.1]", "brackets"},
		{"[fe80::1%25eth0]", "brackets"},
		{"[fe80::1%eth0]", "brackets"},
		{"exa mple.com", "host name"},
		{"exam%ple.com", "host name"},
		{"ex%00ample.com", "host name"},
		{"example%40.com", "host name"},
		{"example%2Fsecret.com", "host name"},
		{"a..b", "host name"},
		{".example.com", "host name"},
		{".", "host name"},
		{"%ff.example", "host name"},
		{"xn--a.example", "host name"},
		{strings.Repeat("a.", 200) + "com", "host name"},
		{"192.168.0", "IPv4"},
		{"192.168.0.256", "IPv4"},
		{"1.2.3.4.5", "IPv4"},
		{"example.com/%zz", "after the host name"},
		{"example.com/a\x01b", "after the host name"},
		{"example.com/" + strings.Repeat("a", 4096), "too long"},
	}
	for _, tt := range tests {
		got, err := Normalize(tt.typed)
		if err == nil {
			t.Errorf("Normalize(%q) = %s, want an error", tt.typed, got)
			continue
		}
		var e *Error
		if !errors.As(err, &e) || e.Kind != KindAddress || !strings.Contains(err.Error(), tt.text) {
			t.Errorf("Normalize(%q) error = %v, want one with %q", tt.typed, err, tt.text)
		}
		if strings.Contains(err.Error(), "secret") {
			t.Errorf("Normalize(%q) error repeats what was typed: %v", tt.typed, err)
		}
	}
}

func FuzzNormalize(f *testing.F) {
	for _, seed := range []string{
		"example.com", "HTTPS://b%C3%BCcher.example:443/a/../%2e/ü", "[::ffff:1.2.3.4]:80", `a:1\b`,
		"ſ.example", "a\u200db.example", "１.２.３.４", "http:http://x", "x//", "xn--fa-hia.example", "h/%2F|;=[]",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		first, err := Normalize(typed)
		if err != nil {
			return
		}
		base := first.Base
		if (base.Scheme != "http" && base.Scheme != "https") || base.Hostname() == "" || base.User != nil ||
			base.RawQuery != "" || base.Fragment != "" || !strings.HasSuffix(first.String(), "/") {
			t.Fatalf("Normalize(%q) = %q is not a base address", typed, first)
		}
		for _, c := range []byte(first.String()) {
			if c <= ' ' || c > '~' {
				t.Fatalf("Normalize(%q) = %q is not printable ASCII", typed, first)
			}
		}
		second, err := Normalize(first.String())
		if err != nil || second.String() != first.String() || second.EitherScheme {
			t.Fatalf("Normalize(%q) = %q, but the normal form of that is %v, %v", typed, first, second.Base, err)
		}
	})
}
