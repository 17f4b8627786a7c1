package sqlite_test

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/authrun/authrun/runtime/internal/powercut"
	"github.com/authrun/authrun/runtime/store"
	"github.com/authrun/authrun/runtime/store/sqlite"
)

// TestPowerCut cuts the power whenever a process was just told that something is durable, before it can tell anybody: whatever the disk has then
// of what was not flushed, the store opens and has all that was promised until then. The process makes the store first.
func TestPowerCut(t *testing.T) {
	dir := t.TempDir()
	promised := promises{begun: map[string]bool{}, committed: map[string]bool{}}
	seen := map[string]int{}
	random := rand.New(rand.NewPCG(1, 2))
	err := traced(t, "tell", dir, func(m *powercut.Moment) error {
		what, id, _ := strings.Cut(strings.TrimSpace(string(m.Data)), " ")
		seen[what]++
		switch what {
		case "begun":
			promised.begun[id] = true
		case "committed":
			promised.committed[id] = true
		case "error":
			return errors.New(string(m.Data))
		case "made", "closed":
		default:
			return nil // The Go runtime and the test's own talk.
		}
		if info, err := os.Stat(filepath.Join(dir, "authrun.db")); what == "committed" && err == nil && info.Size() > 1<<20 {
			seen["moved out of the WAL"]++
		}
		for name, cut := range map[string]func(string) error{"lost": m.Lost, "partly there": func(into string) error { return m.Torn(into, random) }} {
			if err := promised.kept(t, cut); err != nil {
				return fmt.Errorf("%s, what was not flushed is %s: %w", strings.TrimSpace(string(m.Data)), name, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	if seen["made"] != 1 || seen["begun"] != 18 || seen["committed"] != 18 || seen["closed"] != 1 || seen["moved out of the WAL"] == 0 {
		t.Errorf("the power was cut at %v", seen)
	}
}

// traced runs the test binary in a role, on a store in dir, and skips the test where no process may be traced.
func traced(t *testing.T, role, dir string, sending func(*powercut.Moment) error) error {
	t.Helper()
	executable, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	go func() { _, _ = io.Copy(io.Discard, r) }()
	defer w.Close()
	env := append(os.Environ(), childRole+"="+role, "GORACE=atexit_sleep_ms=0")
	code, err := powercut.Run(powercut.Program{Path: executable, Args: []string{executable, filepath.Join(dir, "authrun.db")}, Env: env,
		Files: [3]*os.File{r, w, os.Stderr}, Longest: 5 * time.Minute}, dir, sending)
	if errors.Is(err, powercut.ErrForbidden) {
		t.Skip(err)
	}
	if err == nil && code != 0 {
		err = fmt.Errorf("it ended with %d", code)
	}
	return err
}

// promises are what a process was told to be durable, by the ID of the exchange.
type promises struct{ begun, committed map[string]bool }

// kept holds them against the store that is left after a cut.
func (p promises) kept(t *testing.T, cut func(into string) error) error {
	dir, err := os.MkdirTemp(t.TempDir(), "")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := cut(dir); err != nil {
		return err
	}
	s, _, err := sqlite.Open(t.Context(), filepath.Join(dir, "authrun.db"), sqlite.Options{MustExist: true})
	if err != nil {
		return err
	}
	rows, err := s.Exchanges(t.Context(), store.Query{})
	records, err2 := s.Records(t.Context(), "", "")
	if err := errors.Join(err, err2, s.Close()); err != nil {
		return err
	}
	outcomes, generations := map[string]string{}, map[string]bool{}
	for _, e := range rows {
		outcomes[fmt.Sprint(e.ID)] = e.Outcome
	}
	for _, r := range records {
		generations[fmt.Sprint(r.Generation)] = true
	}
	for id := range p.begun {
		if _, there := outcomes[id]; !there {
			return fmt.Errorf("exchange %s is not in the ledger", id)
		}
	}
	for id := range p.committed {
		if outcomes[id] != "ok" || !generations[id] {
			return fmt.Errorf("exchange %s has the outcome %q, and its credential is there: %v", id, outcomes[id], generations[id])
		}
	}
	return nil
}
