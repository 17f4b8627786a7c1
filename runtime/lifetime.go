package runtime

import (
	"context"
	"sync"
	"sync/atomic"
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
