package catalog

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const goodManifest = `{"format": 1, "interpreter": ["/usr/bin/sh", "-e"], "reads": ["/opt/words"]}`

// putScript puts a script and its manifest into a folder.
func putScript(t *testing.T, dir, vendor, script, manifest string) string {
	t.Helper()
	path := filepath.Join(dir, fileName(vendor))
	for name, content := range map[string]string{path: script, path + manifestSuffix: manifest} {
		if err := os.WriteFile(name, []byte(content), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	return path
}

// withDepot gives a catalog a depot.
func withDepot(dir string) func(*Options) { return func(o *Options) { o.Depot = dir } }

func TestManifestsThatAreRefused(t *testing.T) {
	for text, want := range map[string]string{
		`[]`: "not the JSON of a manifest",
		`{"format": 1, "interpreter": ["/bin/sh"]} {}`:               "more than one",
		`{"format": 2, "interpreter": ["/bin/sh"]}`:                  "its form is 2, and this authrun knows form 1",
		`{"format": 1, "interpreter": ["/bin/sh"], "network": true}`: "unknown field",
		`{"format": 1}`:                                                       "no interpreter",
		`{"format": 1, "interpreter": ["sh"]}`:                                "not an absolute path",
		`{"format": 1, "interpreter": ["/bin/../sh"]}`:                        "not an absolute path",
		`{"format": 1, "interpreter": ["/bin/sh"], "reads": ["lib"]}`:         "not an absolute path",
		`{"format": 1, "interpreter": ["/bin/sh"], "reads": ["/"]}`:           "all there is",
		`{"format": 1, "interpreter": ["/bin/sh"], "reads": ["/a\n/b"]}`:      "cannot be shown",
		`{"format": 1, "interpreter": ["/bin/sh", "\u001b[2K"]}`:              "cannot be shown",
		`{"format": 1, "interpreter": ["` + strings.Repeat("x", 1<<16) + `"]`: "larger than 64 KiB",
	} {
		if m, err := parseManifest([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60s: got %+v, %v, want %s", text, m, err, want)
		}
	}
}

func TestScriptNeedsConsent(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("executables have a suffix, and scripts have none")
	}
	s := newStage(t, withDepot(t.TempDir()))
	path := putScript(t, s.dir, "sample", "echo one\n", goodManifest)
	_, err := s.Describe(t.Context(), "sample")
	var refused *Unconsented
	if !errors.As(err, &refused) || s.fakes.count() != 0 {
		t.Fatalf("got %v, and %d starts", err, s.fakes.count())
	}
	for _, part := range []string{path, "/usr/bin/sh -e", "/opt/words", "authrun plugin install --allow-interpreter " + path} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("the message does not say %s: %v", part, err)
		}
	}
	if fresh, err := s.Consent(refused.Script); !fresh || err != nil {
		t.Fatalf("consent: %v, %v", fresh, err)
	}
	if fresh, err := s.Consent(refused.Script); fresh || err != nil {
		t.Errorf("a second consent: %v, %v", fresh, err)
	}

	mustDescribe(t, s.Catalog, "sample")
	if b := s.fakes.last().binary; !cmp.Equal(b.Exec, []string{"/usr/bin/sh", "-e"}) || !cmp.Equal(b.Reads, []string{"/opt/words"}) {
		t.Errorf("it was started with %q and %q", b.Exec, b.Reads)
	}
	_, sum, err := s.Pinned(nil).Identify("sample")
	if err != nil || sum != refused.Script.Sum || sum == s.fakes.last().binary.SHA256 {
		t.Errorf("it is known as %x, %v", sum, err)
	}
	mustDescribe(t, s.open(t, withDepot(s.options.Depot)), "sample")
	if s.fakes.count() != 1 {
		t.Errorf("%d starts: what it is was not remembered", s.fakes.count())
	}

	// Another script, another interpreter and other paths are other plugins.
	for script, manifest := range map[string]string{
		"echo two\n": goodManifest, "echo one\n": strings.Replace(goodManifest, "-e", "-x", 1), "echo one\n ": goodManifest,
	} {
		putScript(t, s.dir, "sample", script, manifest)
		if _, err := s.Describe(t.Context(), "sample"); !errors.As(err, &refused) {
			t.Errorf("%q, %s: got %v", script, manifest, err)
		}
	}
	putScript(t, s.dir, "sample", "echo one\n", goodManifest)
	mustDescribe(t, s.Catalog, "sample")
	if err := s.Withdraw(refused.Script); err != nil {
		t.Error("withdraw what was never given:", err)
	}
}

func TestConsentThatOthersMayHaveWritten(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("modes say nothing there")
	}
	s := newStage(t, withDepot(t.TempDir()))
	script, err := s.Script("sample", putScript(t, s.dir, "sample", "echo\n", goodManifest))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Consent(*script); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(s.consentPath(script.Sum), 0o666); err != nil {
		t.Fatal(err)
	}
	var refused *Unconsented
	if _, err := s.Describe(t.Context(), "sample"); !errors.As(err, &refused) {
		t.Errorf("got %v", err)
	}
	if fresh, err := s.Consent(*script); !fresh || err != nil {
		t.Errorf("consent: %v, %v", fresh, err)
	}
	mustDescribe(t, s.Catalog, "sample")
}

func TestWhatIsNoScript(t *testing.T) {
	s := newStage(t)
	program := put(t, s.dir, "sample", "")
	if err := os.WriteFile(program+manifestSuffix, []byte("whatever"), 0o600); err != nil {
		t.Fatal(err)
	}
	if script, err := s.Script("sample", program); script != nil || err != nil {
		t.Errorf("a program is %+v, %v", script, err)
	}
	mustDescribe(t, s.Catalog, "sample") // what lies beside a program does not matter

	bad := putScript(t, t.TempDir(), "sample", "echo\n", "{}")
	var unusable *Unusable
	if _, err := s.Script("sample", bad); !errors.As(err, &unusable) || !strings.Contains(err.Error(), "its manifest") {
		t.Errorf("got %v", err)
	}
	if err := os.Remove(bad + manifestSuffix); err != nil {
		t.Fatal(err)
	}
	if script, err := s.Script("sample", bad); script != nil || err != nil {
		t.Errorf("without a manifest it is %+v, %v", script, err)
	}
}

func TestConsentNeedsAPlace(t *testing.T) {
	s := newStage(t)
	script, err := s.Script("sample", putScript(t, s.dir, "sample", "echo\n", goodManifest))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Consent(*script); err == nil || !strings.Contains(err.Error(), "no place") {
		t.Errorf("got %v", err)
	}
	all := s.open(t, func(o *Options) { o.AllowScripts = true })
	if runtime.GOOS != "windows" {
		mustDescribe(t, all, "sample")
	}
}
