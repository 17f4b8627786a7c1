package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"time"
)

// writer makes all writes of this process, in one goroutine and on one connection of its own. What was asked for while it waited for the
// lock or the disk goes into its next transaction together, so that ten writers at once cost little more than one. Neither the connection
// nor the goroutine exists before the first write.
type writer struct {
	db   *sql.DB
	wait time.Duration // for other processes

	mu      sync.Mutex
	queue   []*job
	running bool
	closed  bool
	idle    chan struct{} // closed when the goroutine has ended
	wake    chan struct{}

	tx *transaction // of the goroutine alone; nil: no connection yet, or it was given up after a fault
}

// job is one write. It is done as a whole or not at all.
type job struct {
	do   func(*transaction) error
	done chan error // gets the result once, after the commit
}

// errForbidden refuses a job that its judge forbade, before it wrote anything.
var errForbidden = errors.New("forbidden by its judge")

// batch is how many jobs go into one transaction at most.
const batch = 500

func newWriter(c connector) *writer {
	db := sql.OpenDB(c)
	db.SetMaxOpenConns(1)
	return &writer{db: db, wait: c.wait, idle: make(chan struct{}), wake: make(chan struct{}, 1)}
}

// write does a job and returns when it is durable. A caller whose context ends gives a job up that was not begun; one that was begun it
// waits for, so that an error always means that nothing was written, unless the disk itself failed.
func (w *writer) write(ctx context.Context, do func(*transaction) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	j := &job{do: do, done: make(chan error, 1)}
	if err := w.enqueue(j); err != nil {
		return err
	}
	select {
	case err := <-j.done:
		return err
	case <-ctx.Done():
		if w.withdraw(j) {
			return ctx.Err()
		}
		return <-j.done
	}
}

func (w *writer) enqueue(j *job) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return errors.New("it was closed")
	}
	w.queue = append(w.queue, j)
	if !w.running {
		w.running = true
		go w.run()
	}
	select {
	case w.wake <- struct{}{}:
	default: // It will look anyway.
	}
	return nil
}

// withdraw takes a job back, unless it was begun.
func (w *writer) withdraw(j *job) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := range w.queue {
		if w.queue[i] == j {
			w.queue = append(w.queue[:i], w.queue[i+1:]...)
			return true
		}
	}
	return false
}

// take begins the jobs that wait, up to a batch of them.
func (w *writer) take() []*job {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := min(len(w.queue), batch)
	jobs := append([]*job(nil), w.queue[:n]...)
	w.queue = w.queue[n:]
	return jobs
}

// waiting tells whether there are jobs, and whether there will be more.
func (w *writer) waiting() (jobs, open bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.queue) > 0, !w.closed
}

// run is the goroutine. It ends when the writer was closed and all jobs are done.
func (w *writer) run() {
	defer close(w.idle)
	for {
		jobs, open := w.waiting()
		switch {
		case jobs:
			w.round()
		case open:
			<-w.wake
		default:
			w.reset()
			return
		}
	}
}

// round makes one transaction of what waits. The jobs are taken after the lock was got: whoever comes while another process holds it
// comes along, and whoever gives up meanwhile is not begun.
func (w *writer) round() {
	if err := w.begin(func() bool { jobs, _ := w.waiting(); return jobs }); err != nil {
		for _, j := range w.take() {
			j.done <- err
		}
		return
	}
	jobs := w.take()
	results, err := w.commit(jobs)
	switch {
	case err == nil:
	case len(jobs) == 1:
		results = []error{err}
	default: // One of them may be at fault, or too large for what is left of the disk: each by itself.
		results = results[:0]
		for _, j := range jobs {
			results = append(results, w.alone(j))
		}
	}
	for i, j := range jobs {
		j.done <- results[i]
	}
}

func (w *writer) alone(j *job) error {
	if err := w.begin(func() bool { return true }); err != nil {
		return err
	}
	results, err := w.commit([]*job{j})
	if err != nil {
		return err
	}
	return results[0]
}

// begin begins a transaction that holds the lock for writing, for as long as it is wanted.
func (w *writer) begin(wanted func() bool) error {
	if w.tx == nil {
		tx, err := newTransaction(w.db)
		if err != nil {
			return err
		}
		w.tx = tx
	}
	if err := w.tx.begin(w.wait, wanted); err != nil {
		w.reset()
		return err
	}
	return nil
}

// commit runs the jobs and commits. A job that is refused before it wrote anything is refused by itself; any other fault is everybody's,
// and nothing is written.
func (w *writer) commit(jobs []*job) (results []error, err error) {
	for _, j := range jobs {
		err := j.do(w.tx)
		if err != nil && !refused(err) {
			w.reset()
			return nil, err
		}
		results = append(results, err)
	}
	if err := w.tx.commit(); err != nil {
		w.reset()
		return nil, err
	}
	return results, nil
}

// reset gives the connection up, and with it a transaction that is under way.
func (w *writer) reset() {
	if w.tx != nil {
		w.tx.close()
		w.tx = nil
	}
}

// close waits for the jobs that wait and ends the goroutine.
func (w *writer) close() error {
	w.mu.Lock()
	w.closed = true
	running := w.running
	w.mu.Unlock()
	if running {
		select {
		case w.wake <- struct{}{}:
		default:
		}
		<-w.idle
	}
	return w.db.Close()
}
