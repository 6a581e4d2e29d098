package ssl3

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// CertificateFile is the name of the file that LoadOrCreateCertificate keeps: the certificate and its key, PEM.
const CertificateFile = "redirector.pem"

const (
	pemCertificate = "CERTIFICATE"
	pemKey         = "RSA PRIVATE KEY"

	maxCertificateFile = 64 << 10
	leftoverAge        = time.Minute // a temporary file older than this belongs to nobody any more
)

// errDamaged marks a stored certificate that is to be replaced.
var errDamaged = errors.New("the stored certificate is damaged")

// LoadOrCreateCertificate returns the certificate of this installation, kept in dir as CertificateFile. It makes the folder
// and the certificate if they are missing. A damaged file is replaced, which Certificate.Replaced tells.
//
// The file always has both parts or does not exist: it is written under another name, flushed, and then put in place.
// Several processes that start at once for the first time end up with the same certificate (on a file system without
// hard links, each with a whole one of its own, of which the last stays). Only the owner may read the file; on Windows
// that is left to the access rules of dir, which should be in the user's profile.
func LoadOrCreateCertificate(dir string) (*Certificate, error) {
	path := filepath.Join(dir, CertificateFile)
	certificate, err := loadCertificate(path)
	switch {
	case err == nil:
		return certificate, nil
	case errors.Is(err, fs.ErrNotExist):
		certificate, err = createCertificate(path, os.Link)
	case errors.Is(err, errDamaged):
		damage := err
		if certificate, err = createCertificate(path, os.Rename); err == nil {
			certificate.Replaced = damage
		}
	}
	if err != nil {
		return nil, fmt.Errorf("ssl3: certificate for the game in %s: %w", path, err)
	}
	return certificate, nil
}

func loadCertificate(path string) (*Certificate, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }() // was only read
	data, err := io.ReadAll(io.LimitReader(file, maxCertificateFile+1))
	if err != nil {
		return nil, err
	}
	certificate, err := decodeCertificateFile(data)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errDamaged, err)
	}
	return certificate, nil
}

// createCertificate makes a certificate and puts it at path by the function place: os.Link, which keeps a file that
// another process has put there meanwhile, or os.Rename, which does not.
func createCertificate(path string, place func(from, to string) error) (*Certificate, error) {
	certificate, err := GenerateCertificate()
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	removeLeftovers(path)
	temporary, err := writeTemporary(path, encodeCertificateFile(certificate))
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.Remove(temporary) }() // after os.Rename it is gone already

	if err = place(temporary, path); err == nil {
		return certificate, nil
	}
	if other, loadErr := loadCertificate(path); loadErr == nil {
		return other, nil // another process was faster
	}
	if renameErr := os.Rename(temporary, path); renameErr != nil {
		return nil, errors.Join(err, renameErr)
	}
	return certificate, nil
}

// writeTemporary writes data to a new file beside path, readable by the owner only, and flushes it to the disk.
func writeTemporary(path string, data []byte) (temporary string, err error) {
	file, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.tmp") // mode 0600
	if err != nil {
		return "", err
	}
	_, err = file.Write(data)
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return "", errors.Join(err, os.Remove(file.Name()))
	}
	return file.Name(), nil
}

// removeLeftovers removes the temporary files of processes that died while they made a certificate.
func removeLeftovers(path string) {
	names, _ := filepath.Glob(path + ".*.tmp") // a dir with pattern characters in its name only keeps its leftovers
	for _, name := range names {
		if info, err := os.Stat(name); err == nil && time.Since(info.ModTime()) > leftoverAge {
			_ = os.Remove(name) // it does no harm
		}
	}
}

func encodeCertificateFile(c *Certificate) []byte {
	return append(
		pem.EncodeToMemory(&pem.Block{Type: pemCertificate, Bytes: c.DER}),
		pem.EncodeToMemory(&pem.Block{Type: pemKey, Bytes: x509.MarshalPKCS1PrivateKey(c.PrivateKey)})...)
}

// decodeCertificateFile reads what encodeCertificateFile wrote, and makes sure that the game would accept it.
func decodeCertificateFile(data []byte) (*Certificate, error) {
	certificate, rest := pem.Decode(data)
	key, rest := pem.Decode(rest)
	switch {
	case certificate == nil || certificate.Type != pemCertificate:
		return nil, errors.New("it does not start with a certificate")
	case key == nil || key.Type != pemKey:
		return nil, errors.New("it has no key after the certificate")
	case len(bytes.TrimSpace(rest)) > 0:
		return nil, errors.New("something follows the key")
	}
	if err := CheckGameCertificate(certificate.Bytes, GameHost); err != nil {
		return nil, err
	}
	public, err := publicKey(certificate.Bytes)
	if err != nil {
		return nil, err
	}
	private, err := x509.ParsePKCS1PrivateKey(key.Bytes)
	if err != nil {
		return nil, fmt.Errorf("its key cannot be read: %w", err)
	}
	if !private.PublicKey.Equal(public) {
		return nil, errors.New("its key belongs to another certificate")
	}
	return &Certificate{DER: certificate.Bytes, PrivateKey: private}, nil
}
