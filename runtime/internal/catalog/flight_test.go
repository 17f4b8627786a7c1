package catalog

import (
	"context"
	"errors"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestOneProcessForAll(t *testing.T) {
	s := newStage(t)
	put(t, s.dir, "sample", "")
	s.fakes.hold = make(chan struct{})
	var wg, impatient sync.WaitGroup
	ctx, cancel := context.WithCancel(t.Context())
	for range 10 {
		impatient.Go(func() {
			if _, err := s.Plugin(ctx, "sample"); !errors.Is(err, context.Canceled) {
				t.Errorf("error %v, want that it was canceled", err)
			}
		})
		wg.Go(func() {
			if p, err := s.Plugin(t.Context(), "sample"); err != nil || p == nil {
				t.Errorf("no plugin: %v", err)
			}
		})
	}
	cancel() // those who give up do not fail the others
	impatient.Wait()
	for s.fakes.count() == 0 {
		time.Sleep(time.Millisecond)
	}
	close(s.fakes.hold)
	wg.Wait()
	if n := s.fakes.count(); n != 1 {
		t.Errorf("%d starts, want 1", n)
	}
}

func TestPrestart(t *testing.T) {
	s := newStage(t)
	put(t, s.dir, "one", "1")
	put(t, s.dir, "two", "2")
	s.fakes.hold = make(chan struct{})
	s.Prestart("one", "two", "three", "one") // returns although no start can end
	for s.fakes.count() < 2 {
		time.Sleep(time.Millisecond) // both are under way at the same time
	}
	close(s.fakes.hold)
	for _, name := range []string{"one", "two"} {
		if _, err := s.Plugin(t.Context(), name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	var absent *NotFound
	if _, err := s.Plugin(t.Context(), "three"); !errors.As(err, &absent) {
		t.Errorf("error %v, want that it is not found", err)
	}
	if n := s.fakes.count(); n != 2 {
		t.Errorf("%d starts, want 2", n)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s.Prestart("one")
	if n := s.fakes.count(); n != 2 {
		t.Error("a closed catalog started a plugin")
	}
}

func TestDeadProcess(t *testing.T) {
	s := newStage(t)
	put(t, s.dir, "sample", "")
	step := func(name string, starts int, died bool) {
		t.Helper()
		_, err := s.Plugin(t.Context(), "sample")
		var d *Died
		if errors.As(err, &d) != died || !died && err != nil {
			t.Errorf("%s: error %v, want one: %t", name, err, died)
		}
		if died && !d.Until.After(s.clock.Now()) {
			t.Errorf("%s: not before %s, and it is %s", name, d.Until, s.clock.Now())
		}
		if got := s.fakes.count(); got != starts {
			t.Errorf("%s: %d starts, want %d", name, got, starts)
		}
	}
	step("the first", 1, false)
	step("it lives", 1, false)
	first := s.fakes.last()
	first.die()
	step("it died once", 2, false)
	if !first.closed {
		t.Error("what the dead process left was not freed")
	}
	s.fakes.last().die()
	step("it died again at once", 2, true)
	s.clock.add(59 * time.Second)
	step("not yet", 2, true)
	s.clock.add(time.Second)
	step("a minute later", 3, false)
	s.fakes.last().die()
	s.clock.add(-time.Hour)
	step("the clock was set back", 4, false)
}

func TestFailedStart(t *testing.T) {
	s := newStage(t)
	put(t, s.dir, "sample", "")
	broken := errors.New("it printed nonsense")
	s.fakes.fail = func(n int) error {
		if n == 1 {
			return broken
		}
		return nil
	}
	for range 3 {
		if p, err := s.Plugin(t.Context(), "sample"); !errors.Is(err, broken) || p != nil {
			t.Fatalf("%v, %v, want the error of the start", p, err)
		}
	}
	if n := s.fakes.count(); n != 1 {
		t.Errorf("%d starts within a minute, want 1", n)
	}
	s.clock.add(time.Minute)
	if _, err := s.Plugin(t.Context(), "sample"); err != nil || s.fakes.count() != 2 {
		t.Errorf("error %v after %d starts, want a second start that works", err, s.fakes.count())
	}
}

func TestClose(t *testing.T) {
	s := newStage(t)
	for _, name := range []string{"one", "two"} {
		put(t, s.dir, name, name)
		if _, err := s.Plugin(t.Context(), name); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	for _, p := range s.fakes.started {
		if !p.closed {
			t.Errorf("%s still runs", p.binary.Vendor)
		}
		if _, err := p.binary.File.Stat(); !errors.Is(err, os.ErrClosed) {
			t.Errorf("the file of %s is still open: %v", p.binary.Vendor, err)
		}
	}
	if left, err := os.ReadDir(s.root); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	if _, err := s.Describe(t.Context(), "one"); !errors.Is(err, ErrClosed) {
		t.Errorf("error %v, want that it is closed", err)
	}
}

func TestCloseEndsAStartUnderWay(t *testing.T) {
	s := newStage(t)
	put(t, s.dir, "sample", "")
	s.fakes.hold = make(chan struct{}) // never closed
	s.Prestart("sample")
	waiting := make(chan error, 1)
	go func() { _, err := s.Plugin(t.Context(), "sample"); waiting <- err }()
	for s.fakes.count() == 0 {
		time.Sleep(time.Millisecond)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-waiting; !errors.Is(err, ErrClosed) {
		t.Errorf("error %v, want that it is closed", err)
	}
}

func TestCloseDoesNotHang(t *testing.T) {
	s := newStage(t)
	s.patience = 10 * time.Millisecond
	s.fakes.deaf = true
	for _, name := range []string{"one", "two"} {
		put(t, s.dir, name, name)
		if _, err := s.Plugin(t.Context(), name); err != nil {
			t.Fatal(err)
		}
	}
	err := s.Close()
	if err == nil || !strings.Contains(err.Error(), "one, two") {
		t.Errorf("error %v, want one that names both", err)
	}
	if left, err := os.ReadDir(s.root); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	for _, p := range s.fakes.started {
		close(p.deaf)
		<-p.done
	}
}
