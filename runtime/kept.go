package runtime

import (
	"context"
	"time"

	"github.com/authrun/authrun/runtime/internal/credential"
	"github.com/authrun/authrun/runtime/store"
)

// kept is what a keeper knows of one credential.
type kept struct {
	mine       bool      // it is to be kept
	due        time.Time // when something has to be done about it; zero: when something changes
	state      keptState
	generation uint64 // of the value that is valid
	rests      int    // times in a row that it was due and nothing could be done

	key  store.Key // of its record; the zero Key: not known
	seen version   // of its record, when that was read last
}

// keptState is how a credential is after its last round.
type keptState int

const (
	keptNew keptState = iota
	keptValid
	keptFailed
	keptSkipped
)

// version tells one state of a record from another.
type version struct {
	generation uint64
	retired    time.Time
}

func (v version) equal(w version) bool {
	return v.generation == w.generation && v.retired.Equal(w.retired)
}

// due are the instances for which something has to be done now, in rising order.
func (k *keep) due() []int {
	now := k.flow.rt.now()
	var due []int
	for i := range k.kept {
		if at := k.kept[i].due; !at.IsZero() && !at.After(now) {
			due = append(due, i)
		}
	}
	return due
}

// next is when something has to be done at the earliest; a day from now, if nothing has to be.
func (k *keep) next() time.Time {
	next := k.flow.rt.now().Add(24 * time.Hour)
	for i := range k.kept {
		if at := k.kept[i].due; !at.IsZero() && at.Before(next) {
			next = at
		}
	}
	if len(k.unwritten) > 0 && k.writeAt.Before(next) {
		next = k.writeAt
	}
	return next
}

// settle notes how an instance is after a round, when it is due again, and makes those due that have to follow it.
func (k *keep) settle(ctx context.Context, i int) {
	kept := &k.kept[i]
	was := *kept
	valid, ok := k.apply.valid[i]
	switch {
	case ok:
		kept.state, kept.generation = keptValid, valid.Generation
	case k.apply.faults[i] != nil && k.apply.faults[i].Because != nil:
		// It is due when what it needs has recovered.
		kept.state, kept.due = keptSkipped, time.Time{}
		return
	default:
		kept.state = keptFailed
	}
	k.schedule(ctx, i)
	if ok && was.state == keptFailed || was.state == keptSkipped {
		k.rouse(i)
	}
	if ok && was.state != keptNew && (valid.Action != ActionReuse || valid.Generation != was.generation) {
		for _, user := range k.users(i) {
			if k.kept[user].mine && !k.apply.wanted[user] && k.kept[user].state == keptValid {
				k.kept[user].due = k.flow.rt.now() // its arguments may be others now
			}
		}
	}
}

// users are the instances that need the i-th directly, or through joins only.
func (k *keep) users(i int) []int {
	var found []int
	k.above(i, func(node int) bool {
		if node < len(k.kept) {
			found = append(found, node)
		}
		return node >= len(k.kept)
	})
	return found
}

// rouse makes those instances due again that were skipped and need the i-th, directly or not.
func (k *keep) rouse(i int) {
	k.above(i, func(node int) bool {
		if node < len(k.kept) && k.kept[node].state == keptSkipped && !k.apply.wanted[node] {
			k.kept[node].due = k.flow.rt.now()
		}
		return true
	})
}

// above visits the nodes that need node, each once; visit tells whether those that need that one are visited, too.
func (k *keep) above(node int, visit func(node int) bool) {
	seen := map[int]bool{}
	for open := k.apply.graph.Users(node); len(open) > 0; {
		next := open[len(open)-1]
		open = open[: len(open)-1 : len(open)-1]
		if !seen[next] {
			seen[next] = true
			if visit(next) {
				open = append(open, k.apply.graph.Users(next)...)
			}
		}
	}
}

// schedule finds when an instance is due next, and which record it uses.
func (k *keep) schedule(ctx context.Context, i int) {
	kept, now := &k.kept[i], k.flow.rt.now()
	_, look, problem := k.apply.look(ctx, k.apply.instances[i], i)
	if problem == "" && look.Do != credential.Unknown {
		k.hold(i, look.Key)
		if seen, err := k.version(ctx, look.Key); err == nil {
			kept.seen = seen
		}
	}
	if h := k.flow.rt.rehearsal; h != nil {
		h.looked(k.apply.instances[i].Addr.String(), look)
	}
	kept.due = k.when(look, problem, now)
	if again := now.Add(keepRestMax); kept.state == keptFailed && look.Do == credential.Reuse && kept.due.After(again) {
		kept.due = again // it lives, and a condition of the flow does not hold
	}
	switch {
	case kept.due.IsZero() || kept.due.After(now):
		kept.rests = 0
	default:
		kept.rests++
		kept.due = now.Add(resting(kept.rests))
	}
}

// hold notes which record an instance uses.
func (k *keep) hold(i int, key store.Key) {
	if k.kept[i].key == key {
		return
	}
	k.kept[i].key = key
	k.holders[key] = append(k.holders[key], i) // Whoever used it before is passed over.
}

// version is that of a record as it is stored; the zero version: there is none.
func (k *keep) version(ctx context.Context, key store.Key) (version, error) {
	record, err := k.apply.keeping.store.Record(ctx, key)
	if isGone(err) {
		return version{}, nil
	}
	return version{record.Generation, record.RetiredAt}, err
}

// when is when a credential needs something: zero, when something changes.
func (k *keep) when(look credential.Look, problem string, now time.Time) time.Time {
	switch {
	case problem != "" || look.Do == credential.Unknown || look.Do == credential.Renew || look.Do == credential.Acquire:
		return now
	case look.Do == credential.Blocked:
		return look.Until
	case look.Class != "": // It is due and held back; that it dies meanwhile is to be told.
		if look.Until.IsZero() || look.ExpiresAt.Before(look.Until) {
			return look.ExpiresAt
		}
		return look.Until
	case look.ExpiresAt.IsZero():
		return time.Time{}
	}
	at := look.RenewAt
	if dies := look.ExpiresAt.Add(-k.apply.opts.MinLife); k.apply.opts.MinLife > 0 && dies.Before(at) {
		at = dies
	}
	return at
}

// remember reads again which records the addresses used last, where a round has changed that: who knows it does not write it again.
func (k *keep) remember(ctx context.Context, worked []int) {
	a := k.apply
	for _, i := range worked {
		use, known := a.used[a.instances[i].Addr.String()]
		if k.kept[i].state != keptValid || known && use.Key == k.kept[i].key {
			continue
		}
		if used, err := usedBy(ctx, a.keeping.store, k.flow.path); err == nil {
			a.used = used
		}
		return
	}
}

// resting is how long to rest after so many times in a row.
func resting(times int) time.Duration {
	if times > 9 {
		return keepRestMax
	}
	return min(keepRest<<max(0, times-1), keepRestMax)
}
