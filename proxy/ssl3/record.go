package ssl3

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sync"
)

const (
	headerLen    = 5              // content type, version, length
	maxPlaintext = 16384          // what we put into one record
	maxFragment  = 16384 + 2048   // what we accept in one record (spec: client 2.1)
	readAhead    = 1024           // what a connection keeps for incoming bytes
	version30    = uint16(0x0300) // SSL 3.0, the only version of any record
)

// contentType is the first byte of a record.
type contentType uint8

const (
	typeChangeCipherSpec contentType = 20
	typeAlert            contentType = 21
	typeHandshake        contentType = 22
	typeApplicationData  contentType = 23
)

func (t contentType) valid() bool { return t >= typeChangeCipherSpec && t <= typeApplicationData }

// String names the content type for error texts.
func (t contentType) String() string {
	switch t {
	case typeChangeCipherSpec:
		return "ChangeCipherSpec"
	case typeAlert:
		return "Alert"
	case typeHandshake:
		return "Handshake"
	case typeApplicationData:
		return "ApplicationData"
	default:
		return fmt.Sprintf("type %d", uint8(t))
	}
}

// recordBuffers keeps room for whole records that nobody uses at the moment, so that a connection that waits does not hold
// any. It is a cache of scratch memory, not state.
var recordBuffers sync.Pool

// borrowBuffer returns an empty buffer for one record, to be given back to recordBuffers.
func borrowBuffer() *[]byte {
	if b, ok := recordBuffers.Get().(*[]byte); ok {
		*b = (*b)[:0]
		return b
	}
	b := make([]byte, 0, headerLen+maxFragment)
	return &b
}

// recordReader cuts a byte stream into records. A read that fails on a deadline can be repeated and goes on where it
// stopped. Every other error is final.
type recordReader struct {
	src    io.Reader
	cipher *cipherState // nil while records come in clear

	started bool // the first header was fine
	inBody  bool // header was read, the fragment not yet
	typ     contentType
	length  int

	small      []byte // read-ahead; small[start:end] is unread. Made at the first read
	start, end int
	big        *[]byte // a fragment that does not fit into small; lent by borrowBuffer
}

// next returns the next record, decrypted. The fragment is valid until the next call of next or recycle.
// The error is io.EOF only if the stream ends between two records.
func (r *recordReader) next() (contentType, []byte, error) {
	if !r.inBody {
		r.recycle()
		if err := r.readHeader(); err != nil {
			return 0, nil, err
		}
		r.inBody = true
	}
	fragment, err := r.readFragment()
	if err != nil {
		return 0, nil, err
	}
	r.inBody = false
	if r.cipher != nil {
		if fragment, err = r.cipher.open(r.typ, fragment); err != nil {
			return 0, nil, err
		}
	}
	return r.typ, fragment, nil
}

// recycle gives up the memory of the last fragment.
func (r *recordReader) recycle() {
	if r.big != nil {
		recordBuffers.Put(r.big)
		r.big = nil
	}
}

// idle reports whether nothing of a next record has come in yet.
func (r *recordReader) idle() bool { return !r.inBody && r.start == r.end }

func (r *recordReader) readHeader() error {
	if err := r.fill(headerLen); err != nil {
		return err
	}
	var header [headerLen]byte
	copy(header[:], r.small[r.start:])

	version := binary.BigEndian.Uint16(header[1:])
	r.typ = contentType(header[0])
	r.length = int(binary.BigEndian.Uint16(header[3:]))
	switch {
	case version != version30 && !r.started:
		return &AlertError{Alert: AlertHandshakeFailure, Sent: true, Cause: &ForeignProtocolError{Protocol: identify(header), First: header}}
	case version != version30:
		return refuse(AlertHandshakeFailure, "record version is %d.%d instead of 3.0", header[1], header[2])
	case !r.typ.valid():
		return refuse(AlertUnexpectedMessage, "record has the unknown content %v", r.typ)
	case r.length > maxFragment:
		return refuse(AlertIllegalParameter, "record of %d bytes is longer than %d", r.length, maxFragment)
	}
	r.started = true
	r.start += headerLen
	return nil
}

func (r *recordReader) readFragment() ([]byte, error) {
	if r.length <= len(r.small) {
		if err := r.fill(r.length); err != nil {
			return nil, noEOF(err)
		}
		fragment := r.small[r.start : r.start+r.length]
		r.start += r.length
		return fragment, nil
	}
	if r.big == nil {
		r.big = borrowBuffer()
		*r.big = append(*r.big, r.small[r.start:r.end]...)
		r.start, r.end = 0, 0
	}
	for len(*r.big) < r.length {
		have := len(*r.big)
		n, err := readSome(r.src, (*r.big)[have:r.length])
		*r.big = (*r.big)[:have+n]
		if err != nil {
			return nil, noEOF(err)
		}
	}
	return *r.big, nil
}

// fill reads until at least n unread bytes are in small. n must not be above readAhead.
func (r *recordReader) fill(n int) error {
	if r.small == nil {
		r.small = make([]byte, readAhead)
	}
	if r.start+n > len(r.small) || r.start == r.end {
		r.end = copy(r.small, r.small[r.start:r.end])
		r.start = 0
	}
	for r.end-r.start < n {
		got, err := readSome(r.src, r.small[r.end:])
		r.end += got
		if err != nil {
			if r.end > r.start {
				err = noEOF(err)
			}
			return err
		}
	}
	return nil
}

// readSome reads at least one byte, and does not spin on a reader that returns nothing.
func readSome(src io.Reader, p []byte) (int, error) {
	const tries = 100
	for range tries {
		if n, err := src.Read(p); n > 0 {
			return n, nil // an error comes back at the next call
		} else if err != nil {
			return 0, err
		}
	}
	return 0, io.ErrNoProgress
}

// noEOF is for places where the stream must not end.
func noEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// appendRecord appends one record to dst, protected if cipher is not nil. fragment must not be longer than maxPlaintext.
func appendRecord(dst []byte, cipher *cipherState, typ contentType, fragment []byte) []byte {
	length := len(fragment)
	if cipher != nil {
		length += cipher.hash.Size()
	}
	dst = append(dst, byte(typ))
	dst = binary.BigEndian.AppendUint16(dst, version30)
	dst = binary.BigEndian.AppendUint16(dst, uint16(length))
	if cipher == nil {
		return append(dst, fragment...)
	}
	return cipher.seal(dst, typ, fragment)
}
