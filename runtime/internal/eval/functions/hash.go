package functions

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"hash"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

var (
	md5Func      = hashFunc("MD5", md5.New, hex.EncodeToString)
	sha1Func     = hashFunc("SHA-1", sha1.New, hex.EncodeToString)
	sha256Func   = hashFunc("SHA-256", sha256.New, hex.EncodeToString)
	sha512Func   = hashFunc("SHA-512", sha512.New, hex.EncodeToString)
	base64SHA256 = hashFunc("SHA-256", sha256.New, base64.StdEncoding.EncodeToString)
	base64SHA512 = hashFunc("SHA-512", sha512.New, base64.StdEncoding.EncodeToString)
)

// hashFunc makes a function that hashes a string's bytes and writes the sum as text.
func hashFunc(name string, algorithm func() hash.Hash, write func([]byte) string) function.Function {
	return textFunc(name+" of a string's bytes, as text.", func(s string) (string, error) {
		h := algorithm()
		h.Write([]byte(s))
		return write(h.Sum(nil)), nil
	})
}

var hmacSHA256 = function.New(&function.Spec{
	Description:  "HMAC-SHA-256 of a message under a key, in lower-case hexadecimal digits.",
	Params:       []function.Parameter{{Name: "key", Type: cty.String}, {Name: "message", Type: cty.String}},
	Type:         function.StaticReturnType(cty.String),
	RefineResult: notNull,
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		h := hmac.New(sha256.New, []byte(args[0].AsString()))
		h.Write([]byte(args[1].AsString()))
		return cty.StringVal(hex.EncodeToString(h.Sum(nil))), nil
	},
})
