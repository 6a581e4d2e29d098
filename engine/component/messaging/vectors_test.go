package messaging

import (
	"testing"

	"github.com/charonrelay/charon/engine/internal/wiretest"
)

func TestVector(t *testing.T) {
	wiretest.Equal(t, "message (A.9)", message(1, "Hi\n"), wiretest.Vector(t, "a09_notify_message.hex"))
}
