package ssl3

import (
	"crypto/md5"  // the MAC of suite 0004 is defined with MD5
	"crypto/sha1" // the MAC of suite 0005 is defined with SHA-1
	"fmt"
	"hash"
	"slices"
	"strings"
)

// Suite is a cipher suite number as it stands in the hello messages (spec: client 2.3).
type Suite uint16

// The cipher suites of this package. Both use RSA key exchange and RC4 with a 128-bit key.
const (
	SuiteRC4MD5 Suite = 0x0004
	SuiteRC4SHA Suite = 0x0005
)

// supportedSuites lists what this package can do, in order of preference.
func supportedSuites() []Suite { return []Suite{SuiteRC4SHA, SuiteRC4MD5} }

// String returns the registered name, or the number for a suite that this package does not know.
func (s Suite) String() string {
	switch s {
	case SuiteRC4MD5:
		return "SSL_RSA_WITH_RC4_128_MD5"
	case SuiteRC4SHA:
		return "SSL_RSA_WITH_RC4_128_SHA"
	default:
		return fmt.Sprintf("suite %04x", uint16(s))
	}
}

func (s Suite) supported() bool { return slices.Contains(supportedSuites(), s) }

// macLen is the length in bytes of a MAC and of a MAC secret.
func (s Suite) macLen() int {
	if s == SuiteRC4MD5 {
		return md5.Size
	}
	return sha1.Size
}

func (s Suite) newHash() hash.Hash {
	if s == SuiteRC4MD5 {
		return md5.New()
	}
	return sha1.New()
}

// macPadLen is the length in bytes of the pads around the MAC secret (spec: client 2.5).
func (s Suite) macPadLen() int {
	if s == SuiteRC4MD5 {
		return md5PadLen
	}
	return sha1PadLen
}

// chooseSuite picks the best supported suite out of an offer.
func chooseSuite(offered []Suite) (Suite, error) {
	for _, s := range supportedSuites() {
		if slices.Contains(offered, s) {
			return s, nil
		}
	}
	const most = 32 // enough for any real client, and an error text stays readable
	var list strings.Builder
	for i, s := range offered {
		if i == most {
			list.WriteString(" …")
			break
		}
		fmt.Fprintf(&list, " %04x", uint16(s))
	}
	return 0, refuse(AlertHandshakeFailure, "none of the offered cipher suites is 0005 (RC4-SHA) or 0004 (RC4-MD5), offered:%s", list.String())
}
