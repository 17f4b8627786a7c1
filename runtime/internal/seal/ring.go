package seal

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Ring is the keys at hand, in the order of their making, the newest one first: that one is for what is new, and each opens what it sealed. A
// ring of a file that was never rotated has one key.
//
// It prints as "(sensitive)". The zero Ring has no key, and opens nothing.
type Ring struct {
	keys    []Key
	warning string
}

// NewRing makes a ring of keys, the newest one first. A key that comes twice is one.
func NewRing(keys ...Key) Ring {
	var r Ring
	for _, k := range keys {
		if !slices.ContainsFunc(r.keys, func(has Key) bool { return has.secret == k.secret }) {
			r.keys = append(r.keys, k)
		}
	}
	return r
}

// ParseRing reads the text of a ring: a key a line, as [Key.Text] writes them; empty lines and those that begin with # are passed over. Its error
// wraps ErrBadKey and holds nothing of the text.
func ParseRing(text string) (Ring, error) {
	var keys []Key
	text = strings.TrimPrefix(text, byteOrderMark)
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		k, err := ParseKey(line)
		if err != nil && len(keys) > 0 {
			err = fmt.Errorf("line %d: %w", i+1, err)
		}
		if err != nil {
			return Ring{}, err
		}
		keys = append(keys, k)
	}
	if len(keys) == 0 {
		return Ring{}, fmt.Errorf("%w: it is empty", ErrBadKey)
	}
	return NewRing(keys...), nil
}

// ParseContent reads keys from a text that is not a file of authrun's: what an environment variable holds, or a command printed. They stand
// apart by spaces or line ends; lines that begin with # are passed over, since a key file may have been copied. Beside the form of [Key.Text] it
// takes a key of KeySize bytes in base64 or in hexadecimal, as other tools make one. Its error wraps ErrBadKey and holds nothing of the text.
func ParseContent(text string) (Ring, error) {
	var words []string
	for line := range strings.Lines(strings.TrimPrefix(text, byteOrderMark)) {
		if line = strings.TrimSpace(line); !strings.HasPrefix(line, "#") {
			words = append(words, strings.Fields(line)...)
		}
	}
	if len(words) == 0 {
		return Ring{}, fmt.Errorf("%w: it is empty", ErrBadKey)
	}
	var keys []Key
	for i, word := range words {
		k, err := parseWord(word)
		if err != nil && len(words) > 1 {
			err = fmt.Errorf("key %d of %d: %w", i+1, len(words), err)
		}
		if err != nil {
			return Ring{}, err
		}
		keys = append(keys, k)
	}
	return NewRing(keys...), nil
}

func parseWord(word string) (Key, error) {
	if strings.HasPrefix(word, "authrun-key-") {
		return ParseKey(word)
	}
	if secret, err := hex.DecodeString(word); err == nil && len(secret) == KeySize {
		return derive([KeySize]byte(secret))
	}
	standard := strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(word, "="))
	if secret, err := base64.RawStdEncoding.Strict().DecodeString(standard); err == nil && len(secret) == KeySize {
		return derive([KeySize]byte(secret))
	}
	return Key{}, fmt.Errorf("%w: it is neither a line that begins with %q nor %d bytes in base64 or hexadecimal, but %d characters of another kind",
		ErrBadKey, prefix, KeySize, len(word))
}

// Newest is the key for what is new.
func (r Ring) Newest() Key {
	if len(r.keys) == 0 {
		return Key{}
	}
	return r.keys[0]
}

// Keys are all of them, the newest one first.
func (r Ring) Keys() []Key { return slices.Clone(r.keys) }

// Sealer is the key that sealed a value; ok is false where it is not in the ring, or what is given is no sealed value.
func (r Ring) Sealer(sealed []byte) (k Key, ok bool) {
	for _, k := range r.keys {
		if k.Sealed(sealed) {
			return k, true
		}
	}
	return Key{}, false
}

// Open decrypts what one of the keys sealed. Its errors are those of [Key.Open].
func (r Ring) Open(sealed, bound []byte) ([]byte, error) {
	if k, ok := r.Sealer(sealed); ok {
		return k.Open(sealed, bound)
	}
	return r.Newest().Open(sealed, bound)
}

// With is the ring with a newer key.
func (r Ring) With(k Key) Ring {
	with := NewRing(append([]Key{k}, r.keys...)...)
	with.warning = r.warning
	return with
}

// Only is the ring with no other keys than those that keep says.
func (r Ring) Only(keep func(Key) bool) Ring {
	r.keys = slices.DeleteFunc(slices.Clone(r.keys), func(k Key) bool { return !keep(k) })
	return r
}

// Text is the ring in words that ParseRing reads. It is for a key file and nothing else.
func (r Ring) Text() string {
	var text strings.Builder
	for i, k := range r.keys {
		if i == 1 {
			text.WriteString("# Keys from before a rotation. What they sealed and nobody sealed anew cannot be read without them.\n")
		}
		text.WriteString(k.Text())
	}
	return text.String()
}

// Names are the names of the keys, for a person.
func (r Ring) Names() string {
	var names []string
	for _, k := range r.keys {
		names = append(names, k.Name())
	}
	return strings.Join(names, ", ")
}

// Warning is a sentence on what is wrong with the file that the ring was read from, or "".
func (r Ring) Warning() string { return r.warning }

// Format prints "(sensitive)" whatever the verb.
func (r Ring) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "(sensitive)") }

// SealedBy is the name of the key that sealed a value, for a person; "" where it is no sealed value of this form.
func SealedBy(sealed []byte) string {
	if len(sealed) < headSize+tagSize || sealed[0] != version {
		return ""
	}
	return hex.EncodeToString(sealed[1 : 1+idSize])
}
