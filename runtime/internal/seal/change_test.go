package seal

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestChangeFile(t *testing.T) {
	dir := t.TempDir()
	path, link := filepath.Join(dir, "keys", "key"), filepath.Join(dir, "link")
	if err := errors.Join(os.Mkdir(filepath.Dir(path), 0o700), os.Symlink(path, link)); err != nil {
		t.Fatal(err)
	}
	first, second := testKey(t, 0), testKey(t, 40)
	write(t, path, first.Text(), 0o640)
	r, err := ChangeFile(t.Context(), link, func(r Ring) (Ring, error) { return r.With(second), nil })
	if err != nil || r.Names() != second.Name()+", "+first.Name() {
		t.Fatalf("keys %s, %v", r.Names(), err)
	}
	if r, err = LoadRing(path); err != nil || r.Names() != second.Name()+", "+first.Name() {
		t.Fatalf("the file has the keys %s, %v", r.Names(), err)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link was replaced: %v, %v", info.Mode(), err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("its mode is %v now (%v)", info.Mode(), err)
	}
	if _, err := ChangeFile(t.Context(), path, func(r Ring) (Ring, error) {
		return r.Only(func(k Key) bool { return k.Name() == second.Name() }), nil
	}); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(path); err != nil || string(text) != second.Text() {
		t.Errorf("of two keys one was dropped, and the file is %d bytes long (%v)", len(text), err)
	}
}

// What fails leaves the file as it is, and nothing beside it but the lock.
func TestChangeFileFails(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	fails := errors.New("it fails")
	if _, err := ChangeFile(t.Context(), path, nil); !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), path) {
		t.Errorf("without a file: %v", err)
	}
	for _, c := range []struct {
		name, text, says string
		change           func(Ring) (Ring, error)
	}{
		{"change", testKey(t, 0).Text(), "it fails", func(Ring) (Ring, error) { return Ring{}, fails }},
		{"garbage", "garbage", "not a key", nil},
		{"too many", testKey(t, 0).Text(), "larger", func(r Ring) (Ring, error) {
			for range 100 {
				k, err := NewKey(rand.Reader)
				if err != nil {
					return r, err
				}
				r = r.With(k)
			}
			return r, nil
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			write(t, path, c.text, 0o600)
			if _, err := ChangeFile(t.Context(), path, c.change); err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("error %v, want one that says %q", err, c.says)
			}
			if text, err := os.ReadFile(path); err != nil || string(text) != c.text {
				t.Errorf("the file changed (%v)", err)
			}
			entries, err := os.ReadDir(filepath.Dir(path))
			if err != nil || len(entries) != 2 { // the file and its lock
				t.Errorf("in the folder there are %v (%v)", entries, err)
			}
		})
	}
}

// A process that is killed while it writes leaves a file that is whole; what it left beside it is in nobody's way.
func TestChangeFileAfterACrash(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	write(t, path, testKey(t, 0).Text(), 0o600)
	if _, err := written(path, "half a ke", nil); err != nil {
		t.Fatal(err)
	}
	r, err := ChangeFile(t.Context(), path, func(r Ring) (Ring, error) { return r.With(testKey(t, 40)), nil })
	if err != nil || len(r.Keys()) != 2 {
		t.Errorf("keys %s, %v", r.Names(), err)
	}
}

func TestChangeFileWaits(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	write(t, path, testKey(t, 0).Text(), 0o600)
	_, err := ChangeFile(t.Context(), path, func(r Ring) (Ring, error) {
		ctx, cancel := context.WithTimeout(t.Context(), 3*lockPoll)
		defer cancel()
		_, err := ChangeFile(ctx, path, func(r Ring) (Ring, error) { return r, io.ErrUnexpectedEOF })
		return r, err
	})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a second one got in: %v", err)
	}
}

// Of those who add a key at the same time none loses the key of another, and readers never find half a file.
func TestChangeFileRace(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	write(t, path, testKey(t, 0).Text(), 0o600)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	const racers = 8
	var all sync.WaitGroup
	for range racers {
		all.Go(func() {
			k, err := NewKey(rand.Reader)
			if err != nil {
				t.Error(err)
			}
			r, err := ChangeFile(ctx, path, func(r Ring) (Ring, error) { return r.With(k), nil })
			if err != nil || r.Newest().secret != k.secret {
				t.Error(err)
			}
			if _, err := LoadRing(path); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if r, err := LoadRing(path); err != nil || len(r.Keys()) != racers+1 {
		t.Errorf("there are %d keys, %v", len(r.Keys()), err)
	}
}
