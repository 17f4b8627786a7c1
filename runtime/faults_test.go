package runtime_test

import (
	"strings"
	"testing"

	authrun "github.com/authrun/authrun/runtime"
)

// TestPluginsOwnCheck shows that what the plugin's own check says stands at its argument, and that nothing was sent.
func TestPluginsOwnCheck(t *testing.T) {
	s := newStage(t)
	s.plugin("picky")
	s.vars = nil
	r := s.apply(s.write(`
auth "picky" "x" {
  base_url = "http://127.0.0.1:1"
  mood     = "bad"
}
`), authrun.ApplyOptions{})
	if r.failed["auth.picky.x"] != authrun.ClassInvalidConfig || r.summary.VendorCalls != 0 {
		t.Errorf("failed %v, %+v", r.failed, r.summary)
	}
	for _, d := range r.diags {
		if d.Summary == "Mood is bad" && d.Range != nil && d.Range.Start.Line == 4 {
			return
		}
	}
	t.Errorf("no diagnostic stands at the argument: %+v", r.diags)
}

// TestLastWords shows the last lines of a plugin that dies, without the secrets in them.
func TestLastWords(t *testing.T) {
	s := newStage(t)
	s.plugin("dying")
	s.vars = nil
	r := s.apply(s.write(`
auth "dying" "x" {
  base_url = "http://127.0.0.1:1"
  secret   = "s3cr3t-of-the-flow"
}
`), authrun.ApplyOptions{})
	text := r.diags.Error()
	if r.failed["auth.dying.x"] != authrun.ClassPlugin || !strings.Contains(text, "I die with") {
		t.Errorf("failed %v: %s", r.failed, text)
	}
	if strings.Contains(text, "s3cr3t-of-the-flow") {
		t.Errorf("it shows the secret: %s", text)
	}
}

// TestPasswordInAddress shows that a password in a URL is refused without being shown.
func TestPasswordInAddress(t *testing.T) {
	s := newStage(t)
	r := s.apply(s.write(strings.Replace(all, "= var.ippbx", `= "http://user:hunter2hunter2@127.0.0.1"`, 1)), authrun.ApplyOptions{})
	if r.err == nil || !strings.Contains(r.diags.Error(), "without user name and password") {
		t.Errorf("it says %v", r.diags)
	}
	for _, d := range r.diags {
		text := d.Summary + d.Detail
		if d.Snippet != nil {
			text += d.Snippet.Code
		}
		if strings.Contains(text, "hunter2") {
			t.Errorf("it shows the password: %s", text)
		}
	}
}
