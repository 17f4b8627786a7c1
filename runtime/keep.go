package runtime

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/authrun/authrun/runtime/internal/clock"
	"github.com/authrun/authrun/runtime/store"
)

const (
	// keepLook is how often a keeper compares the clock with what is due at least: while a machine sleeps, its timers may stand still.
	keepLook = time.Minute
	// keepPoll is how often it reads its records where the store does not tell what others changed.
	keepPoll = 5 * time.Second
	// keepRest is how long it rests between two passes at least, and where something is due that cannot be done now; that doubles to keepRestMax.
	keepRest    = time.Second
	keepRestMax = 5 * time.Minute
)

// Keep applies the flow and stays: it renews every credential in its window, tries again what failed when that is allowed again, takes over what
// other processes of the store renew, and writes the outputs' files, until ctx ends. Then it returns nil. It goes on where a vendor, a plugin
// or the store fails; only what is wrong with the flow or the store before the first pass ends it at once.
//
// It works on what is due and on what hangs on that: what it costs to keep ten thousand credentials grows with what happens to them, not with
// their number.
//
// events gets what changes: the state of each block after the first pass, and then a line where it is renewed, fails, or recovers; a [Summary]
// of all passes last. Options.Force and Refused are for the first pass. Any number of keepers may share a store: one of them calls.
func (f *Flow) Keep(ctx context.Context, opts ApplyOptions, events func(Event)) (Summary, error) {
	k := &keep{flow: f.fork(), tell: newChanges(events)}
	err := k.begin(ctx, opts)
	if err == nil {
		k.stay(ctx)
	}
	summary := k.summary()
	k.tell.emit(summary)
	return summary, err
}

// keep is what a keeper remembers from pass to pass.
type keep struct {
	flow  *Flow
	tell  *changes
	apply *apply // of all passes

	kept    []kept              // by instance
	holders map[store.Key][]int // the instances that use a record
	news    news

	wrote     bool            // all outputs once
	unwritten map[string]bool // those whose files could not be written
	writeAt   time.Time       // when that is tried again

	mark clock.Mark // from when on the times above are by the clock as it stands
}

// begin checks the flow, opens its store, and makes everything that is wanted due.
func (k *keep) begin(ctx context.Context, opts ApplyOptions) error {
	a := k.flow.applying(opts, nil)
	a.events = func(e Event) { k.tell.event(ctx, a, e) }
	k.apply = a
	if err := a.prepare(ctx); err != nil {
		return err
	}
	a.prestart()
	k.kept, k.holders, k.unwritten = make([]kept, len(a.instances)), map[store.Key][]int{}, map[string]bool{}
	k.mark = k.flow.rt.clock.Mark()
	now := k.flow.rt.now()
	for i := range k.kept {
		if k.kept[i].mine = a.isWanted(i); k.kept[i].mine {
			k.kept[i].due = now
		}
	}
	return nil
}

// stay makes pass after pass until ctx ends.
func (k *keep) stay(ctx context.Context) {
	defer k.listen(ctx)()
	k.pass(ctx)
	k.apply.forced, k.apply.opts.Refused = make([]bool, len(k.kept)), ""
	for k.wait(ctx) {
		k.hear(ctx)
		k.pass(ctx)
	}
}

// wait waits until something is due or was changed by others. It is false when ctx ends.
func (k *keep) wait(ctx context.Context) bool {
	next := k.next()
	if rested := k.flow.rt.now().Add(keepRest); next.Before(rested) {
		next = rested
	}
	for {
		left := next.Sub(k.flow.rt.now())
		if left <= 0 {
			return ctx.Err() == nil
		}
		napping, wake := context.WithCancel(ctx)
		told := k.news.await(wake)
		if !told {
			// That it was woken is no failure: why tells ctx, or the news.
			_ = k.flow.rt.sleep(napping, min(left, keepLook))
			told = k.news.await(nil)
		}
		wake()
		next = next.Add(k.follow())
		if ctx.Err() != nil {
			return false
		}
		if told {
			return k.flow.rt.sleep(ctx, keepRest) == nil // others may have more to tell soon
		}
	}
}

// follow moves all that is due with the clock, if somebody has put that meanwhile, and tells by how much.
func (k *keep) follow() time.Duration {
	by := k.flow.rt.clock.PutSince(k.mark)
	if by == 0 {
		return 0
	}
	k.mark = k.flow.rt.clock.Mark()
	for i := range k.kept {
		if !k.kept[i].due.IsZero() {
			k.kept[i].due = k.kept[i].due.Add(by)
		}
	}
	k.writeAt = k.writeAt.Add(by)
	return by
}

// pass does what is due, and then what has to follow because of that.
func (k *keep) pass(ctx context.Context) {
	touched := map[int]bool{}
	for ctx.Err() == nil {
		due := k.due()
		if len(due) == 0 {
			break
		}
		for _, i := range k.round(ctx, due) {
			touched[i] = true
		}
	}
	k.write(touched)
}

// round makes some credentials valid, with those that they need and that are not, and finds when each is due again. It returns those.
func (k *keep) round(ctx context.Context, due []int) (worked []int) {
	a := k.apply
	closure := a.graph.Closure(due...)
	a.wanted = make([]bool, len(closure))
	for _, i := range due {
		a.wanted[i] = true
	}
	var nodes []int
	for node, in := range closure {
		if !in {
			continue
		}
		nodes = append(nodes, node)
		if node < len(k.kept) && (a.wanted[node] || k.kept[node].state != keptValid) {
			a.wanted[node] = true
			delete(a.valid, node)
			delete(a.faults, node)
			worked = append(worked, node)
		}
	}
	do, done := a.do, func() {}
	if h := k.flow.rt.rehearsal; h != nil {
		do, done = h.round(a)
	}
	a.graph.WalkAmong(ctx, nodes, k.flow.rt.opts.Parallelism, do, a.skip)
	done()
	a.tellClock()
	if ctx.Err() != nil {
		return worked
	}
	// What is to be written or planned is done although ctx may end meanwhile.
	ctx = context.WithoutCancel(ctx)
	k.follow() // before new times stand among those of before
	for _, i := range worked {
		k.settle(ctx, i)
	}
	k.remember(ctx, worked)
	return worked
}

// write writes the files of those outputs that hang on the touched instances, and of those that could not be written before.
func (k *keep) write(touched map[int]bool) {
	a, now := k.apply, k.flow.rt.now()
	again := len(k.unwritten) > 0 && !now.Before(k.writeAt)
	if len(touched) == 0 && !again || k.flow.rt.rehearsal != nil {
		return
	}
	which := func(name string, needs []int) bool {
		return a.isComplete(name, needs) && (!k.wrote || again && k.unwritten[name] ||
			slices.ContainsFunc(needs, func(i int) bool { return touched[i] }))
	}
	_, diags := k.flow.outputs(which)
	failed, more := a.writeFiles(which)
	diags = append(diags, more...)
	a.tell(diags)
	k.wrote = true
	if again {
		clear(k.unwritten)
	}
	for _, name := range failed {
		k.unwritten[name], k.writeAt = true, now.Add(keepRestMax)
	}
	if !diags.HasErrors() && len(k.unwritten) == 0 {
		k.tell.recovered()
	}
}

// summary counts what was done in all passes, and how the blocks are now.
func (k *keep) summary() Summary {
	s := k.apply.finish()
	s.Reused, s.Failed, s.Skipped = 0, 0, 0
	for i, kept := range k.kept {
		switch {
		case kept.state == keptSkipped:
			s.Skipped++
		case kept.state == keptFailed:
			s.Failed++
		case kept.state == keptValid && k.apply.valid[i].Action == ActionReuse:
			s.Reused++
		}
	}
	return s
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
