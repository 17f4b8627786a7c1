package catalog

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/authrun/authrun/sdk"
	"github.com/authrun/authrun/sdk/client"
)

// restartAfter is how long after a restart, or a start that failed, the next one is allowed.
const restartAfter = time.Minute

// slot is the place of one vendor's plugin: its file, what it is, and its process.
type slot struct {
	catalog *Catalog
	vendor  string

	// turn is held by who finds out what the plugin is; a channel, so that others wait on their own contexts.
	turn        chan struct{}
	description *sdk.Description

	fileMu sync.Mutex
	file   client.Binary // without a File: not opened yet, or a builtin

	mu        sync.Mutex
	flight    *flight   // the last start; nil: there was none
	restarted time.Time // when a dead process was started again last; zero: never
}

func newSlot(c *Catalog, vendor string) *slot {
	return &slot{catalog: c, vendor: vendor, turn: make(chan struct{}, 1)}
}

// describe says what the plugin is.
func (s *slot) describe(ctx context.Context) (sdk.Description, error) {
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return sdk.Description{}, context.Cause(ctx)
	}
	if s.description != nil {
		return *s.description, nil
	}
	found, err := s.catalog.Find(s.vendor)
	if err != nil {
		return sdk.Description{}, err
	}
	var file client.Binary
	if !found.Builtin {
		if file, err = s.open(found); err != nil {
			return sdk.Description{}, err
		}
		if d, ok := s.catalog.descriptions.find(s.vendor, file.SHA256); ok {
			s.description = &d
			return d, nil
		}
	}
	p, err := s.plugin(ctx)
	if err != nil {
		return sdk.Description{}, err
	}
	d, err := p.Describe(ctx)
	if err != nil {
		return sdk.Description{}, err
	}
	if err := fit(s.vendor, d); err != nil {
		return sdk.Description{}, &client.Error{Vendor: s.vendor, Path: found.where(),
			Problem: fmt.Sprintf("describes itself in a way that this authrun cannot use: %s; this is a bug in the plugin", err)}
	}
	if !found.Builtin {
		s.catalog.descriptions.keep(file.SHA256, d)
	}
	s.description = &d
	return d, nil
}

// open opens the plugin's file, once, so that all that is known of it and all that is started in this run is one file.
func (s *slot) open(found Found) (client.Binary, error) {
	s.fileMu.Lock()
	defer s.fileMu.Unlock()
	if s.file.File != nil {
		return s.file, nil
	}
	file, err := s.catalog.open(found)
	if err != nil {
		return client.Binary{}, err
	}
	s.file = file
	return file, nil
}

// flight is one start of the process. Process and err are set before done is closed.
type flight struct {
	began   time.Time
	done    chan struct{}
	process Process
	err     error
}

// plugin gives the running process.
func (s *slot) plugin(ctx context.Context) (sdk.Plugin, error) {
	f, err := s.launch()
	if err != nil {
		return nil, err
	}
	select {
	case <-f.done:
		return f.process, f.err
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
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
	if old != nil {
		select {
		case <-old.done:
		default:
			return old, nil // under way
		}
		switch {
		case old.err != nil:
			if within(now, old.began, restartAfter) {
				return old, nil
			}
		case !dead(old.process):
			return old, nil
		case !s.restarted.IsZero() && within(now, s.restarted, restartAfter):
			return nil, &Died{Vendor: s.vendor, Until: s.restarted.Add(restartAfter)}
		default:
			s.restarted = now
		}
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

// start starts the process, on the catalog's time: the callers wait on theirs.
func (s *slot) start() (Process, error) {
	c := s.catalog
	found, err := c.Find(s.vendor)
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
		return nil, fmt.Errorf("make a private folder for the connections to plugins: %w", err)
	}
	p, err := c.options.Start(c.ctx, file, client.Options{RunDir: folder, HostVersion: c.options.HostVersion, Redact: c.options.Redact,
		Log: c.options.Log, Now: c.options.Now})
	if err != nil {
		return nil, err
	}
	if c.ctx.Err() != nil {
		return nil, errors.Join(ErrClosed, p.Close())
	}
	return p, nil
}

// stop ends the process, or the start of it that is under way.
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
	s.fileMu.Lock()
	defer s.fileMu.Unlock()
	if s.file.File != nil {
		_ = s.file.File.Close()
		s.file = client.Binary{}
	}
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
	return fmt.Sprintf("the plugin for vendor %q died, was started again and died again; it is not started before %s", e.Vendor, e.Until.UTC().Format(time.RFC3339))
}
