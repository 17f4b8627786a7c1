package source

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestParseAddress(t *testing.T) {
	dir := t.TempDir()
	for _, test := range []struct{ text, want string }{
		{"./plugins", filepath.Join(dir, "plugins")},
		{"..", filepath.Dir(dir)},
		{"./a/../b/", filepath.Join(dir, "b")},
		{"/opt/plugins/", "/opt/plugins"},
		{"file:///opt/plugins", "/opt/plugins"},
		{"file://localhost/opt/my%20plugins", "/opt/my plugins"},
		{"https://plugins.example.com/authrun/", "https://plugins.example.com/authrun"},
		{"https://plugins.example.com:8443", "https://plugins.example.com:8443"},
		{"oci://ghcr.io/acme/authrun-plugin-acme", "ghcr.io acme/authrun-plugin-acme"},
		{"oci://127.0.0.1:5000/acme", "127.0.0.1:5000 acme"},
	} {
		a, err := ParseAddress(test.text, dir)
		if err != nil {
			t.Errorf("%s: %v", test.text, err)
			continue
		}
		got := map[kind]string{folder: a.dir, registry: a.host + " " + a.repo}[a.kind]
		if a.kind == mirror {
			got = a.url.String()
		}
		if got != test.want {
			t.Errorf("%s is %q, want %q", test.text, got, test.want)
		}
		if a.String() != test.text {
			t.Errorf("%s is written %q", test.text, a)
		}
	}
}

func TestAddressesThatAreNone(t *testing.T) {
	for text, want := range map[string]string{
		"":                                    "empty",
		"acme":                                "no full address",
		"acme/authrun-plugin-acme":            "no full address",
		"ghcr.io/acme":                        "no full address",
		"http://plugins.example.com":          "https://",
		"ftp://plugins.example.com":           "not known",
		"https://":                            "no URL",
		"https:///authrun":                    "no URL",
		"https://me:opensesame@example.com/x": "no place in an address",
		"https://example.com/x?token=1":       "behind ?",
		"https://example.com/x#y":             "behind ?",
		"file://host/opt":                     "file:///",
		"file:///opt?x":                       "file:///",
		"oci://ghcr.io":                       "no repository",
		"oci:///acme":                         "no repository",
		"oci://me@ghcr.io/acme":               "no repository",
		"oci://ghcr.io/Acme":                  "no name of a repository",
		"oci://ghcr.io/acme:1.2.0":            "a version has its own argument",
		"oci://ghcr.io/../acme":               "no name of a repository",
		"oci://ghcr.io/a//b":                  "no name of a repository",
		"./a\x00b":                            "control character",
		"./a\nb":                              "control character",
		"/" + strings.Repeat("a", 3000):       "longer",
	} {
		a, err := ParseAddress(text, "/flow")
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want it to say %q", text, err, want)
		}
		if strings.Contains(a.String()+err.Error(), "opensesame") {
			t.Errorf("%q: the password is shown", text)
		}
	}
}

func TestSplit(t *testing.T) {
	for text, want := range map[string]string{
		"/opt/plugins/acme":                         "/opt/plugins acme",
		"https://plugins.example.com/authrun/acme/": "https://plugins.example.com/authrun acme",
		"https://plugins.example.com/acme":          "https://plugins.example.com acme",
		"oci://ghcr.io/x/authrun-plugin-acme":       "oci://ghcr.io/x/authrun-plugin-acme acme",
		"oci://ghcr.io/x/acme":                      "oci://ghcr.io/x/acme ",
		"https://plugins.example.com":               "https://plugins.example.com ",
		"/opt/Plugins":                              "/opt/Plugins ",
	} {
		a, err := ParseAddress(text, "/flow")
		if err != nil {
			t.Fatal(err)
		}
		if base, vendor := a.Split(); base.String()+" "+vendor != want {
			t.Errorf("%s splits into %q and %q, want %q", text, base, vendor, want)
		}
	}
}
