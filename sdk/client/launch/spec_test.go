package launch

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSpecTravels(t *testing.T) {
	for _, s := range []Spec{
		{Dir: "/run/a b", Args: []string{"/opt/authrun-plugin-x"}},
		{Dir: "/r", Memory: 1 << 40, CPU: 60, Reads: []string{"/usr/lib", "/opt/a=b"}, Program: "/usr/bin/python3", Complete: true,
			Args: []string{"python3", "-I", "", "/proc/self/fd/3"}},
	} {
		setting, err := s.Environment()
		if err != nil {
			t.Fatal(err)
		}
		text, ok := strings.CutPrefix(setting, Variable+"=")
		got, err := parse(text)
		if diff := cmp.Diff(s, got); !ok || err != nil || diff != "" {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
	}
}

func TestSpecThatIsNone(t *testing.T) {
	if _, err := (Spec{Dir: "/r\nprogram /bin/sh", Args: []string{"x"}}).Environment(); err == nil {
		t.Error("a path may say more than its line")
	}
	for text, want := range map[string]string{
		"":                              "was told too little",
		"dir /r\n":                      "was told too little",
		"arg x\n":                       "was told too little",
		"dir /r\narg x\nlayers none\n":  `of another version than authrun: it does not know "layers"`,
		"dir /r\narg x\nmemory lots\n":  "invalid syntax",
		"dir /r\narg x\ncomplete yes\n": "invalid syntax",
	} {
		if _, err := parse(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
}
