package runtime

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/authrun/authrun/runtime/store"
)

// lifetime is what a [Runtime] does in the background: it begins with the first source that asks for it, and ends with Close.
type lifetime struct {
	life context.Context // ends when Close begins
	end  context.CancelFunc

	mu       sync.Mutex  // guards what follows, and that nothing begins once it is closed
	closed   atomic.Bool // also read on the way of each request of a program, where a lock would be felt
	running  sync.WaitGroup
	watchers map[*keeping]*watcher
}

func newLifetime() *lifetime {
	l := &lifetime{watchers: map[*keeping]*watcher{}}
	l.life, l.end = context.WithCancel(context.Background())
	return l
}

// work runs do in the background, unless the runtime is closed.
func (l *lifetime) work(do func()) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed.Load() {
		return false
	}
	l.running.Go(do)
	return true
}

// close ends what runs in the background, and waits for it.
func (l *lifetime) close() {
	l.mu.Lock()
	l.closed.Store(true)
	l.mu.Unlock()
	l.end()
	l.running.Wait()
}

// watcher tells sources of changes of their records.
type watcher struct {
	store store.Store

	mu      sync.Mutex
	sources map[store.Key]map[*TokenSource]bool
}

// watch tells a source from now on when the record of key changes.
func (l *lifetime) watch(k *keeping, key store.Key, s *TokenSource) {
	l.mu.Lock()
	w := l.watchers[k]
	fresh := w == nil
	if fresh {
		w = &watcher{store: k.store, sources: map[store.Key]map[*TokenSource]bool{}}
		l.watchers[k] = w
	}
	l.mu.Unlock()
	w.mu.Lock()
	if w.sources[key] == nil {
		w.sources[key] = map[*TokenSource]bool{}
	}
	w.sources[key][s] = true
	w.mu.Unlock()
	if fresh {
		// It ends with the runtime, or with a store that cannot be watched: then a refused token tells what changed.
		l.work(func() { _ = w.store.Watch(l.life, func(key store.Key) { w.tell(l.life, key) }) })
	}
}

// tell tells the sources of a record, or all where it is not said which.
func (w *watcher) tell(ctx context.Context, key store.Key) {
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
	for _, t := range all {
		t.source.changed(ctx, w.store, t.key)
	}
}
