package runtime

import (
	"context"
	"fmt"
	"time"

	"github.com/authrun/authrun/runtime/internal/credential"
	"github.com/authrun/authrun/runtime/store"
)

const (
	// keepPoll is how often a keeper looks whether another process has changed a credential.
	keepPoll = 5 * time.Second
	// keepRest is how long it rests between two passes at least, and after a failure that nothing else holds back; that doubles to keepRestMax.
	keepRest    = time.Second
	keepRestMax = 5 * time.Minute
)

// Keep applies the flow and stays: it renews every credential in its window, tries again what failed when that is allowed again, takes over what
// other processes of the store renew, and writes the outputs' files, until ctx ends. Then it returns nil. It goes on where a vendor, a plugin
// or the store fails; only what is wrong with the flow or the store before the first pass ends it at once.
//
// events gets what changes: the state of each block after the first pass, and then a line where it is renewed, fails, or recovers; a [Summary]
// of all passes last. Options.Force and Refused are for the first pass. Any number of keepers may share a store: one of them calls.
func (f *Flow) Keep(ctx context.Context, opts ApplyOptions, events func(Event)) (Summary, error) {
	f = f.fork()
	k := &keep{flow: f, opts: opts, tell: newChanges(events), failures: map[string]int{}}
	defer func() { k.tell.emit(k.total) }()
	if err := k.pass(ctx); err != nil {
		return k.total, err
	}
	k.opts.Force, k.opts.Refused = nil, ""
	for ctx.Err() == nil {
		if err := f.rt.sleep(ctx, min(keepPoll, max(keepRest, k.next.Sub(f.rt.now())))); err != nil {
			break
		}
		if !f.rt.now().Before(k.next) || k.changed(ctx) {
			// What fails now was told, and is tried again: it worked before.
			_ = k.pass(ctx)
		}
	}
	return k.total, nil
}

// keep is what a keeper remembers from pass to pass.
type keep struct {
	flow     *Flow
	opts     ApplyOptions
	tell     *changes
	total    Summary
	next     time.Time             // of the next pass
	seen     map[store.Key]version // of the records that it keeps
	failures map[string]int        // in a row, by address
	outages  int                   // passes in a row that did not get as far as the blocks
	store    store.Store
}

// version tells one state of a record from another.
type version struct {
	generation uint64
	retired    time.Time
}

// pass applies the flow once, and finds when that is to be done again.
func (k *keep) pass(ctx context.Context) error {
	a := k.flow.applying(k.opts, nil)
	a.events = func(e Event) { k.tell.event(ctx, a, e) }
	err := a.prepare(ctx)
	if err != nil {
		k.outages++
		k.next = k.flow.rt.now().Add(resting(k.outages))
		return err
	}
	k.outages = 0
	a.walk(ctx)
	_, diags := k.flow.outputs(a.failedBlocks())
	diags = append(diags, a.writeFiles(false)...)
	a.tell(diags)
	if !diags.HasErrors() {
		k.tell.recovered()
	}
	k.add(a.finish())
	k.store = a.keeping.store
	k.plan(context.WithoutCancel(ctx), a)
	if diags.HasErrors() { // a file that could not be written
		k.soon(k.flow.rt.now().Add(keepRestMax))
	}
	return nil
}

// add adds a pass to the summary.
func (k *keep) add(s Summary) {
	k.total.Renewed += s.Renewed
	k.total.Acquired += s.Acquired
	k.total.Reused, k.total.Failed, k.total.Skipped = s.Reused, s.Failed, s.Skipped // as they are now
	k.total.VendorCalls += s.VendorCalls
	k.total.Elapsed += s.Elapsed
}

// plan finds when the next pass is due: at the earliest renewal or next try.
func (k *keep) plan(ctx context.Context, a *apply) {
	now := k.flow.rt.now()
	k.next = now.Add(24 * time.Hour)
	k.seen = map[store.Key]version{}
	for _, i := range a.graph.Order() {
		if i >= len(a.instances) || !a.isWanted(i) {
			continue
		}
		address := a.instances[i].Addr.String()
		_, valid := a.valid[i]
		if valid {
			delete(k.failures, address)
		} else {
			k.failures[address]++
		}
		_, look, problem := a.look(ctx, a.instances[i], i)
		if problem == "" && look.Do != credential.Unknown {
			if record, err := k.store.Record(ctx, look.Key); err == nil {
				k.seen[look.Key] = version{record.Generation, record.RetiredAt}
			} else {
				k.seen[look.Key] = version{}
			}
		}
		at := k.due(look, problem, now)
		if !valid && !at.IsZero() && !at.After(now) {
			at = now.Add(resting(k.failures[address])) // nothing that is stored holds it back
		}
		if !at.IsZero() {
			k.soon(at)
		}
	}
}

// due is when a credential needs something: zero, when something changes.
func (k *keep) due(look credential.Look, problem string, now time.Time) time.Time {
	switch {
	case problem != "" || look.Do == credential.Unknown || look.Do == credential.Renew || look.Do == credential.Acquire:
		return now
	case look.Do == credential.Blocked || look.Class != "":
		return look.Until
	case look.ExpiresAt.IsZero():
		return time.Time{}
	}
	at := look.RenewAt
	if k.opts.MinLife > 0 && look.ExpiresAt.Add(-k.opts.MinLife).Before(at) {
		at = look.ExpiresAt.Add(-k.opts.MinLife)
	}
	return at
}

// soon makes the next pass come at that time, if it does not come earlier.
func (k *keep) soon(at time.Time) {
	if at.Before(k.next) {
		k.next = at
	}
}

// changed tells whether another process has stored or forgotten one of the credentials. A store that cannot be read has not changed.
func (k *keep) changed(ctx context.Context) bool {
	for key, seen := range k.seen {
		record, err := k.store.Record(ctx, key)
		if isGone(err) {
			record, err = store.Record{}, nil
		}
		if err != nil {
			return false
		}
		if now := (version{record.Generation, record.RetiredAt}); now != seen {
			return true
		}
	}
	return false
}

// resting is how long to rest after so many failures in a row.
func resting(failures int) time.Duration {
	if failures > 9 {
		return keepRestMax
	}
	return min(keepRest<<max(0, failures-1), keepRestMax)
}

// sleep waits for d by the clock of the options, or until ctx ends.
func (r *Runtime) sleep(ctx context.Context, d time.Duration) error {
	if r.opts.Sleep != nil {
		return r.opts.Sleep(ctx, d)
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("it was not waited for: %w", ctx.Err())
	}
}
