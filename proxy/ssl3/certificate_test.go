package ssl3

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestCertificateLayout checks the certificate against the check values of spec client 2.9.
func TestCertificateLayout(t *testing.T) {
	for range 5 {
		c, err := GenerateCertificate()
		if err != nil {
			t.Fatal(err)
		}
		if len(c.DER) != 682 {
			t.Fatalf("certificate has %d bytes", len(c.DER))
		}
		for _, part := range []struct {
			name   string
			offset int
			want   string
		}{
			{"outer sequence", 0, "308202a6"}, // 678
			{"signed part", 4, "3082020f"},    // 527
			{"serial", 8, "0214"},
			{"inner algorithm", 30, "300d06092a864886f70d0101040500"},
			{"issuer", 45, "3081a0310"},
			{"validity", 208, "3020170d3233313130393030303030305a180f32303531303332373030303030305a"},
			{"subject", 242, "308180310"},
			{"public key", 373, "30819f300d06092a864886f70d010101050003818d0030818902818100"},
			{"exponent", 530, "0203010001"},
			{"outer algorithm", 535, "300d06092a864886f70d0101010500"},
			{"signature", 550, "0381810000"},
		} {
			got := c.DER[part.offset : part.offset+(len(part.want)+1)/2]
			if want := unhex(t, part.want+strings.Repeat("0", len(part.want)%2)); !bytes.HasPrefix(got, want[:len(part.want)/2]) {
				t.Errorf("%s at %d: % x, want % x", part.name, part.offset, got, want)
			}
		}
		if c.DER[547] != 0x01 {
			t.Errorf("outer OID ends with %02x", c.DER[547])
		}
		if first := c.DER[10]; first < 0x01 || first > 0x7f {
			t.Errorf("serial number starts with %02x", first)
		}
		if n := c.PrivateKey.N.BitLen(); n != 1024 || c.PrivateKey.Size() != 128 {
			t.Errorf("key of %d bits", n)
		}
		if err := CheckGameCertificate(c.DER, GameHost); err != nil {
			t.Error(err)
		}
		public, err := publicKey(c.DER)
		if err != nil || !public.Equal(&c.PrivateKey.PublicKey) {
			t.Errorf("public key %v, %v", public, err)
		}
	}
}

// TestCertificateStandardReader has crypto/x509 read the certificate with the outer algorithm set to the inner one, which is
// all that it minds (spec: client 2.12).
func TestCertificateStandardReader(t *testing.T) {
	c := serverConfig(t).Certificate
	if _, err := x509.ParseCertificate(c.DER); err == nil {
		t.Error("crypto/x509 reads the certificate as it is")
	}
	copied := bytes.Clone(c.DER)
	copied[547] = 0x04
	parsed, err := x509.ParseCertificate(copied)
	if err != nil {
		t.Fatal(err)
	}
	const issuer = "CN=OTG3 Certificate Authority,OU=Online Technology Group,O=Electronic Arts\\, Inc.,L=Redwood City,ST=California,C=US"
	const subject = "CN=gosredirector.ea.com,OU=Global Online Studio,O=Electronic Arts\\, Inc.,ST=California,C=US"
	if got := parsed.Issuer.String(); got != issuer {
		t.Errorf("issuer %s", got)
	}
	if got := parsed.Subject.String(); got != subject {
		t.Errorf("subject %s", got)
	}
	if parsed.Version != 1 || parsed.SignatureAlgorithm != x509.MD5WithRSA || len(parsed.Signature) != 128 {
		t.Errorf("version %d, %v, signature of %d bytes", parsed.Version, parsed.SignatureAlgorithm, len(parsed.Signature))
	}
	if key, ok := parsed.PublicKey.(*rsa.PublicKey); !ok || !key.Equal(&c.PrivateKey.PublicKey) {
		t.Error("other public key")
	}
	if from, to := parsed.NotBefore.UTC(), parsed.NotAfter.UTC(); from != time.Date(2023, 11, 9, 0, 0, 0, 0, time.UTC) || to != time.Date(2051, 3, 27, 0, 0, 0, 0, time.UTC) {
		t.Errorf("valid from %v to %v", from, to)
	}
}

func TestLoadOrCreateCertificate(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "folder")
	first, err := LoadOrCreateCertificate(dir)
	if err != nil {
		t.Fatal(err)
	}
	second, err := LoadOrCreateCertificate(dir)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first.DER, second.DER) || !first.PrivateKey.Equal(second.PrivateKey) || first.Replaced != nil || second.Replaced != nil {
		t.Error("the second start has another certificate")
	}
	if diff := cmp.Diff([]string{CertificateFile}, listDir(t, dir)); diff != "" {
		t.Errorf("files:\n%s", diff)
	}
	if runtime.GOOS != "windows" {
		info, err := os.Stat(filepath.Join(dir, CertificateFile))
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode() != 0o600 {
			t.Errorf("mode %v", info.Mode())
		}
	}
}

func listDir(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestDamagedCertificateFile(t *testing.T) {
	good := encodeCertificateFile(serverConfig(t).Certificate)
	other, err := GenerateCertificate()
	if err != nil {
		t.Fatal(err)
	}
	checked := bytes.Clone(serverConfig(t).Certificate.DER)
	checked[547] = 0x04
	for _, tc := range []struct {
		name, text string
		data       []byte
	}{
		{"empty", "does not start with a certificate", nil},
		{"garbage", "does not start with a certificate", []byte("garbage")},
		{"half a certificate", "does not start with a certificate", good[:500]},
		{"half a key", "has no key", good[:len(good)-100]},
		{"only a certificate", "has no key", good[:bytes.Index(good, []byte("-----BEGIN RSA"))]},
		{"more behind", "something follows", append(bytes.Clone(good), "more"...)},
		{"endless", "something follows", append(bytes.Clone(good), bytes.Repeat([]byte("x"), 1<<20)...)},
		{"other key", "belongs to another", encodeCertificateFile(&Certificate{DER: other.DER, PrivateKey: serverConfig(t).Certificate.PrivateKey})},
		{"refused by the game", "outer signature algorithm", encodeCertificateFile(&Certificate{DER: checked, PrivateKey: serverConfig(t).Certificate.PrivateKey})},
		{"unreadable key", "key cannot be read", bytes.Replace(good, []byte("KEY-----\nMII"), []byte("KEY-----\nMAA"), 1)},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, CertificateFile)
			if err := os.WriteFile(path, tc.data, 0o600); err != nil {
				t.Fatal(err)
			}
			c, err := LoadOrCreateCertificate(dir)
			if err != nil {
				t.Fatal(err)
			}
			if c.Replaced == nil || !strings.Contains(c.Replaced.Error(), tc.text) {
				t.Errorf("replaced because %v", c.Replaced)
			}
			again, err := LoadOrCreateCertificate(dir)
			if err != nil || again.Replaced != nil || !bytes.Equal(again.DER, c.DER) {
				t.Errorf("the new one does not load: %v", err)
			}
			if diff := cmp.Diff([]string{CertificateFile}, listDir(t, dir)); diff != "" {
				t.Errorf("files:\n%s", diff)
			}
		})
	}
}

// TestLeftovers makes sure that what a killed process left is removed, and what a living one writes is not.
func TestLeftovers(t *testing.T) {
	dir := t.TempDir()
	old, fresh := filepath.Join(dir, CertificateFile+".1.tmp"), filepath.Join(dir, CertificateFile+".2.tmp")
	for _, path := range []string{old, fresh} {
		if err := os.WriteFile(path, []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chtimes(old, time.Time{}, time.Now().Add(-time.Hour)); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadOrCreateCertificate(dir); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{CertificateFile, filepath.Base(fresh)}, listDir(t, dir)); diff != "" {
		t.Errorf("files:\n%s", diff)
	}
}

func TestCertificateFileErrors(t *testing.T) {
	t.Run("a folder in the way", func(t *testing.T) {
		dir := t.TempDir()
		if err := os.Mkdir(filepath.Join(dir, CertificateFile), 0o700); err != nil {
			t.Fatal(err)
		}
		if _, err := LoadOrCreateCertificate(dir); err == nil || !strings.Contains(err.Error(), CertificateFile) {
			t.Errorf("wrong error: %v", err)
		}
	})
	t.Run("a file instead of the folder", func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(dir, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := LoadOrCreateCertificate(dir); err == nil || !strings.Contains(err.Error(), CertificateFile) {
			t.Errorf("wrong error: %v", err)
		}
	})
	t.Run("no way to put it in place", func(t *testing.T) {
		dir := t.TempDir()
		path := filepath.Join(dir, CertificateFile)
		if err := os.MkdirAll(filepath.Join(path, "folder"), 0o700); err != nil {
			t.Fatal(err)
		}
		if _, err := createCertificate(path, os.Link); err == nil {
			t.Error("no error")
		}
		if diff := cmp.Diff([]string{CertificateFile}, listDir(t, dir)); diff != "" {
			t.Errorf("files:\n%s", diff)
		}
	})
	t.Run("no hard links", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), CertificateFile)
		noLinks := func(string, string) error { return errors.ErrUnsupported }
		c, err := createCertificate(path, noLinks)
		if err != nil {
			t.Fatal(err)
		}
		stored, err := loadCertificate(path)
		if err != nil || !bytes.Equal(stored.DER, c.DER) {
			t.Errorf("not stored: %v", err)
		}
	})
}

// TestCertificateRace starts many at once. All get the same certificate, and a reader never sees half of one.
func TestCertificateRace(t *testing.T) {
	dir := t.TempDir()
	const starts = 8
	got := make([]*Certificate, starts)
	stop := make(chan struct{})
	var reader, all sync.WaitGroup
	reader.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
			}
			if _, err := loadCertificate(filepath.Join(dir, CertificateFile)); err != nil && !errors.Is(err, fs.ErrNotExist) {
				t.Error(err)
				return
			}
		}
	})
	for i := range starts {
		all.Go(func() {
			var err error
			if got[i], err = LoadOrCreateCertificate(dir); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	close(stop)
	reader.Wait()
	for _, c := range got[1:] {
		if t.Failed() {
			return
		}
		if !bytes.Equal(c.DER, got[0].DER) {
			t.Error("two starts have different certificates")
		}
	}
}
