package runtime

import (
	"context"
	"errors"
	"iter"
	"sync"
	"time"

	"github.com/authrun/authrun/runtime/store"
)

// Watch gives the credential, and then each new generation of it, until ctx ends, the loop is left, or the runtime is closed: then the last
// error is the context's or [ErrClosed]. It keeps the credential alive meanwhile. A failure is given as an error, and tried again when that is
// allowed; the loop goes on.
//
//	for c, err := range source.Watch(ctx) { ... }
func (s *TokenSource) Watch(ctx context.Context) iter.Seq2[Credential, error] {
	return func(yield func(Credential, error) bool) {
		var last Credential
		for failures := 0; ; {
			advanced := s.next()
			l, err := s.valid(ctx)
			switch {
			case ctx.Err() != nil:
				yield(Credential{}, ctx.Err())
				return
			case errors.Is(err, ErrClosed):
				yield(Credential{}, err)
				return
			case err != nil:
				failures++
				if !yield(Credential{}, err) {
					return
				}
				s.rest(ctx, advanced, s.afterFailure(err, failures))
				continue
			}
			failures = 0
			if c := l.credential; c.Generation != last.Generation || c.Token != last.Token {
				last = c
				if !yield(c, nil) {
					return
				}
			}
			s.rest(ctx, advanced, s.untilDue(l))
		}
	}
}

// untilDue says how long nothing has to be done for a token.
func (s *TokenSource) untilDue(l *live) (left func() time.Duration) {
	if l.due.IsZero() {
		return func() time.Duration { return keepLook }
	}
	return func() time.Duration { return l.due.Sub(l.now(s.flow.rt)) }
}

// afterFailure says how long a failure is left alone: until that which forbids another try is over, or longer from time to time.
func (s *TokenSource) afterFailure(err error, failures int) (left func() time.Duration) {
	mark := s.flow.rt.clock.Mark()
	now := func() time.Time { return mark.Now(s.flow.rt.clock) }
	until := now().Add(resting(failures))
	if allowed := untilOf(err); allowed.After(until) {
		until = allowed
	}
	return func() time.Duration { return until.Sub(now()) }
}

// rest waits until nothing is left by the runtime's clock, or until something advanced. It looks at the clock from time to time: while a machine
// sleeps, its timers may stand still.
func (s *TokenSource) rest(ctx context.Context, advanced <-chan struct{}, left func() time.Duration) {
	rt := s.flow.rt
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(rt.life, cancel)()
	var waiting sync.WaitGroup
	waiting.Go(func() {
		select {
		case <-advanced:
		case <-ctx.Done():
		}
		cancel()
	})
	for d := max(left(), keepRest); d > 0 && ctx.Err() == nil; d = left() {
		rt.nap(ctx, min(d, keepLook))
	}
	cancel()
	waiting.Wait()
}

// nap sleeps by the clock of the options, which may be wrong or panic: then it sleeps a little by the system's.
func (r *Runtime) nap(ctx context.Context, d time.Duration) {
	err := errPanicked
	r.shielded("sleep", func() { err = r.sleep(ctx, d) })
	if err != nil && ctx.Err() == nil {
		pause(ctx, keepRest)
	}
}

// pause waits by the system's clock, or until ctx ends.
func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// next is closed when the source's value changes from now on.
func (s *TokenSource) next() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.advanced
}

// watcher tells sources of changes of their records in one store.
type watcher struct {
	rt    *Runtime
	store store.Store

	mu      sync.Mutex
	sources map[store.Key]map[*TokenSource]bool
}

// watch tells a source from now on when the record of key changes, and not any more when that of before does.
func (r *Runtime) watch(k *keeping, before, key store.Key, s *TokenSource) {
	r.lifetime.mu.Lock()
	w := r.watchers[k]
	fresh := w == nil
	if fresh {
		w = &watcher{rt: r, store: k.store, sources: map[store.Key]map[*TokenSource]bool{}}
		r.watchers[k] = w
	}
	r.lifetime.mu.Unlock()
	w.mu.Lock()
	if delete(w.sources[before], s); len(w.sources[before]) == 0 {
		delete(w.sources, before)
	}
	if w.sources[key] == nil {
		w.sources[key] = map[*TokenSource]bool{}
	}
	w.sources[key][s] = true
	w.mu.Unlock()
	if fresh {
		r.work(w.listen)
		// What happened before the store began to watch is not told.
		r.work(func() { pause(r.life, keepRest); w.tell(store.Key{}) })
	}
}

// listen has the store tell what changes until the runtime ends. From a store that cannot be watched it is read from time to time.
func (w *watcher) listen() {
	for w.rt.life.Err() == nil {
		// Why it does not tell any more is told wherever the store is used.
		w.rt.shielded("watch the store", func() { _ = w.store.Watch(w.rt.life, w.tell) })
		w.tell(store.Key{})
		pause(w.rt.life, keepPoll)
	}
}

// tell tells the sources of a record, or all where it is not said which.
func (w *watcher) tell(key store.Key) {
	type told struct {
		key    store.Key
		source *TokenSource
	}
	var all []told
	w.mu.Lock()
	of := w.sources
	if key != (store.Key{}) {
		of = map[store.Key]map[*TokenSource]bool{key: w.sources[key]}
	}
	for k, sources := range of {
		for s := range sources {
			all = append(all, told{k, s})
		}
	}
	w.mu.Unlock()
	if w.rt.life.Err() != nil {
		return
	}
	for _, t := range all {
		w.rt.shielded("read the store", func() { t.source.changed(w.rt.life, w.store, t.key) })
	}
}
