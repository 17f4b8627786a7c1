package runtime

import (
	"context"
	"encoding/json"
)

// Credential makes the credential of one address valid and returns it. Those that it depends on are made valid, too, where it needs a vendor
// call; one that lives needs neither them nor inputs that are missing. events gets what happens, as with [Flow.Apply].
//
// The error is [Diagnostics] where the flow is at fault, an *[Error] where the credential could not be made valid, and the context's where that
// ended first. Where the credential is valid and a file of an output could not be written, both are returned.
func (f *Flow) Credential(ctx context.Context, address string, opts ApplyOptions, events func(Event)) (Credential, error) {
	f = f.fork()
	c, _, err := f.credential(ctx, address, opts, events)
	return c, err
}

// made is a run for one credential, and which of its blocks that is.
type made struct {
	*apply
	index int
}

func (f *Flow) credential(ctx context.Context, address string, opts ApplyOptions, events func(Event)) (Credential, made, error) {
	var diags Diagnostics
	listen := func(e Event) {
		if d, ok := e.(Diagnosed); ok {
			diags = append(diags, d.Diagnostic)
		}
		if events != nil {
			events(e)
		}
	}
	opts.Targets = []string{address}
	one := func(a *apply) []int {
		if chosen := indexes(a.chosen); len(chosen) == 1 {
			return chosen
		}
		return nil
	}
	if a, told, ok := f.atHand(ctx, opts, one); ok {
		for _, e := range told {
			listen(e)
		}
		i := one(a)[0]
		return a.valid[i], made{a, i}, nil
	}
	if missing := f.demand(ctx); missing.HasErrors() {
		return Credential{}, made{}, f.diagnose(missing)
	}
	a := f.applying(opts, listen)
	a.flag = ""
	if err := a.prepare(ctx); err != nil {
		a.finish()
		return Credential{}, made{}, err
	}
	if n := len(indexes(a.chosen)); n != 1 {
		a.finish()
		return Credential{}, made{}, Diagnostics{{Severity: SeverityError, Summary: "Address of several credentials",
			Detail: address + " names a block of " + count(n, "instance") + ". Name one of them, with its key in brackets."}}
	}
	a.walk(ctx)
	_, unwritten := a.writeFiles(a.isNew)
	a.tell(unwritten)
	a.finish()
	i := indexes(a.chosen)[0]
	if v, ok := a.valid[i]; ok {
		if unwritten.HasErrors() {
			return v, made{a, i}, f.diagnose(unwritten)
		}
		return v, made{a, i}, nil
	}
	if err := ctx.Err(); err != nil && !diags.HasErrors() {
		return Credential{}, made{a, i}, err
	}
	fault := a.faults[i]
	if fault == nil {
		fault = &Error{Address: address}
	}
	fault.Diagnostics = diags
	return Credential{}, made{a, i}, fault
}

// token is the token in the value of a credential.
func token(value json.RawMessage) string {
	var v struct {
		Token string `json:"token"`
	}
	// A value without a token never gets into the store.
	_ = json.Unmarshal(value, &v)
	return v.Token
}
