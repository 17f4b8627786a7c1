package runtime

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/authrun/authrun/runtime/internal/credential"
	"github.com/authrun/authrun/runtime/internal/exchange"
	"github.com/authrun/authrun/runtime/internal/seal"
	"github.com/authrun/authrun/runtime/internal/simulated"
	"github.com/authrun/authrun/runtime/store/memory"
	"github.com/authrun/authrun/sdk"
)

// rehearsalRows is how many exchanges the ledger of a rehearsal keeps beside those that a limit needs.
const rehearsalRows = 100

// rehearsal is a runtime's world where nothing is real: a clock that does not wait, a store that nobody else sees, and vendors that are only
// described. What the runtime does in it is what it does in the real one.
type rehearsal struct {
	runtime  *Runtime
	keeping  *keeping
	clock    *simulated.Clock
	services map[string]*simulated.Service // by vendor
	lives    map[string]simulated.Lives    // by address
	calls    []SimulatedCall
	looked   func(address string, look credential.Look) // told how a credential is after each round
}

// rehearse makes a runtime whose flows are rehearsed. every is as in [SimulateOptions].
func (r *Runtime) rehearse(vendors map[string]sdk.Description, lives map[string]simulated.Lives, c *simulated.Clock, opts SimulateOptions) (*rehearsal, error) {
	h := &rehearsal{clock: c, lives: lives, services: map[string]*simulated.Service{}}
	var cast []Vendor
	for _, vendor := range sortedKeys(vendors) {
		h.services[vendor] = simulated.NewService(vendors[vendor], c.Now, opts.isDown(vendor))
		cast = append(cast, described{vendors[vendor]})
	}
	var err error
	// One after another, so that two simulations of one flow are the same.
	h.runtime, err = Open(Options{Parallelism: 1, Vendors: cast, Now: c.Now, Sleep: c.Nap(opts.Every)})
	if err != nil {
		return nil, err
	}
	key, err := seal.NewKey(h.runtime.rand)
	if err != nil {
		return nil, errors.Join(err, h.runtime.Close())
	}
	h.runtime.rehearsal, h.runtime.secrets = h, r.secrets
	// The jitter of renewals hangs on the hasher's key: with a fixed one two simulations are the same.
	h.keeping = h.runtime.keeping(memory.With(memory.Options{Rows: rehearsalRows}), credential.OneKey(key), seal.NewHasher([seal.KeySize]byte{}))
	k := h.keeping.keeper
	k.Sleep, k.Trace = c.Sleep, h.trace
	k.Learn = func(...string) {} // its tokens are no secrets
	return h, nil
}

// described is a vendor that is there as its description only.
type described struct{ is sdk.Description }

// Plugin is a plugin that nobody runs: what blocks get is made for each of them, see [rehearsal.cast].
func (d described) Plugin() (sdk.Plugin, error) {
	return simulated.Plugin(d.is, simulated.Lives{}), nil
}

// cast gives a block its plugin and its vendor.
func (h *rehearsal) cast(b *credential.Block) {
	schema, lives := b.Schema, h.lives[b.Address]
	schema.Checks = false
	b.Schema = schema
	b.Plugin = func(context.Context) (sdk.Plugin, error) { return simulated.Plugin(schema, lives), nil }
	b.Transport = func() (http.RoundTripper, error) { return h.services[schema.Vendor].Transport(schema), nil }
}

// round gives what does the nodes of a round one after another, each as if it had begun when those it needs were done, and those of its vendor,
// with which it may share limits: what one waits for holds no other vendor's up.
func (h *rehearsal) round(a *apply) (do func(ctx context.Context, node int) bool, done func()) {
	begin := h.clock.Now()
	latest, ends, vendors := begin, map[int]time.Time{}, map[string]time.Time{}
	do = func(ctx context.Context, node int) bool {
		vendor, start := "", begin
		if node < len(a.instances) {
			vendor = a.instances[node].Addr.Vendor
			start = later(start, vendors[vendor])
		}
		for _, need := range a.graph.Needs(node) {
			start = later(start, ends[need])
		}
		h.clock.Set(start)
		ok := a.do(ctx, node)
		ends[node] = h.clock.Now()
		vendors[vendor], latest = ends[node], later(latest, ends[node])
		return ok
	}
	return do, func() { h.clock.Set(latest) }
}

// later is the later one of two times.
func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// trace notes a call.
func (h *rehearsal) trace(address string, op sdk.Operation, t exchange.Trace) {
	h.calls = append(h.calls, SimulatedCall{At: t.Began, Address: address, Operation: string(op), Answered: t.Status == http.StatusOK})
}

// isDown tells when a vendor is down, by the options.
func (o SimulateOptions) isDown(vendor string) func(time.Time) bool {
	return func(now time.Time) bool {
		for _, outage := range o.Outages {
			from := o.Start.Add(outage.After)
			if outage.Vendor == vendor && !now.Before(from) && now.Before(from.Add(outage.For)) {
				return true
			}
		}
		return false
	}
}
