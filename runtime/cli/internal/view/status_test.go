package view

import (
	"strings"
	"testing"
	"time"

	"github.com/authrun/authrun/runtime"
	"github.com/authrun/authrun/runtime/cli/internal/terminal"
)

// TestStatusFitsTheScreen shows that what is told of a credential is broken between words, and goes on below where it began.
func TestStatusFitsTheScreen(t *testing.T) {
	tell := Telling{Now: time.Date(2026, 11, 22, 4, 0, 0, 0, time.UTC), Zone: time.UTC, Columns: 60}
	s := runtime.Status{Address: "auth.lingju.robot", State: runtime.StateNone, Limits: []runtime.LimitUse{{Name: "pace", Text: "at least 1s between two calls"}},
		Next: runtime.Next{Action: runtime.ActionAcquire, At: tell.Now, Rule: "nothing is stored for these arguments, and that is a long story"}}
	lines := strings.Split(strings.TrimSuffix(tell.Status(s, false), "\n"), "\n")
	if len(lines) != 4 || !strings.HasPrefix(lines[2], "    ") || lines[3] != "  limit pace: at least 1s between two calls" {
		t.Errorf("it is told so:\n%s", strings.Join(lines, "\n"))
	}
	for _, line := range lines {
		if terminal.Width(line) > tell.Columns {
			t.Errorf("the line is too long: %s", line)
		}
	}
	tell.Columns = 0
	if text := tell.Status(s, false); strings.Count(text, "\n") != 3 {
		t.Errorf("without a screen it is told so:\n%s", text)
	}
}

// TestExplainNamesTheSpreadOfFewCalls shows that waits are said to become days only where a small quota makes them so.
func TestExplainNamesTheSpreadOfFewCalls(t *testing.T) {
	tell := Telling{Now: time.Date(2026, 11, 22, 4, 0, 0, 0, time.UTC), Zone: time.UTC}
	s := runtime.Status{Address: "auth.lingju.robot", State: runtime.StateNone, Next: runtime.Next{Action: runtime.ActionAcquire, At: tell.Now}}
	for count, want := range map[int]bool{0: false, 10: true, 100: false} {
		s.Limits = []runtime.LimitUse{{Name: "monthly", Count: count, Left: count}}
		if text := tell.Explain(s); strings.Contains(text, "to days where few of its calls are left") != want {
			t.Errorf("with a quota of %d it is explained so:\n%s", count, text)
		}
	}
}
