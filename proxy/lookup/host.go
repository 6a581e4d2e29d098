package lookup

import (
	"errors"
	"net/netip"
	"net/url"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// hostProfile turns host names into ASCII the way browsers do: modern letters
// such as ß stay what they are, underscores and odd hyphens are allowed.
var hostProfile = idna.New(
	idna.MapForLookup(),
	idna.Transitional(false),
	idna.StrictDomainName(false),
	idna.CheckHyphens(false),
	idna.CheckJoiners(true),
	idna.BidiRule(),
)

// maxHost is the most bytes that a host name has in DNS.
const maxHost = 253

var errHost = errors.New("the host name is not one")

// parseHost returns the host of an address in ASCII and lower case; an IPv6
// address keeps its brackets.
func parseHost(text string) (string, error) {
	if text == "" {
		return "", errors.New("it has no host name")
	}
	if inner, ok := strings.CutPrefix(text, "["); ok {
		inner, ok = strings.CutSuffix(inner, "]")
		addr, err := netip.ParseAddr(inner)
		if !ok || err != nil || !addr.Is6() || addr.Zone() != "" {
			return "", errors.New("what is in brackets is not an IPv6 address")
		}
		return "[" + addr.String() + "]", nil
	}
	if strings.Contains(text, ":") {
		return "", errors.New("it has too many colons; an IPv6 address must be in brackets, like [::1]")
	}
	decoded, err := url.PathUnescape(text)
	if err != nil || !utf8.ValidString(decoded) {
		return "", errHost
	}
	host, err := hostProfile.ToASCII(decoded)
	if err != nil {
		return "", errHost
	}
	return checkHost(host)
}

// checkHost checks a host name that is in ASCII already.
func checkHost(host string) (string, error) {
	name := strings.TrimSuffix(host, ".")
	if name == "" || len(name) > maxHost || strings.HasPrefix(name, ".") || strings.Contains(name, "..") {
		return "", errHost
	}
	for _, c := range []byte(name) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '_' && c != '.' {
			return "", errHost
		}
	}
	// No name ends with a number, so this has to be an IPv4 address.
	last := name[strings.LastIndexByte(name, '.')+1:]
	if strings.Trim(last, "0123456789") != "" {
		return host, nil
	}
	addr, err := netip.ParseAddr(name)
	if err != nil {
		return "", errors.New("the IPv4 address is not complete; it has four numbers from 0 to 255, like 192.168.0.1")
	}
	return addr.String(), nil
}
