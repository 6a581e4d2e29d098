package upgrade

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// FuzzReadHead checks that the head ends at the same place however the bytes
// arrive, and that none of those after it are lost.
func FuzzReadHead(f *testing.F) {
	for _, seed := range []string{
		switching, switching + "data", "HTTP/1.1 103 x\r\n\r\n" + switching + "\r\n\r\n",
		"HTTP/1.1 101 x\nupgrade: blaze\n\nHTTP/1.1", "HTTP/1.0 200 OK\r\nA: b\r\n c\r\n\r\n",
		"HTTP/1.1 204 x\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n",
		"HTTP/1.1 101 x\r\n \r\n\r\n", "\r\n\r\n", "HTTP/2 101\r\n\r\n", "PRI * HTTP/2.0\r\n\r\n",
		"HTTP/1.1 101 x\r\nA: " + strings.Repeat("a", maxHead) + "\r\n\r\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		type result struct {
			status int
			stream string
			err    error
		}
		read := func(split func(io.Reader) io.Reader) result {
			src := bytes.NewReader(data)
			head, early, err := readHead(split(src))
			if err != nil {
				for _, class := range []error{ErrMalformed, ErrTooLarge, ErrHungUp} {
					if errors.Is(err, class) {
						return result{err: class}
					}
				}
				t.Fatalf("untyped error %v", err)
			}
			rest, _ := io.ReadAll(src)
			return result{status: head.status, stream: string(early) + string(rest)}
		}
		whole := read(func(r io.Reader) io.Reader { return r })
		if single := read(iotest.OneByteReader); single != whole {
			t.Fatalf("byte by byte %+v, at once %+v", single, whole)
		}
		if whole.err == nil && !bytes.HasSuffix(data, []byte("\n"+whole.stream)) {
			t.Fatalf("stream %q is not what follows the head", whole.stream)
		}
	})
}
