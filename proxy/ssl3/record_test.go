package ssl3

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

// testCiphers returns a sealing and an opening state with the same keys.
func testCiphers(t testing.TB, s Suite) (sealing, opening *cipherState) {
	t.Helper()
	for _, c := range []**cipherState{&sealing, &opening} {
		var err error
		if *c, _, err = newCiphers(s, make([]byte, secretLen), make([]byte, randomLen), make([]byte, randomLen)); err != nil {
			t.Fatal(err)
		}
	}
	return sealing, opening
}

// readRecords reads to the end and returns what came out, one string for each record.
func readRecords(r *recordReader) (records []string, err error) {
	for {
		typ, fragment, err := r.next()
		if err != nil {
			return records, err
		}
		records = append(records, typ.String()+" "+string(fragment))
	}
}

func TestRecordReader(t *testing.T) {
	long := strings.Repeat("long", 4000)
	var stream []byte
	want := []string{"Handshake one", "Handshake ", "Alert two", "ChangeCipherSpec x", "ApplicationData " + long, "ApplicationData three", "ApplicationData " + long + "!"}
	for _, w := range want {
		name, content, _ := strings.Cut(w, " ")
		typ := map[string]contentType{"Handshake": typeHandshake, "Alert": typeAlert, "ChangeCipherSpec": typeChangeCipherSpec, "ApplicationData": typeApplicationData}[name]
		stream = append(stream, record(typ, []byte(content))...)
	}
	for name, wrap := range map[string]func(io.Reader) io.Reader{
		"whole":              func(r io.Reader) io.Reader { return r },
		"bytes":              iotest.OneByteReader,
		"halves":             iotest.HalfReader,
		"error with the end": iotest.DataErrReader,
	} {
		t.Run(name, func(t *testing.T) {
			got, err := readRecords(&recordReader{src: wrap(bytes.NewReader(stream))})
			if diff := cmp.Diff(want, got); diff != "" || !errors.Is(err, io.EOF) {
				t.Errorf("%v\n%s", err, diff)
			}
		})
	}
	t.Run("cut", func(t *testing.T) {
		ends := map[int]bool{0: true}
		for n := 0; n < len(stream); {
			n += headerLen + int(stream[n+3])<<8 + int(stream[n+4])
			ends[n] = true
		}
		for n := range stream {
			if n > 60 && n%97 != 0 {
				continue
			}
			_, err := readRecords(&recordReader{src: bytes.NewReader(stream[:n])})
			if want := map[bool]error{true: io.EOF, false: io.ErrUnexpectedEOF}[ends[n]]; !errors.Is(err, want) {
				t.Errorf("cut after %d bytes: %v", n, err)
			}
		}
	})
}

// TestRecordReaderStuck has a broken reader that returns neither bytes nor an error: upstream spun on that (spec: client 2.7).
func TestRecordReaderStuck(t *testing.T) {
	stuck := readerFunc(func([]byte) (int, error) { return 0, nil })
	if _, _, err := (&recordReader{src: stuck}).next(); !errors.Is(err, io.ErrNoProgress) {
		t.Errorf("wrong error: %v", err)
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// TestCipherStream sends so much in so many records that RC4 wraps often and the sequence number leaves its low byte.
func TestCipherStream(t *testing.T) {
	for _, s := range supportedSuites() {
		sealing, opening := testCiphers(t, s)
		for i := range 1000 {
			plain := bytes.Repeat([]byte{byte(i)}, i)
			got, err := opening.open(typeApplicationData, sealing.seal(nil, typeApplicationData, plain))
			if err != nil || !bytes.Equal(got, plain) {
				t.Fatalf("%v, record %d: %v", s, i, err)
			}
		}
		if sealing.seq != 1000 || opening.seq != 1000 {
			t.Errorf("%v: sequence numbers %d, %d", s, sealing.seq, opening.seq)
		}
	}
}

func TestSmallRecordsDoNotAllocate(t *testing.T) {
	for _, s := range supportedSuites() {
		sealing, opening := testCiphers(t, s)
		stream := new(bytes.Buffer)
		stream.Grow(1000)
		reader := &recordReader{src: stream, cipher: opening, small: make([]byte, readAhead)}
		buf := make([]byte, 0, 1000)
		plain := make([]byte, 200)
		allocs := testing.AllocsPerRun(100, func() {
			stream.Reset()
			buf = appendRecord(buf[:0], sealing, typeApplicationData, plain)
			stream.Write(buf)
			if _, _, err := reader.next(); err != nil {
				t.Error(err)
			}
		})
		if allocs != 0 {
			t.Errorf("%v: %v allocations", s, allocs)
		}
	}
}

func TestAlertTexts(t *testing.T) {
	names := map[Alert]string{
		0: "close_notify", 10: "unexpected_message", 20: "bad_record_mac", 30: "decompression_failure", 40: "handshake_failure", 41: "no_certificate",
		42: "bad_certificate", 43: "unsupported_certificate", 44: "certificate_revoked", 45: "certificate_expired", 46: "certificate_unknown", 47: "illegal_parameter",
	}
	seen := map[string]bool{}
	for a, name := range names {
		got, meaning := a.describe()
		if got != name || meaning == "" || seen[meaning] {
			t.Errorf("alert %d is %q, %q", a, got, meaning)
		}
		seen[meaning] = true
	}
	if got := (&AlertError{Alert: AlertHandshakeFailure}).Error(); got != "the other side sent alert handshake_failure (40): the two sides have no protocol version or cipher suite in common" {
		t.Error(got)
	}
	if got := refuse(AlertIllegalParameter, "it is %s", "odd").Error(); got != "it is odd; answered with alert illegal_parameter (47)" {
		t.Error(got)
	}
}
