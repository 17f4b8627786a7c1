package supply

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestInstall(t *testing.T) {
	s := newStage(t)
	s.publish("1.2.0")
	s.publish("1.3.0")
	at := filepath.Join(s.published, "acme")
	for what, want := range map[string]string{at: "1.3.0", at + "@1.2.0": "1.2.0", at + "@~> 1.2.0": "1.2.0", "file://" + at: "1.3.0"} {
		taken, err := New(s.options).Install(t.Context(), what)
		if err != nil {
			t.Errorf("%s: %v", what, err)
			continue
		}
		if taken.Version != want || filepath.Dir(taken.Path) != s.depot || !strings.Contains(read(t, taken.Path), want) {
			t.Errorf("%s installed %+v, want %s", what, taken, want)
		}
		found, err := s.options.Catalog.Find("acme")
		if err != nil || found.Path != taken.Path {
			t.Errorf("by its name %v is found, %v", found, err)
		}
	}
}

func TestInstallOfAFile(t *testing.T) {
	s := newStage(t)
	for _, name := range []string{"authrun-plugin-acme", "authrun-plugin-acme_1.2.0_linux_amd64", "authrun-plugin-acme.exe"} {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(executable(t, "acme", "1.2.0")), 0o600); err != nil {
			t.Fatal(err)
		}
		if taken, err := New(s.options).Install(t.Context(), path); err != nil || taken.Vendor != "acme" || taken.Version != "1.2.0" {
			t.Errorf("%s: %+v, %v", name, taken, err)
		}
	}
}

func TestInstallsThatAreRefused(t *testing.T) {
	s := newStage(t)
	dir := t.TempDir()
	file := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for what, want := range map[string]string{
		file("acme", executable(t, "acme", "1.2.0")):                 "not called",
		file("authrun-plugin-", executable(t, "acme", "1.2.0")):      "not called",
		file("authrun-plugin-ACME", executable(t, "acme", "1.2.0")):  "cannot be the name",
		file("authrun-plugin-other", executable(t, "acme", "1.2.0")): "plugin other",
		file("authrun-plugin-script", "#!/bin/sh"):                   "script",
		filepath.Join(dir, "nowhere", "acme"):                        "cannot be read",
		filepath.Join(dir, "acme") + "@soon":                         "no version",
		filepath.Join(dir, "Acme"):                                   "vendor's name",
		"http://plugins.example.com/acme":                            "https://",
		"oci://ghcr.io/acme/plugin":                                  "vendor's name",
		"":                                                           "vendor's name",
	} {
		_, err := New(s.options).Install(t.Context(), what)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want it to say %q", what, err, want)
		}
	}
	s.refused(os.ErrInvalid)
}

func TestRefusedFileThatIsInstalledAlready(t *testing.T) {
	s := newStage(t)
	s.publishAs("acme", "1.2.0", map[string]string{here: executable(t, "acme", "1.2.0")})
	s.must("", Mode{})
	path := filepath.Join(t.TempDir(), "authrun-plugin-acme")
	if err := os.WriteFile(path, []byte(executable(t, "acme", "1.2.0")), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := New(s.options).Install(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	if files := s.kept(); len(files) != 2 { // by its hash, and by its name
		t.Errorf("%v", files)
	}
}
