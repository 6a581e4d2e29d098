package ssl3

import (
	"crypto/rc4"  // the only cipher that the game speaks
	"crypto/sha1" // its size is the longest MAC
	"crypto/subtle"
	"encoding/binary"
	"hash"
)

// cipherState protects the records of one direction: RC4(fragment || MAC). The RC4 state and the sequence number run on
// from record to record (spec: client 2.5). It allocates nothing after newCipherState.
type cipherState struct {
	stream *rc4.Cipher
	hash   hash.Hash
	inner  []byte // secret || pad1
	outer  []byte // secret || pad2
	seq    uint64
	header [11]byte        // sequence number, content type, length: what the MAC covers besides the fragment
	digest [sha1.Size]byte // room for a MAC
}

func newCipherState(s Suite, macSecret, key []byte) (*cipherState, error) {
	stream, err := rc4.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return &cipherState{
		stream: stream,
		hash:   s.newHash(),
		inner:  append(macSecret[:len(macSecret):len(macSecret)], pad1[:s.macPadLen()]...),
		outer:  append(macSecret[:len(macSecret):len(macSecret)], pad2[:s.macPadLen()]...),
	}, nil
}

// mac returns the MAC of the next record and counts that record. The result is valid until the next call.
func (c *cipherState) mac(typ contentType, fragment []byte) []byte {
	binary.BigEndian.PutUint64(c.header[:8], c.seq)
	c.header[8] = byte(typ)
	binary.BigEndian.PutUint16(c.header[9:], uint16(len(fragment)))
	c.seq++

	c.hash.Reset()
	c.hash.Write(c.inner)
	c.hash.Write(c.header[:])
	c.hash.Write(fragment)
	digest := c.hash.Sum(c.digest[:0])

	c.hash.Reset()
	c.hash.Write(c.outer)
	c.hash.Write(digest)
	return c.hash.Sum(c.digest[:0])
}

// seal appends the protected form of fragment to dst. The two must not overlap.
func (c *cipherState) seal(dst []byte, typ contentType, fragment []byte) []byte {
	start := len(dst)
	dst = append(dst, fragment...)
	dst = append(dst, c.mac(typ, fragment)...)
	c.stream.XORKeyStream(dst[start:], dst[start:])
	return dst
}

// open decrypts fragment in place and returns the part of it before the MAC.
func (c *cipherState) open(typ contentType, fragment []byte) ([]byte, error) {
	c.stream.XORKeyStream(fragment, fragment)
	n := len(fragment) - c.hash.Size()
	if n < 0 {
		return nil, refuse(AlertBadRecordMAC, "an encrypted record of %d bytes is too short for its check sum", len(fragment))
	}
	if subtle.ConstantTimeCompare(c.mac(typ, fragment[:n]), fragment[n:]) != 1 {
		return nil, refuse(AlertBadRecordMAC, "an encrypted record is damaged, or the two sides have different keys")
	}
	return fragment[:n], nil
}
