package sqlite_test

import (
	"context"
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
	"go.uber.org/goleak"

	"github.com/authrun/authrun/runtime/store"
	"github.com/authrun/authrun/runtime/store/sqlite"
)

// A backup is taken while others write. It has all that was promised before it began, and each transaction as a whole.
func TestBackupWhileOthersWrite(t *testing.T) {
	t.Cleanup(func() { goleak.VerifyNone(t) })
	dir := t.TempDir()
	path := filepath.Join(dir, "authrun.db")
	s, _, err := sqlite.Open(t.Context(), path, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	stop := make(chan struct{})
	var mu sync.Mutex
	written := int64(0)
	var writing sync.WaitGroup
	first := make(chan struct{})
	writing.Go(func() {
		for generation := uint64(1); ; generation++ {
			// One transaction: the use tells the generation of the record.
			key := store.Key{Vendor: "lingju"}
			err := s.Commit(context.Background(), store.Change{Put: &store.Record{Key: key, Generation: generation, Sealed: make([]byte, 20_000)},
				Expect: generation - 1, Use: &store.Use{Address: "auth.lingju.x", Key: key, Inputs: fmt.Append(nil, generation)}})
			if err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			written = int64(generation)
			mu.Unlock()
			if generation == 1 {
				close(first)
			}
			select {
			case <-stop:
				return
			default:
			}
		}
	})
	<-first
	for n := range 5 {
		mu.Lock()
		least := written
		mu.Unlock()
		to := filepath.Join(dir, fmt.Sprintf("backup %d?.db", n))
		if err := s.Backup(t.Context(), to); err != nil {
			t.Fatal(err)
		}
		copied := open(t, to, sqlite.Options{MustExist: true})
		r, err := copied.Record(t.Context(), store.Key{Vendor: "lingju"})
		uses, err2 := copied.Uses(t.Context(), "")
		if err := errors.Join(err, err2); err != nil {
			t.Fatal(err)
		}
		if int64(r.Generation) < least || fmt.Sprint(r.Generation) != string(uses[0].Inputs) {
			t.Errorf("the backup has generation %d and the use of %s; %d was written before", r.Generation, uses[0].Inputs, least)
		}
		if err := copied.Close(); err != nil {
			t.Error(err)
		}
	}
	close(stop)
	writing.Wait()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if left, err := filepath.Glob(filepath.Join(dir, ".*")); err != nil || len(left) > 0 {
		t.Errorf("temporary files are left: %v, %v", left, err)
	}
}

// A backup is a store like the one that was backed up, to be written by many processes, for the user alone.
func TestBackupIsAStore(t *testing.T) {
	path := made(t)
	to := filepath.Join(t.TempDir(), "backup.db")
	if err := sqlite.Backup(t.Context(), path, to); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(to); err != nil || info.Mode() != 0o600 {
		t.Errorf("it has the rights %v (%v)", info.Mode(), err)
	}
	one, two := open(t, to, sqlite.Options{MustExist: true}), open(t, to, sqlite.Options{MustExist: true})
	release := hold(t, to)
	rows, err := one.Exchanges(t.Context(), store.Query{}) // In WAL mode readers do not wait for a writer.
	release()
	if err != nil || len(rows) != 1 {
		t.Errorf("%d rows, %v", len(rows), err)
	}
	// IDs go on, also where the newest row was taken back.
	for n, s := range []*sqlite.Store{one, two} {
		if id, err := s.Begin(t.Context(), store.Exchange{At: time.Now()}, nil); err != nil || id != int64(n+2) {
			t.Errorf("ID %d, %v", id, err)
		}
	}
}

// What an older authrun made is copied as it is, so that a backup can be taken before the store is brought up to date.
func TestBackupChangesNothing(t *testing.T) {
	path := schema1(t)
	to := filepath.Join(t.TempDir(), "backup.db")
	if err := sqlite.Backup(t.Context(), path, to); err != nil {
		t.Fatal(err)
	}
	for _, place := range []string{path, to} {
		var version int
		if err := older(t, place).db.QueryRow("PRAGMA user_version").Scan(&version); err != nil || version != 1 {
			t.Errorf("%s has schema %d (%v)", filepath.Base(place), version, err)
		}
	}
	if diff := cmp.Diff(first(), contentsOf(t, open(t, to, sqlite.Options{}))); diff != "" {
		t.Errorf("-written +backed up:\n%s", diff)
	}
}

func TestBackupRefuses(t *testing.T) {
	dir := t.TempDir()
	path, foreign, text, there := made(t), filepath.Join(dir, "foreign.db"), filepath.Join(dir, "text"), filepath.Join(dir, "there")
	run(t, foreign, "CREATE TABLE t (n)")
	write(t, text, strings.Repeat("this is no database\n", 1000))
	write(t, there, "a file of the user's")
	dangling := filepath.Join(dir, "dangling")
	if err := os.Symlink(filepath.Join(dir, "nowhere"), dangling); err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(dir, "backup.db")
	for _, c := range []struct {
		name, from, to string
		is             error
		says           string
	}{
		{"over a file", path, there, fs.ErrExist, "replaces none"},
		{"over itself", path, path, fs.ErrExist, "replaces none"},
		{"over a link", path, dangling, fs.ErrExist, "replaces none"},
		{"into a folder that is not there", path, filepath.Join(dir, "none", "backup.db"), fs.ErrNotExist, "the folder " + filepath.Join(dir, "none")},
		{"of nothing", filepath.Join(dir, "nothing.db"), to, fs.ErrNotExist, "no such file"},
		{"of another program's database", foreign, to, store.ErrCorrupt, "another program"},
		{"of text", text, to, store.ErrCorrupt, "not a database"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := sqlite.Backup(t.Context(), c.from, c.to)
			if !errors.Is(err, c.is) || !strings.Contains(fmt.Sprint(err), c.says) || !strings.Contains(fmt.Sprint(err), c.from) {
				t.Errorf("error %v", err)
			}
		})
	}
	if b, err := os.ReadFile(there); err != nil || string(b) != "a file of the user's" {
		t.Errorf("the file has %q now (%v)", b, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := sqlite.Backup(ctx, path, to); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 4 {
		t.Errorf("files are left: %v, %v", entries, err)
	}
}
