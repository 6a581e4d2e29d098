package relay

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"runtime"
	"sync"
	"time"
)

const (
	// idleSize is the size of the buffer in which a direction waits for bytes.
	idleSize = 1 << 10
	// bulkSize is the size of the shared buffers for directions under load.
	bulkSize = 32 << 10
	// lingerLimit bounds how long one direction goes on after the other ended.
	// Without it a server that ignores the end would hold the game's place.
	lingerLimit = time.Minute
)

// canSplice says that the kernel copies between two TCP connections by itself.
const canSplice = runtime.GOOS == "linux"

// pipe copies between a game connection and a server connection.
type pipe struct {
	game, server net.Conn
	linger       time.Duration
	buffers      *sync.Pool // of *[bulkSize]byte

	first            sync.Once
	reason           error // why the first direction ended
	toServer, toGame int64 // bytes, valid after run
}

// run writes early to the game and then copies both ways until both directions
// have ended, one has broken or ctx is done. It closes both connections and
// returns the reason for the end, which is never nil.
func (p *pipe) run(ctx context.Context, early []byte) error {
	defer p.close()
	release := onDone(ctx, p.close)
	var up sync.WaitGroup
	up.Go(func() {
		var err error
		p.toServer, err = p.copy(p.server, p.game)
		p.finish(p.server, p.game, ErrGameLeft, err)
	})
	n, err := p.game.Write(early)
	p.toGame = int64(n)
	if err == nil {
		var copied int64
		copied, err = p.copy(p.game, p.server)
		p.toGame += copied
	}
	p.finish(p.game, p.server, ErrServerLeft, err)
	up.Wait()
	release()
	if ctx.Err() != nil {
		return ErrStopped
	}
	return p.reason
}

// finish ends the direction from src to dst, whose copying ended with err. An
// orderly end is passed on to dst; otherwise both connections are closed.
func (p *pipe) finish(dst, src net.Conn, left, err error) {
	if err != nil {
		p.first.Do(func() { p.reason = fmt.Errorf("%w: %w", ErrBroken, err) })
		p.close()
		return
	}
	p.first.Do(func() { p.reason = left })
	half, ok := dst.(interface{ CloseWrite() error })
	if !ok || half.CloseWrite() != nil {
		p.close()
		return
	}
	// The direction from dst to src remains.
	deadline := time.Now().Add(p.linger)
	if dst.SetReadDeadline(deadline) != nil || src.SetWriteDeadline(deadline) != nil {
		p.close()
	}
}

func (p *pipe) close() {
	_ = p.game.Close()
	_ = p.server.Close()
}

// copy copies from src to dst until the end of src, by the kernel if it can.
func (p *pipe) copy(dst, src net.Conn) (int64, error) {
	_, tcpDst := dst.(*net.TCPConn)
	_, tcpSrc := src.(*net.TCPConn)
	if canSplice && tcpDst && tcpSrc {
		return io.Copy(dst, src)
	}
	return p.copyBuffered(dst, src)
}

// copyBuffered copies from src to dst until the end of src. It waits with a
// small buffer, and borrows a large one for as long as the small one is too
// small.
func (p *pipe) copyBuffered(dst io.Writer, src io.Reader) (copied int64, err error) {
	idle := make([]byte, idleSize)
	for err == nil {
		var n int
		n, err = forward(dst, src, idle)
		copied += int64(n)
		if n < idleSize || err != nil {
			continue
		}
		bulk, ok := p.buffers.Get().(*[bulkSize]byte)
		if !ok {
			bulk = new([bulkSize]byte)
		}
		for n >= idleSize && err == nil {
			n, err = forward(dst, src, bulk[:])
			copied += int64(n)
		}
		p.buffers.Put(bulk)
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return copied, err
}

// forward passes on what one read of src brings, and returns how much it was.
func forward(dst io.Writer, src io.Reader, buf []byte) (int, error) {
	n, err := src.Read(buf)
	if n > 0 {
		if _, writeErr := dst.Write(buf[:n]); writeErr != nil {
			return 0, writeErr
		}
	}
	return n, err
}

// onDone calls f as soon as ctx is done. The returned function takes that back
// or, if it is too late for that, waits until f has returned.
func onDone(ctx context.Context, f func()) (release func()) {
	called := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(called)
		f()
	})
	return func() {
		if !stop() {
			<-called
		}
	}
}
