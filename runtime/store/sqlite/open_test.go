package sqlite_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/authrun/authrun/runtime/store"
	"github.com/authrun/authrun/runtime/store/sqlite"
)

// open opens a store that the test closes.
func open(t *testing.T, path string, o sqlite.Options) *sqlite.Store {
	t.Helper()
	s, _, err := sqlite.Open(t.Context(), path, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// made makes a store with one exchange in it, and returns its path.
func made(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "authrun.db")
	s, _, err := sqlite.Open(t.Context(), path, sqlite.Options{Version: "0.1.0"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Begin(t.Context(), store.Exchange{At: time.Unix(1, 0), Address: "auth.sipauth.x"}, nil)
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
	return path
}

// run executes SQL on the database itself.
func run(t *testing.T, path, query string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.Exec(query)
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestOpenMakes(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "empty.db")
	write(t, empty, "")
	for name, path := range map[string]string{
		"a new file":               filepath.Join(t.TempDir(), "authrun.db"),
		"new folders":              filepath.Join(t.TempDir(), "a", "b", "authrun.db"),
		"an empty file":            empty,
		"a name with odd letters":  filepath.Join(t.TempDir(), "100% sure? #1 é.db"),
		"a name that is no option": filepath.Join(t.TempDir(), "x.db?mode=memory"),
	} {
		t.Run(name, func(t *testing.T) {
			for _, want := range []bool{true, false} {
				s, created, err := sqlite.Open(t.Context(), path, sqlite.Options{})
				if err != nil {
					t.Fatal(err)
				}
				if created != want {
					t.Errorf("created is %v, want %v", created, want)
				}
				if _, err := s.Begin(t.Context(), store.Exchange{At: time.Now()}, nil); err != nil {
					t.Error(err)
				}
				if err := s.Close(); err != nil {
					t.Error(err)
				}
				if info, err := os.Stat(path); err != nil || info.Size() == 0 {
					t.Errorf("there is nothing at the path: %v", err)
				}
			}
		})
	}
}

// Of those who open a store at the same time one makes it, and all can write.
func TestOpenMakesOnce(t *testing.T) {
	fresh, empty := filepath.Join(t.TempDir(), "state", "authrun.db"), filepath.Join(t.TempDir(), "authrun.db")
	write(t, empty, "")
	for name, path := range map[string]string{"none": fresh, "an empty file": empty} {
		t.Run(name, func(t *testing.T) {
			const openers = 10
			makers := make(chan bool, openers)
			var all sync.WaitGroup
			for range openers {
				all.Go(func() {
					s, created, err := sqlite.Open(t.Context(), path, sqlite.Options{})
					if err != nil {
						t.Error(err)
						return
					}
					if created {
						makers <- true
					}
					_, err = s.Begin(t.Context(), store.Exchange{At: time.Now()}, nil)
					if err := errors.Join(err, s.Close()); err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
			rows, err := open(t, path, sqlite.Options{}).Exchanges(t.Context(), store.Query{})
			if err != nil || len(rows) != openers || len(makers) != 1 {
				t.Errorf("%d openers made it %d times and wrote %d rows (%v)", openers, len(makers), len(rows), err)
			}
			if left, err := filepath.Glob(filepath.Join(filepath.Dir(path), ".*")); err != nil || len(left) > 0 {
				t.Errorf("temporary files are left: %v, %v", left, err)
			}
		})
	}
}

// Whoever sees a store sees a whole one, even if it is being made: one who demands that it exists finds none or a good one.
func TestOpenSeesWholeStores(t *testing.T) {
	for range 10 {
		path := filepath.Join(t.TempDir(), "authrun.db")
		found := make(chan error)
		go func() {
			for {
				s, created, err := sqlite.Open(context.Background(), path, sqlite.Options{MustExist: true})
				if errors.Is(err, fs.ErrNotExist) && strings.Contains(err.Error(), "there is none") {
					continue
				}
				if err == nil {
					err = s.Close()
				}
				if created {
					err = errors.Join(err, errors.New("it says that it made the store"))
				}
				found <- err
				return
			}
		}()
		open(t, path, sqlite.Options{})
		if err := <-found; err != nil {
			t.Error(err)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	dir := t.TempDir()
	missing := filepath.Join(dir, "missing", "authrun.db")
	file, empty, text := filepath.Join(dir, "file"), filepath.Join(dir, "empty"), filepath.Join(dir, "text")
	write(t, file, "x")
	write(t, empty, "")
	write(t, text, strings.Repeat("this is no database\n", 1000))
	foreign := filepath.Join(dir, "foreign.db")
	run(t, foreign, "CREATE TABLE t (n)")
	cut, scribbled := made(t), made(t)
	if err := os.Truncate(cut, 4096+100); err != nil {
		t.Fatal(err)
	}
	scribble(t, scribbled)

	for _, c := range []struct {
		name, path string
		o          sqlite.Options
		is         error
		says       string
	}{
		{"a folder", dir, sqlite.Options{}, nil, "is a folder"},
		{"a file above it", filepath.Join(file, "authrun.db"), sqlite.Options{}, nil, "not a"},
		{"a file far above it", filepath.Join(file, "a", "authrun.db"), sqlite.Options{}, nil, "not a"},
		{"none, and it must exist", missing, sqlite.Options{MustExist: true}, fs.ErrNotExist, "must exist"},
		{"empty, and it must exist", empty, sqlite.Options{MustExist: true}, fs.ErrNotExist, "empty"},
		{"text", text, sqlite.Options{}, store.ErrCorrupt, "not a database"},
		{"one letter", file, sqlite.Options{}, store.ErrCorrupt, "not a database"},
		{"of another program", foreign, sqlite.Options{}, store.ErrCorrupt, "another program"},
		{"cut short", cut, sqlite.Options{}, store.ErrCorrupt, "malformed"},
		{"a name that no file can have", filepath.Join(dir, "a\x00b.db"), sqlite.Options{}, nil, "invalid"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, _, err := sqlite.Open(t.Context(), c.path, c.o)
			if err == nil {
				_, err = s.Exchanges(t.Context(), store.Query{})
				_ = s.Close()
			}
			if err == nil {
				t.Fatal("no error")
			}
			if c.is != nil && !errors.Is(err, c.is) {
				t.Errorf("error %q is not %q", err, c.is)
			}
			if !strings.Contains(err.Error(), "store "+c.path+": ") || !strings.Contains(err.Error(), c.says) {
				t.Errorf("error %q names no path or does not say %q", err, c.says)
			}
		})
	}
	if _, err := os.Stat(filepath.Dir(missing)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a store that must exist made a folder: %v", err)
	}
	t.Run("damaged inside", func(t *testing.T) {
		s := open(t, scribbled, sqlite.Options{})
		if _, err := s.Exchanges(t.Context(), store.Query{}); !errors.Is(err, store.ErrCorrupt) {
			t.Errorf("error %v is not %v", err, store.ErrCorrupt)
		}
		if _, err := s.Begin(t.Context(), store.Exchange{At: time.Now()}, nil); !errors.Is(err, store.ErrCorrupt) {
			t.Errorf("error %v is not %v", err, store.ErrCorrupt)
		}
	})
}

// scribble spoils every page but the first.
func scribble(t *testing.T, path string) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := 4096; i < len(b); i++ {
		b[i] ^= 0xa5
	}
	write(t, path, string(b))
}

func TestOpenNewer(t *testing.T) {
	for _, c := range []struct {
		name, oldest, running string
		refused               bool
	}{
		{"this one is new enough", "0.2.0", "0.2.0+dev", false},
		{"newer than it must be", "0.2.0", "1.0.0", false},
		{"a release candidate counts", "0.2.0", "0.2.0-rc1", false},
		{"too old", "0.2.0", "0.1.9", true},
		{"ten is more than two", "0.10.0", "0.2.0", true},
		{"unknown version", "0.2.0", "", false},
		{"no version", "0.2.0", "dev", true},
		{"it says nonsense", "soon", "9.9.9", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := made(t)
			run(t, path, fmt.Sprintf("PRAGMA user_version = 1000; UPDATE meta SET value = '%s' WHERE name = 'oldest'", c.oldest))
			s, created, err := sqlite.Open(t.Context(), path, sqlite.Options{Version: c.running})
			if !c.refused {
				if err != nil || created {
					t.Fatalf("created %v, error %v", created, err)
				}
				if rows, err := s.Exchanges(t.Context(), store.Query{}); err != nil || len(rows) != 1 {
					t.Errorf("%d rows, error %v", len(rows), err)
				}
				if err := s.Close(); err != nil {
					t.Error(err)
				}
				return
			}
			if !errors.Is(err, store.ErrNewer) {
				t.Errorf("error %v is not %v", err, store.ErrNewer)
			}
		})
	}
}

// What a warm apply does leaves the database as it was, and no file more than there were.
func TestOpenWritesNothing(t *testing.T) {
	path := made(t)
	type file struct {
		Name, Bytes string
		Changed     time.Time
	}
	look := func() (files []file) {
		entries, err := os.ReadDir(filepath.Dir(path))
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			b, err := os.ReadFile(filepath.Join(filepath.Dir(path), e.Name()))
			info, err2 := e.Info()
			if err := errors.Join(err, err2); err != nil {
				t.Fatal(err)
			}
			f := file{Name: e.Name(), Bytes: string(b), Changed: info.ModTime()}
			if strings.HasSuffix(f.Name, "-shm") { // Memory that the processes share.
				f.Bytes, f.Changed = "", time.Time{}
			}
			files = append(files, f)
		}
		return files
	}
	before := look()
	s, created, err := sqlite.Open(t.Context(), path, sqlite.Options{MustExist: true, Version: "9.0.0"})
	if err != nil || created {
		t.Fatal(created, err)
	}
	rows, err := s.Exchanges(t.Context(), store.Query{})
	if err != nil || len(rows) != 1 {
		t.Error(rows, err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff(before, look()); diff != "" {
		t.Errorf("-before +after:\n%s", diff)
	}
}

func TestOpenCanceled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := sqlite.Open(ctx, filepath.Join(t.TempDir(), "authrun.db"), sqlite.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

func TestVersionIsKept(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)
	path := filepath.Join(t.TempDir(), "authrun.db")
	open(t, path, sqlite.Options{Version: "0.1.0+dev", Now: func() time.Time { return now }})
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	for name, want := range map[string]string{"oldest": "0.1.0", "migrated_by": "0.1.0+dev", "created": "2026-01-02T03:04:05Z"} {
		var got string
		if err := db.QueryRow("SELECT value FROM meta WHERE name = ?", name).Scan(&got); err != nil || got != want {
			t.Errorf("%s is %q (%v), want %q", name, got, err, want)
		}
	}
	for pragma, want := range map[string]string{"journal_mode": "wal", "user_version": "2", "application_id": "1635087464"} {
		var got string
		if err := db.QueryRow("PRAGMA " + pragma).Scan(&got); err != nil || got != want {
			t.Errorf("%s is %q (%v), want %q", pragma, got, err, want)
		}
	}
}
