package ssl3

import (
	"bytes"
	"errors"
	"io"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

// FuzzRecords reads a stream whole and byte by byte: the records and the error must be the same, and a stream that is read
// to its end must be what its records encode to.
func FuzzRecords(f *testing.F) {
	for _, r := range firstRecords {
		f.Add(r.input, false)
	}
	f.Add(record(typeApplicationData, make([]byte, 3000)), false)
	sealing, _ := testCiphers(f, SuiteRC4SHA)
	f.Add(appendRecord(appendRecord(nil, sealing, typeHandshake, []byte("one")), sealing, typeApplicationData, make([]byte, 2000)), true)
	f.Fuzz(func(t *testing.T, stream []byte, encrypted bool) {
		read := func(src io.Reader) ([]string, []byte, error) {
			r := recordReader{src: src}
			var sealing *cipherState
			if encrypted {
				sealing, r.cipher = testCiphers(t, SuiteRC4SHA)
			}
			var records []string
			var encoded []byte
			for {
				typ, fragment, err := r.next()
				if err != nil {
					return records, encoded, err
				}
				records = append(records, typ.String()+string(fragment))
				encoded = appendRecord(encoded, sealing, typ, fragment)
			}
		}
		records, encoded, err := read(bytes.NewReader(stream))
		split, _, splitErr := read(iotest.OneByteReader(bytes.NewReader(stream)))
		if diff := cmp.Diff(records, split); diff != "" || err.Error() != splitErr.Error() {
			t.Errorf("split delivery differs: %v, %v\n%s", err, splitErr, diff)
		}
		if !bytes.HasPrefix(stream, encoded) || (errors.Is(err, io.EOF) && len(encoded) != len(stream)) {
			t.Errorf("%x encodes to %x", stream, encoded)
		}
	})
}

// handshakeFuzz feeds a peer's bytes to a role, whole and byte by byte. The handshake must fail with the same text and write
// the same: nobody can guess a Finished.
func handshakeFuzz(t *testing.T, stream []byte, role func(*script) *Conn) {
	run := func(src io.Reader) ([][]byte, error) {
		inner := &script{Reader: src}
		err := role(inner).Handshake(t.Context())
		if err == nil {
			t.Fatal("the handshake went well")
		}
		if !inner.closed {
			t.Error("the connection is still open")
		}
		if alert, ok := errors.AsType[*AlertError](err); ok && alert.Sent && !bytes.HasSuffix(bytes.Join(inner.writes, nil), alertRecord(levelFatal, alert.Alert)) {
			t.Errorf("%v, but the last bytes written are another alert", err)
		}
		return inner.writes, err
	}
	writes, err := run(bytes.NewReader(stream))
	splitWrites, splitErr := run(iotest.OneByteReader(bytes.NewReader(stream)))
	if diff := cmp.Diff(writes, splitWrites); diff != "" || err.Error() != splitErr.Error() {
		t.Errorf("split delivery differs: %v, %v\n%s", err, splitErr, diff)
	}
}

func FuzzServerHandshake(f *testing.F) {
	for _, r := range firstRecords {
		f.Add(r.input)
	}
	v := vectors()[0]
	f.Add(join(f, v.clientHello, v.keyExchange, vectorChangeCipherSpec))
	f.Add(join(f, v.clientHello, v.keyExchange, vectorChangeCipherSpec, "160300003c")) // the rest would succeed
	f.Add(append(goodHello(), record(typeHandshake, []byte{16, 0, 0, 2, 1})...))
	config := serverConfig(f)
	f.Fuzz(func(t *testing.T, stream []byte) {
		handshakeFuzz(t, stream, func(inner *script) *Conn {
			return Server(inner, &ServerConfig{
				Certificate: config.Certificate,
				random:      bytes.NewReader(count(0x20, randomLen)),
				decrypt:     func([]byte) []byte { return make([]byte, secretLen) },
			})
		})
	})
}

func FuzzClientHandshake(f *testing.F) {
	for _, r := range firstRecords {
		f.Add(r.input)
	}
	v := vectors()[0]
	f.Add(join(f, v.serverHello, v.certificate, v.helloDone, vectorChangeCipherSpec))
	hello := join(f, v.serverHello)
	f.Add(append(append(hello, message(typeCertificate, marshalChain(serverConfig(f).Certificate.DER))...), message(typeServerHelloDone, nil)...))
	f.Fuzz(func(t *testing.T, stream []byte) {
		handshakeFuzz(t, stream, func(inner *script) *Conn {
			return Client(inner, &ClientConfig{
				random: bytes.NewReader(count(0, randomLen+secretLen)),
				encrypt: func(certificate, _ []byte) []byte {
					_, _ = publicKey(certificate) // must not panic
					return count(0, 128)
				},
			})
		})
	})
}

// FuzzMessages reads each message body that has lengths in it: what is accepted must encode to the same bytes.
func FuzzMessages(f *testing.F) {
	f.Add(goodHello()[headerLen+messageHeaderLen:])
	f.Add((&serverHello{version: version30, sessionID: count(1, 32), suite: SuiteRC4MD5}).marshal())
	f.Add(marshalChain([]byte("one"), nil, []byte("two")))
	f.Fuzz(func(t *testing.T, body []byte) {
		var client clientHello
		if client.unmarshal(body) == nil && !bytes.HasPrefix(body, client.marshal()) {
			t.Errorf("ClientHello %x encodes to %x", body, client.marshal())
		}
		var server serverHello
		if server.unmarshal(body) == nil && !bytes.Equal(body, server.marshal()) {
			t.Errorf("ServerHello %x encodes to %x", body, server.marshal())
		}
		if chain, err := unmarshalChain(body); err == nil && !bytes.Equal(body, marshalChain(chain...)) {
			t.Errorf("Certificate %x encodes to %x", body, marshalChain(chain...))
		}
	})
}

// FuzzCertificate makes sure that nothing upsets the readers, and that the stored form is read as it was written.
func FuzzCertificate(f *testing.F) {
	f.Add(serverConfig(f).Certificate.DER)
	f.Add(goodParts().encode())
	f.Fuzz(func(_ *testing.T, data []byte) {
		_, _ = publicKey(data)
		_ = CheckGameCertificate(data, GameHost)
	})
}

// FuzzCertificateFile begins with files whose key is damaged: checking a good
// one takes so long under the fuzzer that it would try nothing else.
func FuzzCertificateFile(f *testing.F) {
	file := encodeCertificateFile(serverConfig(f).Certificate)
	for _, n := range []int{len(file) / 2, len(file) - 40} {
		f.Add(file[:n])
	}
	f.Add(bytes.Replace(file, []byte("KEY-----\n"), []byte("KEY-----\nAA"), 1))
	f.Fuzz(func(t *testing.T, data []byte) {
		stored, err := decodeCertificateFile(data)
		if err != nil {
			return
		}
		again, err := decodeCertificateFile(encodeCertificateFile(stored))
		if err != nil || !bytes.Equal(again.DER, stored.DER) || !again.PrivateKey.Equal(stored.PrivateKey) {
			t.Errorf("does not read back: %v", err)
		}
	})
}
