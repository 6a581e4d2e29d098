package ssl3

import (
	"errors"
	"fmt"
	"strings"
)

// CheckGameCertificate tells whether the unmodified game accepts der, a single certificate, from the host name that it
// connects to. It makes the checks of EA's old SSL library (spec: client 2.9, game 5.2); nil means accepted. The error
// names the part of the certificate and the rule it breaks. Where that library cuts off a long name, this function refuses
// the certificate. Dates and the value of the signature are not looked at, by the game neither.
func CheckGameCertificate(der []byte, host string) error {
	f, err := parseCertificate(der)
	if err != nil {
		return fmt.Errorf("the game cannot read the certificate: %w", err)
	}
	for _, check := range []func() error{
		f.checkSizes,
		f.checkAlgorithms,
		func() error { return checkNameLengths("issuer", f.issuer) },
		func() error { return checkNameLengths("subject", f.subject) },
		f.checkIssuer,
		func() error { return f.checkHost(host) },
	} {
		if err := check(); err != nil {
			return fmt.Errorf("the game refuses the certificate: %w", err)
		}
	}
	return nil
}

func (f *certificateFields) checkSizes() error {
	const maxSerial, maxModulus, maxExponent = 32, 256, 16
	switch {
	case len(f.serial) > maxSerial:
		return fmt.Errorf("serial number: %d bytes, at most %d", len(f.serial), maxSerial)
	case len(f.modulus) > maxModulus:
		return fmt.Errorf("RSA modulus: %d bytes, at most %d", len(f.modulus), maxModulus)
	case len(f.modulus) == 0 || len(f.modulus)%2 != 0:
		return fmt.Errorf("RSA modulus: %d bytes, must be an even number", len(f.modulus))
	case len(f.exponent) > maxExponent:
		return fmt.Errorf("RSA exponent: %d bytes, at most %d", len(f.exponent), maxExponent)
	case len(f.signature) != 1+signatureLen || f.signature[0] != 0:
		return fmt.Errorf("signature: must be %d whole bytes, is a BIT STRING of %d bytes with its count of unused bits", signatureLen, len(f.signature))
	}
	for _, tag := range f.validity {
		if tag != tagUTCTime && tag != tagGeneralizedTime {
			return fmt.Errorf("validity: tag %02x is neither UTCTime nor GeneralizedTime", tag)
		}
	}
	return nil
}

func (f *certificateFields) checkAlgorithms() error {
	switch f.innerAlgorithm {
	case oidMD2WithRSA, oidMD5WithRSA, oidSHA1WithRSA, oidRSAEncryption:
	default:
		return fmt.Errorf("inner signature algorithm: unknown OID % x", f.innerAlgorithm)
	}
	switch f.outerAlgorithm {
	case oidMD2WithRSA, oidMD5WithRSA, oidSHA1WithRSA:
		return fmt.Errorf("outer signature algorithm: with OID % x the signature is checked, and only EA can make it", f.outerAlgorithm)
	}
	return nil
}

func checkNameLengths(what string, n name) error {
	const maxLen, maxUnit = 31, 255
	for _, limit := range []struct {
		oid, attribute string
		max            int
	}{
		{oidCountry, "C", maxLen},
		{oidState, "ST", maxLen},
		{oidLocality, "L", maxLen},
		{oidOrganization, "O", maxLen},
		{oidOrganizationUnit, "OU", maxUnit},
		{oidCommonName, "CN", maxLen},
	} {
		if got := len(n[limit.oid]); got > limit.max {
			return fmt.Errorf("%s: %s has %d bytes, at most %d", what, limit.attribute, got, limit.max)
		}
	}
	return nil
}

// checkIssuer looks for a CA that is built into the game. Only one is known.
func (f *certificateFields) checkIssuer() error {
	for _, want := range []struct{ oid, attribute, value string }{
		{oidCountry, "C", "US"},
		{oidState, "ST", "California"},
		{oidLocality, "L", "Redwood City"},
		{oidOrganization, "O", "Electronic Arts, Inc."},
		{oidOrganizationUnit, "OU", "Online Technology Group"},
		{oidCommonName, "CN", "OTG3 Certificate Authority"},
	} {
		if got, ok := f.issuer[want.oid]; !ok {
			return fmt.Errorf("issuer: %s is missing or of a string type that is not read", want.attribute)
		} else if got != want.value {
			return fmt.Errorf("issuer: %s is %q instead of %q", want.attribute, got, want.value)
		}
	}
	return nil
}

func (f *certificateFields) checkHost(host string) error {
	pattern, ok := f.subject[oidCommonName]
	if !ok {
		return errors.New("subject: CN is missing or of a string type that is not read")
	}
	if !matchHost(strings.ToLower(pattern), strings.ToLower(host)) {
		return fmt.Errorf("subject: CN %q does not match the host %q", pattern, host)
	}
	return nil
}

// matchHost compares a host name with a pattern in which * stands for any characters but a dot.
func matchHost(pattern, host string) bool {
	labels, hostLabels := strings.Split(pattern, "."), strings.Split(host, ".")
	if len(labels) != len(hostLabels) {
		return false
	}
	for i, label := range labels {
		if !matchLabel(label, hostLabels[i]) {
			return false
		}
	}
	return true
}

func matchLabel(pattern, label string) bool {
	first, rest, star := strings.Cut(pattern, "*")
	if !star {
		return pattern == label
	}
	label, ok := strings.CutPrefix(label, first)
	if !ok {
		return false
	}
	// Each piece between two stars may match as early as it can; the last one has to stand at the end.
	pieces := strings.Split(rest, "*")
	last := len(pieces) - 1
	for _, piece := range pieces[:last] {
		if _, label, ok = strings.Cut(label, piece); !ok {
			return false
		}
	}
	return strings.HasSuffix(label, pieces[last])
}
