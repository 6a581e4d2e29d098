package account

import (
	"net/mail"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxEmail is the longest address in bytes (spec: engine 3.1).
const maxEmail = 254

// maxLocalPart is the longest part before the @ in bytes (RFC 5321).
const maxLocalPart = 64

// cleanEmail returns an address as it is kept and the key by which it is
// compared: without surrounding space, and for the key in lower case. The
// address must be a bare one, without display name or comment, which may have
// letters of any script. The error is ErrEmailInvalid.
func cleanEmail(typed string) (email, key string, err error) {
	email = strings.TrimSpace(typed)
	key = strings.ToLower(email)
	if len(email) > maxEmail || len(key) > maxEmail || !utf8.ValidString(email) {
		return "", "", ErrEmailInvalid
	}
	if strings.ContainsFunc(email, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }) {
		return "", "", ErrEmailInvalid
	}
	address, err := mail.ParseAddress(key)
	if err != nil || address.Address != key || strings.LastIndexByte(key, '@') > maxLocalPart {
		return "", "", ErrEmailInvalid
	}
	return email, key, nil
}
