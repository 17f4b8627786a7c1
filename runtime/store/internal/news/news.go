// Package news hands on what changed in a store to those who watch it.
//
// It finds nothing out by itself: the store tells it, however it knows. It is for the stores of this module.
package news

import (
	"context"
	"errors"
	"sync"

	"github.com/authrun/authrun/runtime/store"
)

// ErrClosed ends what watches a store that is closed.
var ErrClosed = errors.New("the store was closed")

// Board has what those who watch have not read yet. Its zero value works. Its methods may be called from many goroutines.
type Board struct {
	mu      sync.Mutex
	readers map[*Reader]struct{}
}

// Reader is one who watches.
type Reader struct {
	board   *Board
	unread  map[store.Key]struct{} // of board.mu
	ended   error                  // of board.mu; why nothing more comes
	arrived chan struct{}          // has something in it while there is something unread, or the end
}

// most is how many keys a reader is given one by one. One who does not keep up is told that any record may have changed.
const most = 1000

// Join adds a reader, who is first told that any record may have changed.
func (b *Board) Join() *Reader {
	r := &Reader{board: b, unread: map[store.Key]struct{}{{}: {}}, arrived: make(chan struct{}, 1)}
	r.arrived <- struct{}{}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.readers == nil {
		b.readers = map[*Reader]struct{}{}
	}
	b.readers[r] = struct{}{}
	return r
}

// Leave takes a reader away, and tells how many are left. One that left before is passed over.
func (b *Board) Leave(r *Reader) (left int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.readers, r)
	return len(b.readers)
}

// Tell tells every reader of records that changed; the zero Key: any may have.
func (b *Board) Tell(keys ...store.Key) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for r := range b.readers {
		for _, key := range keys {
			r.unread[key] = struct{}{}
		}
		if len(r.unread) > most {
			r.unread = map[store.Key]struct{}{{}: {}}
		}
		r.wake()
	}
}

// End tells every reader that nothing more comes, and why.
func (b *Board) End(why error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for r := range b.readers {
		r.ended = why
		r.wake()
	}
}

func (r *Reader) wake() {
	select {
	case r.arrived <- struct{}{}:
	default: // It will look anyway.
	}
}

// Read calls changed for all that it is told, until ctx ends or nothing more comes, and returns why.
func (r *Reader) Read(ctx context.Context, changed func(store.Key)) error {
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-r.arrived:
		}
		keys, ended := r.take()
		for key := range keys {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			changed(key)
		}
		if ended != nil {
			return ended
		}
	}
}

// take gives what is unread. Where any record may have changed, no key is told besides.
func (r *Reader) take() (map[store.Key]struct{}, error) {
	r.board.mu.Lock()
	defer r.board.mu.Unlock()
	keys := r.unread
	r.unread = map[store.Key]struct{}{}
	if _, all := keys[store.Key{}]; all {
		keys = map[store.Key]struct{}{{}: {}}
	}
	return keys, r.ended
}
