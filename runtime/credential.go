package runtime

import (
	"context"
	"encoding/json"
)

// Credential makes the credential of one address valid and returns it. Those that it depends on are made valid, too, where it needs a vendor
// call; one that lives needs neither them nor inputs that are missing. events gets what happens, as with [Flow.Apply]. The error is [Diagnostics] where the flow, a vendor or a plugin is at fault.
func (f *Flow) Credential(ctx context.Context, address string, opts ApplyOptions, events func(Event)) (Credential, error) {
	f = f.fork()
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
		return a.valid[one(a)[0]], nil
	}
	if missing := f.demand(ctx); missing.HasErrors() {
		return Credential{}, f.diagnose(missing)
	}
	a := f.applying(opts, listen)
	a.flag = ""
	if err := a.prepare(ctx); err != nil {
		a.finish()
		return Credential{}, err
	}
	if n := len(indexes(a.chosen)); n != 1 {
		a.finish()
		return Credential{}, Diagnostics{{Severity: SeverityError, Summary: "Address of several credentials",
			Detail: address + " names a block of " + count(n, "instance") + ". Name one of them, with its key in brackets."}}
	}
	a.walk(ctx)
	unwritten := a.writeFiles(true)
	a.tell(unwritten)
	a.finish()
	i := indexes(a.chosen)[0]
	if v, ok := a.valid[i]; ok {
		if unwritten.HasErrors() {
			return v, f.diagnose(unwritten)
		}
		return v, nil
	}
	if err := ctx.Err(); err != nil && !diags.HasErrors() {
		return Credential{}, err
	}
	return Credential{}, diags
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
