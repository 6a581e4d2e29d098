package token

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// testSecret is 00 01 02 … 3F.
var testSecret = func() []byte {
	secret := make([]byte, SecretSize)
	for i := range secret {
		secret[i] = byte(i)
	}
	return secret
}()

// issued is the time at which the fixed vectors are issued.
var issued = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func newIssuer(t testing.TB, secret []byte, now time.Time) *Issuer {
	t.Helper()
	i, err := New(secret, func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	return i
}

// hkdfBlock is HKDF-SHA256 (RFC 5869) with an empty salt for one block of
// output, written out so that the vectors do not lean on the code under test.
func hkdfBlock(secret []byte, label string) []byte {
	extract := hmac.New(sha256.New, make([]byte, sha256.Size))
	extract.Write(secret)
	expand := hmac.New(sha256.New, extract.Sum(nil))
	expand.Write([]byte(label))
	expand.Write([]byte{1})
	return expand.Sum(nil)
}

// makeToken signs any payload with the key of a kind.
func makeToken(secret []byte, label string, payload []byte) string {
	h := hmac.New(sha256.New, hkdfBlock(secret, label))
	h.Write(payload)
	enc := base64.RawURLEncoding
	return enc.EncodeToString(payload) + "." + enc.EncodeToString(h.Sum(nil))
}

func TestSessionLayout(t *testing.T) {
	i := newIssuer(t, testSecret, issued)
	got := i.Session(Session{Player: 0x01020304, Version: 7})

	// Issue 2026-03-01T12:00:00Z = 1772366400; + 30 days = 1774958400 = 0x69CBB740.
	payload, _ := hex.DecodeString("01020304" + "0000000069cbb740" + "00000007")
	if want := makeToken(testSecret, sessionLabel, payload); got != want {
		t.Errorf("session token\n got %s\nwant %s", got, want)
	}
	if want := "AQIDBAAAAABpy7dAAAAABw."; !strings.HasPrefix(got, want) {
		t.Errorf("session token %s does not start with %s", got, want)
	}
	// The reference's own payload is the start of ours: same first 16 characters.
	if want := base64.RawURLEncoding.EncodeToString(payload[:12]); got[:16] != want {
		t.Errorf("first 16 characters %s, want %s", got[:16], want)
	}
	if len(got) != 66 || Length != 66 {
		t.Errorf("length %d, Length %d, want 66", len(got), Length)
	}
}

func TestAssociationLayout(t *testing.T) {
	i := newIssuer(t, testSecret, issued)
	id, tok := i.NewAssociation()
	if want := makeToken(testSecret, associationLabel, id[:]); tok != want {
		t.Errorf("association token\n got %s\nwant %s", tok, want)
	}
	if len(tok) != 66 {
		t.Errorf("length %d, want 66", len(tok))
	}
	if id[6]>>4 != 4 || id[8]>>6 != 2 {
		t.Errorf("% x is not a version 4 UUID", id)
	}
	if got, err := i.VerifyAssociation(tok); err != nil || got != id {
		t.Errorf("VerifyAssociation = %x, %v; want %x", got, err, id)
	}
	if other, _ := i.NewAssociation(); other == id {
		t.Error("two associations have the same id")
	}
}

func TestSessionExpiry(t *testing.T) {
	tok := newIssuer(t, testSecret, issued).Session(Session{Player: 5, Version: 1})
	tests := []struct {
		name  string
		after time.Duration
		want  error
	}{
		{"at once", 0, nil},
		{"last second", 30 * 24 * time.Hour, nil},
		{"within the last second", 30*24*time.Hour + 999*time.Millisecond, nil},
		{"one second over", 30*24*time.Hour + time.Second, ErrExpired},
		{"a year over", 365 * 24 * time.Hour, ErrExpired},
		{"clock before 1970", -100 * 365 * 24 * time.Hour, ErrExpired},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := newIssuer(t, testSecret, issued.Add(tt.after)).VerifySession(tok)
			if !errors.Is(err, tt.want) {
				t.Fatalf("error %v, want %v", err, tt.want)
			}
			if want := (Session{Player: 5, Version: 1}); err == nil && got != want {
				t.Errorf("got %+v, want %+v", got, want)
			}
		})
	}
}

func TestVerifyRefuses(t *testing.T) {
	i := newIssuer(t, testSecret, issued)
	good := i.Session(Session{Player: 1, Version: 1})
	_, association := i.NewAssociation()
	otherSecret := bytes.Repeat([]byte{0xAA}, SecretSize)

	short := make([]byte, 12)
	binary.BigEndian.PutUint32(short, 1)
	binary.BigEndian.PutUint64(short[4:], uint64(issued.Add(time.Hour).Unix()))

	tests := map[string]string{
		"empty":                  "",
		"dot":                    ".",
		"no dot":                 strings.Replace(good, ".", "A", 1),
		"cut short":              good[:len(good)-1],
		"longer":                 good + "A",
		"padding":                good + "=",
		"payload only":           good[:22],
		"line break in payload":  good[:10] + "\n" + good[11:],
		"line break in mac":      good[:40] + "\r" + good[41:],
		"standard alphabet":      "++++++++++++++++++++++" + good[22:],
		"stray bits in payload":  good[:21] + "x" + good[22:],
		"stray bits in mac":      good[:65] + string(strayBits(good[65])),
		"other secret":           newIssuer(t, otherSecret, issued).Session(Session{Player: 1, Version: 1}),
		"association as session": association,
		"12-byte payload":        makeToken(testSecret, sessionLabel, short),
		"upper-case hex id":      "00000001",
		"signed by the secret":   signedPlain(testSecret, good),
		"multi-byte characters":  strings.Repeat("é", 33),
	}
	for name, tok := range tests {
		t.Run(name, func(t *testing.T) {
			if got, err := i.VerifySession(tok); !errors.Is(err, ErrInvalid) {
				t.Errorf("VerifySession(%q) = %+v, %v; want ErrInvalid", tok, got, err)
			}
		})
	}
	t.Run("session as association", func(t *testing.T) {
		if _, err := i.VerifyAssociation(good); !errors.Is(err, ErrInvalid) {
			t.Errorf("got %v, want ErrInvalid", err)
		}
	})
	t.Run("expired and forged is invalid", func(t *testing.T) {
		late := newIssuer(t, testSecret, issued.Add(365*24*time.Hour))
		forged := good[:65] + string(strayBits(good[65]))
		if _, err := late.VerifySession(forged); !errors.Is(err, ErrInvalid) {
			t.Errorf("got %v, want ErrInvalid", err)
		}
	})
}

// strayBits returns the base64url character after c, which differs only in the
// bits that a final character must leave zero.
func strayBits(c byte) byte {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	return alphabet[strings.IndexByte(alphabet, c)|1]
}

// signedPlain signs the payload of tok with the bare secret, as the reference
// server does.
func signedPlain(secret []byte, tok string) string {
	payload, _ := base64.RawURLEncoding.DecodeString(tok[:22])
	h := hmac.New(sha256.New, secret)
	h.Write(payload)
	return tok[:23] + base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}

// Every single-character change of a token is noticed.
func TestEveryCharacterCounts(t *testing.T) {
	i := newIssuer(t, testSecret, issued)
	good := i.Session(Session{Player: 77, Version: 3})
	for pos := range good {
		for _, c := range []byte("AQgw-_.0 ") {
			if good[pos] == c {
				continue
			}
			bad := good[:pos] + string(c) + good[pos+1:]
			if _, err := i.VerifySession(bad); !errors.Is(err, ErrInvalid) {
				t.Fatalf("character %d changed to %q: error %v, want ErrInvalid", pos, c, err)
			}
		}
	}
}

func TestSessionRoundTrip(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		secret := rapid.SliceOfN(rapid.Byte(), SecretSize, SecretSize).Draw(rt, "secret")
		want := Session{
			Player:  rapid.Uint32().Draw(rt, "player"),
			Version: rapid.Uint32().Draw(rt, "version"),
		}
		at := time.Unix(rapid.Int64Range(0, 1<<40).Draw(rt, "issued"), 0)
		age := rapid.Int64Range(0, 60*24*3600).Draw(rt, "age")

		tok := newIssuer(t, secret, at).Session(want)
		got, err := newIssuer(t, secret, at.Add(time.Duration(age)*time.Second)).VerifySession(tok)
		if age > 30*24*3600 {
			if !errors.Is(err, ErrExpired) {
				rt.Fatalf("error %v, want ErrExpired", err)
			}
			return
		}
		if err != nil || got != want {
			rt.Fatalf("got %+v, %v; want %+v", got, err, want)
		}
	})
}

func TestNewRefusesOtherSizes(t *testing.T) {
	for _, size := range []int{0, 32, 63, 65} {
		if _, err := New(make([]byte, size), nil); err == nil {
			t.Errorf("New accepted a secret of %d bytes", size)
		}
	}
}

type fakeSecrets struct {
	stored []byte
	err    error
}

func (f *fakeSecrets) Secret(_ context.Context, _ string, fresh []byte) ([]byte, error) {
	if f.stored == nil {
		f.stored = fresh
	}
	return f.stored, f.err
}

func TestLoadSecret(t *testing.T) {
	store := new(fakeSecrets)
	first, err := LoadSecret(t.Context(), store)
	if err != nil || len(first) != 64 {
		t.Fatalf("got %d bytes, %v", len(first), err)
	}
	again, err := LoadSecret(t.Context(), store)
	if err != nil || !bytes.Equal(first, again) {
		t.Errorf("second load: %v, same secret: %v", err, bytes.Equal(first, again))
	}
	if other, err := LoadSecret(t.Context(), new(fakeSecrets)); err != nil || bytes.Equal(first, other) {
		t.Errorf("two databases share a secret (error %v)", err)
	}
	if _, err := LoadSecret(t.Context(), &fakeSecrets{stored: []byte("short")}); err == nil {
		t.Error("a damaged secret was accepted")
	}
	boom := errors.New("boom")
	if _, err := LoadSecret(t.Context(), &fakeSecrets{err: boom}); !errors.Is(err, boom) {
		t.Errorf("got %v, want it to wrap the store's error", err)
	}
}

// Whatever verifies must be the one spelling that the issuer itself produces.
func FuzzVerifySession(f *testing.F) {
	issuer := newIssuer(f, testSecret, issued)
	f.Add(issuer.Session(Session{Player: 1, Version: 0}))
	f.Add(issuer.Session(Session{Player: 1<<32 - 1, Version: 1<<32 - 1}))
	_, association := issuer.NewAssociation()
	f.Add(association)
	f.Add("")
	f.Add(strings.Repeat(".", Length))
	f.Add(strings.Repeat("\n", Length))
	f.Add(strings.Repeat("A", 22) + "." + strings.Repeat("A", 43))
	f.Fuzz(func(t *testing.T, tok string) {
		s, err := issuer.VerifySession(tok)
		if err != nil {
			if !errors.Is(err, ErrInvalid) && !errors.Is(err, ErrExpired) {
				t.Fatalf("unexpected error %v", err)
			}
		} else if again := issuer.Session(s); again != tok {
			t.Fatalf("%q verified but is spelled %q", tok, again)
		}
		if id, err := issuer.VerifyAssociation(tok); err == nil && seal(issuer.associationKey, id) != tok {
			t.Fatalf("%q verified as association in a second spelling", tok)
		}
	})
}

func BenchmarkVerifySession(b *testing.B) {
	issuer := newIssuer(b, testSecret, issued)
	tok := issuer.Session(Session{Player: 1, Version: 1})
	b.ReportAllocs()
	for b.Loop() {
		if _, err := issuer.VerifySession(tok); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkIssueSession(b *testing.B) {
	issuer := newIssuer(b, testSecret, issued)
	b.ReportAllocs()
	for b.Loop() {
		issuer.Session(Session{Player: 1, Version: 1})
	}
}
