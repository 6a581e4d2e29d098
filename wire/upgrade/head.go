package upgrade

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net/http"
)

// maxHead is the most bytes that an answer's head may have, together with any
// interim answers before it.
const maxHead = 16 << 10

// httpPrefix is what every HTTP/1.x answer starts with.
const httpPrefix = "HTTP/1."

// readHead reads the head of an HTTP/1.x answer from r, skipping interim
// answers such as 103. It returns the answer, whose body must not be used, and
// the bytes that arrived after the head.
func readHead(r io.Reader) (*http.Response, []byte, error) {
	buf := make([]byte, 0, 1<<10)
	start, scanned := 0, 0 // of the current head; how far it was searched
	for {
		if end := headEnd(buf, scanned); end > 0 {
			answer, err := parseHead(buf[start:end])
			if err != nil {
				return nil, nil, err
			}
			if answer.StatusCode >= 200 || answer.StatusCode == http.StatusSwitchingProtocols {
				return answer, bytes.Clone(buf[end:]), nil
			}
			start, scanned = end, end
			continue
		}
		scanned = max(start, len(buf)-len("\n\r"))
		if !plausible(buf[start:]) {
			return nil, nil, ErrMalformed
		}
		if len(buf) == maxHead {
			return nil, nil, ErrTooLarge
		}
		if len(buf) == cap(buf) {
			buf = append(make([]byte, 0, min(2*cap(buf), maxHead)), buf...)
		}
		n, err := r.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		if n == 0 && err != nil {
			return nil, nil, answerError(err)
		}
	}
}

// headEnd returns the index after the first blank line of buf, or 0 if there is
// none. The search starts at from.
func headEnd(buf []byte, from int) int {
	for i := from; ; {
		j := bytes.IndexByte(buf[i:], '\n')
		if j < 0 {
			return 0
		}
		i += j + 1
		switch rest := buf[i:]; {
		case bytes.HasPrefix(rest, []byte("\n")):
			return i + 1
		case bytes.HasPrefix(rest, []byte("\r\n")):
			return i + 2
		}
	}
}

// plausible reports whether buf can be the start of an HTTP/1.x answer.
func plausible(buf []byte) bool {
	n := min(len(buf), len(httpPrefix))
	return string(buf[:n]) == httpPrefix[:n]
}

// parseHead parses one complete head, blank line included.
func parseHead(head []byte) (*http.Response, error) {
	if !bytes.HasPrefix(head, []byte(httpPrefix)) {
		return nil, ErrMalformed
	}
	src := bytes.NewReader(head)
	br := bufio.NewReader(src)
	answer, err := http.ReadResponse(br, nil)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	if src.Len()+br.Buffered() != 0 {
		return nil, fmt.Errorf("%w: blank line inside the head", ErrMalformed)
	}
	return answer, nil
}
