package store

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/charonrelay/charon/engine/playerdata"
)

func BenchmarkRecordLogin(b *testing.B) {
	db := tempDB(b)
	id := addAccount(b, db, "a").ID
	b.ReportAllocs()
	for b.Loop() {
		if _, err := db.RecordLogin(b.Context(), id, 0, time.Now()); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAccount(b *testing.B) {
	db := tempDB(b)
	id := addAccount(b, db, "a").ID
	b.ReportAllocs()
	for b.Loop() {
		if _, err := db.Account(b.Context(), id); err != nil {
			b.Fatal(err)
		}
	}
}

// Many sessions at once, each loading all its data (85 keys, 60 kB) once for
// every ten saves.
func BenchmarkMixedSessions(b *testing.B) {
	db := tempDB(b)
	ids := make([]uint32, 50)
	value := strings.Repeat("v", 700)
	for i := range ids {
		ids[i] = addAccount(b, db, fmt.Sprint("p", i)).ID
		for k := range 85 {
			if err := save(db, ids[i], fmt.Sprint("k", k), value, playerdata.MaxKeys); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.SetParallelism(25)
	b.ReportAllocs()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for i := 0; pb.Next(); i++ {
			id := ids[i%len(ids)]
			var err error
			if i%11 == 0 {
				_, err = db.PlayerData(b.Context(), id)
			} else {
				err = save(db, id, fmt.Sprint("k", i%85), value, playerdata.MaxKeys)
			}
			if err != nil {
				b.Error(err)
				return
			}
		}
	})
}
