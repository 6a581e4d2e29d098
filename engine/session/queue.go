package session

import "sync"

// queue holds the frames a session has still to write, in order. Its lock is
// the innermost of the engine: nothing is called while it is held.
type queue struct {
	mu      sync.Mutex
	ready   [][]byte
	held    [][]byte // behind the response of the running request
	holding bool
	size    int // bytes of ready and held
	max     int
	closed  bool // accepts nothing more
	wake    chan struct{}
}

func newQueue(maxBytes int) *queue {
	return &queue{max: maxBytes, wake: make(chan struct{}, 1)}
}

// hold makes notifications wait for the next respond.
func (q *queue) hold() {
	q.mu.Lock()
	q.holding = true
	q.mu.Unlock()
}

// respond appends a response and lets the notifications held for it follow.
func (q *queue) respond(frame []byte) (ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.admit(frame) {
		return false
	}
	q.ready = append(append(q.ready, frame), q.held...)
	q.held, q.holding = nil, false
	q.signal()
	return true
}

// notify appends a notification. It reports false if the queue is full or closed.
func (q *queue) notify(frame []byte) (ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.admit(frame) {
		return false
	}
	if q.holding {
		q.held = append(q.held, frame)
		return true
	}
	q.ready = append(q.ready, frame)
	q.signal()
	return true
}

// frameOverhead is what a frame costs in memory beside its bytes. It bounds the
// number of small frames.
const frameOverhead = 64

func (q *queue) admit(frame []byte) bool {
	if q.closed || q.size+len(frame)+frameOverhead > q.max {
		return false
	}
	q.size += len(frame) + frameOverhead
	return true
}

func (q *queue) signal() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// close refuses further frames. What is ready can still be taken; what is held
// for a response that will not come is released.
func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed, q.holding = true, false
	q.ready = append(q.ready, q.held...)
	q.held = nil
	q.signal()
}

// take returns the ready frames. last is true when nothing more will come.
func (q *queue) take() (frames [][]byte, last bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	frames, q.ready = q.ready, nil
	for _, f := range frames {
		q.size -= len(f) + frameOverhead
	}
	return frames, q.closed
}
