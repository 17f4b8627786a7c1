package source

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	one = "1111111111111111111111111111111111111111111111111111111111111111"
	two = "2222222222222222222222222222222222222222222222222222222222222222"
)

func TestParseList(t *testing.T) {
	list := one + "  authrun-plugin-acme_1.2.0_linux_amd64\n" +
		two + " *authrun-plugin-acme_1.2.0_windows_amd64.exe\r\n" +
		"\n" +
		two + "  ./authrun-plugin-acme_1.2.0_darwin_arm64\n" +
		two + "  authrun-plugin-acme_1.2.0_linux_amd64.gz\n" + // as it is transported
		two + "  authrun-plugin-acme_1.1.0_linux_arm64\n" + // another version
		two + "  ../authrun-plugin-acme_1.2.0_linux_arm64\n" +
		two + "  authrun-plugin-acme_1.2.0_linux_arm64/../x\n" +
		two + "  LICENSE"
	r, err := parseList("acme", "1.2.0", []byte(list))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"darwin_arm64", "linux_amd64", "windows_amd64"}, r.Platforms()); diff != "" {
		t.Error(diff)
	}
	if r.Sums["linux_amd64"].String() != "sha256:"+one {
		t.Errorf("the hash is %s", r.Sums["linux_amd64"])
	}
	if string(r.Text()) != list {
		t.Error("the author's list was changed")
	}
	r.List = nil
	again, err := parseList("acme", "1.2.0", r.Text())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(r.Sums, again.Sums); diff != "" {
		t.Error(diff)
	}
}

func TestListsThatAreNone(t *testing.T) {
	name := "authrun-plugin-acme_1.2.0_linux_amd64"
	for list, want := range map[string]string{
		"":                                 "names no executable",
		one + "  LICENSE\n":                "names no executable",
		"<html>404</html>":                 "line 1",
		one + "\n":                         "line 1",
		"\nabc  " + name:                   "line 2",
		one[1:] + "  " + name:              "line 1",
		strings.Repeat("g", 64) + "  file": "line 1",
		one + "  " + name + "\n" + two + "  " + name: "two hashes",
	} {
		if _, err := parseList("acme", "1.2.0", []byte(list)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want it to say %q", list, err, want)
		}
	}
}

func TestParseVersion(t *testing.T) {
	for text, want := range map[string]bool{
		"1.2.0": true, "0.0.1": true, "10.20.30": true, "1.2.0-rc.1": true, "1.2.0-beta": true,
		"": false, "1": false, "1.2": false, "v1.2.0": false, "1.2.0.4": false, "01.2.0": false, "1.2.0+build": false, "latest": false,
		"..": false, "1.2.0/..": false, "1.2.0-../x": false, "1.2.0-a\\b": false, "1.2.0\x00": false, " 1.2.0": false,
		"1.2.0-" + strings.Repeat("a", 100): false,
	} {
		if _, ok := ParseVersion(text); ok != want {
			t.Errorf("%q is a version: %t, want %t", text, ok, want)
		}
	}
}

func TestParseSum(t *testing.T) {
	if s, err := ParseSum("sha256:" + one); err != nil || s.String() != "sha256:"+one {
		t.Errorf("%s, %v", s, err)
	}
	for _, text := range []string{"", one, "sha512:" + one, "sha256:" + one[1:], "sha256:" + strings.Repeat("A", 64), "sha256:" + strings.Repeat("x", 64)} {
		if _, err := ParseSum(text); err == nil {
			t.Errorf("%q is a hash", text)
		}
	}
}

func TestParseVersions(t *testing.T) {
	got, err := parseVersions([]byte("# of acme\n1.0.0\n\n 1.2.0-rc.1 \r\n"))
	if diff := cmp.Diff([]string{"1.0.0", "1.2.0-rc.1"}, got); err != nil || diff != "" {
		t.Error(err, diff)
	}
	if _, err := parseVersions([]byte("1.0.0\n<html>\n")); err == nil || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("a page is a list of versions: %v", err)
	}
}

func FuzzParseList(f *testing.F) {
	f.Add(one + "  authrun-plugin-acme_1.2.0_linux_amd64\n")
	f.Fuzz(func(t *testing.T, list string) {
		r, err := parseList("acme", "1.2.0", []byte(list))
		for _, platform := range r.Platforms() {
			if err == nil && strings.ContainsAny(ExecutableName("acme", "1.2.0", platform), "/\\\x00") {
				t.Errorf("%q is a platform", platform)
			}
		}
	})
}
