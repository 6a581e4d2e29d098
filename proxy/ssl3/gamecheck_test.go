package ssl3

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"strings"
	"testing"
	"time"
)

// certificateParts are the values of a certificate that the rows of spec client 2.9 are about.
type certificateParts struct {
	version      []byte // element, or nothing
	serial       []byte
	inner, outer string
	issuer       [][]byte
	notBefore    byte // tag
	subject      [][]byte
	keyAlgorithm string
	modulus      []byte
	exponent     []byte
	unused       byte
	signature    []byte
	tail         []byte // behind the signature
}

func goodParts() *certificateParts {
	return &certificateParts{
		serial: count(1, 20),
		inner:  oidMD5WithRSA,
		outer:  oidRSAEncryption,
		issuer: [][]byte{
			derAttribute(oidOrganizationUnit, tagUTF8String, "Online Technology Group"),
			derAttribute(oidOrganization, tagUTF8String, "Electronic Arts, Inc."),
			derAttribute(oidLocality, tagUTF8String, "Redwood City"),
			derAttribute(oidState, tagUTF8String, "California"),
			derAttribute(oidCountry, tagPrintableString, "US"),
			derAttribute(oidCommonName, tagUTF8String, "OTG3 Certificate Authority"),
		},
		notBefore:    tagUTCTime,
		subject:      [][]byte{derAttribute(oidCommonName, tagUTF8String, GameHost)},
		keyAlgorithm: oidRSAEncryption,
		modulus:      bytes.Repeat([]byte{0xc5}, 128),
		exponent:     []byte{1, 0, 1},
		signature:    make([]byte, 128),
	}
}

func (p *certificateParts) encode() []byte {
	return derElement(tagSequence,
		derElement(tagSequence,
			p.version,
			derElement(tagInteger, p.serial),
			derAlgorithm(p.inner),
			derElement(tagSequence, p.issuer...),
			derElement(tagSequence, derElement(p.notBefore, []byte("any")), derElement(tagGeneralizedTime)),
			derElement(tagSequence, p.subject...),
			derElement(tagSequence, derAlgorithm(p.keyAlgorithm), derBitString(derElement(tagSequence, derInteger(p.modulus), derInteger(p.exponent)))),
		),
		derAlgorithm(p.outer),
		derElement(tagBitString, []byte{p.unused}, p.signature),
		p.tail,
	)
}

// TestCheckGameCertificate keeps and breaks each row of the table in spec client 2.9.
func TestCheckGameCertificate(t *testing.T) {
	long := func(n int) string { return strings.Repeat("x", n) }
	cn := func(tag byte, value string) [][]byte { return [][]byte{derAttribute(oidCommonName, tag, value)} }
	for _, tc := range []struct {
		name   string
		change func(*certificateParts)
		text   string // part of the error; empty means accepted
	}{
		{"as it should be", func(*certificateParts) {}, ""},
		{"version 3", func(p *certificateParts) { p.version = derElement(tagVersion, derElement(tagInteger, []byte{2})) }, ""},
		{"something behind", func(p *certificateParts) { p.tail = derElement(tagNull) }, "2 bytes too many"},

		{"serial of 32", func(p *certificateParts) { p.serial = count(1, 32) }, ""},
		{"serial of 33", func(p *certificateParts) { p.serial = count(1, 33) }, "serial number: 33 bytes"},

		{"inner MD2", func(p *certificateParts) { p.inner = oidMD2WithRSA }, ""},
		{"inner SHA-1", func(p *certificateParts) { p.inner = oidSHA1WithRSA }, ""},
		{"inner rsaEncryption", func(p *certificateParts) { p.inner = oidRSAEncryption }, ""},
		{"inner SHA-256", func(p *certificateParts) { p.inner = oidRSAEncryption[:8] + "\x0b" }, "inner signature algorithm"},

		{"outer MD2", func(p *certificateParts) { p.outer = oidMD2WithRSA }, "outer signature algorithm"},
		{"outer MD5", func(p *certificateParts) { p.outer = oidMD5WithRSA }, "outer signature algorithm"},
		{"outer SHA-1", func(p *certificateParts) { p.outer = oidSHA1WithRSA }, "outer signature algorithm"},
		{"outer SHA-256", func(p *certificateParts) { p.outer = oidRSAEncryption[:8] + "\x0b" }, ""},

		{"issuer in another order", func(p *certificateParts) { p.issuer[0], p.issuer[5] = p.issuer[5], p.issuer[0] }, ""},
		{"issuer as one set", func(p *certificateParts) {
			var all []byte
			for _, set := range p.issuer {
				all = append(all, set[2:]...)
			}
			p.issuer = [][]byte{derElement(tagSet, all)}
		}, ""},
		{"issuer without OU", func(p *certificateParts) { p.issuer = p.issuer[1:] }, "issuer: OU is missing"},
		{"issuer without O", func(p *certificateParts) { p.issuer[1] = nil }, "issuer: O is missing"},
		{"issuer without L", func(p *certificateParts) { p.issuer[2] = nil }, "issuer: L is missing"},
		{"issuer without ST", func(p *certificateParts) { p.issuer[3] = nil }, "issuer: ST is missing"},
		{"issuer without C", func(p *certificateParts) { p.issuer[4] = nil }, "issuer: C is missing"},
		{"issuer without CN", func(p *certificateParts) { p.issuer[5] = nil }, "issuer: CN is missing"},
		{"other issuer", func(p *certificateParts) { p.issuer[5] = derAttribute(oidCommonName, tagUTF8String, "Root Agency") }, `issuer: CN is "Root Agency"`},
		{"issuer in capitals", func(p *certificateParts) { p.issuer[3] = derAttribute(oidState, tagUTF8String, "CALIFORNIA") }, `issuer: ST is "CALIFORNIA"`},
		{"issuer of IA5String", func(p *certificateParts) {
			p.issuer[5] = derAttribute(oidCommonName, 0x16, "OTG3 Certificate Authority")
		}, "issuer: CN is missing or of a string type"},
		{"issuer of T61String", func(p *certificateParts) {
			p.issuer[5] = derAttribute(oidCommonName, tagT61String, "OTG3 Certificate Authority")
		}, ""},

		{"subject in capitals", func(p *certificateParts) { p.subject = cn(tagPrintableString, "GosRedirector.EA.com") }, ""},
		{"subject of T61String", func(p *certificateParts) { p.subject = cn(tagT61String, GameHost) }, ""},
		{"subject of IA5String", func(p *certificateParts) { p.subject = cn(0x16, GameHost) }, "subject: CN is missing"},
		{"subject with more", func(p *certificateParts) { p.subject = append(p.subject, derAttribute("\x2a\x03", 0x16, "any")) }, ""},
		{"no subject", func(p *certificateParts) { p.subject = nil }, "subject: CN is missing"},
		{"other subject", func(p *certificateParts) { p.subject = cn(tagUTF8String, "example.com") }, `CN "example.com" does not match the host "gosredirector.ea.com"`},
		{"star label", func(p *certificateParts) { p.subject = cn(tagUTF8String, "*.ea.com") }, ""},
		{"star in a label", func(p *certificateParts) { p.subject = cn(tagUTF8String, "gos*rec*r.ea.com") }, ""},
		{"lone star", func(p *certificateParts) { p.subject = cn(tagUTF8String, "*") }, "does not match"},
		{"star over a dot", func(p *certificateParts) { p.subject = cn(tagUTF8String, "*.com") }, "does not match"},
		{"stars everywhere", func(p *certificateParts) { p.subject = cn(tagUTF8String, "*.*.*") }, ""},
		{"star and other end", func(p *certificateParts) { p.subject = cn(tagUTF8String, "*x.ea.com") }, "does not match"},
		{"star and other start", func(p *certificateParts) { p.subject = cn(tagUTF8String, "x*.ea.com") }, "does not match"},
		{"stars and other middle", func(p *certificateParts) { p.subject = cn(tagUTF8String, "gos*x*r.ea.com") }, "does not match"},
		{"star that would overlap", func(p *certificateParts) { p.subject = cn(tagUTF8String, "gosredirector*r.ea.com") }, "does not match"},
		{"start of the host", func(p *certificateParts) { p.subject = cn(tagUTF8String, "gosredirector.ea") }, "does not match"},

		{"O of 31", func(p *certificateParts) {
			p.subject = append(p.subject, derAttribute(oidOrganization, tagUTF8String, long(31)))
		}, ""},
		{"O of 32", func(p *certificateParts) {
			p.subject = append(p.subject, derAttribute(oidOrganization, tagUTF8String, long(32)))
		}, "subject: O has 32 bytes"},
		{"C of 32", func(p *certificateParts) {
			p.subject = append(p.subject, derAttribute(oidCountry, tagUTF8String, long(32)))
		}, "subject: C has 32 bytes"},
		{"ST of 32", func(p *certificateParts) {
			p.subject = append(p.subject, derAttribute(oidState, tagUTF8String, long(32)))
		}, "subject: ST has 32 bytes"},
		{"L of 32", func(p *certificateParts) {
			p.subject = append(p.subject, derAttribute(oidLocality, tagUTF8String, long(32)))
		}, "subject: L has 32 bytes"},
		{"CN of 32", func(p *certificateParts) { p.issuer[5] = derAttribute(oidCommonName, tagUTF8String, long(32)) }, "issuer: CN has 32 bytes"},
		{"OU of 255", func(p *certificateParts) {
			p.subject = append(p.subject, derAttribute(oidOrganizationUnit, tagUTF8String, long(255)))
		}, ""},
		{"OU of 256", func(p *certificateParts) {
			p.subject = append(p.subject, derAttribute(oidOrganizationUnit, tagUTF8String, long(256)))
		}, "subject: OU has 256 bytes"},

		{"GeneralizedTime", func(p *certificateParts) { p.notBefore = tagGeneralizedTime }, ""},
		{"validity of another type", func(p *certificateParts) { p.notBefore = tagUTF8String }, "validity: tag 0c"},

		{"other key", func(p *certificateParts) { p.keyAlgorithm = oidMD5WithRSA }, "public key: is no RSA key"},
		{"modulus of 64", func(p *certificateParts) { p.modulus = bytes.Repeat([]byte{0x7f}, 64) }, ""},
		{"modulus of 256", func(p *certificateParts) { p.modulus = bytes.Repeat([]byte{0xff}, 256) }, ""},
		{"modulus of 129", func(p *certificateParts) { p.modulus = bytes.Repeat([]byte{1}, 129) }, "RSA modulus: 129 bytes, must be an even number"},
		{"modulus of 127", func(p *certificateParts) { p.modulus = bytes.Repeat([]byte{0xff}, 127) }, "RSA modulus: 127 bytes, must be an even number"},
		{"modulus of 258", func(p *certificateParts) { p.modulus = bytes.Repeat([]byte{0xff}, 258) }, "RSA modulus: 258 bytes, at most 256"},
		{"modulus 0", func(p *certificateParts) { p.modulus = []byte{0} }, "RSA modulus: 0 bytes"},
		{"exponent of 16", func(p *certificateParts) { p.exponent = count(1, 16) }, ""},
		{"exponent of 17", func(p *certificateParts) { p.exponent = count(1, 17) }, "RSA exponent: 17 bytes"},

		{"signature of any value", func(p *certificateParts) { p.signature = bytes.Repeat([]byte{0x42}, 128) }, ""},
		{"signature of 127", func(p *certificateParts) { p.signature = make([]byte, 127) }, "signature: must be 128 whole bytes"},
		{"signature of 256", func(p *certificateParts) { p.signature = make([]byte, 256) }, "signature: must be 128 whole bytes"},
		{"signature with unused bits", func(p *certificateParts) { p.unused = 1 }, "signature: must be 128 whole bytes"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			parts := goodParts()
			tc.change(parts)
			err := CheckGameCertificate(parts.encode(), GameHost)
			if tc.text == "" && err != nil {
				t.Errorf("refused: %v", err)
			}
			if tc.text != "" && (err == nil || !strings.Contains(err.Error(), tc.text)) {
				t.Errorf("wrong error: %v, want %q", err, tc.text)
			}
		})
	}
}

// TestCheckTruncatedCertificate cuts the certificate at every byte.
func TestCheckTruncatedCertificate(t *testing.T) {
	der := serverConfig(t).Certificate.DER
	for n := range der {
		if err := CheckGameCertificate(der[:n], GameHost); err == nil {
			t.Errorf("accepted with %d bytes", n)
		}
	}
}

// TestPublicKey reads the key of an ordinary certificate of version 3, as other servers have.
func TestPublicKey(t *testing.T) {
	for _, bits := range []int{1024, 2048} {
		key, err := rsa.GenerateKey(rand.Reader, bits)
		if err != nil {
			t.Fatal(err)
		}
		template := &x509.Certificate{
			SerialNumber: big.NewInt(1),
			Subject:      pkix.Name{CommonName: "x"},
			NotBefore:    time.Unix(0, 0),
			NotAfter:     time.Unix(1, 0),
			DNSNames:     []string{"x"},
		}
		der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
		if err != nil {
			t.Fatal(err)
		}
		got, err := publicKey(der)
		if err != nil || !got.Equal(&key.PublicKey) {
			t.Errorf("%d bits: %v, %v", bits, got, err)
		}
	}
}

func TestPublicKeyLimits(t *testing.T) {
	for _, tc := range []struct {
		name   string
		change func(*certificateParts)
		text   string
	}{
		{"modulus of 8200 bits", func(p *certificateParts) { p.modulus = bytes.Repeat([]byte{1}, 1025) }, "too long"},
		{"exponent of 5 bytes", func(p *certificateParts) { p.exponent = count(1, 5) }, "too long"},
		{"exponent of 32 bits", func(p *certificateParts) { p.exponent = []byte{0x80, 0, 0, 1} }, "too large"},
	} {
		parts := goodParts()
		tc.change(parts)
		if _, err := publicKey(parts.encode()); err == nil || !strings.Contains(err.Error(), tc.text) {
			t.Errorf("%s: %v", tc.name, err)
		}
	}
}

// TestClientRefusesWeakKey makes sure that a key too short for crypto/rsa is an error with an alert.
func TestClientRefusesWeakKey(t *testing.T) {
	parts := goodParts()
	parts.modulus = bytes.Repeat([]byte{0xc5}, 64)
	if _, err := encryptPremaster(parts.encode(), make([]byte, secretLen)); !sentAlert(AlertUnsupportedCertificate)(err) {
		t.Errorf("wrong error: %v", err)
	}
}

func TestDERReader(t *testing.T) {
	for _, tc := range []struct {
		name, input, text string
	}{
		{"nothing", "", "too early"},
		{"no length", "30", "too early"},
		{"no content", "3001", "too early"},
		{"cut length", "3082", "too early"},
		{"long tag", "1f8101", "tag of several bytes"},
		{"indefinite length", "30800000", "first byte 80"},
		{"length of four bytes", "308400000080", "first byte 84"},
		{"length that fits one byte", "30817f", "not minimal"},
		{"length with a zero", "30820080", "not minimal"},
	} {
		r := derReader{unhex(t, tc.input)}
		if _, _, err := r.read(); err == nil || !strings.Contains(err.Error(), tc.text) {
			t.Errorf("%s: %v", tc.name, err)
		}
	}
	for _, n := range []int{0, 1, 0x7f, 0x80, 0xff, 0x100, 0xffff} {
		r := derReader{derElement(tagNull, make([]byte, n))}
		if tag, content, err := r.read(); tag != tagNull || len(content) != n || err != nil || len(r.rest) != 0 {
			t.Errorf("element of %d bytes came out with %d, %v", n, len(content), err)
		}
	}
}
