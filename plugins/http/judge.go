package httpvendor

import (
	"cmp"
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/authrun/authrun/sdk"
)

// judge says why an answer brings nothing, or nil. Err is what the HTTP status says by the table that all vendors share.
func (r Request) judge(a *reply, err error) error {
	for _, refusal := range r.Failure {
		if refusal.fits(a) {
			return r.refused(a, refusal)
		}
	}
	if err != nil && !slices.ContainsFunc(r.Success, func(l Look) bool { return slices.Contains(l.Status, a.Status) }) {
		return err
	}
	for _, look := range r.Success {
		if !look.fits(a) {
			return r.noSuccess(a, look)
		}
	}
	return nil
}

// fits tells whether an answer looks so. What cannot be looked at does not.
func (l Look) fits(a *reply) bool {
	if len(l.Status) > 0 && !slices.Contains(l.Status, a.Status) {
		return false
	}
	if l.At == "" && len(l.OneOf) == 0 && l.Match == "" {
		return true
	}
	text, err := a.find(cmp.Or(l.At, "body"))
	if err != nil {
		return false
	}
	if len(l.OneOf) == 0 && l.Match == "" {
		return text != ""
	}
	if len(l.OneOf) > 0 && !slices.ContainsFunc(l.OneOf, func(one string) bool { return isOne(text, one) }) {
		return false
	}
	if l.Match == "" {
		return true
	}
	re, err := regexp.Compile(l.Match)
	return err == nil && re.MatchString(text)
}

// isOne tells whether a text is the one that is wanted, or begins like it where that ends with "*".
func isOne(text, wanted string) bool {
	if start, open := strings.CutSuffix(wanted, "*"); open {
		return strings.HasPrefix(text, start)
	}
	return text == wanted
}

// refused is the failure of an answer that a failure block knows.
func (r Request) refused(a *reply, is Refusal) error {
	class := sdk.Class(is.Class)
	f := &sdk.Failure{Class: class, Text: "the vendor refused it" + words(a, r.Message)}
	// An answer that a code was read of can be read once more.
	if code, _ := a.find(is.At); code != "" && len(is.OneOf) > 0 {
		f = sdk.Codes{code: class}.Failure(sdk.Text(code), strings.TrimPrefix(words(a, r.Message), ": "))
	} else if len(is.Status) > 0 {
		f.Text = "the vendor answered HTTP " + itoa(a.Status) + words(a, r.Message)
	}
	f.RetryAfter = a.RetryAfter()
	if is.RetryAfter != nil {
		f.RetryAfter = *is.RetryAfter
	}
	if text, _ := a.find(is.RetryAfterAt); text != "" {
		var seconds sdk.Int
		if seconds.UnmarshalText([]byte(text)) == nil && seconds > 0 {
			f.RetryAfter = seconds.Duration(time.Second)
		}
	}
	return f
}

// noSuccess is the failure of an answer that is no success and that no failure block knows.
func (r Request) noSuccess(a *reply, look Look) error {
	if len(look.Status) > 0 && !slices.Contains(look.Status, a.Status) {
		return &sdk.Failure{Class: sdk.MalformedAnswer, Text: "the vendor answered HTTP " + itoa(a.Status) + ", which success does not name" + words(a, r.Message)}
	}
	at := cmp.Or(look.At, "body")
	text, err := a.find(at)
	switch {
	case err != nil:
		return err
	case text == "":
		return &sdk.Failure{Class: sdk.MalformedAnswer, Text: "the answer holds nothing at " + at + ", where success is to be read"}
	case look.At == "" || len(look.OneOf) == 0:
		return unsupported("the answer is no success, and no failure block knows it" + words(a, r.Message))
	}
	f := sdk.Codes{}.Failure(sdk.Text(text), "")
	f.Text = strings.Replace(f.Text, "this plugin does not know", "no failure block knows", 1) + words(a, r.Message)
	return f
}

// words are the vendor's words for a refusal, with a colon before them; "" where there are none.
func words(a *reply, at string) string {
	text, err := a.find(at)
	if err != nil || text == "" {
		return ""
	}
	return ": " + sdk.Clean(text)
}

// asRenewal is a renewal's failure. A refusal that no failure block knows says that the held token is worth nothing more: then a new one is
// taken, and whoever asks for that is told what is wrong.
func asRenewal(err error, known bool) error {
	var f *sdk.Failure
	if known || !errors.As(err, &f) || f.Class != sdk.InvalidRequest && f.Class != sdk.Unsupported {
		return err
	}
	dead := *f
	dead.Class = sdk.TokenDead
	return &dead
}
