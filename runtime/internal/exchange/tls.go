package exchange

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"os"
)

// security is the TLS configuration of a network; nil where the defaults do.
func (n Network) security() (*tls.Config, error) {
	if n.CAFile == "" && n.CertFile == "" && n.KeyFile == "" && n.PinSHA256 == "" {
		return nil, nil
	}
	c := &tls.Config{MinVersion: tls.VersionTLS12}
	if n.CAFile != "" {
		roots, err := authorities(n.CAFile)
		if err != nil {
			return nil, fmt.Errorf("ca_file: %w", err)
		}
		c.RootCAs = roots
	}
	if n.CertFile != "" || n.KeyFile != "" {
		own, err := ownCertificate(n.CertFile, n.KeyFile)
		if err != nil {
			return nil, err
		}
		c.Certificates = []tls.Certificate{own}
	}
	if n.PinSHA256 != "" {
		p, err := parsePin(n.PinSHA256)
		if err != nil {
			return nil, fmt.Errorf("pin_sha256: %w", err)
		}
		c.VerifyConnection = p.verify
		// The pin is a stricter test than the one that it replaces: one certificate is accepted, and no other.
		c.InsecureSkipVerify = n.CAFile == ""
	}
	return c, nil
}

// authorities are the machine's, and those of a file.
func authorities(file string) (*x509.CertPool, error) {
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		// A machine without any, such as a bare container.
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s holds no certificate in PEM form", file)
	}
	return pool, nil
}

// ownCertificate is what this host shows of itself.
func ownCertificate(certFile, keyFile string) (tls.Certificate, error) {
	if certFile == "" || keyFile == "" {
		return tls.Certificate{}, errors.New("cert_file and key_file are needed together")
	}
	cert, err := os.ReadFile(certFile)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("cert_file: %w", err)
	}
	key, err := os.ReadFile(keyFile)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("key_file: %w", err)
	}
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("cert_file %s with key_file %s: %w", certFile, keyFile, err)
	}
	return pair, nil
}

// untrusted is the text for a vendor whose certificate, or whose TLS, is not accepted; empty: it is not that. It says what to do, because
// asking again changes nothing.
func untrusted(host string, err error) string {
	var pinned *pinError
	if errors.As(err, &pinned) {
		return fmt.Sprintf("no connection to %s: %s", host, pinned)
	}
	var invalid *tls.CertificateVerificationError
	if errors.As(err, &invalid) {
		text := fmt.Sprintf("no connection to %s: its certificate %s. If it is the vendor's all the same, name its authority with ca_file in the network block",
			host, certificateFault(invalid.Err))
		if len(invalid.UnverifiedCertificates) > 0 {
			text += fmt.Sprintf(", or this one certificate with pin_sha256 = %q", sumOf(invalid.UnverifiedCertificates[0]))
		}
		return text
	}
	var record tls.RecordHeaderError
	if errors.As(err, &record) {
		return fmt.Sprintf("no connection to %s: it does not speak TLS; the URL may have to begin with http://", host)
	}
	if alert := alertOf(err, "remote error"); alert != "" {
		return fmt.Sprintf("%s refused the TLS connection (%s); where it asks for a certificate, set cert_file and key_file in the network block", host, alert)
	}
	return ""
}

// alertOf is the TLS alert in err, which the other end ("remote error") or this one ("local error") gave; empty: there is none. Its text is
// one of crypto/tls's own.
func alertOf(err error, end string) string {
	var op *net.OpError
	if errors.As(err, &op) && op.Op == end && op.Err != nil {
		return op.Err.Error()
	}
	return ""
}

// certificateFault is what is wrong with a certificate. The errors' own texts repeat names of the certificate.
func certificateFault(err error) string {
	var authority x509.UnknownAuthorityError
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, &authority):
		return "was not signed by an authority that this machine trusts"
	case errors.As(err, &name):
		return "is made out for another name"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "has expired or is not valid yet"
	}
	return "is not valid"
}

// sumOf is what pin_sha256 has to be for a certificate.
func sumOf(c *x509.Certificate) string {
	sum := sha256.Sum256(c.Raw)
	return hex.EncodeToString(sum[:])
}
