package session_test

import (
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/charonrelay/charon/engine/internal/wiretest"
	"github.com/charonrelay/charon/engine/session"
)

func TestFrameTooLarge(t *testing.T) {
	v := overTCP(t, session.Limits{MaxFrame: 1000})
	header := wiretest.Hex(t, "03E9 0009 0001 0000 0000 0001") // 1001
	v.send(request(cmdEcho, 1, 4), header)
	v.expect("1 R {N: 4}")
	v.ended()
	v.logged("the packet is too large")
	huge := overPipe(t)
	go huge.game.Write(wiretest.Hex(t, "FFFF 0009 0001 0000 0010 0001 FFFF"))
	huge.ended()
	huge.logged("4294967295")
}

func TestEndOfStream(t *testing.T) {
	t.Run("between packets", func(t *testing.T) {
		v := overTCP(t, session.Limits{})
		v.send(request(cmdCause, 1, 2), request(cmdEcho, 2, 3))
		if err := v.game.(*net.TCPConn).CloseWrite(); err != nil {
			t.Fatal(err)
		}
		v.expect("1 R {N: 2}", "0 0x63 {N: 0}", "0 0x63 {N: 1}", "2 R {N: 3}")
		v.ended()
		v.logged("session ended")
	})
	t.Run("within one", func(t *testing.T) {
		v := overPipe(t)
		go func() {
			v.send(request(cmdEcho, 1, 3)[:13])
			_ = v.game.Close()
		}()
		v.ended()
		v.logged("the connection broke")
	})
}

// TestSilence is spec: blaze 1.6: 90 s without any packet, and the grace of the
// last suspension on top of it until it is taken back.
func TestSilence(t *testing.T) {
	for _, tt := range []struct {
		name string
		talk func(v *server)
		want time.Duration // from the last packet to the end
	}{
		{"never a packet", func(*server) {}, 90 * time.Second},
		{"packets of any kind", func(v *server) {
			for i := range uint32(4) {
				time.Sleep(89 * time.Second)
				v.send(request(200, i, 0))
				v.next()
			}
		}, 90 * time.Second},
		{"grace", func(v *server) {
			v.send(request(cmdGrace, 1, 90))
			v.next()
		}, 180 * time.Second},
		{"grace stays with other packets", func(v *server) {
			v.send(request(cmdGrace, 1, 90))
			v.next()
			time.Sleep(179 * time.Second)
			v.send(request(cmdEcho, 2, 0))
			v.next()
		}, 180 * time.Second},
		{"grace taken back", func(v *server) {
			v.send(request(cmdGrace, 1, 90))
			v.next()
			v.send(request(cmdGrace, 2, 0))
			v.next()
		}, 90 * time.Second},
		{"part of a packet", func(v *server) { v.send(request(cmdEcho, 1, 0)[:5]) }, 90 * time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				v := overPipe(t)
				tt.talk(v)
				start := time.Now()
				v.ended()
				if got := time.Since(start); got != tt.want {
					t.Errorf("ended after %v, want %v", got, tt.want)
				}
				v.logged("nothing was heard of the game")
			})
		})
	}
}

// TestSilenceWithinPacket: single bytes do not prolong a packet.
func TestSilenceWithinPacket(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := overPipe(t)
		start := time.Now()
		var trickle sync.WaitGroup
		defer trickle.Wait()
		trickle.Go(func() {
			for _, b := range request(cmdEcho, 1, 0) {
				if _, err := v.game.Write([]byte{b}); err != nil {
					return
				}
				time.Sleep(80 * time.Second)
			}
		})
		v.ended()
		if got := time.Since(start); got != 90*time.Second {
			t.Errorf("ended after %v", got)
		}
	})
}

// TestSlowConsumer: a game that never reads is cut with bounded memory, and
// whoever notifies it never waits.
func TestSlowConsumer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		end, game := net.Pipe()
		v := serve(t, end, game, session.Limits{MaxQueue: 10_000})
		start := time.Now()
		for i := range int64(10_000) { // of about 90 bytes each
			v.s.Notify(note(i))
		}
		<-v.done
		if d := time.Since(start); d != 0 {
			t.Errorf("cut after %v", d)
		}
		v.s.Notify(note(1)) // harmless
		v.logged("does not read what it is sent")
	})
}

// TestSlowConsumerOfResponses is the same with a game that only asks.
func TestSlowConsumerOfResponses(t *testing.T) {
	v := overTCP(t, session.Limits{MaxQueue: 1 << 20})
	go func() {
		for i := range uint32(100_000) {
			if _, err := v.game.Write(request(cmdBig, i, 50_000)); err != nil {
				return
			}
		}
	}()
	<-v.done
	v.logged("does not read what it is sent")
}

// TestWriteTimeout: a game that reads too slowly for one write is cut as well.
func TestWriteTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := overPipe(t)
		v.s.Notify(note(1))
		start := time.Now()
		<-v.done
		if got := time.Since(start); got != 30*time.Second {
			t.Errorf("cut after %v", got)
		}
		v.logged("session cut")
	})
}

// TestShutdown: what is queued is sent, the request that is being answered is
// answered, nothing more is read.
func TestShutdown(t *testing.T) {
	for name, shutdown := range map[string]func(*server){
		"by the server":  func(v *server) { v.cancel() },
		"of one session": func(v *server) { v.s.Shutdown(); v.s.Shutdown() },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				v := overPipe(t)
				v.send(request(cmdBlock, 1, 0), request(cmdEcho, 2, 0))
				<-v.entered
				v.s.Notify(note(5))
				shutdown(v)
				synctest.Wait()
				close(v.release)
				v.expect("1 R {N: 0}", "0 0x63 {N: 5}", "0 0x63 {N: 77}")
				v.ended()
				v.logged("ended by the server")
			})
		})
	}
}

// TestShutdownDelivers has a game that goes on asking while megabytes are on
// their way to it: they must arrive, although nobody reads its requests.
func TestShutdownDelivers(t *testing.T) {
	v := overTCP(t, session.Limits{})
	const n = 3 << 20
	v.send(request(cmdBig, 1, n), request(cmdBlock, 2, 0))
	<-v.entered
	for i := range uint32(2000) {
		v.send(request(cmdEcho, 3+i, 0))
	}
	v.s.Shutdown()
	close(v.release)
	if p := v.next(); len(p.Body) < n {
		t.Errorf("%d bytes arrived", len(p.Body))
	}
	v.expect("2 R {N: 0}", "0 0x63 {N: 77}")
	v.ended()
}

// TestShutdownIsBounded: a game that does not read its rest does not hold the
// server up.
func TestShutdownIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := overPipe(t)
		for i := range int64(5000) {
			v.s.Notify(note(i))
		}
		synctest.Wait()
		start := time.Now()
		v.s.Shutdown()
		var trickle sync.WaitGroup
		defer trickle.Wait()
		trickle.Go(func() { // it reads, but a byte a second
			for b := make([]byte, 1); ; time.Sleep(time.Second) {
				if _, err := v.game.Read(b); err != nil {
					return
				}
			}
		})
		<-v.done
		if got := time.Since(start); got > 5*time.Second {
			t.Errorf("took %v", got)
		}
	})
}
