package redact

import (
	"regexp"
	"strings"
)

// Secrets that have a shape of their own.
var (
	// tokenShape is a session token (16 and 43 characters) or an association token (22 and 43) of the server (spec: engine 2.3, 3.3).
	tokenShape = regexp.MustCompile(`[A-Za-z0-9_-]{16,22}\.[A-Za-z0-9_-]{43}`)
	// hashShape is a password hash in PHC form (spec: engine 3.2).
	hashShape = regexp.MustCompile(`\$argon2id?\$[A-Za-z0-9$=,+/]+`)
	// schemeShape is the value of an Authorization header. Words of prose ("basic authentication") have neither capitals nor digits.
	schemeShape = regexp.MustCompile(`\b([Bb]earer|[Bb]asic)\s+[a-z]*[A-Z0-9._~+/=-][A-Za-z0-9._~+/=-]*`)
	// urlShape is a URL in a text, up to a character that ends it in prose.
	urlShape = regexp.MustCompile("[A-Za-z][A-Za-z0-9+.-]*://[^\\s\"'<>`]+")
	// paramShape is a parameter of a query or of a connection string.
	paramShape = regexp.MustCompile("(^|[?&;#,\\s(])([A-Za-z0-9_.%-]+)(=)([^\\s\"'<>`&;#,)]+)")
	// memberShape is a text in a JSON object.
	memberShape = regexp.MustCompile(`(")([A-Za-z0-9_.-]+)("\s*:\s*")((?:[^"\\]|\\.)*)`)
)

// text returns s without the secrets that can be recognised. Most texts have none of the marks and cost little.
func text(s string) string {
	if strings.Contains(s, "://") {
		s = urlShape.ReplaceAllStringFunc(s, withoutUserinfo)
	}
	if strings.Contains(s, "=") {
		s = pairs(paramShape, s)
	}
	if strings.Contains(s, `"`) {
		s = pairs(memberShape, s)
	}
	if len(s) > 43 && strings.Contains(s, ".") {
		s = tokenShape.ReplaceAllLiteralString(s, Placeholder)
	}
	if strings.Contains(s, "$argon2") {
		s = hashShape.ReplaceAllLiteralString(s, Placeholder)
	}
	if strings.Contains(s, "earer") || strings.Contains(s, "asic") {
		s = schemeShape.ReplaceAllString(s, "$1 "+Placeholder)
	}
	return s
}

// withoutUserinfo replaces name and password in front of the host of a URL.
func withoutUserinfo(url string) string {
	scheme, rest, _ := strings.Cut(url, "://")
	authority, tail := rest, ""
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		authority, tail = rest[:end], rest[end:]
	}
	at := strings.LastIndexByte(authority, '@')
	if at < 0 {
		return url
	}
	return scheme + "://" + Placeholder + authority[at:] + tail
}

// pairs replaces the values in pairs of name and value whose names are those of secrets. The shape has four groups: what is before the name, the
// name, what is between, and the value.
func pairs(shape *regexp.Regexp, s string) string {
	return shape.ReplaceAllStringFunc(s, func(match string) string {
		part := shape.FindStringSubmatch(match)
		switch kindOf(part[2]) {
		case secret:
			part[4] = Placeholder
		case email:
			part[4] = maskEmail(strings.Replace(part[4], "%40", "@", 1))
		}
		return strings.Join(part[1:], "")
	})
}
