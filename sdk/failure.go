package sdk

import (
	"errors"
	"strings"
	"time"
)

// Class is the kind of a failure. The host acts on it: it latches, waits, retries or gives up.
type Class string

// The classes of failure.
const (
	InvalidCredentials  Class = "invalid_credentials"  // the vendor refuses who asks; not repeated until the configuration changes
	InvalidRequest      Class = "invalid_request"      // the vendor refuses what is asked; not repeated until the configuration changes
	RateLimited         Class = "rate_limited"         // too fast
	QuotaExhausted      Class = "quota_exhausted"      // the quota is used up
	LockedOut           Class = "locked_out"           // locked out after refusals
	Unavailable         Class = "unavailable"          // network, 5xx, time-out; retried with growing waits
	MalformedAnswer     Class = "malformed_answer"     // an answer that makes no sense; retried once
	TokenDead           Class = "token_dead"           // the held token is dead; the host acquires anew
	InteractionRequired Class = "interaction_required" // a person must act
	Unsupported         Class = "unsupported"          // the plugin cannot do that, or does not know the answer
)

// Classes lists every class, in the order of the protocol.
func Classes() []Class {
	return []Class{InvalidCredentials, InvalidRequest, RateLimited, QuotaExhausted, LockedOut, Unavailable, MalformedAnswer, TokenDead,
		InteractionRequired, Unsupported}
}

// Failure is why an operation or an exchange did not succeed. It is an error; an operation returns it as such, and the host tells it from
// a fault of the plugin by errors.As. Its Text is for a person and holds no secret: the host redacts it by value all the same.
type Failure struct {
	Class      Class
	Text       string
	RetryAfter time.Duration // when the vendor said to try again; 0: it did not
	Path       []string      // the argument at fault, where one is
	Sent       bool          // the request may have reached the vendor; set by the host, meaningless elsewhere
}

// Error is the failure's text with its class before it.
func (f *Failure) Error() string {
	if f.Text == "" {
		return string(f.Class)
	}
	return string(f.Class) + ": " + f.Text
}

// ClassOf is the class of the Failure in err's tree, or "" where there is none.
func ClassOf(err error) Class {
	var f *Failure
	if errors.As(err, &f) {
		return f.Class
	}
	return ""
}

// Codes maps a vendor's error codes to classes. A key ending in "*" stands for every code with that beginning; the longest key that
// fits wins. A code that no key fits is [Unsupported], and the failure's text names it.
type Codes map[string]Class

// Class is the class of code, and whether a key fitted.
func (c Codes) Class(code string) (Class, bool) {
	if class, ok := c[code]; ok {
		return class, true
	}
	best, found := -1, Unsupported
	for key, class := range c {
		prefix, wild := strings.CutSuffix(key, "*")
		if wild && strings.HasPrefix(code, prefix) && len(prefix) > best {
			best, found = len(prefix), class
		}
	}
	return found, best >= 0
}

// Failure makes the failure for an error code and the words that the vendor sent with it, which may be empty.
func (c Codes) Failure(code Text, words string) *Failure {
	class, known := c.Class(string(code))
	text := "the vendor answered error " + quoteCode(string(code))
	if !known {
		text += ", which this plugin does not know"
	}
	if words = Clean(words); words != "" {
		text += ": " + words
	}
	return &Failure{Class: class, Text: text}
}
