package httpvendor

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"maps"
	"net/url"
	"slices"
	"strings"
)

// filters change a value, by their names.
var filters = map[string]func(string) string{
	"upper":     strings.ToUpper,
	"lower":     strings.ToLower,
	"trim":      strings.TrimSpace,
	"url":       url.QueryEscape,
	"hex":       func(s string) string { return hex.EncodeToString([]byte(s)) },
	"base64":    func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) },
	"base64url": func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) },
	"md5":       func(s string) string { sum := md5.Sum([]byte(s)); return hex.EncodeToString(sum[:]) },
	"sha1":      func(s string) string { sum := sha1.Sum([]byte(s)); return hex.EncodeToString(sum[:]) },
	"sha256":    func(s string) string { sum := sha256.Sum256([]byte(s)); return hex.EncodeToString(sum[:]) },
	"sha512":    func(s string) string { sum := sha512.Sum512([]byte(s)); return hex.EncodeToString(sum[:]) },
}

// The filters that say of which type a value of a JSON body is. They stand last.
const (
	asNumber = "number"
	asBool   = "bool"
)

// typed tells whether a filter says a type.
func typed(filter string) bool { return filter == asNumber || filter == asBool }

// filterNames are the names of all filters, for a message.
func filterNames() []string {
	return append(slices.Sorted(maps.Keys(filters)), asNumber, asBool)
}
