package playerdata_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/charonrelay/charon/engine/account"
	"github.com/charonrelay/charon/engine/playerdata"
	"github.com/charonrelay/charon/engine/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// newService returns a service on a real database with one player.
func newService(t testing.TB) (*playerdata.Service, uint32) {
	t.Helper()
	db, err := store.Open(t.Context(), store.Config{Path: filepath.Join(t.TempDir(), "engine.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	a, err := db.CreateAccount(t.Context(), account.NewAccount{
		Email: "a@b.c", EmailKey: "a@b.c", Name: "a", NameKey: "a", At: time.Unix(0, 0),
	})
	if err != nil {
		t.Fatal(err)
	}
	return playerdata.New(db, nil), a.ID
}

// The order is the game's (spec: blaze 2.8): the letters A to Z count as small
// letters, so "_" comes before all of them, and a shorter key comes first.
func TestLoadAllOrder(t *testing.T) {
	s, player := newService(t)
	want := []string{
		"!", "22", "a", "B", "Base", "base", "Base2", "char0",
		"char1", "char10", "char2", "class1", "Completion", "cscompletion", "csreward", "cstimestamps",
		"cstimestamps2", "ENT_100_entitlement", "ENT_100_group", "ENT_100_ID", "FaceCodes", "ME3_dlc3225", "ME3gameDifficulty", "NewItem", "Progress", "Z", "z_", "za", "~", "Ä", "ä",
	}
	shuffled := slices.Clone(want)
	slices.Sort(shuffled)
	slices.Reverse(shuffled)
	for _, key := range shuffled {
		if err := s.Save(t.Context(), player, key, "value of "+key); err != nil {
			t.Fatal(err)
		}
	}
	entries, err := s.LoadAll(t.Context(), player)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Key)
		if e.Value != "value of "+e.Key {
			t.Errorf("%s has the value %q", e.Key, e.Value)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
	if entries, err := s.LoadAll(t.Context(), player+1); err != nil || len(entries) != 0 {
		t.Errorf("another player has %v, %v", entries, err)
	}
}

func TestLoad(t *testing.T) {
	s, player := newService(t)
	if err := s.Save(t.Context(), player, "Base", "old"); err != nil {
		t.Fatal(err)
	}
	if err := s.Save(t.Context(), player, "Base", "20;4;100"); err != nil {
		t.Fatal(err)
	}
	if v, err := s.Load(t.Context(), player, "Base"); err != nil || v != "20;4;100" {
		t.Errorf("got %q, %v", v, err)
	}
	for _, key := range []string{"base", "Base ", "", "\x00", strings.Repeat("k", 65)} {
		if v, err := s.Load(t.Context(), player, key); !errors.Is(err, playerdata.ErrNoSuchKey) {
			t.Errorf("key %q: got %q, %v; want ErrNoSuchKey", key, v, err)
		}
	}
	if _, err := s.Load(t.Context(), player+1, "Base"); !errors.Is(err, playerdata.ErrNoSuchKey) {
		t.Errorf("another player: %v, want ErrNoSuchKey", err)
	}
}

// Spec finding S-09: the reference has no limit on keys and values.
func TestS09Limits(t *testing.T) {
	s, player := newService(t)
	tests := []struct {
		name, key, value string
		want             error
	}{
		{"no key", "", "v", playerdata.ErrKeyInvalid},
		{"longest key", strings.Repeat("k", 64), "v", nil},
		{"key too long", strings.Repeat("k", 65), "v", playerdata.ErrKeyInvalid},
		{"key of letters that take two bytes", strings.Repeat("ä", 33), "v", playerdata.ErrKeyInvalid},
		{"key with a zero byte", "Base\x00", "v", playerdata.ErrKeyInvalid},
		{"key with a line break", "Base\n", "v", playerdata.ErrKeyInvalid},
		{"key that is not UTF-8", "Base\xff", "v", playerdata.ErrKeyInvalid},
		{"unknown key", "SurveyCompletion", "v", nil},
		{"key with a space", "my key", "v", nil},
		{"empty value", "k", "", nil},
		{"value that is not UTF-8", "k", "\xff\x00\xfe", nil},
		{"longest value", "k", strings.Repeat("v", 65536), nil},
		{"value too long", "k", strings.Repeat("v", 65537), playerdata.ErrValueTooLong},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if err := s.Save(t.Context(), player, tt.key, tt.value); !errors.Is(err, tt.want) {
				t.Fatalf("got %v, want %v", err, tt.want)
			}
			v, err := s.Load(t.Context(), player, tt.key)
			if tt.want == nil && (err != nil || v != tt.value) {
				t.Errorf("%d bytes came back as %d bytes (%v)", len(tt.value), len(v), err)
			}
		})
	}
}

func TestS09NumberOfKeys(t *testing.T) {
	s, player := newService(t)
	for i := range 300 {
		if err := s.Save(t.Context(), player, fmt.Sprint("k", i), "v"); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Save(t.Context(), player, "k300", "v"); !errors.Is(err, playerdata.ErrFull) {
		t.Errorf("the 301st key: %v, want ErrFull", err)
	}
	if err := s.Save(t.Context(), player, "k0", "changed"); err != nil {
		t.Errorf("changing one of 300: %v", err)
	}
	if entries, err := s.LoadAll(t.Context(), player); err != nil || len(entries) != 300 {
		t.Errorf("%d keys, %v; want 300", len(entries), err)
	}
}

func TestS09NumberOfBytes(t *testing.T) {
	s, player := newService(t)
	value := strings.Repeat("v", playerdata.MaxValue)
	n := playerdata.MaxBytes / playerdata.MaxValue
	for i := range n {
		if err := s.Save(t.Context(), player, fmt.Sprint("k", i), value); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Save(t.Context(), player, "more", "v"); !errors.Is(err, playerdata.ErrFull) {
		t.Errorf("one byte too many: %v, want ErrFull", err)
	}
	if err := s.Save(t.Context(), player, "k0", value[:10]); err != nil {
		t.Errorf("making room: %v", err)
	}
	if err := s.Save(t.Context(), player, "more", "v"); err != nil {
		t.Errorf("using the room: %v", err)
	}
}

// realistic is a player as the reference's test data has them: 85 keys, 60 kB
// (spec: engine 10.6).
func realistic() []playerdata.Entry {
	entries := []playerdata.Entry{
		{Key: "Base", Value: strings.Repeat("b", 1400)},
		{Key: "Progress", Value: strings.Repeat("p", 8000)},
		{Key: "Completion", Value: strings.Repeat("c", 3000)},
		{Key: "cscompletion", Value: strings.Repeat("c", 900)},
		{Key: "cstimestamps", Value: strings.Repeat("1", 2700)},
		{Key: "cstimestamps2", Value: strings.Repeat("1", 2700)},
		{Key: "cstimestamps3", Value: strings.Repeat("1", 2700)},
		{Key: "FaceCodes", Value: "20;"}, {Key: "NewItem", Value: "20;4;"}, {Key: "csreward", Value: "0"},
	}
	for i := range 6 {
		entries = append(entries, playerdata.Entry{Key: fmt.Sprint("class", i+1), Value: "20;4;Adept;20;0.0000;3"})
	}
	for i := range 69 {
		entries = append(entries, playerdata.Entry{Key: fmt.Sprint("char", i), Value: strings.Repeat("x", 560)})
	}
	return entries
}

func BenchmarkSave(b *testing.B) {
	s, player := newService(b)
	entries := realistic()
	for _, e := range entries {
		if err := s.Save(b.Context(), player, e.Key, e.Value); err != nil {
			b.Fatal(err)
		}
	}
	i := 0
	b.ReportAllocs()
	for b.Loop() {
		e := entries[i%len(entries)]
		i++
		if err := s.Save(b.Context(), player, e.Key, e.Value); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLoadAll(b *testing.B) {
	s, player := newService(b)
	size := 0
	for _, e := range realistic() {
		size += len(e.Value)
		if err := s.Save(b.Context(), player, e.Key, e.Value); err != nil {
			b.Fatal(err)
		}
	}
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		entries, err := s.LoadAll(b.Context(), player)
		if err != nil || len(entries) != 85 {
			b.Fatal(len(entries), err)
		}
	}
}
