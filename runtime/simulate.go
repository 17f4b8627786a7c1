package runtime

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hashicorp/hcl/v2"

	"github.com/authrun/authrun/runtime/internal/eval"
	"github.com/authrun/authrun/runtime/internal/simulated"
)

// SimulateOptions are the settings of one [Flow.Simulate].
type SimulateOptions struct {
	Start time.Time     // of the simulated time; zero: now
	For   time.Duration // how long it is; at most [LongestSimulation]
	// Every is how often the flow is applied, as by a timer, the first time at Start; 0: it is kept, as by [Flow.Keep].
	Every time.Duration

	// Targets are the addresses to make valid, with what they depend on; none: all. An address without a key means all instances.
	Targets []string
	// MinLife is as in [ApplyOptions].
	MinLife time.Duration

	// Lives are how long credentials live, by address (of an instance, or of a block) or by vendor; sdk.Forever: they never expire. The others
	// live as long as what is stored for them, else as their plugin says, else an hour.
	Lives map[string]time.Duration
	// Outages are times at which vendors answer nothing but HTTP 503.
	Outages []Outage
}

// Outage is a time at which a vendor is down.
type Outage struct {
	Vendor string
	After  time.Duration // since the start
	For    time.Duration
}

// LongestSimulation is how long a simulated time may be.
const LongestSimulation = 10 * 366 * 24 * time.Hour

// Simulate says what [Flow.Keep] would do in a time to come, and what becomes of the credentials. It runs the same code against vendors that are
// made of their plugins' descriptions, on a clock that does not wait, with a store of its own that is empty at the start: no vendor is called,
// no network used, nothing written, no file of an output touched. Load the flow with [Inputs.NoInputs]: arguments whose inputs are missing do not matter.
//
// What a description does not say is taken for good: every call that reaches a vendor which is not down succeeds, with the number of exchanges
// that its plugin makes at most, and at once.
//
// events gets warnings of the flow, and why blocks fail for reasons of their own. The error is [Diagnostics] for mistakes in the flow or the
// options.
func (f *Flow) Simulate(ctx context.Context, opts SimulateOptions, events func(Event)) (Simulation, error) {
	f = f.fork()
	if opts.Start.IsZero() {
		opts.Start = f.rt.now()
	}
	if opts.For <= 0 || opts.For > LongestSimulation || opts.Every < 0 {
		return Simulation{}, errors.New("a simulation lasts between a moment and ten years")
	}
	s := &simulation{flow: f, opts: opts, to: events}
	if err := s.prepare(ctx); err != nil {
		return Simulation{}, err
	}
	return s.run(ctx)
}

// simulation is one run of [Flow.Simulate].
type simulation struct {
	flow *Flow
	opts SimulateOptions
	to   func(Event)

	instances []eval.Instance
	wanted    []bool // by instance
	result    Simulation
	lives     map[string]simulated.Lives // by address
	played    map[string]*played         // by address
	order     []string                   // addresses that are wanted, in the flow's order
	failure   map[string]Diagnostic      // by address: what was told last of it
	now       func() time.Time           // by the simulated clock
}

// prepare checks the flow and the options, and finds how long its credentials live.
func (s *simulation) prepare(ctx context.Context) error {
	a := s.flow.applying(ApplyOptions{Targets: s.opts.Targets}, s.to)
	if err := a.check(ctx); err != nil {
		return err
	}
	var diags hcl.Diagnostics
	for _, vendor := range sortedKeys(s.flow.broken) {
		diags = append(diags, s.flow.brokenDiagnostics(vendor)...)
	}
	for _, part := range s.flow.scope.Parts() {
		if part.Output == "" && !part.Known {
			diags = append(diags, &hcl.Diagnostic{Severity: hcl.DiagError, Summary: "Instances are not known",
				Detail: fmt.Sprintf("How many instances %s has hangs on an input without a value. Give it one.", part.Addr)})
		}
	}
	s.flow.scope.Suppose()
	s.instances = a.instances
	s.wanted, s.played = make([]bool, len(a.instances)), map[string]*played{}
	for i, instance := range a.instances {
		if s.wanted[i] = a.isWanted(i); !s.wanted[i] || s.flow.broken[instance.Addr.Vendor] != nil {
			continue
		}
		diags = append(diags, s.suppose(instance)...)
		address := instance.Addr.String()
		s.order = append(s.order, address)
		s.played[address] = &played{lived: s.opts.Start}
	}
	diags = append(diags, s.checkOptions(a)...)
	if diags.HasErrors() {
		return s.flow.diagnose(diags)
	}
	return s.findLives(ctx, a)
}

// suppose notes which arguments of a block something stands in for.
func (s *simulation) suppose(instance eval.Instance) hcl.Diagnostics {
	config, diags := s.flow.scope.Config(instance)
	s.flow.rt.secrets.Add(config.Secrets...)
	if len(config.Unknown) > 0 && !diags.HasErrors() {
		diags = append(diags, &hcl.Diagnostic{Severity: hcl.DiagError, Summary: "Argument is not known",
			Detail:  fmt.Sprintf("What %s is hangs on an input without a value, and nothing can stand in for it. Give the input a value.", config.Unknown[0]),
			Subject: instance.Auth.Range.Ptr(), Extra: eval.About{Addr: instance.Addr}})
	}
	for _, name := range config.Supposed {
		s.result.Supposed = append(s.result.Supposed, Supposed{Address: instance.Addr.String(), Argument: name})
	}
	var errs hcl.Diagnostics
	for _, d := range diags {
		if d.Severity == hcl.DiagError { // warnings were told by the check
			errs = append(errs, d)
		}
	}
	return errs
}

// run lets the time pass.
func (s *simulation) run(ctx context.Context) (Simulation, error) {
	began := time.Now()
	simulating, over := context.WithCancel(ctx)
	defer over()
	c := simulated.NewClock(s.opts.Start, s.opts.Start.Add(s.opts.For), over)
	h, err := s.flow.rt.rehearse(s.flow.schemas, s.lives, c, s.opts)
	if err != nil {
		return Simulation{}, err
	}
	h.looked, s.now = s.looked, c.Now
	plan := &Flow{rt: h.runtime, path: s.flow.path, model: s.flow.model, scope: s.flow.scope, described: true, schemas: s.flow.schemas,
		broken: map[string]error{}}
	plan.lockOnce.Do(func() { plan.lock = &locked{plugins: h.runtime.catalog.Pinned(nil)} })
	s.failure = map[string]Diagnostic{}
	_, err = plan.Keep(simulating, ApplyOptions{Targets: s.opts.Targets, MinLife: s.opts.MinLife}, func(e Event) { s.event(e, c.Now()) })
	err = errors.Join(err, h.runtime.Close())
	if err == nil {
		err = ctx.Err()
	}
	s.conclude(h)
	s.result.Elapsed = time.Since(began)
	return s.result, err
}
