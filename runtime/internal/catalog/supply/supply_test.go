package supply

import (
	"context"
	"crypto/sha256"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authrun/authrun/runtime/internal/catalog"
	"github.com/authrun/authrun/runtime/internal/catalog/lock"
	"github.com/authrun/authrun/runtime/internal/catalog/source"
)

func sumOf(content string) source.Sum { return sha256.Sum256([]byte(content)) }

func TestInitTakesTheNewestThatFits(t *testing.T) {
	s := newStage(t)
	for _, version := range []string{"1.0.0", "1.2.0", "1.10.0", "2.0.0", "2.1.0-rc.1"} {
		s.publish(version)
	}
	for constraint, want := range map[string]string{"~> 1.0": "1.10.0", "1.2.0": "1.2.0", "< 1.2": "1.0.0", "": "2.0.0", ">= 2.1.0-rc.1": "2.1.0-rc.1"} {
		s.locked = nil
		if got := s.must(constraint, Mode{}); got != want {
			t.Errorf("%q takes %s, want %s", constraint, got, want)
		}
	}
}

func TestInitLocksAllPlatforms(t *testing.T) {
	s := newStage(t)
	s.publish("1.2.0")
	taken, err := s.init("~> 1.2", Mode{})
	if err != nil {
		t.Fatal(err)
	}
	want := []lock.Plugin{{Vendor: "acme", Source: s.published, Version: "1.2.0", Constraints: "~> 1.2", Hashes: map[string]string{
		here: sumOf(executable(t, "acme", "1.2.0")).String(), "plan9_mips": sumOf("\x7fELF for another one 1.2.0").String()}}}
	if diff := cmp.Diff(want, s.locked); diff != "" {
		t.Error(diff)
	}
	if taken.Before != "" || !taken.Fetched || taken.Description.Vendor != "acme" || read(t, taken.Path) != executable(t, "acme", "1.2.0") {
		t.Errorf("taken: %+v", taken)
	}
	if info, err := os.Stat(taken.Path); err != nil || info.Mode().Perm() != 0o555 {
		t.Errorf("the file's mode is %v, %v", info.Mode(), err)
	}
}

func TestWhatIsLockedStays(t *testing.T) {
	s := newStage(t)
	s.publish("1.2.0")
	s.must("~> 1.2", Mode{})
	s.publish("1.3.0")
	if got := s.must("~> 1.2", Mode{}); got != "1.2.0" {
		t.Errorf("init took %s where 1.2.0 is locked", got)
	}
	if err := os.RemoveAll(s.published); err != nil { // what is there needs no source
		t.Fatal(err)
	}
	if got := s.must("~> 1.2", Mode{Locked: true}); got != "1.2.0" {
		t.Errorf("without its source: %s", got)
	}
}

func TestUpgrade(t *testing.T) {
	s := newStage(t)
	s.publish("1.2.0")
	s.must("~> 1.2", Mode{})
	s.publish("1.3.0")
	taken, err := s.init("~> 1.2", Mode{Upgrade: true})
	if err != nil || taken.Version != "1.3.0" || taken.Before != "1.2.0" || s.locked[0].Version != "1.3.0" {
		t.Errorf("%+v, %v", taken, err)
	}
	s.publish("2.0.0")
	if got := s.must("~> 2.0", Mode{}); got != "2.0.0" {
		t.Errorf("another constraint took %s", got)
	}
}

func TestLocked(t *testing.T) {
	s := newStage(t)
	s.publish("1.2.0")
	drift := func(constraint, want string) {
		t.Helper()
		_, err := s.init(constraint, Mode{Locked: true})
		var d *Drift
		if !errors.As(err, &d) || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want it to say %q", err, want)
		}
	}
	drift("~> 1.2", "not locked")
	s.must("~> 1.2", Mode{})
	drift("~> 2.0", `fits "~> 2.0" and locked in version 1.2.0`)
	drift(">= 1.0", `required as ">= 1.0"`)
	before := slices.Clone(s.locked)
	s.locked[0].Source = "./elsewhere"
	drift("~> 1.2", "locked from ./elsewhere")
	s.locked = append(before, lock.Plugin{Vendor: "gone"})
	drift("~> 1.2", "not required")
}

func TestFlowsThatShareALockFile(t *testing.T) {
	s := newStage(t)
	s.publish("1.2.0")
	other := lock.Plugin{Vendor: "other", Source: "./x", Version: "1.0.0"}
	s.locked = []lock.Plugin{other}
	s.must("", Mode{Partial: true})
	if _, ok := lock.Find(s.locked, "other"); !ok {
		t.Error("the other flow's plugin is not locked any more")
	}
	s.must("", Mode{Partial: true, Locked: true})
	s.must("", Mode{})
	if _, ok := lock.Find(s.locked, "other"); ok {
		t.Error("a plugin that the flow does not require is still locked")
	}
}

func TestPluginsThatAreRefused(t *testing.T) {
	good := executable(t, "acme", "1.2.0")
	for name, test := range map[string]struct {
		files map[string]string
		after func(s *stage)
		wants []string
	}{
		"another platform only":      {map[string]string{"plan9_mips": "x"}, nil, []string{"not published for " + here, "plan9_mips"}},
		"another platform's program": {map[string]string{here: "\xca\xfe\xba\xbe" + strings.Repeat("\x00", 200)}, nil, []string{"another system"}},
		"no program":                 {map[string]string{here: "<html>"}, nil, []string{"not a program"}},
		"a script":                   {map[string]string{here: "#!/bin/sh\n"}, nil, []string{"script"}},
		"empty":                      {map[string]string{here: ""}, nil, []string{"empty"}},
		"truncated": {map[string]string{here: good}, func(s *stage) {
			s.write("1.2.0", source.ExecutableName("acme", "1.2.0", here), good[:len(good)-10])
		}, []string{sumOf(good).String(), sumOf(good[:len(good)-10]).String()}},
		"wrong hash": {map[string]string{here: good}, func(s *stage) {
			s.write("1.2.0", source.ExecutableName("acme", "1.2.0", here), good+" ")
		}, []string{sumOf(good).String(), sumOf(good + " ").String(), "thrown away"}},
		"renamed":     {map[string]string{here: executable(t, "other", "1.2.0")}, nil, []string{`"other"`}},
		"older":       {map[string]string{here: executable(t, "acme", "1.1.0")}, nil, []string{"1.2.0", `"1.1.0"`}},
		"newer":       {map[string]string{here: executable(t, "acme", "1.3.0")}, nil, []string{"1.2.0", `"1.3.0"`}},
		"versionless": {map[string]string{here: executable(t, "acme", "")}, nil, []string{"version"}},
		"no list": {map[string]string{here: good}, func(s *stage) {
			_ = os.Remove(filepath.Join(s.published, "acme", "1.2.0", source.ListName("acme", "1.2.0")))
		}, []string{"not published"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			s.publishAs("acme", "1.2.0", test.files)
			if test.after != nil {
				test.after(s)
			}
			_, err := s.init("", Mode{})
			s.refused(err, test.wants...)
			if s.locked != nil {
				t.Error("something was locked")
			}
		})
	}
}

func TestNoVersionFits(t *testing.T) {
	s := newStage(t)
	_, err := s.init("", Mode{})
	s.refused(err, "not published")
	s.publish("1.0.0")
	_, err = s.init("~> 2.0", Mode{})
	s.refused(err, `"~> 2.0"`, "1.0.0")
	if err := os.RemoveAll(filepath.Join(s.published, "acme", "1.0.0")); err != nil {
		t.Fatal(err)
	}
	s.publish("1.0.0-rc.1")
	_, err = s.init("", Mode{})
	s.refused(err, "pre-releases")
}

func TestVersionThatIsPublishedAgain(t *testing.T) {
	s := newStage(t)
	s.publish("1.2.0")
	s.must("", Mode{})
	before := s.locked[0].Hashes[here]
	if err := s.options.Catalog.Drop("acme", sumOf(executable(t, "acme", "1.2.0"))); err != nil {
		t.Fatal(err)
	}
	other := executable(t, "acme", "1.2.0") + " "
	s.publishAs("acme", "1.2.0", map[string]string{here: other})
	_, err := s.init("", Mode{}) // gets the locked one
	s.refused(err, before, sumOf(other).String())
	_, err = s.init("", Mode{Upgrade: true}) // finds it to be the newest
	s.refused(err, before, "published again")
}

func TestPlatformThatCameLater(t *testing.T) {
	s := newStage(t)
	s.publish("1.2.0")
	s.must("", Mode{})
	hashes := maps.Clone(s.locked[0].Hashes)
	delete(s.locked[0].Hashes, here)
	_, err := s.init("", Mode{Locked: true})
	if err == nil || !strings.Contains(err.Error(), "not published for "+here) {
		t.Errorf("--locked added a hash: %v", err)
	}
	s.must("", Mode{})
	if diff := cmp.Diff(hashes, s.locked[0].Hashes); diff != "" {
		t.Error(diff)
	}
	delete(s.locked[0].Hashes, here)
	s.locked[0].Hashes["plan9_mips"] = sumOf("x").String()
	if _, err := s.init("", Mode{}); err == nil || !strings.Contains(err.Error(), "published again") {
		t.Errorf("another hash for another platform: %v", err)
	}
}

func TestLockFilesThatWereChangedByHand(t *testing.T) {
	for name, change := range map[string]func(*lock.Plugin){
		"version": func(p *lock.Plugin) { p.Version = "../../x" },
		"hash":    func(p *lock.Plugin) { p.Hashes[here] = "sha256:x" },
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			s.publish("1.2.0")
			s.must("", Mode{})
			change(&s.locked[0])
			if _, err := s.init("", Mode{Locked: true}); err == nil {
				t.Error("it was taken")
			}
			if err := errors.Join(s.mirror(t.TempDir())); err == nil {
				t.Error("it was mirrored")
			}
		})
	}
}

func TestHashThatTheLockFileDoesNotWant(t *testing.T) {
	for name, test := range map[string]struct {
		locked bool
		want   bool
	}{"by the lock file": {true, true}, "by the published list": {false, false}} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			s.publish("1.2.0")
			if test.locked {
				s.locked = []lock.Plugin{{Vendor: "acme", Source: s.published, Version: "1.2.0", Hashes: map[string]string{here: sumOf("another").String()}}}
			} else {
				s.write("1.2.0", source.ExecutableName("acme", "1.2.0", here), "another")
			}
			_, err := s.init("", Mode{})
			var wrong *catalog.WrongHash
			if !errors.As(err, &wrong) || strings.Contains(err.Error(), "lock file wants the second one") != test.want {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestOnePluginFailsAndNothingIsLocked(t *testing.T) {
	s := newStage(t)
	s.publish("1.2.0")
	wants := []Want{s.want(""), {Vendor: "missing", Source: s.published}, {Vendor: "wrong", Source: "nowhere"}}
	_, _, err := New(s.options).Init(t.Context(), wants, nil, Mode{})
	var failed []string
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, err := range joined.Unwrap() {
			var p *Problem
			if errors.As(err, &p) {
				failed = append(failed, p.Vendor)
			}
		}
	}
	if diff := cmp.Diff([]string{"missing", "wrong"}, failed); diff != "" {
		t.Errorf("%v: %s", err, diff)
	}
}

func TestInterruptedFetchLeavesNothing(t *testing.T) {
	s := newStage(t)
	s.publish("1.2.0")
	ctx, cancel := context.WithCancel(t.Context())
	s.options.Tell = func(string) { cancel() }
	_, _, err := New(s.options).Init(ctx, []Want{s.want("")}, nil, Mode{})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	s.refused(err)
}

func TestNoPlaceForPlugins(t *testing.T) {
	s := newStage(t)
	s.publish("1.2.0")
	c := catalog.New(catalog.Options{})
	defer func() { _ = c.Close() }()
	s.options.Catalog = c
	if _, err := s.init("", Mode{}); err == nil || !strings.Contains(err.Error(), "HOME") {
		t.Errorf("%v", err)
	}
}

// mirror copies what is locked.
func (s *stage) mirror(dir string) error {
	_, err := New(s.options).Mirror(s.t.Context(), s.locked, dir)
	return err
}

func TestMirror(t *testing.T) {
	s := newStage(t)
	s.publish("1.2.0")
	s.must("", Mode{})
	dir := t.TempDir()
	for _, fresh := range []bool{true, false} {
		files, err := New(s.options).Mirror(t.Context(), s.locked, dir)
		if err != nil || len(files) != 2 || files[0].Fresh != fresh || files[1].Fresh != fresh {
			t.Fatalf("%v, %v", files, err)
		}
	}
	if got := read(t, filepath.Join(dir, "acme", source.VersionsName)); got != "1.2.0" {
		t.Errorf("the list of versions is %q", got)
	}
	list := filepath.Join("acme", "1.2.0", source.ListName("acme", "1.2.0"))
	if got, want := read(t, filepath.Join(dir, list)), read(t, filepath.Join(s.published, list)); got != want {
		t.Errorf("the list of hashes is\n%s\nwant\n%s", got, want)
	}

	// Where nothing else can be reached, the mirror stands in.
	far := newStage(t)
	far.locked, far.published, far.options.Mirror = s.locked, s.published, dir
	if err := os.RemoveAll(s.published); err != nil {
		t.Fatal(err)
	}
	if got := far.must("", Mode{Locked: true}); got != "1.2.0" {
		t.Errorf("from the mirror: %s", got)
	}
	far.locked, far.options.Mirror = nil, "oci://ghcr.io/x"
	if _, err := far.init("", Mode{}); err == nil || !strings.Contains(err.Error(), "one plugin") {
		t.Errorf("a repository as a mirror: %v", err)
	}
}

func TestMirrorOfWhatWasPublishedAgain(t *testing.T) {
	s := newStage(t)
	s.publish("1.2.0")
	s.must("", Mode{})
	s.publishAs("acme", "1.2.0", map[string]string{here: "other"})
	dir := t.TempDir()
	if err := s.mirror(dir); err == nil || !strings.Contains(err.Error(), "published again") {
		t.Errorf("%v", err)
	}
	s.publish("1.2.0")
	s.write("1.2.0", source.ExecutableName("acme", "1.2.0", "plan9_mips"), "other")
	if err := s.mirror(dir); err == nil || !strings.Contains(err.Error(), "thrown away") {
		t.Errorf("%v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "acme", "1.2.0", source.ExecutableName("acme", "1.2.0", "plan9_mips"))); err == nil {
		t.Error("the wrong file was mirrored")
	}
}
