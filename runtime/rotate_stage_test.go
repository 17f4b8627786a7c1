package runtime_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	authrun "github.com/authrun/authrun/runtime"
	"github.com/authrun/authrun/runtime/store"
	"github.com/authrun/authrun/runtime/store/memory"
)

// TestRotateWhileOthersWork rotates the key of a store again and again, and forgets the old ones at once, while runs that opened it before read
// and write: none of them fails, and nothing that a vendor gave is lost.
func TestRotateWhileOthersWork(t *testing.T) {
	s := newStage(t)
	path := s.write(all)
	s.apply(path, authrun.ApplyOptions{})
	done := make(chan struct{})
	var others sync.WaitGroup
	work := func(opts authrun.ApplyOptions) {
		s.run(path, func(f *authrun.Flow) {
			for {
				summary, err := f.Apply(context.Background(), opts, func(e authrun.Event) {
					if d, ok := e.(authrun.Diagnosed); ok {
						t.Errorf("%+v", d.Diagnostic)
					}
				})
				if err != nil || summary.Failed > 0 {
					t.Errorf("%+v, %v", summary, err)
					return
				}
				select {
				case <-done:
					return
				default:
				}
			}
		})
	}
	others.Go(func() { work(authrun.ApplyOptions{}) })
	others.Go(func() { work(authrun.ApplyOptions{Force: []string{"auth.sipauth.a"}}) })

	var last authrun.Rotation
	for range 5 {
		s.run(path, func(f *authrun.Flow) {
			var err error
			if last, err = f.RotateKey(context.Background(), authrun.RotateOptions{ForgetOld: true}); err != nil || !last.Made || last.Closed > 0 {
				t.Errorf("%+v, %v", last, err)
			}
		})
	}
	close(done)
	others.Wait()
	if text, err := os.ReadFile(last.KeyFile); err != nil || strings.Count(string(text), "\n") != 1 {
		t.Errorf("the key file has %d lines (%v)", strings.Count(string(text), "\n"), err)
	}
	calls := s.calls()
	if r := s.apply(path, authrun.ApplyOptions{}); r.summary.Reused != 5 || s.calls() != calls {
		t.Errorf("in the end: %+v, and %d calls", r.summary, s.calls()-calls)
	}
}

// barred is a store that cannot be written any more.
type barred struct {
	store.Store
	why error
}

func (b *barred) ReadOnly() error { return b.why }

// TestRotateCannot tries what cannot be: no store, a store that cannot be written. The key file is as it was.
func TestRotateCannot(t *testing.T) {
	s := newStage(t)
	path := s.write(all)
	rotate := func() (err error) {
		s.run(path, func(f *authrun.Flow) { _, err = f.RotateKey(context.Background(), authrun.RotateOptions{}) })
		return err
	}
	if err := rotate(); err == nil || !strings.Contains(err.Error(), "no store yet") {
		t.Errorf("without a store: %v", err)
	}
	db := &barred{Store: memory.New()}
	s.options.Backend = db
	s.apply(path, authrun.ApplyOptions{})
	key := filepath.Join(s.home, ".config", "authrun", "key")
	before, err := os.ReadFile(key)
	if err != nil {
		t.Fatal(err)
	}
	db.why = store.ErrReadOnly
	if err := rotate(); !errors.Is(err, store.ErrReadOnly) {
		t.Errorf("of a store that cannot be written: %v", err)
	}
	if after, err := os.ReadFile(key); err != nil || string(after) != string(before) {
		t.Errorf("the key file changed (%v)", err)
	}
	db.why = nil
	if err := rotate(); err != nil {
		t.Error(err)
	}
}
