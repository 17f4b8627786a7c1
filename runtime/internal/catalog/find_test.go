package catalog

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authrun/authrun/sdk"
)

func TestFind(t *testing.T) {
	first, second := t.TempDir(), t.TempDir()
	in1, in2 := put(t, first, "both", ""), put(t, second, "second", "")
	put(t, second, "both", "")
	if err := os.Mkdir(filepath.Join(first, fileName("second")), 0o700); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	c := New(Options{Dirs: []string{"/nonexistent", file, first, second}, Builtin: map[string]sdk.Plugin{"inner": vendor{"inner"}, "both2": vendor{"both2"}}})
	put(t, first, "inner", "")
	for vendor, want := range map[string]Found{
		"both":   {Vendor: "both", Path: in1},
		"second": {Vendor: "second", Path: in2}, // past the folder of that name
		"inner":  {Vendor: "inner", Builtin: true},
	} {
		got, err := c.Find(vendor)
		if err != nil {
			t.Errorf("%s: %v", vendor, err)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", vendor, d)
		}
	}
}

func TestNotFound(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "easemob", "")
	put(t, dir, "ippbx", "")
	for _, name := range []string{"README.md", prefix, prefix + "UPPER", prefix + "a.txt"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, prefix+"folder"), 0o700); err != nil {
		t.Fatal(err)
	}
	c := New(Options{Dirs: []string{"/nonexistent", dir}, Builtin: map[string]sdk.Plugin{"inner": vendor{"inner"}}})
	has := []string{"easemob", "inner", "ippbx"}
	for vendor, want := range map[string]NotFound{
		"easemop":   {Nearest: "easemob"},
		"easmob":    {Nearest: "easemob"},
		"ipbx":      {Nearest: "ippbx"},
		"innner":    {Nearest: "inner"},
		"lingju":    {},
		"x":         {},
		"EaseMob":   {Nearest: "easemob", Invalid: true},
		"ip-pbx":    {Nearest: "ippbx", Invalid: true},
		"../easemo": {Nearest: "easemob", Invalid: true},
		"9lives":    {Invalid: true},
		"":          {Invalid: true},
	} {
		want.Vendor, want.Looked, want.Has = vendor, []string{"/nonexistent", dir}, has
		_, err := c.Find(vendor)
		var got *NotFound
		if !errors.As(err, &got) {
			t.Errorf("%q: error %v, want that it is not found", vendor, err)
			continue
		}
		if d := cmp.Diff(&want, got); d != "" {
			t.Errorf("%q (-want +got):\n%s", vendor, d)
		}
		for _, say := range []string{vendor, want.Nearest} {
			if !strings.Contains(err.Error(), say) {
				t.Errorf("%q does not name %q", err, say)
			}
		}
		if !want.Invalid && !strings.Contains(err.Error(), dir) {
			t.Errorf("%q does not say where was looked", err)
		}
	}
	_, err := New(Options{}).Find("x")
	if err == nil || !strings.Contains(err.Error(), "no folder") {
		t.Errorf("error %v, want that there is no folder", err)
	}
}

func TestUnusable(t *testing.T) {
	foreignSystem := map[string]string{"linux": "MZ" + strings.Repeat("\x00", 64)}[runtime.GOOS]
	if foreignSystem == "" {
		foreignSystem = "\x7fELF\x02\x01" + strings.Repeat("\x00", 64)
	}
	for name, test := range map[string]struct {
		make func(path string) error
		says string
	}{
		"not executable":  {func(p string) error { return os.WriteFile(p, program(t), 0o600) }, "chmod +x"},
		"a folder":        {func(p string) error { return os.Mkdir(p, 0o700) }, "it is a folder"},
		"a pipe":          {makePipe, "not a regular file"},
		"empty":           {func(p string) error { return os.WriteFile(p, nil, 0o700) }, "it is empty"},
		"a script":        {func(p string) error { return os.WriteFile(p, []byte("#!/bin/sh\n"), 0o700) }, "it is a script"},
		"text":            {func(p string) error { return os.WriteFile(p, []byte("hello"), 0o700) }, "it is not a program"},
		"another system":  {func(p string) error { return os.WriteFile(p, []byte(foreignSystem), 0o700) }, "another system"},
		"links in a ring": {func(p string) error { return os.Symlink(p, p) }, "cannot be read"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			path := filepath.Join(s.dir, fileName("broken"))
			if err := test.make(path); err != nil {
				t.Skip(err)
			}
			_, err := s.Describe(t.Context(), "broken")
			var unusable *Unusable
			if !errors.As(err, &unusable) || unusable.Path != path || unusable.Vendor != "broken" {
				t.Fatalf("error %v, want that %s is unusable", err, path)
			}
			if !strings.Contains(err.Error(), test.says) || strings.Count(err.Error(), path) != 1 {
				t.Errorf("%q does not say %q, or does not name the file once", err, test.says)
			}
			if _, again := s.Plugin(t.Context(), "broken"); again == nil || again.Error() != err.Error() {
				t.Errorf("Plugin says %v, Describe %v", again, err)
			}
			if s.fakes.count() != 0 {
				t.Error("it was started")
			}
		})
	}
	t.Run("unreadable", func(t *testing.T) {
		if os.Geteuid() == 0 {
			t.Skip("root reads everything")
		}
		s := newStage(t)
		if err := os.Chmod(put(t, s.dir, "broken", ""), 0o100); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Describe(t.Context(), "broken"); !errors.Is(err, os.ErrPermission) {
			t.Errorf("error %v, want one of permission", err)
		}
	})
}
