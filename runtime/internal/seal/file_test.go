package seal

import (
	"bytes"
	"crypto/rand"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func write(t *testing.T, path, text string, mode os.FileMode) {
	t.Helper()
	if err := errors.Join(os.WriteFile(path, []byte(text), 0o600), os.Chmod(path, mode)); err != nil {
		t.Fatal(err)
	}
}

func TestLoadRing(t *testing.T) {
	k := testKey(t, 0)
	text := k.Text()
	if want := "authrun-key-1:AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=\n"; text != want {
		t.Fatalf("Text is %q, want %q", text, want)
	}
	encoded := strings.TrimSpace(strings.TrimPrefix(text, prefix))
	for _, c := range []struct {
		name, text string
		mode       os.FileMode
		err        error
		says       string // in the error, or in the warning
	}{
		{"as written", text, 0o600, nil, ""},
		{"readable only", text, 0o400, nil, ""},
		{"without a line end", strings.TrimSpace(text), 0o600, nil, ""},
		{"with another's line end", strings.TrimSpace(text) + "\r\n", 0o600, nil, ""},
		{"with spaces and a mark of order", "\ufeff  " + text + "\n\n", 0o600, nil, ""},
		{"readable by the group", text, 0o640, nil, "0640"},
		{"readable by all", text, 0o644, nil, "chmod 600"},
		{"empty", "", 0o600, ErrBadKey, "empty"},
		{"blank", " \n", 0o600, ErrBadKey, "empty"},
		{"garbage", "\x00\x01\x02\xff", 0o600, ErrBadKey, "begin with"},
		{"without its beginning", encoded, 0o600, ErrBadKey, "begin with"},
		{"of a newer form", "authrun-key-2:" + encoded, 0o600, ErrBadKey, "newer"},
		{"short", prefix + encoded[:20], 0o600, ErrBadKey, "15 bytes"},
		{"long", prefix + "AAAA" + encoded, 0o600, ErrBadKey, "35 bytes"},
		{"cut in a letter", prefix + encoded[:21], 0o600, ErrBadKey, "not base64"},
		{"not base64", prefix + "!" + encoded[1:], 0o600, ErrBadKey, "not base64"},
		{"with remarks", "# of the shop\n\n" + text, 0o600, nil, ""},
		{"the same key twice", text + text, 0o600, nil, ""},
		{"two keys, one of them cut", text + prefix + encoded[:20], 0o600, ErrBadKey, "line 2: "},
		{"remarks alone", "# authrun\n", 0o600, ErrBadKey, "empty"},
		{"huge", strings.Repeat(" ", 10_000) + text, 0o600, ErrBadKey, "larger"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "key")
			write(t, path, c.text, c.mode)
			got, err := LoadRing(path)
			if !errors.Is(err, c.err) {
				t.Fatalf("error %v, want %v", err, c.err)
			}
			if err != nil {
				if !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), c.says) {
					t.Errorf("the error names no path or does not say %q: %v", c.says, err)
				}
				if strings.Contains(err.Error(), encoded[:10]) {
					t.Errorf("the error shows the key: %v", err)
				}
				return
			}
			if got.Newest().secret != k.secret || len(got.Keys()) != 1 {
				t.Error("another key was read")
			}
			if (c.says == "") != (got.Warning() == "") || !strings.Contains(got.Warning(), c.says) {
				t.Errorf("warning %q, want one that says %q", got.Warning(), c.says)
			}
		})
	}
}

func TestLoadKeyThatIsNotThere(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a", "key")
	if _, err := LoadRing(path); !errors.Is(err, ErrNoKey) || !strings.Contains(err.Error(), path) {
		t.Errorf("error %v", err)
	}
	if _, err := LoadRing(dir); err == nil || !strings.Contains(err.Error(), "folder") {
		t.Errorf("error %v for a folder", err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) > 0 {
		t.Errorf("LoadKey made %v (%v)", entries, err)
	}
}

func TestLoadOrCreateRing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a", "b", "key")
	r, created, err := LoadOrCreateRing(path, rand.Reader)
	if err != nil || !created {
		t.Fatal(created, err)
	}
	for _, name := range []string{path, filepath.Dir(path), filepath.Dir(filepath.Dir(path))} {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has the mode %v (%v)", name, info.Mode(), err)
		}
	}
	again, created, err := LoadOrCreateRing(path, noRandomness{})
	if err != nil || created || again.Newest().secret != r.Newest().secret {
		t.Errorf("the second time: created %v, error %v, the same key %v", created, err, again.Newest().secret == r.Newest().secret)
	}
}

// noRandomness is randomness that nobody may ask for.
type noRandomness struct{}

func (noRandomness) Read([]byte) (int, error) { return 0, errors.New("randomness was asked for") }

// A key that cannot be read is never replaced: what it sealed would be lost.
func TestLoadOrCreateRingKeepsABadOne(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	write(t, path, "garbage", 0o600)
	if _, created, err := LoadOrCreateRing(path, rand.Reader); !errors.Is(err, ErrBadKey) || created {
		t.Errorf("created %v, error %v", created, err)
	}
	if text, err := os.ReadFile(path); err != nil || string(text) != "garbage" {
		t.Errorf("the file is now %q (%v)", text, err)
	}
}

func TestLoadOrCreateRingFails(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	write(t, file, "x", 0o600)
	for name, path := range map[string]string{"under a file": filepath.Join(file, "key"), "far under a file": filepath.Join(file, "a", "key")} {
		if _, created, err := LoadOrCreateRing(path, rand.Reader); err == nil || created || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: created %v, error %v", name, created, err)
		}
	}
	dir := t.TempDir()
	if _, _, err := LoadOrCreateRing(filepath.Join(dir, "key"), bytes.NewReader(nil)); !errors.Is(err, io.EOF) {
		t.Errorf("without randomness: %v", err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) > 0 {
		t.Errorf("what failed left %v (%v)", entries, err)
	}
}

// Those who make a key at the same time all get the same one, and one of them made it.
func TestLoadOrCreateRingRace(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "config")
	path := filepath.Join(dir, "key")
	const racers = 16
	keys, makers := make([]Ring, racers), make([]bool, racers)
	var all sync.WaitGroup
	for i := range racers {
		all.Go(func() {
			var err error
			keys[i], makers[i], err = LoadOrCreateRing(path, rand.Reader)
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	made := 0
	for i := range racers {
		if makers[i] {
			made++
		}
		if keys[i].Newest().secret != keys[0].Newest().secret {
			t.Error("two racers have different keys")
		}
	}
	if made != 1 {
		t.Errorf("%d racers made the key", made)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("the folder has %v (%v)", entries, err)
	}
}
