package runtime

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/hashicorp/hcl/v2"

	"github.com/authrun/authrun/runtime/internal/credential"
	"github.com/authrun/authrun/runtime/internal/eval"
	"github.com/authrun/authrun/runtime/internal/exchange"
	"github.com/authrun/authrun/runtime/store"
	"github.com/authrun/authrun/sdk"
)

// blockOf makes of an evaluated configuration what the keeper needs to know.
func (a *apply) blockOf(i int, c eval.Config) credential.Block {
	instance := a.instances[i]
	vendor := instance.Addr.Vendor
	address := instance.Addr.String()
	b := credential.Block{
		Address: address, Schema: a.flow.schemas[vendor],
		Config: c.JSON, Account: c.Account, Set: c.Set, Sensitive: c.Sensitive, Endpoints: c.Endpoints,
		RenewBefore: credential.RenewBefore{Duration: c.RenewBefore.Duration, Percent: c.RenewBefore.Percent},
		Retry:       credential.Retry{MinDelay: c.Retry.MinDelay, MaxDelay: c.Retry.MaxDelay},
		Timeout:     c.Network.Timeout, Forced: a.forced[i], MinLife: a.opts.MinLife, Tighter: c.Limits,
		Flow: a.flow.path,
		Plugin: func(ctx context.Context) (sdk.Plugin, error) {
			return a.flow.rt.catalog.Plugin(ctx, vendor)
		},
		Transport: func() (http.RoundTripper, error) { return a.transport(c.Network) },
		Waiting: func(reason string, until time.Time) {
			a.emit(AuthWait{Address: address, Reason: a.flow.rt.secrets.String(reason), Until: until})
		},
	}
	if a.chosen != nil && a.chosen[i] {
		b.Refused = a.opts.Refused
	}
	if c.Retry.AttemptsSet {
		b.Retry.Attempts = c.Retry.Attempts
	}
	if used, ok := a.used[address]; ok {
		b.Used = &used
	}
	return b
}

// transport is what sends the exchanges of blocks with these network settings; blocks with equal ones share it.
func (a *apply) transport(n eval.Network) (http.RoundTripper, error) {
	if t := a.flow.rt.opts.Transport; t != nil {
		return t, nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if t := a.transports[n]; t != nil {
		return t, nil
	}
	t, err := exchange.NewTransport(exchange.Network{CAFile: n.CAFile, CertFile: n.CertFile, KeyFile: n.KeyFile, PinSHA256: n.PinSHA256,
		Proxy: n.Proxy}, a.flow.rt.opts.Env)
	if err != nil {
		return nil, &credential.Failed{Class: ClassInvalidConfig, Text: sentence(err), Path: []string{"network"}, Err: err}
	}
	a.transports[n] = t
	return t, nil
}

// failure makes the diagnostic of a block that failed.
func (a *apply) failure(i int, failed *credential.Failed) *hcl.Diagnostic {
	instance := a.instances[i]
	summary, advice := words(failed.Class)
	if failed.Advice != "" {
		advice = failed.Advice
	}
	if failed.Latched {
		summary += " before"
	}
	detail := sentence(errors.New(failed.Text))
	if !failed.Until.IsZero() {
		detail += fmt.Sprintf(" A call is possible again at %s.", failed.Until.Format(time.RFC3339))
	}
	if advice != "" {
		detail += "\n\n" + advice
	}
	subject := instance.Auth.Range
	if len(failed.Path) > 0 {
		if at := argumentRange(instance.Auth.Body, failed.Path[0]); at != nil {
			subject = *at
		}
	}
	return &hcl.Diagnostic{Severity: hcl.DiagError, Summary: summary, Detail: detail, Subject: &subject, Extra: eval.About{Addr: instance.Addr}}
}

// argumentRange is where an argument of that name is set; nil: nowhere.
func argumentRange(body hcl.Body, name string) *hcl.Range {
	content, _, _ := body.PartialContent(&hcl.BodySchema{Attributes: []hcl.AttributeSchema{{Name: name}}})
	if attr := content.Attributes[name]; attr != nil {
		return attr.Range.Ptr()
	}
	return nil
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

// usedBy reads which record each address of the flow used last.
func usedBy(ctx context.Context, s store.Store, flow string) (map[string]store.Use, error) {
	uses, err := s.Uses(ctx, flow)
	if err != nil {
		return nil, err
	}
	byAddress := make(map[string]store.Use, len(uses))
	for _, u := range uses {
		byAddress[u.Address] = u
	}
	return byAddress, nil
}
