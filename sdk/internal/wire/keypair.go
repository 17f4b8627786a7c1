package wire

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"time"
)

// serverName is whom the certificate of a KeyPair names, since TLS wants a name.
const serverName = "localhost"

// KeyPair is the TLS identity of one start of one plugin, where the kernel cannot tell who is at the other end. Host and plugin both use
// it, so that each proves by it that it is the other's. The host makes it and hands it over on the plugin's standard input: not in the
// environment, which children inherit and crash reports show. It is P-256, which takes a tenth of the time of go-plugin's own P-521.
type KeyPair struct {
	Cert []byte `json:"cert"` // DER
	Key  []byte `json:"key"`  // DER, SEC 1
}

// NewKeyPair makes a pair with the randomness of rand. Its certificate holds from an hour before now for ten years: it serves one start,
// and an end whose clock was set wrong meanwhile shall not fall over it.
func NewKeyPair(rand io.Reader, now time.Time) (KeyPair, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand)
	if err != nil {
		return KeyPair{}, fmt.Errorf("make a key: %w", err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: serverName}, DNSNames: []string{serverName},
		NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(10, 0, 0),
		KeyUsage:    x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth},
		IsCA:        true, BasicConstraintsValid: true,
	}
	cert, err := x509.CreateCertificate(rand, template, template, key.Public(), key)
	if err != nil {
		return KeyPair{}, fmt.Errorf("make a certificate: %w", err)
	}
	der, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return KeyPair{}, fmt.Errorf("encode a key: %w", err)
	}
	return KeyPair{Cert: cert, Key: der}, nil
}

// WriteTo writes the pair as one line of JSON.
func (k KeyPair) WriteTo(w io.Writer) (int64, error) {
	line, err := json.Marshal(k)
	if err != nil {
		return 0, err
	}
	n, err := w.Write(append(line, '\n'))
	return int64(n), err
}

// ReadKeyPair reads the line that WriteTo wrote, and not a byte more.
func ReadKeyPair(r io.Reader) (KeyPair, error) {
	var k KeyPair
	line, err := readLine(r, 8<<10)
	if err != nil {
		return KeyPair{}, fmt.Errorf("read the key pair of the connection: %w", err)
	}
	if err := json.Unmarshal(line, &k); err != nil {
		return KeyPair{}, errors.New("read the key pair of the connection: it is not JSON")
	}
	return k, nil
}

// readLine reads up to a newline, byte by byte since what follows is another's to read.
func readLine(r io.Reader, limit int) ([]byte, error) {
	var line bytes.Buffer
	b := make([]byte, 1)
	for line.Len() < limit {
		if _, err := io.ReadFull(r, b); err != nil {
			return nil, err
		}
		if b[0] == '\n' {
			return line.Bytes(), nil
		}
		line.WriteByte(b[0])
	}
	return nil, errors.New("the line has no end")
}

// Config is the TLS configuration of either end. It accepts the pair itself and nothing else.
func (k KeyPair) Config() (*tls.Config, error) {
	cert, err := x509.ParseCertificate(k.Cert)
	if err != nil {
		return nil, errors.New("the certificate of the connection is not valid")
	}
	key, err := x509.ParseECPrivateKey(k.Key)
	if err != nil {
		return nil, errors.New("the key of the connection is not valid")
	}
	pool := x509.NewCertPool()
	pool.AddCert(cert)
	return &tls.Config{
		Certificates: []tls.Certificate{{Certificate: [][]byte{k.Cert}, PrivateKey: key, Leaf: cert}},
		RootCAs:      pool, ClientCAs: pool, ClientAuth: tls.RequireAndVerifyClientCert, ServerName: serverName,
		MinVersion:       tls.VersionTLS13,
		CurvePreferences: []tls.CurveID{tls.X25519, tls.CurveP256}, // gRPC's C core, which Python uses, offers no X25519
	}, nil
}
