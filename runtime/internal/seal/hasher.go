package seal

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
)

// Hasher makes keyed hashes of arguments: 64 hexadecimal digits of HMAC-SHA256 over the canonical form. Without the key nobody can try
// passwords against them. The same arguments make the same hash whatever their order, their white space and the writing of their numbers;
// an argument that is null counts as one that is not there, because a plugin that learns one more argument must not make every stored
// credential stale.
//
// It prints as "(sensitive)". The zero Hasher has a key that everybody knows: see [NewHasher].
type Hasher struct {
	key [KeySize]byte
}

// NewHasher makes a Hasher with a key of its own, which must stay the same for the life of a store.
func NewHasher(key [KeySize]byte) Hasher { return Hasher{key: key} }

// NewHashKey makes a key for NewHasher from KeySize bytes of rand.
func NewHashKey(rand io.Reader) (key [KeySize]byte, err error) {
	if _, err := io.ReadFull(rand, key[:]); err != nil {
		return key, fmt.Errorf("read randomness for the hash key: %w", err)
	}
	return key, nil
}

// Account is the hash of which account at a vendor args name: the arguments that a schema marks as the account's, URLs normalised.
func (h Hasher) Account(vendor string, args map[string]json.RawMessage) string {
	return h.sum("account", []string{vendor}, args)
}

// Fingerprint is the hash of everything that makes a credential of an account what it is: the arguments that the flow sets, without the
// volatile ones and the defaults.
func (h Hasher) Fingerprint(vendor, account string, args map[string]json.RawMessage) string {
	return h.sum("fingerprint", []string{vendor, account}, args)
}

// Scope is the hash of whose limit a limit is: the arguments that it names. Accounts that share them share the limit.
func (h Hasher) Scope(vendor, limit string, args map[string]json.RawMessage) string {
	return h.sum("scope", []string{vendor, limit}, args)
}

// Secrets is the hash of an account with its sensitive arguments: what must change before a vendor that refused them is asked again.
func (h Hasher) Secrets(vendor, account string, args map[string]json.RawMessage) string {
	return h.sum("secrets", []string{vendor, account}, args)
}

// Argument is the hash of one argument for a vendor: enough to tell whether it changed, without the others.
func (h Hasher) Argument(vendor, name string, value json.RawMessage) string {
	return h.sum("argument", []string{vendor, name}, map[string]json.RawMessage{name: value})
}

// sum hashes what the hash is for, its names and its arguments, in the first version of the form.
func (h Hasher) sum(purpose string, names []string, args map[string]json.RawMessage) string {
	form := appendText(nil, "authrun hash 1")
	form = appendText(form, purpose)
	for _, name := range names {
		form = appendText(form, name)
	}
	form = appendArguments(form, args)
	mac := hmac.New(sha256.New, h.key[:])
	mac.Write(form)
	return hex.EncodeToString(mac.Sum(nil))
}

// Format prints "(sensitive)" whatever the verb.
func (h Hasher) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "(sensitive)") }
