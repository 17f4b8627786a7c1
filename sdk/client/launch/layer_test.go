package launch

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestReportTravels(t *testing.T) {
	want := Report{Held: []Layer{Limits, NoPrivileges, Landlock}, LandlockABI: 7,
		Missing: []Gap{{NoCapability, "root would get them back"}, {SystemCalls, "the kernel has none that can deny a call"}}}
	got, err := ParseReport(want.lines())
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	_, err = ParseReport(want.lines() + (&Failed{What: "start the plugin", Errno: 13}).line())
	var failed *Failed
	if !errors.As(err, &failed) || failed.Errno != 13 || failed.What != "start the plugin" {
		t.Errorf("got %v", err)
	}
	for _, short := range []string{"", "held limits\n", "what is this\n"} {
		if _, err := ParseReport(short); err == nil {
			t.Errorf("%q is taken for a whole report", short)
		}
	}
}

func TestGaps(t *testing.T) {
	r := Report{Held: []Layer{Limits}}
	if !r.Complete() || r.Gaps() != "" || !r.Holds(Limits) || r.Holds(Landlock) {
		t.Errorf("got %q", r.Gaps())
	}
	r.Missing = []Gap{{Landlock, "a"}, {NoCapability, "b"}, {SystemCalls, "a"}}
	if want := "landlock, seccomp (a); capabilities (b)"; r.Complete() || r.Gaps() != want {
		t.Errorf("got %q, want %q", r.Gaps(), want)
	}
	if r = Nothing("why"); len(r.Missing) != len(Layers()) || len(r.Held) > 0 {
		t.Errorf("got %+v", r)
	}
}

func TestEachLayerSaysWhatItIsFor(t *testing.T) {
	seen := map[string]bool{}
	for _, l := range Layers() {
		if text := l.Without(); seen[text] || strings.Contains(text, "more than they should") {
			t.Errorf("%s: %q", l, text)
		} else {
			seen[text] = true
		}
	}
}

func TestProbe(t *testing.T) {
	r := Probe()
	if len(r.Held)+len(r.Missing) != len(Layers()) || r.Holds(Landlock) != (r.LandlockABI > 0) {
		t.Errorf("got %+v", r)
	}
	if !Possible && len(r.Held) > 0 {
		t.Errorf("without a launcher %v hold", r.Held)
	}
}
