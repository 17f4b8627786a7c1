package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"time"

	"github.com/authrun/authrun/runtime/store"
	"github.com/authrun/authrun/runtime/store/internal/news"
)

// Watch calls changed for every record that is written, retired or forgotten. Each change is noted in a table of its own, in the transaction that
// makes it; one goroutine looks there for all who watch. An authrun that knows only the first schema notes nothing.
func (s *Store) Watch(ctx context.Context, changed func(store.Key)) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	reader, err := s.poll.join(ctx)
	if err == nil {
		defer s.poll.leave(reader)
		err = reader.Read(ctx, changed)
	}
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, news.ErrClosed):
		return fail(s.path, "watch", err)
	}
	return err
}

// poller looks for changes while somebody watches.
type poller struct {
	store *Store
	every time.Duration
	board news.Board

	poked chan struct{} // has something in it when this process changed a record

	mu     sync.Mutex
	stop   context.CancelFunc // ends the goroutine; nil: there is none
	done   chan struct{}      // closed when it has ended
	closed bool
}

// join adds one who watches, and starts the goroutine for the first. Every change from now on will be told.
func (p *poller) join(ctx context.Context) (*news.Reader, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil, news.ErrClosed
	}
	select {
	case <-p.done: // It ended by itself, after a fault.
		p.end()
	default:
	}
	if p.stop == nil {
		from, err := query(ctx, p.store, "watch", scanInt, `SELECT coalesce(max(revision), 0) FROM written`)
		if err != nil {
			return nil, err
		}
		var running context.Context
		running, p.stop = context.WithCancel(context.Background())
		p.done = make(chan struct{})
		go p.run(running, from[0], p.done)
	}
	return p.board.Join(), nil
}

// leave takes one away, and ends the goroutine with the last.
func (p *poller) leave(r *news.Reader) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.board.Leave(r) == 0 {
		p.end()
	}
}

// end ends the goroutine. p.mu is held, which the goroutine never takes.
func (p *poller) end() {
	if p.stop != nil {
		p.stop()
		<-p.done
		p.stop = nil
	}
}

// close ends all who watch.
func (p *poller) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	p.end()
	p.board.End(news.ErrClosed)
}

// poke makes it look at once: this process wrote something.
func (p *poller) poke() {
	select {
	case p.poked <- struct{}{}:
	default: // It will look anyway, or there is none.
	}
}

// run looks again and again. A database that is locked for long is looked at the next time; any other fault ends the watch.
func (p *poller) run(ctx context.Context, seen int64, done chan<- struct{}) {
	defer close(done)
	ticker := time.NewTicker(p.every)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		case <-p.poked:
		}
		var err error
		if seen, err = p.look(ctx, seen); err != nil && ctx.Err() == nil && !errors.Is(err, store.ErrBusy) {
			p.board.End(err)
			return
		}
	}
}

// written is one change of a record.
type written struct {
	revision int64
	key      store.Key
}

// look tells what changed since a revision, and gives the newest one.
func (p *poller) look(ctx context.Context, seen int64) (int64, error) {
	notes, err := query(ctx, p.store, "look for changes", scanWritten,
		`SELECT revision, vendor, account, fingerprint FROM written WHERE revision > ? ORDER BY revision`, seen)
	if err != nil || len(notes) == 0 {
		return seen, err
	}
	keys := make([]store.Key, len(notes))
	for i, n := range notes {
		keys[i] = n.key
	}
	if notes[0].revision > seen+1 { // Some are no longer noted.
		keys = []store.Key{{}}
	}
	p.board.Tell(keys...)
	return notes[len(notes)-1].revision, nil
}

func scanInt(rows *sql.Rows) (n int64, err error) {
	err = rows.Scan(&n)
	return n, err
}

func scanWritten(rows *sql.Rows) (n written, err error) {
	err = rows.Scan(&n.revision, &n.key.Vendor, &n.key.Account, &n.key.Fingerprint)
	return n, err
}

// noted is how many changes are noted before the oldest are forgotten. Who looks less often is told that any record may have changed.
const noted = 1000

// announce notes the records that a change touches, for those who watch.
func announce(t *transaction, c store.Change) error {
	for _, keys := range [][]store.Key{c.Retire, c.Forget} {
		for _, key := range keys {
			if err := t.announce(key); err != nil {
				return err
			}
		}
	}
	if c.Put == nil {
		return nil
	}
	return t.announce(c.Put.Key)
}

func (t *transaction) announce(key store.Key) error {
	result, err := t.exec(`INSERT INTO written (vendor, account, fingerprint) VALUES (?, ?, ?)`, key.Vendor, key.Account, key.Fingerprint)
	if err != nil {
		return err
	}
	revision, err := result.LastInsertId()
	if err == nil && revision%(noted/10) == 0 { // Not each time.
		_, err = t.exec(`DELETE FROM written WHERE revision <= ?`, revision-noted)
	}
	return err
}
