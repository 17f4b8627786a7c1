package seal

import (
	"encoding/binary"
	"fmt"
	"io"
)

// A sealed value is: version (1 byte), name of the key (4), nonce (12), the encrypted bytes, tag (16). What it is bound to is
// authenticated with it, and so are version and name.
const (
	version   = 1
	idSize    = 4
	nonceSize = 12
	tagSize   = 16
	headSize  = 1 + idSize + nonceSize
)

// Seal encrypts plain with a nonce from rand and binds it to bound, which [Key.Open] must be given again. See [Bind].
func (k Key) Seal(rand io.Reader, plain, bound []byte) ([]byte, error) {
	if k.aead == nil {
		return nil, ErrNoKey
	}
	sealed := make([]byte, headSize, headSize+len(plain)+tagSize)
	sealed[0] = version
	copy(sealed[1:], k.id[:])
	nonce := sealed[1+idSize:]
	if _, err := io.ReadFull(rand, nonce); err != nil {
		return nil, fmt.Errorf("read randomness to seal: %w", err)
	}
	return k.aead.Seal(sealed, nonce, plain, authenticated(sealed, bound)), nil
}

// Open decrypts what Seal made. Its error wraps ErrWrongKey or ErrDamaged, and holds nothing of the value.
func (k Key) Open(sealed, bound []byte) ([]byte, error) {
	switch {
	case k.aead == nil:
		return nil, ErrNoKey
	case len(sealed) < headSize+tagSize:
		return nil, fmt.Errorf("%w: it is too short", ErrDamaged)
	case sealed[0] != version:
		return nil, fmt.Errorf("%w, or of a newer form that needs a newer authrun", ErrDamaged)
	case [idSize]byte(sealed[1:]) != k.id:
		return nil, ErrWrongKey
	}
	plain, err := k.aead.Open(nil, sealed[1+idSize:headSize], sealed[headSize:], authenticated(sealed, bound))
	if err != nil {
		return nil, ErrDamaged
	}
	return plain, nil
}

func authenticated(sealed, bound []byte) []byte {
	return append(append(make([]byte, 0, 1+idSize+len(bound)), sealed[:1+idSize]...), bound...)
}

// Bind makes of names what a value is bound to: the kind of row and the columns that identify it. Each name keeps its own length, so that
// different names never make the same bytes.
func Bind(names ...string) []byte {
	var b []byte
	for _, name := range names {
		b = binary.AppendUvarint(b, uint64(len(name)))
		b = append(b, name...)
	}
	return b
}
