package runtime

import (
	"strings"
	"time"
)

// Error says why the credential of one address could not be made valid. [Flow.Credential] and [TokenSource] return it; errors.As finds it, and
// the [Diagnostics] in it, which say the same in words for a person. No secret stands in it.
type Error struct {
	Address string
	// Class is an sdk.Class or one of the Class constants; empty where the block was not tried, because of those in Because.
	Class string
	// Until is when a call is possible again: a limit, or what failed before. Zero: not known.
	Until time.Time
	// Because are addresses of blocks that it depends on and that failed.
	Because []string
	// Diagnostics are all that was said while it was tried.
	Diagnostics Diagnostics
	// Err is what lies below: of the store, the plugin, the context. It may be nil, and it is not redacted: do not show it. The text of the *Error
	// does not have it, whatever verb of package fmt prints that.
	Err error `json:"-"`
}

// Error is the address, and the first diagnostic that is an error.
func (e *Error) Error() string {
	for _, d := range e.Diagnostics {
		if d.Severity == SeverityError {
			return e.Address + ": " + d.Summary + ": " + firstLine(d.Detail)
		}
	}
	switch {
	case len(e.Because) > 0:
		return e.Address + " was not tried because of " + strings.Join(e.Because, ", ")
	case e.Class != "":
		return e.Address + ": " + e.Class
	default:
		return e.Address + " could not be made valid"
	}
}

// Unwrap gives the diagnostics and the error below.
func (e *Error) Unwrap() []error {
	var below []error
	if len(e.Diagnostics) > 0 {
		below = append(below, e.Diagnostics)
	}
	if e.Err != nil {
		below = append(below, e.Err)
	}
	return below
}

// firstLine is the first paragraph of a text, on one line.
func firstLine(text string) string {
	text, _, _ = strings.Cut(text, "\n\n")
	return strings.Join(strings.Fields(text), " ")
}
