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
	"io/fs"

	"github.com/google/uuid"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

var (
	md5Func      = hashFunc("MD5", md5.New, hex.EncodeToString)
	sha1Func     = hashFunc("SHA-1", sha1.New, hex.EncodeToString)
	sha256Func   = hashFunc("SHA-256", sha256.New, hex.EncodeToString)
	sha512Func   = hashFunc("SHA-512", sha512.New, hex.EncodeToString)
	base64SHA256 = hashFunc("SHA-256, in Base64,", sha256.New, base64.StdEncoding.EncodeToString)
	base64SHA512 = hashFunc("SHA-512, in Base64,", sha512.New, base64.StdEncoding.EncodeToString)
)

// hashFunc makes a function that hashes a string's bytes and writes the sum as text.
func hashFunc(name string, algorithm func() hash.Hash, write func([]byte) string) function.Function {
	return textFunc(name+" of a string's bytes, as text.", func(s string) (string, error) {
		h := algorithm()
		h.Write([]byte(s))
		return write(h.Sum(nil)), nil
	})
}

var (
	hmacMD5    = hmacFunc("MD5", md5.New)
	hmacSHA1   = hmacFunc("SHA-1", sha1.New)
	hmacSHA256 = hmacFunc("SHA-256", sha256.New)
	hmacSHA512 = hmacFunc("SHA-512", sha512.New)
)

// hmacFunc makes a function that hashes a message under a key.
func hmacFunc(name string, algorithm func() hash.Hash) function.Function {
	return function.New(&function.Spec{
		Description:  "HMAC-" + name + " of a message under a key, in lower-case hexadecimal digits.",
		Params:       []function.Parameter{{Name: "key", Type: cty.String}, {Name: "message", Type: cty.String}},
		Type:         function.StaticReturnType(cty.String),
		RefineResult: notNull,
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			h := hmac.New(algorithm, []byte(args[0].AsString()))
			h.Write([]byte(args[1].AsString()))
			return cty.StringVal(hex.EncodeToString(h.Sum(nil))), nil
		},
	})
}

// fileHash makes a function that hashes the bytes of a file.
func (w World) fileHash(name string, algorithm func() hash.Hash, write func([]byte) string) function.Function {
	return w.read(name+" of a file's bytes, as text.", func(_ string, raw []byte, _ fs.FileMode) (cty.Value, error) {
		h := algorithm()
		h.Write(raw)
		return cty.StringVal(write(h.Sum(nil))), nil
	})
}

// fileHashes are the functions that hash files, by name.
func (w World) fileHashes() map[string]function.Function {
	return map[string]function.Function{
		"filemd5":          w.fileHash("MD5", md5.New, hex.EncodeToString),
		"filesha1":         w.fileHash("SHA-1", sha1.New, hex.EncodeToString),
		"filesha256":       w.fileHash("SHA-256", sha256.New, hex.EncodeToString),
		"filesha512":       w.fileHash("SHA-512", sha512.New, hex.EncodeToString),
		"filebase64sha256": w.fileHash("SHA-256, in Base64,", sha256.New, base64.StdEncoding.EncodeToString),
		"filebase64sha512": w.fileHash("SHA-512, in Base64,", sha512.New, base64.StdEncoding.EncodeToString),
	}
}

// uuidV5 makes a UUID of a namespace and a name: always the same for these.
var uuidV5 = function.New(&function.Spec{
	Description: "The UUID (version 5) of a name in a namespace: \"dns\", \"url\", \"oid\", \"x500\" or a UUID. The same for the same arguments.",
	Params:      []function.Parameter{{Name: "namespace", Type: cty.String}, {Name: "name", Type: cty.String}},
	Type:        function.StaticReturnType(cty.String), RefineResult: notNull,
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		space, known := map[string]uuid.UUID{"dns": uuid.NameSpaceDNS, "url": uuid.NameSpaceURL, "oid": uuid.NameSpaceOID,
			"x500": uuid.NameSpaceX500}[args[0].AsString()]
		if !known {
			var err error
			if space, err = uuid.Parse(args[0].AsString()); err != nil {
				return cty.NilVal, function.NewArgErrorf(0, "the namespace is dns, url, oid, x500 or a UUID")
			}
		}
		return cty.StringVal(uuid.NewSHA1(space, []byte(args[1].AsString())).String()), nil
	},
})
