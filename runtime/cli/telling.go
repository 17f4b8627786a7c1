package cli

import (
	"context"
	"errors"

	"github.com/authrun/authrun/runtime"
	"github.com/authrun/authrun/runtime/cli/internal/view"
)

// telling shows the events of one piece of work and knows which diagnostics were among them: an error that repeats them shows the others only.
type telling struct {
	view view.View
	told map[said]bool
}

// said is what makes two diagnostics the same to a reader.
type said struct {
	summary, detail, address string
	at                       runtime.Range
}

func newTelling(v view.View) *telling { return &telling{view: v, told: map[said]bool{}} }

// event shows an event of the runtime, which gives one at a time.
func (t *telling) event(e runtime.Event) {
	if d, ok := e.(runtime.Diagnosed); ok {
		t.told[saidBy(d.Diagnostic)] = true
	}
	t.view.Event(e)
}

// failed shows why the work failed, and returns errTold.
func (t *telling) failed(summary string, err error) error {
	for _, d := range diagnose(summary, err) {
		if !t.told[saidBy(d)] {
			t.view.Diagnostics(runtime.Diagnostics{d})
		}
	}
	return errTold
}

func saidBy(d runtime.Diagnostic) said {
	s := said{summary: d.Summary, detail: d.Detail, address: d.Address}
	if d.Range != nil {
		s.at = *d.Range
	}
	return s
}

// diagnose makes diagnostics of an error of the runtime: those that it is, or one under a few words that say what could not be done. There is
// nothing to say of an interrupt to the person who made it.
func diagnose(summary string, err error) runtime.Diagnostics {
	var ds runtime.Diagnostics
	switch {
	case errors.As(err, &ds):
		return ds
	case errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded):
		return nil
	}
	return runtime.Diagnostics{{Severity: runtime.SeverityError, Summary: summary, Detail: sentence(err.Error())}}
}
