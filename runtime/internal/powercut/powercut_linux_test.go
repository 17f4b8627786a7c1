package powercut_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/authrun/authrun/runtime/internal/powercut"
)

// role makes the test binary the program that is traced.
const role = "AUTHRUN_TEST_POWERCUT"

func TestMain(m *testing.M) {
	switch what := os.Getenv(role); what {
	case "":
		os.Exit(m.Run())
	case "hang":
		time.Sleep(time.Hour)
	default:
		if err := steps(os.Args[1]); err != nil {
			fmt.Println("error:", err)
			os.Exit(1)
		}
		os.Exit(7)
	}
}

// steps does one thing after another in the folder, and tells each. Lines are the disk's at that moment, by file.
func steps(dir string) error {
	old, err := os.OpenFile(filepath.Join(dir, "old"), os.O_RDWR, 0)
	if err != nil {
		return err
	}
	folder, err := os.Open(dir)
	if err != nil {
		return err
	}
	var fresh *os.File
	for _, step := range []struct {
		name string
		do   func() error
	}{
		{"nothing", func() error { return nil }},
		{"written", func() error { _, err := old.WriteAt([]byte("B"), 0); return err }},
		{"flushed", old.Sync},
		{"written again", func() error { _, err := old.WriteAt([]byte("C"), 0); return err }},
		{"made", func() error {
			fresh, err = os.Create(filepath.Join(dir, "fresh"))
			return err
		}},
		{"filled", func() error { _, err := fresh.Write([]byte("x")); return errors.Join(err, fresh.Sync()) }},
		{"folder flushed", folder.Sync},
		{"renamed", func() error { return os.Rename(filepath.Join(dir, "fresh"), filepath.Join(dir, "named")) }},
		{"removed", func() error { return os.Remove(filepath.Join(dir, "old")) }},
		{"flushed at last", folder.Sync},
	} {
		if err := step.do(); err != nil {
			return err
		}
		// From many threads, as a Go program does it.
		told := make(chan error)
		go func() {
			_, err := os.Stdout.WriteString(step.name)
			told <- err
		}()
		if err := <-told; err != nil {
			return err
		}
	}
	return nil
}

// run runs the test binary in a role, and skips the test where that is not possible.
func run(t *testing.T, what, dir string, longest time.Duration, sending func(*powercut.Moment) error) (int, error) {
	t.Helper()
	executable, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	code, err := powercut.Run(powercut.Program{Path: executable, Args: []string{"program", dir}, Env: append(os.Environ(), role+"="+what),
		Files: [3]*os.File{r, w, os.Stderr}, Longest: longest}, dir, sending)
	if errors.Is(err, powercut.ErrForbidden) {
		t.Skip(err)
	}
	return code, err
}

// after gives the files of a folder with their contents.
func after(t *testing.T, cut func(into string) error) string {
	t.Helper()
	into := t.TempDir()
	if err := cut(into); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(into)
	if err != nil {
		t.Fatal(err)
	}
	var files []string
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(into, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, e.Name()+"="+string(b))
	}
	return strings.Join(files, " ")
}

func TestRun(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "old"), []byte("A"), 0o600); err != nil {
		t.Fatal(err)
	}
	type state struct{ Step, Lost, Kept string }
	var got []state
	code, err := run(t, "steps", dir, time.Minute, func(m *powercut.Moment) error {
		got = append(got, state{string(m.Data), after(t, m.Lost), after(t, m.Kept)})
		return nil
	})
	if err != nil || code != 7 {
		t.Fatalf("it ended with %d, %v", code, err)
	}
	want := []state{
		{"nothing", "old=A", "old=A"},
		{"written", "old=A", "old=B"},
		{"flushed", "old=B", "old=B"},
		{"written again", "old=B", "old=C"},
		{"made", "old=B", "fresh= old=C"},
		{"filled", "old=B", "fresh=x old=C"},
		{"folder flushed", "fresh=x old=B", "fresh=x old=C"},
		{"renamed", "fresh=x old=B", "named=x old=C"},
		{"removed", "fresh=x old=B", "named=x"},
		{"flushed at last", "named=x", "named=x"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// Of what was not flushed any part may be on the disk.
func TestTorn(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "old"), []byte("A"), 0o600); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	_, err := run(t, "steps", dir, time.Minute, func(m *powercut.Moment) error {
		if string(m.Data) == "written again" {
			random := rand.New(rand.NewPCG(1, 2))
			for range 50 {
				seen[after(t, func(into string) error { return m.Torn(into, random) })] = true
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]bool{"old=B": true, "old=C": true}, seen); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// What the test finds ends the program.
func TestRunStops(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "old"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	enough := errors.New("enough")
	if _, err := run(t, "steps", dir, time.Minute, func(*powercut.Moment) error { return enough }); !errors.Is(err, enough) {
		t.Errorf("error %v", err)
	}
	_, err := run(t, "hang", dir, 100*time.Millisecond, func(*powercut.Moment) error { return nil })
	if err == nil || !strings.Contains(err.Error(), "killed") {
		t.Errorf("a program that hangs: %v", err)
	}
	if _, err := run(t, "steps", filepath.Join(dir, "none"), time.Minute, nil); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a folder that is not there: %v", err)
	}
}
