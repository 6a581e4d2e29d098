package ssl3

import (
	"bytes"
	"crypto/rc4"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// vector is one of the two recorded conversations of spec client 2.11.
type vector struct {
	suite Suite

	clientMAC, serverMAC, clientKey, serverKey string

	clientHello, serverHello, certificate, helloDone, keyExchange string
	clientFinished, serverFinished                                string // plaintext
	clientFinishedRecord, serverFinishedRecord                    string
	serverData, closeNotify                                       string
}

const (
	vectorPremaster = "0300 404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f606162636465666768696a6b6c6d"
	vectorMaster    = "eea6e0aac419b1e12355342bc26f255fd9deef9c9b0636e912cd2a737d106fe6dc74adbd17767f69c2bcc6c093b27fae"
	vectorKeyBlock  = `c260ab597c93bcba8fa0b89b7a2678daa1b20382145699092ef827aaf43fcb24655741aeef6ee5f7
		37d32ec208dd728df99287eb93142196d734470d8e94d270283bccc917212492424ff9afb593acd7`
	vectorRedirect = `0024 0005 0001 0000 10 00 0000
		864932 06 00  da1b35 03  a70000 00 818080f00f  c2fcb4 00 909205  00  ce58f5 00 00  e24bb3 00 00`
	vectorChangeCipherSpec = "1403000001 01"
)

func vectors() []vector {
	v := vector{
		clientHello: "160300002f 0100002b 0300 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f 00 0004 0005 0004 01 00",
		certificate: "160300000f 0b00000b 000008 000005 aabbccddee",
		helloDone:   "1603000004 0e000000",
		keyExchange: "1603000084 10000080" +
			"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f" +
			"404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f",
	}
	sha, md := v, v

	sha.suite = SuiteRC4SHA
	sha.clientMAC, sha.serverMAC = "c260ab597c93bcba8fa0b89b7a2678daa1b20382", "145699092ef827aaf43fcb24655741aeef6ee5f7"
	sha.clientKey, sha.serverKey = "37d32ec208dd728df99287eb93142196", "d734470d8e94d270283bccc917212492"
	sha.serverHello = "160300002a 02000026 0300 202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f 00 0005 00"
	sha.clientFinished = "14000024 c81960511c9391f767b7ff555b2c9790 52d7f074ca5e518c8a3ee87f398f94a08e0da301"
	sha.clientFinishedRecord = "160300003c 9abe3b7bdca8ee7521c6c68c0acb7f3f8a616a181f227797ad9112576379d3f8b581467d76e9e6cbfd7ac9d1e006ee1a98ead69a293163d3625e97a6"
	sha.serverFinished = "14000024 a2ffa2f2c3c9d913ec554ccc8aac64ea a16d1cf5163f233cd35bd47c9860d1e980f580ad"
	sha.serverFinishedRecord = "160300003c e424cc21ba1e504c8997ad6592adc32de71f9b9c86262b9d13ef34aef9941168fc6ba8dce00b6b3bb2068fa661c95f52bf3059e33d61822f4d8b9405"
	sha.serverData = "1703000044 ec6137e854830894c3b7553e7414bfffec4434d5807abffdd20421f2e15f7a8aa01192e6a12c76495eaa3f1c3058ee12c8e8329af91cac4d74a101efa42ea6b10d559f23"
	sha.closeNotify = "1503000016 4b615fe279c6ecf16f2867bfa7f16be75ff70f2bef0f"

	md.suite = SuiteRC4MD5
	md.clientMAC, md.serverMAC = "c260ab597c93bcba8fa0b89b7a2678da", "a1b20382145699092ef827aaf43fcb24"
	md.clientKey, md.serverKey = "655741aeef6ee5f737d32ec208dd728d", "f99287eb93142196d734470d8e94d270"
	md.serverHello = "160300002a 02000026 0300 202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f 00 0004 00"
	md.clientFinished = "14000024 a8153dee8c96c2f6a460fd1cadaba7e2 94a533bf0485a621b146f098756eec335db346e9"
	md.clientFinishedRecord = "1603000038 6bb6d073185827364b9102a4fd3b002e50652b15cbb81ef6672c8726597a6ce257d612ee4ef0bdcb7ac5f5fb1badb56829e59d6b69058e2f"
	md.serverFinished = "14000024 a5a1b15593896ae2f7e2b99b3df01045 119c437b9f92970e0d3771634665e47ac1ae6eb9"
	md.serverFinishedRecord = "1603000038 7f957993c6e99f38b259efc267c8468311de9e19c0877c5578d59fa03e11e1a91f96807390696bf3aa7cbee281e9cedc4adc2ecc53d6b9c9"
	md.serverData = "1703000040 5f6e1a15bb951d7e1489a8a6fcabfa1ade17ce89615e9cd945b3d25cc3201fa47819d440a9eb39f783cb7cd23aaf2e1ee673ac9d3f4c46fce926410d5b540eda"
	md.closeNotify = "1503000012 9faa9746b4f651d3baf36e049ae52b006036"

	return []vector{sha, md}
}

// join decodes and joins several pieces of hex.
func join(t testing.TB, pieces ...string) []byte {
	t.Helper()
	var all []byte
	for _, p := range pieces {
		all = append(all, unhex(t, p)...)
	}
	return all
}

// serverScript returns a server that makes the recorded conversation with what the recorded client sends.
func (v *vector) serverScript(t testing.TB) (*Conn, *script) {
	inner := &script{Reader: bytes.NewReader(join(t, v.clientHello, v.keyExchange, vectorChangeCipherSpec, v.clientFinishedRecord))}
	config := &ServerConfig{
		Certificate: &Certificate{DER: unhex(t, "aabbccddee")},
		random:      bytes.NewReader(count(0x20, randomLen)),
		decrypt: func(exchange []byte) []byte {
			if want := count(0, 128); !bytes.Equal(exchange, want) {
				t.Errorf("ClientKeyExchange:\n%s", cmp.Diff(want, exchange))
			}
			return unhex(t, vectorPremaster)
		},
	}
	return newConn(inner, "server", 0, func(h *handshake) error {
		hello, err := config.readHello(h)
		if err != nil {
			return err
		}
		h.state.Suite = v.suite // the recorded client offers 0005, too, where the recorded server chose 0004
		return config.answer(h, hello)
	}), inner
}

func TestVectorsServer(t *testing.T) {
	for _, v := range vectors() {
		t.Run(v.suite.String(), func(t *testing.T) {
			server, inner := v.serverScript(t)
			if err := server.Handshake(t.Context()); err != nil {
				t.Fatal(err)
			}
			if _, err := server.Write(unhex(t, vectorRedirect)); err != nil {
				t.Fatal(err)
			}
			if err := server.Close(); err != nil {
				t.Fatal(err)
			}
			want := [][]byte{
				join(t, v.serverHello, v.certificate, v.helloDone),
				join(t, vectorChangeCipherSpec, v.serverFinishedRecord),
				join(t, v.serverData),
				join(t, v.closeNotify),
			}
			if diff := cmp.Diff(want, inner.writes); diff != "" {
				t.Error(diff)
			}
			if !inner.closed {
				t.Error("the connection is still open")
			}
		})
	}
}

func TestVectorsClient(t *testing.T) {
	for _, v := range vectors() {
		t.Run(v.suite.String(), func(t *testing.T) {
			inner := &script{Reader: bytes.NewReader(join(t,
				v.serverHello, v.certificate, v.helloDone, vectorChangeCipherSpec, v.serverFinishedRecord, v.serverData, v.closeNotify))}
			client := Client(inner, &ClientConfig{
				random: bytes.NewReader(append(count(0, randomLen), unhex(t, vectorPremaster)[2:]...)),
				encrypt: func(certificate, premaster []byte) []byte {
					if want := unhex(t, "aabbccddee"); !bytes.Equal(certificate, want) {
						t.Errorf("certificate:\n%s", cmp.Diff(want, certificate))
					}
					if want := unhex(t, vectorPremaster); !bytes.Equal(premaster, want) {
						t.Errorf("pre-master secret:\n%s", cmp.Diff(want, premaster))
					}
					return count(0, 128)
				},
			})
			data, err := io.ReadAll(client)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(unhex(t, vectorRedirect), data); diff != "" {
				t.Error(diff)
			}
			want := [][]byte{
				join(t, v.clientHello),
				join(t, v.keyExchange, vectorChangeCipherSpec, v.clientFinishedRecord),
			}
			if diff := cmp.Diff(want, inner.writes); diff != "" {
				t.Error(diff)
			}
			state, ok := client.ConnectionState()
			if diff := cmp.Diff(ConnectionState{Suite: v.suite, PeerCertificates: [][]byte{unhex(t, "aabbccddee")}}, state); diff != "" || !ok {
				t.Errorf("state, finished %v:\n%s", ok, diff)
			}
		})
	}
}

func TestVectorsKeys(t *testing.T) {
	clientRandom, serverRandom := count(0, randomLen), count(0x20, randomLen)
	master := masterSecret(unhex(t, vectorPremaster), clientRandom, serverRandom)
	if diff := cmp.Diff(unhex(t, vectorMaster), master); diff != "" {
		t.Errorf("master secret:\n%s", diff)
	}
	if diff := cmp.Diff(unhex(t, vectorKeyBlock), expand(80, master, serverRandom, clientRandom)); diff != "" {
		t.Errorf("key block:\n%s", diff)
	}
}

// TestKeySplit pins what upstream once got wrong: the server key as 32 bytes from the start of the key part, and MD5 in the
// SHA-1 branch (spec: client 2.4).
func TestKeySplit(t *testing.T) {
	for _, v := range vectors() {
		t.Run(v.suite.String(), func(t *testing.T) {
			client, server, err := newCiphers(v.suite, unhex(t, vectorMaster), count(0, randomLen), count(0x20, randomLen))
			if err != nil {
				t.Fatal(err)
			}
			for _, side := range []struct {
				name     string
				got      *cipherState
				mac, key string
			}{
				{"client", client, v.clientMAC, v.clientKey},
				{"server", server, v.serverMAC, v.serverKey},
			} {
				secret := unhex(t, side.mac)
				pad := map[Suite]int{SuiteRC4SHA: 40, SuiteRC4MD5: 48}[v.suite]
				if diff := cmp.Diff(append(secret[:len(secret):len(secret)], bytes.Repeat([]byte{0x36}, pad)...), side.got.inner); diff != "" {
					t.Errorf("%s, inner part of the MAC:\n%s", side.name, diff)
				}
				if diff := cmp.Diff(append(secret[:len(secret):len(secret)], bytes.Repeat([]byte{0x5c}, pad)...), side.got.outer); diff != "" {
					t.Errorf("%s, outer part of the MAC:\n%s", side.name, diff)
				}
				want, err := rc4.NewCipher(unhex(t, side.key))
				if err != nil {
					t.Fatal(err)
				}
				wantStream, gotStream := make([]byte, 1000), make([]byte, 1000)
				want.XORKeyStream(wantStream, wantStream)
				side.got.stream.XORKeyStream(gotStream, gotStream)
				if !bytes.Equal(gotStream, wantStream) {
					t.Errorf("%s: the RC4 key is not %s", side.name, side.key)
				}
			}
		})
	}
}

func TestVectorsFinished(t *testing.T) {
	for _, v := range vectors() {
		t.Run(v.suite.String(), func(t *testing.T) {
			var transcript []byte
			for _, r := range []string{v.clientHello, v.serverHello, v.certificate, v.helloDone, v.keyExchange} {
				transcript = append(transcript, unhex(t, r)[headerLen:]...)
			}
			if len(transcript) != 240 {
				t.Fatalf("transcript has %d bytes", len(transcript))
			}
			clientFinished := unhex(t, v.clientFinished)
			if diff := cmp.Diff(clientFinished[messageHeaderLen:], finishedBody(transcript, senderClient, unhex(t, vectorMaster))); diff != "" {
				t.Errorf("client:\n%s", diff)
			}
			transcript = append(transcript, clientFinished...)
			if diff := cmp.Diff(unhex(t, v.serverFinished)[messageHeaderLen:], finishedBody(transcript, senderServer, unhex(t, vectorMaster))); diff != "" {
				t.Errorf("server:\n%s", diff)
			}
		})
	}
}
