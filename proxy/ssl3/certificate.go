package ssl3

import (
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"math/big"
)

// GameHost is the host name that the game connects to, and the name in our certificate (spec: client 2.9).
const GameHost = "gosredirector.ea.com"

const (
	keyBits      = 1024 // the only size known to work in the game (spec: client 2.9)
	serialLen    = 20
	signatureLen = 128 // modulus size of the CA built into the game
)

// Certificate is a server certificate and its key.
type Certificate struct {
	DER        []byte
	PrivateKey *rsa.PrivateKey

	// Replaced says what was wrong with the stored certificate that LoadOrCreateCertificate has replaced by this one.
	// It is nil if there was nothing wrong. It deserves a line in the log, but nothing has to be done.
	Replaced error
}

// GenerateCertificate makes a certificate that the unmodified game accepts, with a new key.
//
// The old SSL library of the game looks at the signature algorithm that stands behind the signed part, and checks no
// signature if that is none it knows. So the signature is random, no CA's key is needed, and the certificate has the
// length and layout of the one that Pocket Relay players have used since 2023 (spec: client 2.9, 2.10). The key protects
// nothing, since the certificate proves nothing: use it on the loopback address only.
func GenerateCertificate() (*Certificate, error) {
	key, err := rsa.GenerateKey(rand.Reader, keyBits)
	if err != nil {
		return nil, fmt.Errorf("ssl3: make a key: %w", err)
	}
	random := make([]byte, serialLen+signatureLen)
	if _, err := rand.Read(random); err != nil {
		return nil, fmt.Errorf("ssl3: make a serial number: %w", err)
	}
	return &Certificate{
		DER:        encodeCertificate(&key.PublicKey, random[:serialLen], random[serialLen:]),
		PrivateKey: key,
	}, nil
}

// encodeCertificate writes the certificate of spec client 2.9, with all values of its right column. serial and signature
// may be any bytes; they are brought into range.
func encodeCertificate(key *rsa.PublicKey, serial, signature []byte) []byte {
	serial[0] = serial[0]&0x7f | 0x01 // positive, and not shorter than it looks
	signature[0] = 0                  // below the CA's modulus, since the game still calculates with it

	signed := derElement(tagSequence,
		derElement(tagInteger, serial),
		derAlgorithm(oidMD5WithRSA),
		derElement(tagSequence,
			derAttribute(oidOrganizationUnit, tagUTF8String, "Online Technology Group"),
			derAttribute(oidOrganization, tagUTF8String, "Electronic Arts, Inc."),
			derAttribute(oidLocality, tagUTF8String, "Redwood City"),
			derAttribute(oidState, tagUTF8String, "California"),
			derAttribute(oidCountry, tagPrintableString, "US"),
			derAttribute(oidCommonName, tagUTF8String, "OTG3 Certificate Authority"),
		),
		derElement(tagSequence, // the game does not read the dates
			derElement(tagUTCTime, []byte("231109000000Z")),
			derElement(tagGeneralizedTime, []byte("20510327000000Z")),
		),
		derElement(tagSequence,
			derAttribute(oidCommonName, tagUTF8String, GameHost),
			derAttribute(oidOrganizationUnit, tagUTF8String, "Global Online Studio"),
			derAttribute(oidOrganization, tagUTF8String, "Electronic Arts, Inc."),
			derAttribute(oidState, tagUTF8String, "California"),
			derAttribute(oidCountry, tagPrintableString, "US"),
		),
		derElement(tagSequence,
			derAlgorithm(oidRSAEncryption),
			derBitString(derElement(tagSequence, derInteger(key.N.Bytes()), derInteger(big.NewInt(int64(key.E)).Bytes()))),
		),
	)
	return derElement(tagSequence, signed, derAlgorithm(oidRSAEncryption), derBitString(signature))
}

func derAlgorithm(oid string) []byte {
	return derElement(tagSequence, derElement(tagOID, []byte(oid)), derElement(tagNull))
}

func derAttribute(oid string, tag byte, value string) []byte {
	return derElement(tagSet, derElement(tagSequence, derElement(tagOID, []byte(oid)), derElement(tag, []byte(value))))
}

func derBitString(content []byte) []byte { return derElement(tagBitString, []byte{0}, content) }
