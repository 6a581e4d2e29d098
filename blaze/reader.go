package blaze

import (
	"bufio"
	"errors"
	"fmt"
	"io"
)

// DefaultMaxBody is the cap on the body of an incoming packet unless
// configured otherwise, in bytes (spec: blaze 1.5).
const DefaultMaxBody = 1 << 20

// readChunk is how much is allocated ahead of the bytes that have arrived.
const readChunk = 4 << 10

// FrameTooLargeError reports a frame that announces a longer body than the
// reader accepts. The stream cannot be used any further.
type FrameTooLargeError struct {
	Header Header
	// Len is the announced length of the body and Max the cap, in bytes.
	Len, Max uint32
}

// Error implements error.
func (e *FrameTooLargeError) Error() string {
	return fmt.Sprintf("blaze: %s announces a body of %d bytes, the cap is %d", e.Header.name(), e.Len, e.Max)
}

// Reader takes packets off a byte stream.
type Reader struct {
	r   *bufio.Reader
	max uint32
}

// NewReader returns a reader of packets whose bodies have at most maxBody
// bytes; 0 means [DefaultMaxBody].
func NewReader(r io.Reader, maxBody uint32) *Reader {
	if maxBody == 0 {
		maxBody = DefaultMaxBody
	}
	return &Reader{bufio.NewReaderSize(r, readChunk), maxBody}
}

// Next returns the next packet. Its body is the caller's. The error is io.EOF
// at the end of the stream between two packets, io.ErrUnexpectedEOF within
// one, a [*FrameTooLargeError], or the stream's own. Memory grows with the
// bytes that arrive, not with the announced length.
func (r *Reader) Next() (Packet, error) {
	var fixed [headerLen]byte
	if _, err := io.ReadFull(r.r, fixed[:]); err != nil {
		return Packet{}, err
	}
	h, n, more := parseHeader(fixed)
	if more > 0 {
		var ext [maxHeaderLen - headerLen]byte
		if _, err := io.ReadFull(r.r, ext[:more]); err != nil {
			return Packet{}, unexpected(err)
		}
		n = h.extend(ext[:more], n)
	}
	if n > r.max {
		return Packet{}, &FrameTooLargeError{h, n, r.max}
	}
	body, err := r.body(int(n))
	if err != nil {
		return Packet{}, err
	}
	return Packet{Header: h, Body: body}, nil
}

func (r *Reader) body(n int) ([]byte, error) {
	if n == 0 {
		return nil, nil
	}
	body := make([]byte, 0, min(n, readChunk))
	for len(body) < n {
		if len(body) == cap(body) {
			grown := make([]byte, len(body), min(n, 2*cap(body)))
			copy(grown, body)
			body = grown
		}
		end := cap(body)
		m, err := io.ReadFull(r.r, body[len(body):end])
		body = body[:len(body)+m]
		if err != nil {
			return nil, unexpected(err)
		}
	}
	return body, nil
}

func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
