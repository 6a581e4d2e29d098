package ssl3

import (
	"crypto/rsa"
	"errors"
	"fmt"
	"math/big"
)

// The object identifiers of certificates, as the content bytes of their DER form (spec: client 2.9, game 5.1).
const (
	oidRSAEncryption = "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01"
	oidMD2WithRSA    = "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x02"
	oidMD5WithRSA    = "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x04"
	oidSHA1WithRSA   = "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x05"

	oidCommonName       = "\x55\x04\x03"
	oidCountry          = "\x55\x04\x06"
	oidLocality         = "\x55\x04\x07"
	oidState            = "\x55\x04\x08"
	oidOrganization     = "\x55\x04\x0a"
	oidOrganizationUnit = "\x55\x04\x0b"
)

// name is an X.509 name: OID to value. Only strings of the kinds that the game reads are in it; of several values of one
// attribute, the last.
type name map[string]string

// certificateFields is what a certificate says. The slices share the memory of the DER form.
type certificateFields struct {
	serial         []byte // content of the INTEGER
	innerAlgorithm string // OID in the signed part
	issuer         name
	validity       [2]byte // tags of the two dates
	subject        name
	keyAlgorithm   string // OID
	modulus        []byte // without leading zeros
	exponent       []byte // without leading zeros
	outerAlgorithm string // OID after the signed part
	signature      []byte // content of the BIT STRING
}

// parseCertificate reads an X.509 certificate of version 1 or 3 with an RSA key. crypto/x509 cannot be used: it insists on
// equal inner and outer algorithms, and the game's certificate lives from their difference (spec: client 2.12).
func parseCertificate(der []byte) (*certificateFields, error) {
	outer := derReader{der}
	certificate, err := outer.within(tagSequence, "certificate")
	if err != nil {
		return nil, err
	}
	if err := outer.end("certificate"); err != nil {
		return nil, err
	}
	var f certificateFields
	signed, err := certificate.within(tagSequence, "signed part")
	if err != nil {
		return nil, err
	}
	if err := f.parseSigned(signed); err != nil {
		return nil, err
	}
	if f.outerAlgorithm, err = algorithm(&certificate, "outer signature algorithm"); err != nil {
		return nil, err
	}
	if f.signature, err = certificate.expect(tagBitString, "signature"); err != nil {
		return nil, err
	}
	return &f, certificate.end("signature")
}

// parseSigned reads the signed part up to the public key. What may follow, extensions, is not needed.
func (f *certificateFields) parseSigned(r derReader) (err error) {
	if len(r.rest) > 0 && r.rest[0] == tagVersion {
		if _, err = r.expect(tagVersion, "version"); err != nil {
			return err
		}
	}
	if f.serial, err = r.expect(tagInteger, "serial number"); err != nil {
		return err
	}
	if f.innerAlgorithm, err = algorithm(&r, "inner signature algorithm"); err != nil {
		return err
	}
	if f.issuer, err = parseName(&r, "issuer"); err != nil {
		return err
	}
	validity, err := r.within(tagSequence, "validity")
	if err != nil {
		return err
	}
	for i := range f.validity {
		if f.validity[i], _, err = validity.read(); err != nil {
			return fmt.Errorf("validity: %w", err)
		}
	}
	if f.subject, err = parseName(&r, "subject"); err != nil {
		return err
	}
	key, err := r.within(tagSequence, "public key")
	if err != nil {
		return err
	}
	return f.parseKey(key)
}

func (f *certificateFields) parseKey(r derReader) (err error) {
	if f.keyAlgorithm, err = algorithm(&r, "public key algorithm"); err != nil {
		return err
	}
	if f.keyAlgorithm != oidRSAEncryption {
		return fmt.Errorf("public key: is no RSA key (OID % x)", f.keyAlgorithm)
	}
	bits, err := r.expect(tagBitString, "public key")
	if err != nil {
		return err
	}
	if len(bits) == 0 || bits[0] != 0 {
		return errors.New("public key: is no whole number of bytes")
	}
	wrapped := derReader{bits[1:]}
	numbers, err := wrapped.within(tagSequence, "RSA key")
	if err != nil {
		return err
	}
	if f.modulus, err = numbers.unsigned("RSA modulus"); err != nil {
		return err
	}
	f.exponent, err = numbers.unsigned("RSA exponent")
	return err
}

// algorithm reads an AlgorithmIdentifier and returns its OID.
func algorithm(r *derReader, what string) (string, error) {
	sequence, err := r.within(tagSequence, what)
	if err != nil {
		return "", err
	}
	oid, err := sequence.expect(tagOID, what)
	return string(oid), err
}

func parseName(r *derReader, what string) (name, error) {
	sets, err := r.within(tagSequence, what)
	if err != nil {
		return nil, err
	}
	n := make(name)
	for len(sets.rest) > 0 {
		attributes, err := sets.within(tagSet, what)
		if err != nil {
			return nil, err
		}
		for len(attributes.rest) > 0 {
			attribute, err := attributes.within(tagSequence, what)
			if err != nil {
				return nil, err
			}
			oid, err := attribute.expect(tagOID, what)
			if err != nil {
				return nil, err
			}
			tag, value, err := attribute.read()
			if err != nil {
				return nil, fmt.Errorf("%s: %w", what, err)
			}
			if tag == tagUTF8String || tag == tagPrintableString || tag == tagT61String {
				n[string(oid)] = string(value)
			}
		}
	}
	return n, nil
}

// publicKey returns the RSA key of a certificate.
func publicKey(der []byte) (*rsa.PublicKey, error) {
	f, err := parseCertificate(der)
	if err != nil {
		return nil, err
	}
	const maxModulusLen, maxExponentLen = 1024, 4 // 8192 bits bound the work, as in crypto/tls
	if len(f.modulus) > maxModulusLen || len(f.exponent) > maxExponentLen {
		return nil, fmt.Errorf("the RSA key is too long (modulus %d bytes, exponent %d)", len(f.modulus), len(f.exponent))
	}
	exponent := new(big.Int).SetBytes(f.exponent).Int64()
	if exponent > 1<<31-1 {
		return nil, fmt.Errorf("the RSA exponent %d is too large", exponent)
	}
	return &rsa.PublicKey{N: new(big.Int).SetBytes(f.modulus), E: int(exponent)}, nil
}
