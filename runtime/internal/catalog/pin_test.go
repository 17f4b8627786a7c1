package catalog

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// keepIn puts a plugin into the depot, and gives its hash.
func keepIn(t *testing.T, c *Catalog, vendor string, data []byte) [32]byte {
	t.Helper()
	sum := sha256.Sum256(data)
	if _, err := c.Keep(t.Context(), vendor, sum, give(data)); err != nil {
		t.Fatal(err)
	}
	return sum
}

func give(data []byte) func(io.Writer) error {
	return func(to io.Writer) error {
		_, err := to.Write(data)
		return err
	}
}

func TestPinnedPlugin(t *testing.T) {
	depot, named, other := t.TempDir(), t.TempDir(), t.TempDir()
	s := newStage(t, func(o *Options) {
		o.Dirs, o.Named, o.Depot = []string{named, other}, 1, depot
	})
	c := s.Catalog
	sum := keepIn(t, c, "acme", append(program(t), "locked"...))
	pins := map[string]Pin{"acme": {SHA256: sum, Version: "1.2.0", Lock: "x.lock"}}

	put(t, other, "acme", "another") // found by its name only
	found, got, err := c.Pinned(pins).Identify("acme")
	if err != nil || got != sum || found.Path != c.kept("acme", sum) {
		t.Errorf("it is %v, %x, %v", found, got, err)
	}
	if found, err := c.Find("acme"); err != nil || filepath.Dir(found.Path) != other {
		t.Errorf("without a pin %v, %v", found, err)
	}

	path := put(t, named, "acme", "mine") // a folder that the user named comes first
	_, err = c.Pinned(pins).Plugin(t.Context(), "acme")
	var changed *Changed
	if !errors.As(err, &changed) || changed.Path != path || changed.Pin.SHA256 != sum {
		t.Fatalf("another file was started: %v", err)
	}
	for _, want := range []string{path, "x.lock", "1.2.0", "authrun init", "--plugin acme="} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q does not say %q", err, want)
		}
	}
	if _, err := c.Pinned(pins).Describe(t.Context(), "acme"); !errors.As(err, &changed) {
		t.Errorf("another file was described: %v", err)
	}
	if s.fakes.count() != 0 {
		t.Error("a process was started")
	}
	pins = map[string]Pin{"acme": {Path: path, SHA256: sum}}
	if found, err := c.Pinned(pins).Find("acme"); err != nil || found.Path != path {
		t.Errorf("a file that is named: %v, %v", found, err)
	}
	pins = map[string]Pin{"acme": {Path: filepath.Join(named, "none")}}
	var unusable *Unusable
	if _, err := c.Pinned(pins).Find("acme"); !errors.As(err, &unusable) {
		t.Errorf("a file that is named and not there: %v", err)
	}
}

func TestKeep(t *testing.T) {
	depot := filepath.Join(t.TempDir(), "made", "here")
	s := newStage(t, func(o *Options) { o.Depot = depot })
	c := s.Catalog
	data := append(program(t), "x"...)
	sum := sha256.Sum256(data)
	if c.Holds("acme", sum) || c.Holds("../acme", sum) {
		t.Error("an empty depot holds something")
	}
	for range 2 { // again is no error
		if path, err := c.Keep(t.Context(), "acme", sum, give(data)); err != nil || path != c.kept("acme", sum) || !c.Holds("acme", sum) {
			t.Fatal(path, err)
		}
	}
	boom := errors.New("boom")
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	var wrong *WrongHash
	var unusable *Unusable
	var invalid *NotFound
	for name, keep := range map[string]func() bool{
		"wrong hash": func() bool { _, err := c.Keep(t.Context(), "acme", sum, give(data[1:])); return errors.As(err, &wrong) },
		"broken": func() bool {
			_, err := c.Keep(t.Context(), "acme", sum, func(io.Writer) error { return boom })
			return errors.Is(err, boom)
		},
		"no program": func() bool {
			_, err := c.Keep(t.Context(), "acme", sha256.Sum256([]byte("x")), give([]byte("x")))
			return errors.As(err, &unusable)
		},
		"canceled": func() bool {
			_, err := c.Keep(canceled, "acme", sum, give(data))
			return errors.Is(err, context.Canceled)
		},
		"a path": func() bool {
			_, err := c.Keep(t.Context(), "../acme", sum, give(data))
			return errors.As(err, &invalid)
		},
	} {
		if !keep() {
			t.Errorf("%s: it was kept", name)
		}
	}
	if entries, err := os.ReadDir(filepath.Join(depot, "sha256")); err != nil || len(entries) != 1 {
		t.Errorf("the depot has %v, %v", entries, err)
	}
	if err := c.Drop("acme", sum); err != nil || c.Holds("acme", sum) {
		t.Errorf("it cannot be dropped: %v", err)
	}
}

func TestOffer(t *testing.T) {
	depot := t.TempDir()
	s := newStage(t, func(o *Options) { o.Depot, o.Dirs = depot, []string{depot} })
	c := s.Catalog
	for _, text := range []string{"one", "two", "two"} {
		sum := keepIn(t, c, "acme", append(program(t), text...))
		path, err := c.Offer("acme", sum)
		if err != nil {
			t.Fatal(err)
		}
		found, got, err := c.Pinned(nil).Identify("acme")
		if err != nil || found.Path != path || got != sum {
			t.Errorf("%s: %v, %x, %v", text, found, got, err)
		}
	}
	entries, err := os.ReadDir(depot)
	if err != nil || len(entries) != 2 {
		t.Errorf("the depot has %v, %v", entries, err)
	}
}

func TestKilledInstallsAreSwept(t *testing.T) {
	depot := t.TempDir()
	old, young := filepath.Join(depot, "sha256", arriving+"old"), filepath.Join(depot, "sha256", arriving+"young")
	s := newStage(t, func(o *Options) { o.Depot, o.Now = depot, time.Now })
	if err := os.MkdirAll(filepath.Dir(old), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{old, young} {
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	before := time.Now().Add(-2 * arrivingFor)
	if err := os.Chtimes(old, before, before); err != nil {
		t.Fatal(err)
	}
	keepIn(t, s.Catalog, "acme", program(t))
	if _, err := os.Stat(old); err == nil {
		t.Error("what an install left that was killed is still there")
	}
	if _, err := os.Stat(young); err != nil {
		t.Error("an install under way was swept away")
	}
}
