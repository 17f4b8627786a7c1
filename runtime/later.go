package runtime

import (
	"bytes"
	"context"
	"io"
	"sync"

	"github.com/hashicorp/hcl/v2"

	"github.com/authrun/authrun/runtime/internal/credential"
	"github.com/authrun/authrun/runtime/internal/eval"
)

// later makes inputs that may lack some, and remembers how to ask for these. What was read from standard input is read once.
func (f *Flow) later(in eval.Inputs) eval.Inputs {
	all, stdin := in, in.Stdin
	var read bytes.Buffer
	if stdin != nil {
		in.Stdin = io.TeeReader(stdin, &read)
	}
	in.NoInputs = true
	var mu sync.Mutex // whatever asks reads standard input
	f.ask = func() (*eval.Scope, hcl.Diagnostics) {
		mu.Lock()
		defer mu.Unlock()
		again := all
		if stdin != nil {
			again.Stdin = io.MultiReader(bytes.NewReader(read.Bytes()), stdin)
		}
		return eval.New(f.model, again)
	}
	return in
}

// demand asks for the inputs that may be missing, because a vendor must be called. What an environment variable lacks fails its own block.
func (f *Flow) demand(ctx context.Context) hcl.Diagnostics {
	if f.ask == nil {
		return nil
	}
	f.describe(ctx)
	scope, diags := f.ask()
	f.ask, f.scope = nil, scope
	f.rt.secrets.Add(scope.Secrets()...)
	for vendor, schema := range f.schemas {
		if err := scope.Describe(vendor, schema); err != nil {
			f.broken[vendor] = err
		}
	}
	return diags
}

// atHand makes blocks valid that need no call, nor anything that they depend on. It succeeds for all that are asked for, or does nothing that
// anybody sees: then ok is false. Inputs that are missing do not matter to it, where what is known is unchanged.
func (f *Flow) atHand(ctx context.Context, opts ApplyOptions, choose func(a *apply) []int) (a *apply, told []Event, ok bool) {
	a = f.applying(opts, func(e Event) { told = append(told, e) })
	if a.check(ctx) != nil || a.openStore(ctx, false) != nil {
		return a, nil, false
	}
	targets := choose(a)
	if len(targets) == 0 {
		return a, nil, false
	}
	target := map[int]bool{}
	for _, i := range targets {
		target[i] = true
	}
	wanted := a.graph.Closure(targets...)
	for _, i := range a.graph.Order() {
		switch {
		case i >= len(a.instances) || !wanted[i]:
		case !target[i]:
			f.recallOne(ctx, a, a.keeping, i) // what it needs may be dead: it is not called for
		case !a.reuse(ctx, i):
			return a, nil, false
		}
	}
	a.finish()
	return a, told, true
}

// reuse makes one block valid if that needs no call, and tells whether it did.
func (a *apply) reuse(ctx context.Context, i int) bool {
	instance := a.instances[i]
	address := instance.Addr.String()
	config, class, diags := a.config(instance)
	if class != "" {
		return false
	}
	b := a.blockOf(i, config)
	valid, ok, err := a.keeping.keeper.Reuse(ctx, b)
	if err != nil || !ok || a.flow.scope.SetCredential(instance.Addr, valid.Value, valid.ExpiresAt) != nil {
		return false
	}
	if a.flow.scope.Postconditions(instance).HasErrors() {
		return false
	}
	a.emit(AuthStart{Address: address})
	warning := a.flow.rt.secrets.String(valid.Warning)
	if warning != "" {
		diags = append(diags, a.warning(instance, valid))
	}
	a.tell(diags)
	a.count(func(s *Summary) { s.Reused++; a.made(i, b, valid) })
	a.emit(AuthDone{Address: address, Action: ActionReuse, ExpiresAt: valid.ExpiresAt, Warning: warning})
	return true
}

// credentialOf is what a caller gets of a valid credential.
func credentialOf(b credential.Block, valid credential.Valid) Credential {
	return Credential{Address: b.Address, use: b.Schema.Token.Use, Action: Action(valid.Did), Token: token(valid.Value), Generation: valid.Generation,
		ExpiresAt: valid.ExpiresAt, Value: valid.Value}
}
