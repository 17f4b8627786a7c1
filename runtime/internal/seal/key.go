// Package seal keeps secrets unreadable in the store, and tells arguments apart without keeping them.
//
// A [Key] is what the user holds, most often in a file: with it values are sealed (AES-256-GCM), each bound to the row it stands in. A [Ring] is
// the keys of before a rotation and after it, side by side. A [Hasher] has a key of its own and makes the keyed hashes by which accounts,
// fingerprints, limits and latches are found again. The package touches no store and no clock; randomness comes from outside. It may be
// imported by the runtime and its rooms.
package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Errors that callers tell apart, with errors.Is.
var (
	// ErrNoKey says that there is no key file.
	ErrNoKey = errors.New("there is no key file")
	// ErrBadKey says that what is in a key file is no key.
	ErrBadKey = errors.New("this is not a key of authrun")
	// ErrWrongKey says that a value was sealed with another key.
	ErrWrongKey = errors.New("sealed with another key")
	// ErrDamaged says that a value was sealed with this key but was changed, or stands in a row that it was not sealed for.
	ErrDamaged = errors.New("damaged, or moved from another row")
)

// KeySize is the number of random bytes in a key.
const KeySize = 32

// prefix begins the text of a key; its number is that of the form.
const prefix = "authrun-key-1:"

// byteOrderMark is what editors on Windows leave at the beginning of a text.
const byteOrderMark = "\ufeff"

// Key seals and opens. It prints as "(sensitive)". Its zero value does not work; see [NewKey], [ParseKey] and [Ring].
type Key struct {
	secret [KeySize]byte
	id     [idSize]byte
	aead   cipher.AEAD
}

// NewKey makes a key from KeySize bytes of rand.
func NewKey(rand io.Reader) (Key, error) {
	var secret [KeySize]byte
	if _, err := io.ReadFull(rand, secret[:]); err != nil {
		return Key{}, fmt.Errorf("read randomness for a key: %w", err)
	}
	return derive(secret)
}

// derive makes what a key works with. Sealing and naming use keys of their own, so that a key's name tells nothing of it.
func derive(secret [KeySize]byte) (Key, error) {
	sealing, err := hkdf.Expand(sha256.New, secret[:], "authrun seal 1", KeySize)
	if err != nil {
		return Key{}, err
	}
	name, err := hkdf.Expand(sha256.New, secret[:], "authrun key id 1", idSize)
	if err != nil {
		return Key{}, err
	}
	block, err := aes.NewCipher(sealing)
	if err != nil {
		return Key{}, err
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return Key{}, err
	}
	return Key{secret: secret, id: [idSize]byte(name), aead: aead}, nil
}

// ParseKey reads the text of a key: one line, as [Key.Text] writes it, spaces and line ends around it allowed. Its error wraps ErrBadKey and
// holds nothing of the text.
func ParseKey(text string) (Key, error) {
	text = strings.TrimSpace(strings.TrimPrefix(text, byteOrderMark))
	encoded, ok := strings.CutPrefix(text, prefix)
	switch {
	case text == "":
		return Key{}, fmt.Errorf("%w: it is empty", ErrBadKey)
	case !ok && strings.HasPrefix(text, "authrun-key-"):
		return Key{}, fmt.Errorf("%w that this version can read: it is of a newer form; upgrade authrun", ErrBadKey)
	case !ok:
		return Key{}, fmt.Errorf("%w: it does not begin with %q", ErrBadKey, prefix)
	}
	secret, err := base64.StdEncoding.Strict().DecodeString(encoded)
	switch {
	case err != nil:
		return Key{}, fmt.Errorf("%w: what follows %q is not base64; it may have been cut or changed", ErrBadKey, prefix)
	case len(secret) != KeySize:
		return Key{}, fmt.Errorf("%w: it has %d bytes where %d belong; it may have been cut", ErrBadKey, len(secret), KeySize)
	}
	return derive([KeySize]byte(secret))
}

// Text is the key in words that ParseKey reads, with a line end. It is for a key file and nothing else.
func (k Key) Text() string { return prefix + base64.StdEncoding.EncodeToString(k.secret[:]) + "\n" }

// Name is eight hexadecimal digits by which a person tells keys apart. They tell nothing of the key, and stand in all that it sealed.
func (k Key) Name() string { return hex.EncodeToString(k.id[:]) }

// Sealed tells whether a value was sealed with the key.
func (k Key) Sealed(value []byte) bool { return k.aead != nil && SealedBy(value) == k.Name() }

// Format prints "(sensitive)" whatever the verb.
func (k Key) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "(sensitive)") }
