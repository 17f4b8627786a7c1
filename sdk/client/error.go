package client

import (
	"fmt"
	"strings"

	"github.com/authrun/authrun/sdk"
)

// Error is a fault of a plugin, or of the connection to it: never a vendor's refusal, which is a *[sdk.Failure]. What it says was redacted.
type Error struct {
	Vendor  string
	Path    string   // of the executable
	Problem string   // what the plugin did, so that "plugin easemob" before it makes a sentence
	Stderr  []string // the last lines that it wrote, the oldest first
	Err     error    // what lies behind it, where a caller may want to look; else nil
}

// Error names the plugin and says what it did.
func (e *Error) Error() string {
	return fmt.Sprintf("plugin %s %s (%s)", e.Vendor, e.Problem, e.Path)
}

// Unwrap is what lies behind the error.
func (e *Error) Unwrap() error { return e.Err }

// clean is text of the plugin, redacted, fit for one line and short.
func (o Options) clean(text string) string { return sdk.Clean(o.Redact(text)) }

// quote is clean text in quotation marks.
func (o Options) quote(text string) string {
	return `"` + strings.ReplaceAll(o.clean(text), `"`, `'`) + `"`
}
