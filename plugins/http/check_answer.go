package httpvendor

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/authrun/authrun/sdk"
)

// renew checks the renew request.
func (k *checker) renew(r Renew) {
	language := k.later("renew", r.Request)
	if r.Keeps && r.Credential != nil && r.Credential.Token != "" {
		k.add("Contradicting arguments", "With keeps the held token lives on, so none is looked for. Remove token_at, or keeps.", "renew", "0", "keeps")
	}
	if r.Credential != nil {
		k.credential([]string{"renew", "0", "credential", "0"}, *r.Credential, language, !r.Keeps)
	}
}

// later checks a request of a token that is held, and gives the language of its answer. What it leaves to acquire is checked there.
func (k *checker) later(operation string, r Request) (language string) {
	r.Answer = cmp.Or(r.Answer, k.c.Acquire.Answer)
	k.request(operation, r)
	return r.Answer
}

// credential checks where in an answer the credential is. Wanted tells whether it brings a token.
func (k *checker) credential(at []string, w Answered, language string, wanted bool) {
	language = cmp.Or(language, "json")
	path := func(argument string) []string { return append(slices.Clone(at), argument) }
	if wanted && w.Token == "" {
		k.add("Missing argument", "token_at is not set. It is the place of the token in the answer, such as \"/data/token\".", at...)
	}
	for _, one := range []struct{ argument, place string }{
		{"token_at", w.Token}, {"lifetime_at", w.Lifetime}, {"expires_at", w.ExpiresAt}, {"refresh_token_at", w.RefreshToken},
		{"renew_lifetime_at", w.RenewLifetime},
	} {
		k.place(one.place, language, path(one.argument)...)
	}
	k.attributes(w.Attributes, language, path("attributes"))
	k.attributes(w.SensitiveAttributes, language, path("sensitive_attributes"))
	for name := range w.Attributes {
		if _, twice := w.SensitiveAttributes[name]; twice {
			k.add("Duplicate name", "An attribute stands in attributes and in sensitive_attributes. Remove it from one of them.", path("sensitive_attributes")...)
			break
		}
	}
	if _, err := write(time.Time{}, w.ExpiresFormat, time.UTC); err != nil {
		k.add("Invalid format", "expires_format "+err.Error()+".", path("expires_format")...)
	}
	if w.Life != "" && w.Life != forever {
		if d, err := sdk.ParseDuration(w.Life); err != nil || d <= 0 {
			k.add("Invalid duration", "life is a duration above zero, such as \"2h\" or \"30d\", or \"forever\".", path("life")...)
		}
	}
	if w.Lifetime == "" && w.ExpiresAt == "" && w.Life == "" {
		k.add("Missing argument", "Nothing says how long the token lives. Set lifetime_at or expires_at to a place in the answer, or life to a duration.", at...)
	}
	if w.MaxLife != nil && *w.MaxLife <= 0 {
		k.add("Invalid duration", "max_life is a duration above zero.", path("max_life")...)
	}
	if w.RenewWithin != nil && *w.RenewWithin <= 0 {
		k.add("Invalid duration", "renew_within is a duration above zero.", path("renew_within")...)
	}
}

// attributes checks the places of attributes.
func (k *checker) attributes(places map[string]string, language string, path []string) {
	for _, name := range slices.Sorted(maps.Keys(places)) {
		k.place(places[name], language, path...)
		if places[name] == "" || !isName(name) {
			k.add("Invalid place", "An attribute has a name of letters, digits, - and _, and a place such as \"/data/company\".", path...)
		}
	}
}
