package eval

import (
	"regexp"
	"testing"

	"github.com/authrun/authrun/sdk"
)

// TestMatchHoldsBesideOtherRules shows that an expression is held against a URL and a duration, too.
func TestMatchHoldsBesideOtherRules(t *testing.T) {
	noQuery := &argument{Attribute: sdk.Attribute{Name: "base_url", Endpoint: true, Match: "[^?]*", Hint: "without a query"},
		match: regexp.MustCompile(`^(?:[^?]*)$`)}
	hours := &argument{Attribute: sdk.Attribute{Name: "settle", Format: "duration", Match: ".*h"}, match: regexp.MustCompile(`^(?:.*h)$`)}
	for _, c := range []struct {
		arg  *argument
		text string
		ok   bool
	}{
		{noQuery, "http://h/b", true},
		{noQuery, "http://h/b?x=1", false},
		{noQuery, "ftp://h/b", false},
		{hours, "2h", true},
		{hours, "90s", false},
		{hours, "soonh", false},
	} {
		if problem := textProblem(c.arg, c.text); (problem == "") != c.ok {
			t.Errorf("%s = %q: %q", c.arg.Name, c.text, problem)
		}
	}
}
