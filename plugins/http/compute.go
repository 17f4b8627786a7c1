package httpvendor

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"hash"
	"strings"
)

// hashes are the hashes that a value is computed by, alone or in an HMAC.
var hashes = map[string]func() hash.Hash{"md5": md5.New, "sha1": sha1.New, "sha256": sha256.New, "sha512": sha512.New}

// keyed tells whether it is computed with a key.
func (c Compute) keyed() bool { return strings.HasPrefix(c.By, "hmac_") }

// value is what it comes to, of its rendered template and key.
func (c Compute) value(from, key string) string {
	sum := []byte(from)
	name, keyed := strings.CutPrefix(c.By, "hmac_")
	if newHash, ok := hashes[name]; ok {
		h := newHash()
		if keyed {
			h = hmac.New(newHash, []byte(key))
		}
		h.Write([]byte(from))
		sum = h.Sum(nil)
	}
	switch c.As {
	case "hex":
		return hex.EncodeToString(sum)
	case "HEX":
		return strings.ToUpper(hex.EncodeToString(sum))
	case "base64":
		return base64.StdEncoding.EncodeToString(sum)
	case "base64url":
		return base64.RawURLEncoding.EncodeToString(sum)
	}
	if c.By == "text" {
		return from
	}
	return hex.EncodeToString(sum)
}
