package gamesim

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/charonrelay/charon/internal/testutil"
)

func TestSelfTest(t *testing.T) {
	for _, players := range []int{2, 3, 4} {
		for _, pocketRelay := range []bool{false, true} {
			t.Run(fmt.Sprintf("%d players, Pocket Relay %v", players, pocketRelay), func(t *testing.T) {
				s := newServer(t)
				s.pocketRelay = pocketRelay
				var steps []Step
				err := SelfTest(t.Context(), SelfTestConfig{
					Redirector: redirector(t, toServer(t, s.addr())),
					Players:    players,
					Lenient:    pocketRelay,
					Timeout:    10 * time.Second,
					Logger:     testutil.Logger(t),
				}, func(step Step) { steps = append(steps, step) })
				if err != nil {
					t.Fatal(err)
				}
				for i, step := range steps {
					if !step.OK || step.Number != i+1 || step.Of != len(steps) {
						t.Errorf("step %+v", step)
					}
				}
				b, err := json.Marshal(steps[0])
				if err != nil {
					t.Fatal(err)
				}
				if !strings.HasPrefix(string(b), `{"step":1,"of":`) || !strings.Contains(string(b), `"ok":true,"ms":`) {
					t.Errorf("JSON %s", b)
				}
			})
		}
	}
}

// TestDeviationsAreDefects plays strictly against a server with the deviations
// of Pocket Relay.
func TestDeviationsAreDefects(t *testing.T) {
	s := newServer(t)
	s.pocketRelay = true
	err := SelfTest(t.Context(), SelfTestConfig{Server: s.addr()}, func(Step) {})
	if err == nil || !strings.Contains(err.Error(), "TCOT has 8 bytes, but TCOL says 56045") {
		t.Errorf("%v, want the remark about TCOL", err)
	}
}
