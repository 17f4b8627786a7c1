package catalog

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// hashOf opens the plugin at path and gives the hash that the catalog believes it has.
func hashOf(t *testing.T, c *Catalog, path string) [sha256.Size]byte {
	t.Helper()
	b, err := c.open(Found{Vendor: "sample", Path: path})
	if err != nil {
		t.Fatal(err)
	}
	_ = b.File.Close()
	return b.SHA256
}

// forge changes the remembered hash of every file: what comes back then was remembered, not taken anew.
func forge(t *testing.T, s *stage) [sha256.Size]byte {
	t.Helper()
	forged := sha256.Sum256([]byte("forged"))
	path := filepath.Join(s.cache, "hashes.json")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var f hashesFile
	if err := json.Unmarshal(data, &f); err != nil {
		t.Fatal(err)
	}
	for name, e := range f.Files {
		e.SHA256 = fmt.Sprintf("%x", forged)
		f.Files[name] = e
	}
	if data, err = json.Marshal(f); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return forged
}

func TestHashIsRemembered(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("every file is hashed each time")
	}
	s := newStage(t)
	path := put(t, s.dir, "sample", "one")
	true1 := sha256.Sum256(append(program(t), "one"...))
	if got := hashOf(t, s.Catalog, path); got != true1 {
		t.Fatalf("hash %x, want %x", got, true1)
	}
	forged := forge(t, s)
	if got := hashOf(t, s.open(t), path); got != forged {
		t.Fatal("the remembered hash was not used")
	}
	// Written in place to the same length, with the time of writing put back: only the time of change tells.
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, append(program(t), "two"...), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(path, info.ModTime(), info.ModTime()); err != nil {
		t.Fatal(err)
	}
	if got, want := hashOf(t, s.open(t), path), sha256.Sum256(append(program(t), "two"...)); got != want {
		t.Errorf("hash %x, want %x", got, want)
	}
}

func TestFreshFileIsNotTrusted(t *testing.T) {
	s := newStage(t)
	path := put(t, s.dir, "sample", "")
	now := func(age time.Duration) func(*Options) {
		return func(o *Options) {
			info, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			changed := time.Unix(0, identityOf(info).Ctime)
			o.Now = func() time.Time { return changed.Add(age) }
		}
	}
	hashOf(t, s.open(t, now(settled-time.Nanosecond)), path)
	hashOf(t, s.open(t, now(-time.Hour)), path)
	if _, err := os.Stat(filepath.Join(s.cache, "hashes.json")); err == nil {
		t.Fatal("the hash of a file that had just changed was kept")
	}
	hashOf(t, s.open(t, now(settled)), path)
	if _, err := os.Stat(filepath.Join(s.cache, "hashes.json")); err != nil && runtime.GOOS != "windows" {
		t.Errorf("the hash of a settled file was not kept: %v", err)
	}
}

func TestCacheIsPrivate(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there are no modes")
	}
	s := newStage(t)
	put(t, s.dir, "sample", "")
	mustDescribe(t, s.Catalog, "sample")
	seen := 0
	err := filepath.WalkDir(s.cache, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		want := fs.FileMode(0o600)
		if e.IsDir() {
			want = fs.ModeDir | 0o700
		}
		if info.Mode() != want {
			t.Errorf("%s has mode %s, want %s", path, info.Mode(), want)
		}
		seen++
		return nil
	})
	if err != nil || seen != 4 {
		t.Errorf("%d files and folders, %v, want the hashes, a description and their folders", seen, err)
	}
}

func TestDamagedCacheIsIgnored(t *testing.T) {
	for name, damage := range map[string]func(path string) error{
		"empty":            func(p string) error { return os.Truncate(p, 0) },
		"cut":              func(p string) error { return os.Truncate(p, 40) },
		"nonsense":         func(p string) error { return os.WriteFile(p, []byte("nonsense"), 0o600) },
		"null":             func(p string) error { return os.WriteFile(p, []byte("null"), 0o600) },
		"another form":     func(p string) error { return edit(p, `"format":1`, `"format":2`) },
		"a folder":         func(p string) error { return anyOf(os.Remove(p), os.Mkdir(p, 0o700)) },
		"one letter":       func(p string) error { return edit(p, "small letters", "tall letters!") },
		"a hash":           func(p string) error { return edit(p, `"sha256":"`, `"sha256":"zz`) },
		"others may write": func(p string) error { return os.Chmod(p, 0o622) },
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			put(t, s.dir, "sample", "")
			mustDescribe(t, s.Catalog, "sample")
			err := filepath.WalkDir(s.cache, func(path string, e fs.DirEntry, err error) error {
				if err == nil && !e.IsDir() {
					err = damage(path)
				}
				if e.IsDir() && path != s.cache && strings.HasSuffix(path, ".json") {
					return fs.SkipDir
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			mustDescribe(t, s.open(t), "sample")
		})
	}
}

func anyOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// edit replaces text in a file that has it.
func edit(path, from, to string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return os.WriteFile(path, []byte(strings.ReplaceAll(string(data), from, to)), 0o600)
}

func TestDamagedDescriptionIsAskedForAgain(t *testing.T) {
	s := newStage(t)
	put(t, s.dir, "sample", "")
	mustDescribe(t, s.Catalog, "sample")
	files, err := filepath.Glob(filepath.Join(s.cache, "descriptions", "*.json"))
	if err != nil || len(files) != 1 {
		t.Fatalf("descriptions %v, %v, want one", files, err)
	}
	if err := edit(files[0], "small letters", "tall letters!"); err != nil {
		t.Fatal(err)
	}
	mustDescribe(t, s.open(t), "sample") // which compares every field
	if n := s.fakes.count(); n != 2 {
		t.Errorf("%d starts, want that it was asked again", n)
	}
	mustDescribe(t, s.open(t), "sample")
	if n := s.fakes.count(); n != 2 {
		t.Errorf("%d starts, want that the answer was kept", n)
	}
}

func TestCacheThatCannotBeWritten(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s := newStage(t, func(o *Options) { o.CacheDir = filepath.Join(file, "cache") })
	put(t, s.dir, "sample", "")
	mustDescribe(t, s.Catalog, "sample")
}

func TestHashesForgetWhatIsGone(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("nothing is remembered")
	}
	s := newStage(t)
	gone, there := put(t, s.dir, "gone", ""), put(t, s.dir, "there", "")
	hashOf(t, s.Catalog, gone)
	if err := os.Remove(gone); err != nil {
		t.Fatal(err)
	}
	hashOf(t, s.open(t), there)
	var kept []string
	for path := range (&hashes{dir: s.cache}).read() {
		kept = append(kept, path)
	}
	if d := cmp.Diff([]string{there}, kept); d != "" {
		t.Errorf("remembered files (-want +got):\n%s", d)
	}
}

func TestOldDescriptionsAreForgotten(t *testing.T) {
	d := &descriptions{dir: t.TempDir(), host: "0.1.0"}
	sum := func(n int) [sha256.Size]byte { return sha256.Sum256(fmt.Append(nil, n)) }
	for n := range maxDescriptions {
		d.keep(sum(n), description("sample"))
		at := time.Unix(int64(1000+n), 0)
		if err := os.Chtimes(d.path(sum(n)), at, at); err != nil {
			t.Fatal(err)
		}
	}
	d.keep(sum(maxDescriptions), description("sample"))
	for n, want := range map[int]bool{0: false, 1: true, maxDescriptions: true} {
		if _, ok := d.find("sample", sum(n)); ok != want {
			t.Errorf("description %d is there: %t, want %t", n, ok, want)
		}
	}
}
