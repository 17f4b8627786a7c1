package functions

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"errors"
	"net/url"
	"unicode/utf8"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

var (
	base64Encode = textFunc("Base64 of a string's bytes.", func(s string) (string, error) {
		return base64.StdEncoding.EncodeToString([]byte(s)), nil
	})
	base64Decode = textFunc("The string whose bytes are given in Base64. They must be UTF-8.", func(s string) (string, error) {
		raw, err := base64.StdEncoding.DecodeString(s)
		if err != nil {
			return "", errors.New("not Base64")
		}
		if !utf8.Valid(raw) {
			return "", errors.New("the decoded bytes are no UTF-8 text, and a flow holds only text")
		}
		return string(raw), nil
	})
	urlEncode = textFunc("A string made safe for a URL's query.", func(s string) (string, error) { return url.QueryEscape(s), nil })
	urlDecode = textFunc("The string that was made safe for a URL's query.", func(s string) (string, error) {
		text, err := url.QueryUnescape(s)
		if err != nil || !utf8.ValidString(text) {
			return "", errors.New("not URL-encoded text")
		}
		return text, nil
	})
)

// base64Gzip compresses. It writes no time and no name, so that the same text gives the same result.
var base64Gzip = textFunc("A string's bytes compressed by gzip, in Base64.", func(s string) (string, error) {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write([]byte(s)); err != nil {
		return "", err
	}
	if err := w.Close(); err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(out.Bytes()), nil
})

// textFunc makes a function of one string to a string.
func textFunc(doc string, f func(string) (string, error)) function.Function {
	return function.New(&function.Spec{
		Description:  doc,
		Params:       []function.Parameter{{Name: "text", Type: cty.String}},
		Type:         function.StaticReturnType(cty.String),
		RefineResult: notNull,
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			text, err := f(args[0].AsString())
			if err != nil {
				return cty.NilVal, function.NewArgError(0, err)
			}
			return text2value(text), nil
		},
	})
}

func notNull(b *cty.RefinementBuilder) *cty.RefinementBuilder { return b.NotNull() }
