package lookup

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"unicode"
)

// maxAddress is the most bytes that a typed address may have.
const maxAddress = 2048

// Address is a server address in its normal form.
type Address struct {
	// Base is an http or https address whose path ends with a slash, with the
	// host in ASCII and without user name, query, fragment and usual port.
	Base *url.URL
	// EitherScheme says that no scheme was typed and that the port does not
	// tell it either: the server may be at Base or at the same address with
	// https.
	EitherScheme bool
}

// String returns the base address as text.
func (a Address) String() string { return a.Base.String() }

// Normalize reads a server address as a player types it (spec: client 5.1).
// White space around it is dropped. Without a scheme it is http, unless port
// 443 says https; the port 80 says that it is http indeed. Sub-directories are
// kept. A user name, a query or a fragment is an error.
//
// The error is an [*Error] of [KindAddress], whose text does not repeat what was
// typed. The String of the result is normal: it is its own normal form.
func Normalize(typed string) (Address, error) {
	address, err := normalize(typed)
	if err != nil {
		return Address{}, &Error{Kind: KindAddress, Err: err}
	}
	return address, nil
}

func normalize(typed string) (Address, error) {
	if len(typed) > maxAddress {
		return Address{}, errors.New("it is too long")
	}
	text := strings.TrimFunc(typed, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || r == '\ufeff'
	})
	// As browsers do: line breaks from copying vanish, \ counts as /.
	text = strings.NewReplacer("\t", "", "\r", "", "\n", "", `\`, "/").Replace(text)
	if strings.ContainsAny(text, "?#") {
		return Address{}, errors.New("it must not have a ? or # in it")
	}
	scheme, rest, err := cutScheme(text)
	if err != nil {
		return Address{}, err
	}
	authority, path, _ := strings.Cut(rest, "/")
	if strings.Contains(authority, "@") {
		return Address{}, errors.New("it must not have a user name or password (before the @) in it")
	}
	hostText, portText := cutPort(authority)
	host, err := parseHost(hostText)
	if err != nil {
		return Address{}, err
	}
	port, err := parsePort(portText)
	if err != nil {
		return Address{}, err
	}

	inferred := scheme == ""
	either := inferred && port != 80 && port != 443
	switch {
	case inferred && port == 443:
		scheme = "https"
	case inferred:
		scheme = "http"
	}
	if port != 0 && port != map[string]int{"http": 80, "https": 443}[scheme] {
		host += ":" + strconv.Itoa(port)
	}
	base, err := url.Parse(scheme + "://" + host + cleanPath(path))
	if err != nil {
		return Address{}, fmt.Errorf("the part after the host name is wrong: %w", errors.Unwrap(err))
	}
	return Address{Base: base, EitherScheme: either}, nil
}

// cutScheme returns the scheme of text in lower case, or "" if it has none, and
// what follows it.
func cutScheme(text string) (scheme, rest string, err error) {
	for _, scheme := range []string{"http", "https"} {
		n := len(scheme) + len("://")
		if len(text) >= n && strings.EqualFold(text[:n], scheme+"://") {
			return scheme, text[n:], nil
		}
		if n -= len("/"); len(text) >= n && strings.EqualFold(text[:n], scheme+":/") {
			return "", "", fmt.Errorf("there must be two slashes, as in %s://example.com", scheme)
		}
	}
	if before, _, found := strings.Cut(text, "://"); found && !strings.Contains(before, "/") {
		return "", "", errors.New("it must start with http:// or https://, or with the name of the server")
	}
	return "", text, nil
}

// cutPort splits at the last colon that is not part of an IPv6 address in brackets.
func cutPort(authority string) (host, port string) {
	i := strings.LastIndexByte(authority, ':')
	if i < 0 || i < strings.LastIndexByte(authority, ']') {
		return authority, ""
	}
	return authority[:i], authority[i+1:]
}

// parsePort returns the port number, or 0 for an empty text.
func parsePort(text string) (int, error) {
	if text == "" {
		return 0, nil
	}
	port, err := strconv.ParseUint(text, 10, 16)
	if err != nil || port == 0 {
		return 0, errors.New("the port after the colon must be a number from 1 to 65535")
	}
	return int(port), nil
}

// cleanPath returns path with a slash at both ends and without . and .. in it.
func cleanPath(path string) string {
	segments := strings.Split(strings.TrimSuffix(path, "/"), "/")
	kept := segments[:0]
	for _, segment := range segments {
		switch strings.ReplaceAll(strings.ToLower(segment), "%2e", ".") {
		case ".":
		case "..":
			kept = kept[:max(0, len(kept)-1)]
		default:
			kept = append(kept, segment)
		}
	}
	if len(kept) == 0 || path == "" {
		return "/"
	}
	return "/" + strings.Join(kept, "/") + "/"
}
