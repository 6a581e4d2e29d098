package reporting

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/charonrelay/charon/blaze"
	"github.com/charonrelay/charon/blaze/tdf"
	"github.com/charonrelay/charon/engine/internal/wiretest"
	"github.com/charonrelay/charon/engine/presence"
	"github.com/charonrelay/charon/engine/session"
)

// scores keeps what is reported as text.
type scores struct {
	reports []string
	err     error
}

func (s *scores) Report(_ context.Context, player uint32, n7, points *uint32) error {
	text := func(n *uint32) string {
		if n == nil {
			return "-"
		}
		return fmt.Sprint(*n)
	}
	if n7 != nil || points != nil {
		s.reports = append(s.reports, fmt.Sprintf("%d: %s %s", player, text(n7), text(points)))
	}
	return s.err
}

// TestResultVector is A.19.
func TestResultVector(t *testing.T) {
	wiretest.Equal(t, "result", result(), wiretest.Hex(t, `
		00 19 00 1C 00 72 00 00 20 00 00 00 92 1D 21 07 00 97 2B F2 00 00 9A EB 00 00 00 9E 8A 64 00 00
		9F 2A 64 00 00`))
}

// report is a request about players, each with the fields that are set.
func report(players []int64, fields func(e *tdf.Encoder, i int)) blaze.Packet {
	return blaze.NewRequest(blaze.GameReporting, blaze.ReportingSubmitOfflineGameReport, 1, func(e *tdf.Encoder) {
		e.Group("RPRT", func() {
			e.Variable("GAME", 1, "GAME", func() {
				e.Group("GAME", nil)
				e.Map("PLYR", tdf.TypeVarint, tdf.TypeGroup, len(players), func(i int) {
					e.ElemInt(players[i])
					e.ElemGroup(func() { fields(e, i) })
				})
			})
		})
	})
}

// TestReport is spec: blaze 4.10 and engine 15 S-05: nobody reports for others.
func TestReport(t *testing.T) {
	vector := wiretest.Hex(t, `
		9A EC E8 00 00 C3 2D B4 07 00 CB 0C B4 03 9E 1B 65 07 01 01
		9E 1B 65 03 9E 1B 65 03 00 C2 CE 72 05 00 03 01 01 8F 4C B9 00 95 85 02 BA 3A 30 00 0A BB 28 74
		00 14 00 00 9F 2A 64 00 00 9F 4E 70 01 11 6D 61 73 73 45 66 66 65 63 74 52 65 70 6F 72 74 00 00`)
	both := func(e *tdf.Encoder, i int) { e.Uint("NCHP", uint64(10+i)); e.Uint("NRAT", uint64(20+i)) }
	for _, tt := range []struct {
		name string
		r    blaze.Packet
		want []string
	}{
		{"A.18", blaze.Packet{Body: vector}, []string{"1: 20 10"}},
		{"others only", report([]int64{2, 3}, both), nil},
		{"everybody", report([]int64{2, 1, 3}, both), []string{"1: 21 11"}},
		{"oneself several times", report([]int64{1, 1, 1}, both), []string{"1: 22 12"}},
		{"rating only", report([]int64{1}, func(e *tdf.Encoder, _ int) { e.Uint("NRAT", 5) }), []string{"1: 5 -"}},
		{"points only", report([]int64{1}, func(e *tdf.Encoder, _ int) { e.Uint("NCHP", 6) }), []string{"1: - 6"}},
		{"no players", report(nil, nil), nil},
		{"nothing", blaze.Packet{}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, peer := new(scores), new(wiretest.Recorder)
			u := presence.NewUser(presence.Identity{ID: 1}, peer, presence.NewNetwork(), 0)
			reply, err := New(s).submitOfflineGameReport(t.Context(), u, &session.Request{Header: tt.r.Header, Body: wiretest.Body(t, tt.r)})
			if reply != nil || err != nil {
				t.Errorf("answer %v, %v", reply, err)
			}
			if diff := cmp.Diff(tt.want, s.reports); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff([]string{"ResultNotification {DATA: absent, EROR: 0, FNL: 0, GHID: 0, GRID: 0}"}, peer.Lines()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestReportFails(t *testing.T) {
	s, peer := &scores{err: errors.New("disk full")}, new(wiretest.Recorder)
	u := presence.NewUser(presence.Identity{ID: 1}, peer, presence.NewNetwork(), 0)
	r := report([]int64{1}, func(e *tdf.Encoder, _ int) { e.Uint("NRAT", 5) })
	_, err := New(s).submitOfflineGameReport(t.Context(), u, &session.Request{Body: wiretest.Body(t, r)})
	var coded *session.CodeError
	if !errors.As(err, &coded) || coded.Code != blaze.CodeDatabase || len(peer.Take()) != 0 {
		t.Errorf("answered with %v", err)
	}
}
