package upgrade

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// maxHead is the most bytes that an answer's head may have, together with any
// interim answers before it.
const maxHead = 16 << 10

// httpPrefix is what every HTTP/1.x answer starts with.
const httpPrefix = "HTTP/1."

// answer is the head of an HTTP/1.x answer.
type answer struct {
	status int
	phrase string // reason phrase as sent
	header http.Header
}

// readHead reads the head of an answer from r, skipping interim answers such as
// 103. It returns it and the bytes that arrived after it.
func readHead(r io.Reader) (*answer, []byte, error) {
	buf := make([]byte, 0, 1<<10)
	start, scanned := 0, 0 // of the current head; how far it was searched
	for {
		if end := headEnd(buf, scanned); end > 0 {
			head, err := parseHead(buf[start:end])
			if err != nil {
				return nil, nil, err
			}
			if head.status >= 200 || head.status == http.StatusSwitchingProtocols {
				return head, bytes.Clone(buf[end:]), nil
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
func parseHead(head []byte) (*answer, error) {
	if !bytes.HasPrefix(head, []byte(httpPrefix)) {
		return nil, ErrMalformed
	}
	src := bytes.NewReader(head)
	br := bufio.NewReader(src)
	resp, err := http.ReadResponse(br, nil)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	rest := src.Len() + br.Buffered()
	_ = resp.Body.Close() // there is none in head
	if rest != 0 {
		return nil, fmt.Errorf("%w: blank line inside the head", ErrMalformed)
	}
	_, phrase, _ := strings.Cut(resp.Status, " ")
	return &answer{status: resp.StatusCode, phrase: phrase, header: resp.Header}, nil
}
