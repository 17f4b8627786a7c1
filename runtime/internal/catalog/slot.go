package catalog

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/authrun/authrun/sdk"
	"github.com/authrun/authrun/sdk/client"
)

// slot is the place of one vendor's plugin: its file, what it is, and its process.
type slot struct {
	catalog *Catalog
	vendor  string
	pin     Pin

	// turn is held by who finds out what the plugin is; a channel, so that others wait on their own contexts.
	turn  chan struct{}
	known *described

	fileMu sync.Mutex
	file   executable   // without a File: not opened yet, or a builtin
	former []executable // that changed since; a start may still be using them

	mu        sync.Mutex
	flight    *flight   // the last start; nil: there was none
	restarted time.Time // when a dead process was started again last; zero: never
}

// described is what the plugin in a file says of itself.
type described struct {
	sum [32]byte // of the executable; zero for a builtin
	is  sdk.Description
}

func newSlot(c *Catalog, vendor string, pin Pin) *slot {
	return &slot{catalog: c, vendor: vendor, pin: pin, turn: make(chan struct{}, 1)}
}

// describe says what the plugin is.
func (s *slot) describe(ctx context.Context) (sdk.Description, error) {
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return sdk.Description{}, context.Cause(ctx)
	}
	found, err := s.catalog.find(s.vendor, s.pin)
	if err != nil {
		return sdk.Description{}, err
	}
	var file executable
	if !found.Builtin {
		if file, err = s.open(found); err != nil {
			return sdk.Description{}, err
		}
	}
	if s.known != nil && s.known.sum == file.Sum {
		return s.known.is, nil
	}
	is, ok := s.catalog.descriptions.find(s.vendor, file.Sum)
	if !ok || found.Builtin {
		if is, err = s.ask(ctx, found); err != nil {
			return sdk.Description{}, err
		}
		if !found.Builtin {
			s.catalog.descriptions.keep(file.Sum, is)
		}
	}
	s.known = &described{sum: file.Sum, is: is}
	return is, nil
}

// ask has the plugin itself say what it is, and checks that.
func (s *slot) ask(ctx context.Context, found Found) (sdk.Description, error) {
	p, err := s.plugin(ctx)
	if err != nil {
		return sdk.Description{}, err
	}
	is, err := p.Describe(ctx)
	if err != nil {
		return sdk.Description{}, err
	}
	if err := fit(s.vendor, is); err != nil {
		return sdk.Description{}, &client.Error{Vendor: s.vendor, Path: found.where(),
			Problem: fmt.Sprintf("describes itself in a way that this authrun cannot use: %s; this is a bug in the plugin", err)}
	}
	return is, nil
}

// open opens the plugin's file once, so that all that is known of it and all that is started is one file. One that was written to, or
// replaced, since then is opened again.
func (s *slot) open(found Found) (executable, error) {
	s.fileMu.Lock()
	defer s.fileMu.Unlock()
	if s.file.File != nil {
		if info, err := s.file.File.Stat(); err == nil && identityOf(info) == identityOf(s.file.Verified) && s.file.sameManifest() {
			return s.file, nil
		}
		s.former = append(s.former, s.file)
		s.file = executable{}
	}
	file, err := s.catalog.open(found)
	if err != nil {
		return executable{}, err
	}
	if err := s.pin.check(file); err != nil {
		_ = file.File.Close()
		return executable{}, err
	}
	s.file = file
	return file, nil
}

// close closes the plugin's file.
func (s *slot) close() {
	s.fileMu.Lock()
	defer s.fileMu.Unlock()
	if s.file.File != nil {
		s.former = append(s.former, s.file)
	}
	for _, f := range s.former {
		_ = f.File.Close()
	}
	s.file, s.former = executable{}, nil
}
