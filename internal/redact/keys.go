package redact

import (
	"strings"
	"unicode"
)

// kind says what to do with the value of a key.
type kind int

const (
	public kind = iota
	secret
	email
)

// kindOf judges a key by the words in it, so that sessionToken, SESSION_TOKEN and X-Session-Token are the same.
func kindOf(key string) kind {
	all := words(key)
	found := public
	for i, word := range all {
		switch {
		case isSecret(word), word == "code" && i > 0 && all[i-1] == "login": // a login code opens the dashboard, a status code does not
			return secret
		case word == "email", word == "emails", word == "mail":
			found = email
		}
	}
	return found
}

// isSecret judges one word, in lower case. Words that others are glued to count by their end: accesstoken.
func isSecret(word string) bool {
	switch word {
	case "pwd", "pass", "auth", "bearer", "association", "authorization", "credential", "signature",
		"key", "apikey", "privatekey", "secretkey", "sessionkey", "credentials", "keys":
		return true
	}
	word = strings.TrimSuffix(word, "s")
	for _, end := range []string{"password", "passwd", "passphrase", "token", "secret", "cookie"} {
		if strings.HasSuffix(word, end) {
			return true
		}
	}
	return false
}

// words splits a name at everything that is neither letter nor digit and before capitals, and lowers the case.
func words(name string) []string {
	var all []string
	var word strings.Builder
	flush := func() {
		if word.Len() > 0 {
			all = append(all, word.String())
			word.Reset()
		}
	}
	runes := []rune(name)
	for i, r := range runes {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			flush()
			continue
		case unicode.IsUpper(r) && i > 0 && (unicode.IsLower(runes[i-1]) || i+1 < len(runes) && unicode.IsLower(runes[i+1])):
			flush()
		}
		word.WriteRune(unicode.ToLower(r))
	}
	flush()
	return all
}

// maskEmail keeps what somebody needs to recognise his own address.
func maskEmail(address string) string {
	local, domain, ok := strings.Cut(address, "@")
	if !ok || local == "" || strings.ContainsAny(address, " \t\r\n<>,") {
		return Placeholder
	}
	for _, first := range local {
		return string(first) + "***@" + domain
	}
	return Placeholder
}
