package catalog

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/authrun/authrun/sdk"
	"github.com/authrun/authrun/sdk/client"
)

// restartAfter is how long after a restart, or after a start that failed, the next one is allowed.
const restartAfter = time.Minute

// flight is one start of a process, for all who wait for it. Process and err are set before done is closed.
type flight struct {
	began   time.Time
	done    chan struct{}
	process Process
	err     error
}

// over tells whether the start has ended, well or not.
func (f *flight) over() bool {
	select {
	case <-f.done:
		return true
	default:
		return false
	}
}

// plugin gives the running process.
func (s *slot) plugin(ctx context.Context) (sdk.Plugin, error) {
	f, err := s.launch()
	if err != nil {
		return nil, err
	}
	select {
	case <-f.done:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	if f.err != nil {
		return nil, f.err
	}
	return f.process, nil
}

// launch begins a start where one is needed and allowed, and gives the last one.
func (s *slot) launch() (*flight, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.catalog.ctx.Err() != nil {
		return nil, ErrClosed
	}
	now := s.catalog.options.Now()
	old := s.flight
	switch {
	case old == nil:
	case !old.over():
		return old, nil
	case old.err != nil:
		if within(now, old.began, restartAfter) {
			return old, nil // its error holds for so long
		}
	case !dead(old.process):
		return old, nil
	case within(now, s.restarted, restartAfter):
		return nil, &Died{Vendor: s.vendor, Until: s.restarted.Add(restartAfter)}
	default:
		s.restarted = now
	}
	f := &flight{began: now, done: make(chan struct{})}
	s.flight = f
	go func() {
		defer close(f.done)
		if old != nil && old.process != nil {
			_ = old.process.Close() // it is dead: this frees what it left
		}
		f.process, f.err = s.start()
	}()
	return f, nil
}

// start starts the process, on the catalog's context: callers wait on theirs.
func (s *slot) start() (Process, error) {
	c := s.catalog
	found, err := c.find(s.vendor, s.pin)
	if err != nil {
		return nil, err
	}
	if found.Builtin {
		return builtin{c.options.Builtin[s.vendor]}, nil
	}
	file, err := s.open(found)
	if err != nil {
		return nil, err
	}
	folder, err := c.run.path()
	if err != nil {
		return nil, fmt.Errorf("no private folder for the connections to plugins: %w", err)
	}
	var known *sdk.Description
	if is, ok := c.descriptions.find(s.vendor, file.Sum); ok {
		known = &is
	}
	var log hclog.Logger
	if c.options.Log != nil {
		log = c.options.Log(s.vendor)
	}
	p, err := c.options.Start(c.ctx, file.Binary, client.Options{RunDir: folder, Known: known, HostVersion: c.options.HostVersion, Redact: c.options.Redact,
		Log: log, Now: c.options.Now, Launcher: c.options.Launcher, RequireSandbox: c.options.RequireSandbox})
	if c.ctx.Err() != nil {
		if err == nil {
			err = p.Close()
		}
		return nil, errors.Join(ErrClosed, err)
	}
	if err != nil {
		return nil, err
	}
	return p, nil
}

// stop ends the process, or the start of it that is under way, and lets go of the file.
func (s *slot) stop() {
	s.mu.Lock()
	f := s.flight
	s.mu.Unlock()
	if f != nil {
		<-f.done
		if f.process != nil {
			_ = f.process.Close()
		}
	}
	s.close()
}

func dead(p Process) bool {
	select {
	case <-p.Done():
		return true
	default:
		return false
	}
}

// within tells whether now is less than d after since; a clock that was set back counts as later.
func within(now, since time.Time, d time.Duration) bool {
	passed := now.Sub(since)
	return passed >= 0 && passed < d
}

// Died says that a plugin's process ended again so soon after it was started again that it is left alone for a while.
type Died struct {
	Vendor string
	Until  time.Time // from then on it is started again
}

// Error says until when.
func (e *Died) Error() string {
	return fmt.Sprintf("plugin %s died, was started again and died again; it is not started before %s", e.Vendor, e.Until.UTC().Format(time.RFC3339))
}
