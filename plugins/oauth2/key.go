package oauth2

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
)

// The signatures of an assertion.
const (
	rs256 = "RS256"
	ps256 = "PS256"
	es256 = "ES256"
	hs256 = "HS256"
)

var (
	errNoPEM     = errors.New("it is not PEM: text that begins with -----BEGIN ... PRIVATE KEY-----")
	errLocked    = errors.New("it is locked with a passphrase; take that away, and keep the key as a secret")
	errNoKey     = errors.New("it is no private key of RSA or of an elliptic curve")
	errCurve     = errors.New("it is of a curve other than P-256, and ES256 is for that one")
	errShort     = errors.New("it is a key of RSA with fewer than 2048 bits")
	errOtherKind = errors.New("it is of another kind than the algorithm signs with")
)

// parseKey reads a private key for an algorithm, and says which algorithm that is where none is wanted. Its errors quote nothing of it.
func parseKey(text, algorithm string) (key crypto.Signer, signs string, err error) {
	block, _ := pem.Decode([]byte(text))
	switch {
	case block == nil:
		return nil, "", errNoPEM
	case block.Type == "ENCRYPTED PRIVATE KEY" || block.Headers["DEK-Info"] != "":
		return nil, "", errLocked
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		if parsed, err = x509.ParsePKCS1PrivateKey(block.Bytes); err != nil {
			if parsed, err = x509.ParseECPrivateKey(block.Bytes); err != nil {
				return nil, "", errNoKey
			}
		}
	}
	switch key := parsed.(type) {
	case *rsa.PrivateKey:
		switch {
		case key.N.BitLen() < 2048:
			return nil, "", errShort
		case algorithm == es256:
			return nil, "", errOtherKind
		case algorithm == "":
			algorithm = rs256
		}
		return key, algorithm, nil
	case *ecdsa.PrivateKey:
		switch {
		case key.Curve != elliptic.P256():
			return nil, "", errCurve
		case algorithm != "" && algorithm != es256:
			return nil, "", errOtherKind
		}
		return key, es256, nil
	}
	return nil, "", errNoKey
}

// sign is the signature of a text by the algorithm, as a JWS writes it.
func sign(random io.Reader, key crypto.Signer, algorithm string, text []byte) ([]byte, error) {
	sum := sha256.Sum256(text)
	switch key := key.(type) {
	case *ecdsa.PrivateKey:
		r, s, err := ecdsa.Sign(random, key, sum[:])
		if err != nil {
			return nil, err
		}
		raw := make([]byte, 64)
		r.FillBytes(raw[:32])
		s.FillBytes(raw[32:])
		return raw, nil
	case *rsa.PrivateKey:
		if algorithm == ps256 {
			return rsa.SignPSS(random, key, crypto.SHA256, sum[:], &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash})
		}
		return rsa.SignPKCS1v15(random, key, crypto.SHA256, sum[:])
	}
	return nil, errNoKey
}
