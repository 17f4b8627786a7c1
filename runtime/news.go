package runtime

import (
	"context"
	"sync"
	"time"

	"github.com/authrun/authrun/runtime/store"
)

// news is what others, and the keeper itself, have changed in the store since the keeper looked last.
type news struct {
	mu   sync.Mutex
	keys map[store.Key]bool // the zero Key: any record
	wake func()             // ends the keeper's wait; nil: it does not wait
}

// tell is told of a record that changed.
func (n *news) tell(key store.Key) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.keys == nil {
		n.keys = map[store.Key]bool{}
	}
	n.keys[key] = true
	if n.wake != nil {
		n.wake()
	}
}

// await says what is to be called when something changes, and tells whether something has changed already.
func (n *news) await(wake func()) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.wake = wake
	return len(n.keys) > 0
}

// take gives what changed.
func (n *news) take() map[store.Key]bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	keys := n.keys
	n.keys = nil
	return keys
}

// listen has the store tell what changes, until the function that it returns is called.
func (k *keep) listen(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	if k.flow.rt.rehearsal != nil {
		return cancel // nobody else is there
	}
	var listening sync.WaitGroup
	listening.Go(func() {
		for ctx.Err() == nil {
			// Why it does not tell any more is told wherever the store is used.
			_ = k.apply.keeping.store.Watch(ctx, k.news.tell)
			k.news.tell(store.Key{})
			select {
			case <-ctx.Done():
			case <-time.After(keepPoll):
			}
		}
	})
	return func() { cancel(); listening.Wait() }
}

// hear makes those instances due whose records others have changed.
func (k *keep) hear(ctx context.Context) {
	keys := k.news.take()
	if keys[store.Key{}] {
		for key := range k.holders {
			keys[key] = true
		}
	}
	now := k.flow.rt.now()
	for key := range keys {
		holders := k.holders[key]
		if len(holders) == 0 {
			continue
		}
		seen, err := k.version(ctx, key)
		if err != nil {
			continue // It is due when it would be renewed, and read then.
		}
		for _, i := range holders {
			if k.kept[i].key == key && k.kept[i].seen != seen {
				k.kept[i].due = now
			}
		}
	}
}
