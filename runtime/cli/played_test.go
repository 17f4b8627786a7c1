package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/authrun/authrun/runtime"
)

// played is a flow that does what a test says. Written as JSON it is the file that the command `played` takes for a flow.
type played struct {
	Load          runtime.Diagnostics // errors here: there is no flow
	OpenError     string
	CloseError    string
	Problems      runtime.Diagnostics // of validate and output
	Events        []playedEvent
	ApplyError    string
	ApplyProblems runtime.Diagnostics // the error of apply and of token
	Stored        []runtime.Output    // what output shows
	Gives         runtime.Credential  // what token gets
	Draws         runtime.Graph       // what graph shows
	Credentials   []runtime.Status    // what status shows
	Holds         runtime.Sandbox     // what status says of plugins
	Ledger        []runtime.Exchange  // what history shows
	Counted       string              // an address that revoke asks about
	Variables     []runtime.EnvVar    // what env and exec get
	Declares      runtime.Names       // what is completed
	Simulated     runtime.Simulation  // what simulate shows, but for its times

	// WithOptions makes the options a notice, so that a script sees them.
	WithOptions bool

	options runtime.Options
	inputs  runtime.Inputs
	until   <-chan struct{} // apply goes on until then; nil: it ends at once
	started chan struct{}   // closed when apply began to wait
}

// playedEvent reads an event written as {"AuthStart": {"Address": "auth.a.b"}}.
type playedEvent struct{ runtime.Event }

func (p *playedEvent) UnmarshalJSON(text []byte) error {
	var named map[string]json.RawMessage
	if err := json.Unmarshal(text, &named); err != nil {
		return err
	}
	for name, body := range named {
		event, err := readEvent(name, body)
		if err != nil {
			return err
		}
		p.Event = event
	}
	return nil
}

func readEvent(name string, body []byte) (runtime.Event, error) {
	switch name {
	case "Notice":
		return decode[runtime.Notice](body)
	case "AuthStart":
		return decode[runtime.AuthStart](body)
	case "AuthWait":
		return decode[runtime.AuthWait](body)
	case "AuthDone":
		return decode[runtime.AuthDone](body)
	case "AuthFailed":
		return decode[runtime.AuthFailed](body)
	case "AuthSkipped":
		return decode[runtime.AuthSkipped](body)
	case "Planned":
		return decode[runtime.Planned](body)
	case "AuthRevoked":
		return decode[runtime.AuthRevoked](body)
	case "Revocation":
		return decode[runtime.Revocation](body)
	case "Plan":
		return decode[runtime.Plan](body)
	case "Diagnosed":
		return decode[runtime.Diagnosed](body)
	case "Outputs":
		return decode[runtime.Outputs](body)
	case "Summary":
		return decode[runtime.Summary](body)
	}
	return nil, fmt.Errorf("there is no event %s", name)
}

func decode[E runtime.Event](body []byte) (E, error) {
	var e E
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.DisallowUnknownFields()
	return e, dec.Decode(&e)
}

// openPlayed is an opener that reads a played flow from a file.
func openPlayed(ctx context.Context, o runtime.Options, path string, in runtime.Inputs) (flow, func() error, runtime.Diagnostics, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, func() error { return nil }, runtime.Diagnostics{{Severity: runtime.SeverityError, Summary: "Flow not found"}}, nil
	}
	f := &played{}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(f); err != nil {
		return nil, func() error { return nil }, nil, err
	}
	return f.open(ctx, o, path, in)
}

func (f *played) open(_ context.Context, o runtime.Options, _ string, in runtime.Inputs) (flow, func() error, runtime.Diagnostics, error) {
	f.options, f.inputs = o, in
	closeFlow := func() error { return wordsError(f.CloseError) }
	if f.OpenError != "" || f.Load.HasErrors() {
		return nil, closeFlow, f.Load, wordsError(f.OpenError)
	}
	return f, closeFlow, f.Load, nil
}

func (f *played) Validate(context.Context) runtime.Diagnostics { return f.Problems }

func (f *played) Outputs(context.Context) ([]runtime.Output, runtime.Diagnostics) {
	return f.Stored, f.Problems
}

func (f *played) Environment(ctx context.Context, o runtime.ApplyOptions, events func(runtime.Event)) ([]runtime.EnvVar, error) {
	if _, err := f.Apply(ctx, o, events); err != nil {
		return nil, err
	}
	return f.Variables, nil
}

// Mask is not played: no command is run with a played flow.
func (f *played) Mask(io.Writer) *runtime.Mask { return nil }

// Console is not played: nothing is evaluated with a played flow.
func (f *played) Console(context.Context) (*runtime.Console, runtime.Diagnostics) { return nil, nil }

func (f *played) Names() runtime.Names { return f.Declares }

func (f *played) Graph(context.Context) (runtime.Graph, runtime.Diagnostics) {
	return f.Draws, f.Problems
}

func (f *played) Apply(ctx context.Context, o runtime.ApplyOptions, events func(runtime.Event)) (runtime.Summary, error) {
	if f.options.Logger != nil {
		f.options.Logger.Info("applying", "targets", o.Targets)
	}
	if f.WithOptions {
		text := fmt.Sprintf("targets %q, force %q, min-life %s, vars %q, var-files %q, plugin-dirs %q, store %q, must-exist %t, parallelism %d",
			o.Targets, o.Force, o.MinLife, f.inputs.Vars, f.inputs.VarFiles, f.options.PluginDirs, f.options.Store, f.options.StoreMustExist,
			f.options.Parallelism)
		events(runtime.Notice{Text: text})
	}
	var summary runtime.Summary
	for _, e := range f.Events {
		events(e.Event)
		if s, ok := e.Event.(runtime.Summary); ok {
			summary = s
		}
	}
	if f.until != nil {
		close(f.started)
		<-f.until
	}
	if f.ApplyProblems != nil {
		return summary, f.ApplyProblems
	}
	if err := ctx.Err(); err != nil {
		return summary, err
	}
	return summary, wordsError(f.ApplyError)
}

func (f *played) Credential(ctx context.Context, address string, o runtime.ApplyOptions, events func(runtime.Event)) (runtime.Credential, error) {
	if _, err := f.Apply(ctx, o, events); err != nil {
		return runtime.Credential{}, err
	}
	if address != f.Gives.Address {
		return runtime.Credential{}, runtime.Diagnostics{{Severity: runtime.SeverityError, Summary: "Unknown address",
			Detail: "The flow declares no " + address + "."}}
	}
	return f.Gives, nil
}

func wordsError(words string) error {
	if words == "" {
		return nil
	}
	return errors.New(strings.TrimSpace(words))
}
