package ssl3

import (
	"bytes"
	"crypto/md5"  // SSL 3.0 derives its keys with MD5
	"crypto/sha1" // SSL 3.0 derives its keys with SHA-1
)

const (
	randomLen = 32
	secretLen = 48 // pre-master and master secret
	rc4KeyLen = 16

	md5PadLen  = 48
	sha1PadLen = 40
)

// The pads of the MAC and of Finished (spec: client 2.5, 2.6). SHA-1 takes the first 40 bytes of them.
var (
	pad1 = bytes.Repeat([]byte{0x36}, md5PadLen)
	pad2 = bytes.Repeat([]byte{0x5c}, md5PadLen)
)

// expand derives n bytes from secret: the function E of SSL 3.0 (spec: client 2.4). n must not be above 26 * 16.
func expand(n int, secret, r1, r2 []byte) []byte {
	out := make([]byte, 0, n+md5.Size)
	for i := 1; len(out) < n; i++ {
		inner := sha1.New()
		inner.Write(bytes.Repeat([]byte{byte('A' + i - 1)}, i))
		inner.Write(secret)
		inner.Write(r1)
		inner.Write(r2)

		outer := md5.New()
		outer.Write(secret)
		outer.Write(inner.Sum(nil))
		out = outer.Sum(out)
	}
	return out[:n]
}

func masterSecret(premaster, clientRandom, serverRandom []byte) []byte {
	return expand(secretLen, premaster, clientRandom, serverRandom)
}

// newCiphers derives the keys of both directions. The order of the randoms is the other way round than for the master
// secret, and there are no IVs (spec: client 2.4).
func newCiphers(s Suite, master, clientRandom, serverRandom []byte) (client, server *cipherState, err error) {
	mac := s.macLen()
	block := expand(2*mac+2*rc4KeyLen, master, serverRandom, clientRandom)
	take := func(n int) []byte {
		part := block[:n]
		block = block[n:]
		return part
	}
	clientMAC, serverMAC := take(mac), take(mac)
	clientKey, serverKey := take(rc4KeyLen), take(rc4KeyLen)

	if client, err = newCipherState(s, clientMAC, clientKey); err != nil {
		return nil, nil, err
	}
	if server, err = newCipherState(s, serverMAC, serverKey); err != nil {
		return nil, nil, err
	}
	return client, server, nil
}

const (
	finishedLen = md5.Size + sha1.Size

	senderClient = "CLNT"
	senderServer = "SRVR"
)

// finishedBody computes the body of a Finished message over the messages so far (spec: client 2.6).
func finishedBody(transcript []byte, sender string, master []byte) []byte {
	inner5 := md5.New()
	inner1 := sha1.New()
	for _, part := range [][]byte{transcript, []byte(sender), master} {
		inner5.Write(part)
		inner1.Write(part)
	}
	inner5.Write(pad1)
	inner1.Write(pad1[:sha1PadLen])

	outer5 := md5.New()
	outer5.Write(master)
	outer5.Write(pad2)
	outer5.Write(inner5.Sum(nil))

	outer1 := sha1.New()
	outer1.Write(master)
	outer1.Write(pad2[:sha1PadLen])
	outer1.Write(inner1.Sum(nil))

	return outer1.Sum(outer5.Sum(make([]byte, 0, finishedLen)))
}
