package ssl3

import (
	"errors"
	"fmt"
)

// The DER tags that certificates are made of.
const (
	tagInteger         = 0x02
	tagBitString       = 0x03
	tagNull            = 0x05
	tagOID             = 0x06
	tagUTF8String      = 0x0c
	tagPrintableString = 0x13
	tagT61String       = 0x14
	tagUTCTime         = 0x17
	tagGeneralizedTime = 0x18
	tagSequence        = 0x30
	tagSet             = 0x31
	tagVersion         = 0xa0 // [0], X.509 version
)

// derElement encodes one element with the given contents in a row. The content must be shorter than 64 KiB.
func derElement(tag byte, contents ...[]byte) []byte {
	n := 0
	for _, c := range contents {
		n += len(c)
	}
	out := []byte{tag}
	switch {
	case n < 0x80:
		out = append(out, byte(n))
	case n <= 0xff:
		out = append(out, 0x81, byte(n))
	default:
		out = append(out, 0x82, byte(n>>8), byte(n))
	}
	for _, c := range contents {
		out = append(out, c...)
	}
	return out
}

// derInteger encodes an unsigned big-endian number of at least one byte that has no leading zeros.
func derInteger(number []byte) []byte {
	if number[0]&0x80 != 0 {
		return derElement(tagInteger, []byte{0}, number)
	}
	return derElement(tagInteger, number)
}

// derReader reads one DER element after the other. Lengths must be minimal and tags are of one byte.
type derReader struct{ rest []byte }

var errDERTruncated = errors.New("ends too early")

func (r *derReader) read() (tag byte, content []byte, err error) {
	if len(r.rest) < 2 {
		return 0, nil, errDERTruncated
	}
	tag = r.rest[0]
	if tag&0x1f == 0x1f {
		return 0, nil, fmt.Errorf("has a tag of several bytes (%02x)", tag)
	}
	length, header := int(r.rest[1]), 2
	if length >= 0x80 {
		size := length & 0x7f
		if size == 0 || size > 3 {
			return 0, nil, fmt.Errorf("has a length with the first byte %02x", length)
		}
		header += size
		if len(r.rest) < header {
			return 0, nil, errDERTruncated
		}
		length = 0
		for _, b := range r.rest[2:header] {
			length = length<<8 | int(b)
		}
		if length < 0x80 || length>>(8*(size-1)) == 0 {
			return 0, nil, errors.New("has a length that is not minimal")
		}
	}
	if len(r.rest)-header < length {
		return 0, nil, errDERTruncated
	}
	content = r.rest[header : header+length]
	r.rest = r.rest[header+length:]
	return tag, content, nil
}

// expect reads an element of the given tag; what names it for the error.
func (r *derReader) expect(tag byte, what string) ([]byte, error) {
	got, content, err := r.read()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	if got != tag {
		return nil, fmt.Errorf("%s: has tag %02x instead of %02x", what, got, tag)
	}
	return content, nil
}

// within reads an element of the given tag and returns a reader of its content.
func (r *derReader) within(tag byte, what string) (derReader, error) {
	content, err := r.expect(tag, what)
	return derReader{content}, err
}

// unsigned reads an INTEGER that is not negative, and returns its bytes without leading zeros.
func (r *derReader) unsigned(what string) ([]byte, error) {
	content, err := r.expect(tagInteger, what)
	if err != nil {
		return nil, err
	}
	if len(content) == 0 || content[0]&0x80 != 0 {
		return nil, fmt.Errorf("%s: is empty or negative", what)
	}
	for len(content) > 0 && content[0] == 0 {
		content = content[1:]
	}
	return content, nil
}

// end makes sure that nothing is left.
func (r *derReader) end(what string) error {
	if len(r.rest) > 0 {
		return fmt.Errorf("%s: %d bytes too many", what, len(r.rest))
	}
	return nil
}
