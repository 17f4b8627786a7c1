package exchange

import (
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

// pin is the SHA-256 of the one certificate that is accepted.
type pin [sha256.Size]byte

// parsePin reads what openssl prints: hexadecimal digits, in capitals or not, with colons or without.
func parsePin(s string) (pin, error) {
	raw, err := hex.DecodeString(strings.ReplaceAll(s, ":", ""))
	if err != nil || len(raw) != sha256.Size {
		return pin{}, errors.New("it must be the SHA-256 of the vendor's certificate: 64 hexadecimal digits, as `openssl x509 -fingerprint -sha256` prints them")
	}
	return pin(raw), nil
}

// verify accepts a connection by the certificate that the other end showed.
func (p pin) verify(s tls.ConnectionState) error {
	if len(s.PeerCertificates) == 0 {
		return &pinError{want: p}
	}
	if seen := sha256.Sum256(s.PeerCertificates[0].Raw); seen != p {
		return &pinError{want: p, seen: hex.EncodeToString(seen[:])}
	}
	return nil
}

// pinError says that a certificate is not the pinned one.
type pinError struct {
	want pin
	seen string // empty: there was none
}

// Error names both, so that a certificate that was renewed can be pinned after it was checked.
func (e *pinError) Error() string {
	if e.seen == "" {
		return "it showed no certificate, and pin_sha256 is set"
	}
	return fmt.Sprintf("its certificate is not the one of pin_sha256 (%s); it shows pin_sha256 = %q", hex.EncodeToString(e.want[:]), e.seen)
}
