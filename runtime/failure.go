package runtime

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/hashicorp/hcl/v2"

	"github.com/authrun/authrun/runtime/internal/credential"
	"github.com/authrun/authrun/runtime/internal/eval"
	"github.com/authrun/authrun/sdk"
	"github.com/authrun/authrun/sdk/client"
)

// failure makes the diagnostic of a block that failed.
func (a *apply) failure(i int, failed *credential.Failed) *hcl.Diagnostic {
	return a.failureOf(a.instances[i], failed)
}

func (a *apply) failureOf(instance eval.Instance, failed *credential.Failed) *hcl.Diagnostic {
	summary, advice := words(failed.Class)
	if failed.Advice != "" {
		advice = failed.Advice
	}
	if failed.Summary != "" {
		summary = failed.Summary
	}
	if failed.Latched {
		summary += " before"
	}
	detail := sentence(errors.New(plain(failed.Text)))
	if detail == "" {
		detail = "The plugin gave no reason."
	}
	if !failed.Until.IsZero() {
		detail += fmt.Sprintf(" A call is possible again at %s.", failed.Until.Format(time.RFC3339))
	}
	if advice != "" {
		detail += "\n\n" + advice
	}
	detail += lastWords(failed)
	subject := instance.Auth.Range
	if at := a.flow.scope.ArgumentRange(instance, failed.Path); at != nil {
		subject = *at
	}
	return &hcl.Diagnostic{Severity: hcl.DiagError, Summary: summary, Detail: detail, Subject: &subject, Extra: eval.About{Addr: instance.Addr}}
}

// words are the summary for a class of failure, and what to do about it where the failure itself does not say.
func words(class string) (summary, advice string) {
	switch class {
	case string(sdk.InvalidCredentials):
		return "Credentials refused", "Check the account and its secrets with the vendor. They are not sent again until they change."
	case string(sdk.InvalidRequest):
		return "Request refused", "Check the arguments of the block against the vendor's documents. The same request is not sent again until they change."
	case string(sdk.RateLimited):
		return "Too many requests", "Wait, and run it again."
	case string(sdk.QuotaExhausted):
		return "Quota used up", ""
	case string(sdk.LockedOut):
		return "Locked out", "Wait until the vendor lets this address in again; trying earlier makes it longer."
	case string(sdk.Unavailable):
		return "Vendor not available", "Check that the vendor is up and its address is right, and run it again."
	case string(sdk.MalformedAnswer):
		return "Answer makes no sense", "Check that the address is the vendor's API and not a web page, a portal or another version of it."
	case string(sdk.TokenDead):
		return "Token is dead", ""
	case string(sdk.InteractionRequired):
		return "A person must act", ""
	case string(sdk.Unsupported):
		return "Not supported by the plugin", ""
	case ClassStore:
		return "Store does not work", "Nothing that could not be recorded was sent."
	case ClassPlugin:
		return "Plugin does not work", ""
	case ClassCanceled:
		return "Interrupted", ""
	case ClassInvalidConfig:
		return "Wrong configuration", ""
	default:
		return "Failed", ""
	}
}

// problems makes a diagnostic of each thing that the plugin's own check found wrong with a configuration, at the argument that caused it.
func problems(scope *eval.Scope, instance eval.Instance, found []sdk.Problem) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, p := range found {
		d := &hcl.Diagnostic{Severity: hcl.DiagError, Summary: plain(p.Summary), Detail: sentence(errors.New(plain(p.Detail))),
			Subject: instance.Auth.Range.Ptr(), Extra: eval.About{Addr: instance.Addr}}
		if p.Warning {
			d.Severity = hcl.DiagWarning
		}
		if d.Summary == "" {
			d.Summary = "Wrong configuration"
		}
		if at := scope.ArgumentRange(instance, p.Path); at != nil {
			d.Subject = at
		}
		diags = append(diags, d)
	}
	return diags
}

// shownLines is how many of a plugin's last lines are shown.
const shownLines = 10

// lastWords are the last lines that a plugin at fault wrote, for a diagnostic's detail.
func lastWords(failed *credential.Failed) string {
	var fault *client.Error
	if !errors.As(failed.Err, &fault) || len(fault.Stderr) == 0 {
		return ""
	}
	lines := fault.Stderr[max(0, len(fault.Stderr)-shownLines):]
	text := "\n\nThe last that it wrote:"
	for _, line := range lines {
		text += "\n  " + plain(line)
	}
	return text
}

// plain takes what controls a terminal out of text from outside.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && unicode.IsControl(r) {
			return ' '
		}
		return r
	}, text)
}
