package client

import (
	"crypto/rand"
	"time"

	"github.com/authrun/authrun/sdk/internal/wire"
)

// newKeyPair makes the key pair of one start. Its randomness is the system's and nobody's choice: a key that could be chosen is none.
func newKeyPair(now time.Time) (*wire.KeyPair, error) {
	pair, err := wire.NewKeyPair(rand.Reader, now)
	return &pair, err
}
