package runtime

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/hashicorp/hcl/v2"

	"github.com/authrun/authrun/runtime/internal/credential"
	"github.com/authrun/authrun/runtime/internal/eval"
	"github.com/authrun/authrun/runtime/internal/flow"
	"github.com/authrun/authrun/runtime/internal/graph"
	"github.com/authrun/authrun/runtime/store"
	"github.com/authrun/authrun/sdk"
)

// Apply makes every credential of the flow valid: blocks that do not depend on each other at the same time, and each block after those it
// depends on. events gets what happens, one event at a time, the [Summary] last; nil: nobody wants to know.
//
// A block that fails does not stop others: it is told by events and counted in the summary. The error says why the flow as a whole could
// not be applied: [Diagnostics] for mistakes in it, a store that does not work, or outputs that could not be evaluated or written to their
// files, which are told by events too.
//
// When ctx ends nothing new is started; exchanges under way finish, and what they bring is stored.
func (f *Flow) Apply(ctx context.Context, opts ApplyOptions, events func(Event)) (Summary, error) {
	f = f.fork()
	a := f.applying(opts, events)
	if err := a.prepare(ctx); err != nil {
		return a.finish(), err
	}
	a.walk(ctx)
	outputs, diags := f.outputs(a.isComplete)
	_, more := a.writeFiles(a.isComplete)
	diags = append(diags, more...)
	a.tell(diags)
	a.outputsFailed = diags.HasErrors()
	a.emit(Outputs{Outputs: outputs})
	summary := a.finish()
	if a.outputsFailed {
		return summary, f.diagnose(diags)
	}
	return summary, ctx.Err()
}

// apply is one run over a flow.
type apply struct {
	flow    *Flow
	opts    ApplyOptions
	events  func(Event)
	flag    string // of the command line, by which the targets are named; empty: they are named without one
	started time.Time

	keeping     *keeping
	callsBefore int // of the keeper, which others use too
	instances   []eval.Instance
	graph       *graph.Graph // its first nodes are the instances, those behind them join some of these
	chosen      []bool       // by instance: a target
	wanted      []bool       // by node of the graph: a target, or needed by one; nil: all are wanted
	forced      []bool
	used        map[string]store.Use

	outputsFailed bool

	mu         sync.Mutex // guards what follows, and the order of events
	transports map[eval.Network]http.RoundTripper
	summary    Summary
	valid      map[int]Credential       // by instance: those that are valid now
	blocks     map[int]credential.Block // as it was evaluated, where it is the one that the run is for
	faults     map[int]*Error           // by instance: why the others are not, in short
	calls      int                      // made so far, where the options bound them
	clockTold  bool                     // that the clock is behind the store
	telling    sync.Mutex
	deaf       bool // whoever listened panicked
}

func (f *Flow) applying(opts ApplyOptions, events func(Event)) *apply {
	return &apply{flow: f, opts: opts, events: events, flag: "target", started: time.Now(), transports: map[eval.Network]http.RoundTripper{},
		valid: map[int]Credential{}, blocks: map[int]credential.Block{}, faults: map[int]*Error{}}
}

// prepare does all that comes before the first block: static checks, addresses, the store.
func (a *apply) prepare(ctx context.Context) error {
	if err := a.check(ctx); err != nil {
		return err
	}
	return a.openStore(ctx, true)
}

// check does the static checks, and finds what the addresses mean.
func (a *apply) check(ctx context.Context) error {
	diags := eval.Static(a.flow.check(ctx))
	instances, more := a.flow.scope.Instances()
	diags = append(diags, more...)
	a.instances = instances
	a.chosen, more = a.choose(a.flag, a.opts.Targets)
	diags = append(diags, more...)
	a.forced, more = a.choose("force", a.opts.Force)
	diags = append(diags, more...)
	a.tell(diags)
	if diags.HasErrors() {
		return a.flow.diagnose(diags)
	}
	a.graph = a.flow.scope.Graph()
	if len(a.opts.Targets) > 0 {
		a.wanted = a.graph.Closure(indexes(a.chosen)...)
	}
	return nil
}

// openStore opens the flow's store and reads what it remembers of it. Where there is none, and none is to be made, it is as if there were an
// empty one.
func (a *apply) openStore(ctx context.Context, create bool) error {
	settings, diags := a.flow.settings()
	if diags.HasErrors() {
		a.tell(diags)
		return a.flow.diagnose(diags)
	}
	if create && a.flow.rt.isNew(settings) {
		a.prestart() // while the store is made: nothing lives, so all are needed
	}
	k, err := a.flow.rt.open(ctx, settings, create)
	if errors.Is(err, errNoStore) {
		k, err = a.flow.rt.nothing()
	}
	if err == nil {
		a.keeping, a.callsBefore = k, k.keeper.Calls()
		a.used, err = usedBy(ctx, k.store, a.flow.path)
	}
	if err != nil {
		summary, advice := words(ClassStore)
		if errors.Is(err, store.ErrCorrupt) {
			advice = "Put a copy back that `authrun store backup` made, or move the file away: the next apply makes a new store then, which knows of no " +
				"calls that were made this month. " + advice
		}
		diags := hcl.Diagnostics{{Severity: hcl.DiagError, Summary: summary, Detail: sentence(err) + "\n\n" + advice}}
		a.tell(diags)
		return a.flow.diagnose(diags)
	}
	made, warning := a.flow.rt.firstSight(k)
	if warning != "" {
		a.tell(hcl.Diagnostics{{Severity: hcl.DiagWarning, Summary: "Key file is open to others", Detail: warning}})
	}
	if made {
		a.emit(Notice{Text: a.madeText(k.path)})
	}
	return nil
}

// firstSight is what the first run with a store tells of it.
func (r *Runtime) firstSight(k *keeping) (made bool, warning string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	made, warning = k.made, k.warning
	k.made, k.warning = false, ""
	return made, warning
}

// madeText announces a new store. Whoever counts a vendor's calls wants to know that counting begins.
func (a *apply) madeText(path string) string {
	text := "A new store was made at " + path + "."
	counted := false
	for _, schema := range a.flow.schemas {
		counted = counted || slices.ContainsFunc(schema.Limits, func(l sdk.Limit) bool { return l.Quota != nil })
	}
	for _, auth := range a.flow.model.Auths { // and the quotas that plugins cannot know
		counted = counted || slices.ContainsFunc(auth.Limits, func(l *flow.Limit) bool { return l.Quota != nil })
	}
	if counted {
		text += " Calls that count against a vendor's quota are counted from now on."
	}
	return text
}

// choose marks the instances that the addresses name; an address without a key names all instances of its block.
func (a *apply) choose(flag string, addresses []string) ([]bool, hcl.Diagnostics) {
	chosen := make([]bool, len(a.instances))
	var diags hcl.Diagnostics
	for _, text := range addresses {
		addr, err := flow.ParseAddr(text)
		if err != nil {
			diags = append(diags, &hcl.Diagnostic{Severity: hcl.DiagError, Summary: "Invalid address", Detail: sentence(err)})
			continue
		}
		selected := a.flow.scope.Select(addr)
		for _, i := range selected {
			chosen[i] = true
		}
		if len(selected) == 0 {
			diags = append(diags, a.unknownAddress(flag, addr))
		}
	}
	return chosen, diags
}

func (a *apply) unknownAddress(flag string, addr flow.Addr) *hcl.Diagnostic {
	names := make([]string, len(a.instances))
	for i, instance := range a.instances {
		names[i] = instance.Addr.String()
	}
	detail := fmt.Sprintf("The flow declares no %s, which --%s names.", addr, flag)
	if flag == "" {
		detail = fmt.Sprintf("The flow declares no %s.", addr)
	}
	if nearest := flow.Nearest(addr.String(), names); nearest != "" {
		detail += fmt.Sprintf(" Did you mean %s?", nearest)
	}
	return &hcl.Diagnostic{Severity: hcl.DiagError, Summary: "Unknown address", Detail: detail}
}

// walk does the blocks.
func (a *apply) walk(ctx context.Context) {
	a.prestart()
	a.graph.Walk(ctx, a.flow.rt.opts.Parallelism, a.do, a.skip)
	a.tellClock()
}

// skip notes that a block is not tried because others failed, or ctx ended.
func (a *apply) skip(i int, because []int) {
	if i >= len(a.instances) || !a.isWanted(i) {
		return
	}
	addresses := make([]string, len(because))
	for j, node := range because {
		addresses[j] = a.instances[node].Addr.String()
	}
	address := a.instances[i].Addr.String()
	a.count(func(s *Summary) { s.Skipped++; a.faults[i] = &Error{Address: address, Because: addresses} })
	a.emit(AuthSkipped{Address: address, Because: addresses})
}

// isWanted tells whether an instance is to be made valid.
func (a *apply) isWanted(i int) bool { return a.wanted == nil || a.wanted[i] }

// prestart starts at once the plugins that will be needed: those of blocks of which nothing is stored. A warm run starts none.
func (a *apply) prestart() {
	need := map[string]bool{}
	for i, instance := range a.instances {
		_, known := a.used[instance.Addr.String()]
		if a.isWanted(i) && !a.opts.Offline && (!known || a.forced[i]) && a.flow.broken[instance.Addr.Vendor] == nil {
			need[instance.Addr.Vendor] = true
		}
	}
	a.flow.locked().plugins.Prestart(sortedKeys(need)...)
}

// do makes one instance's credential valid, and tells whether that went well.
func (a *apply) do(ctx context.Context, i int) bool {
	if i >= len(a.instances) || !a.isWanted(i) {
		return true // a join of others, or not asked for
	}
	address := a.instances[i].Addr.String()
	began := time.Now()
	a.emit(AuthStart{Address: address})
	done, class, diags := a.guarded(func() (AuthDone, string, hcl.Diagnostics) { return a.ensure(ctx, i) }, i)
	a.tell(diags)
	if class != "" {
		fault := &Error{Address: address, Class: class}
		a.count(func(s *Summary) {
			if s.Failed++; a.faults[i] != nil {
				fault.Until, fault.Err = a.faults[i].Until, a.faults[i].Err
			}
			a.faults[i] = fault
		})
		a.emit(AuthFailed{Address: address, Class: class, Until: fault.Until, Elapsed: time.Since(began)})
		return false
	}
	done.Elapsed = time.Since(began)
	a.count(func(s *Summary) {
		switch done.Action {
		case ActionReuse:
			s.Reused++
		case ActionRenew:
			s.Renewed++
		case ActionAcquire:
			s.Acquired++
		}
	})
	a.emit(done)
	return true
}

// ensure is the work of do. A class that is not empty says that it failed; then there is a diagnostic that says why.
func (a *apply) ensure(ctx context.Context, i int) (AuthDone, string, hcl.Diagnostics) {
	instance, scope := a.instances[i], a.flow.scope
	config, class, diags := a.config(instance)
	if class != "" {
		return AuthDone{}, class, diags
	}
	if !config.Known {
		return AuthDone{}, ClassInvalidConfig, append(diags, a.notKnown(instance))
	}
	b := a.blockOf(i, config)
	valid, err := a.keeping.keeper.Ensure(ctx, b)
	if err != nil {
		failed := failedOf(err)
		a.count(func(*Summary) { a.faults[i] = &Error{Until: failed.Until, Err: failed.Err} })
		if len(failed.Problems) > 0 {
			return AuthDone{}, failed.Class, append(diags, problems(scope, instance, failed.Problems)...)
		}
		return AuthDone{}, failed.Class, append(diags, a.failure(i, failed))
	}
	if err := scope.SetCredential(instance.Addr, valid.Value, valid.ExpiresAt); err != nil {
		return AuthDone{}, ClassPlugin, append(diags, a.failure(i, &credential.Failed{Class: ClassPlugin, Text: err.Error(), Err: err}))
	}
	if more := scope.Postconditions(instance); more.HasErrors() {
		return AuthDone{}, ClassCondition, append(diags, more...)
	}
	a.count(func(*Summary) { a.made(i, b, valid) })
	warning := a.flow.rt.secrets.String(valid.Warning)
	if warning != "" {
		diags = append(diags, a.warning(instance, valid))
	}
	return AuthDone{Address: instance.Addr.String(), Action: Action(valid.Did), ExpiresAt: valid.ExpiresAt, Warning: warning}, "", diags
}

// made notes that a credential is valid. mu is held.
func (a *apply) made(i int, b credential.Block, valid credential.Valid) {
	a.valid[i] = credentialOf(b, valid)
	if len(a.opts.Targets) == 1 && a.opts.Targets[0] == b.Address {
		a.blocks[i] = b
	}
}

// warning says what failed while the stored credential lives on.
func (a *apply) warning(instance eval.Instance, valid credential.Valid) *hcl.Diagnostic {
	summary := "Unusual setting"
	if valid.Class != "" {
		summary, _ = words(valid.Class)
		if valid.Summary != "" {
			summary = valid.Summary
		}
		summary += "; the stored credential still lives"
	}
	return &hcl.Diagnostic{Severity: hcl.DiagWarning, Summary: summary, Detail: sentence(errors.New(valid.Warning)),
		Subject: instance.Auth.Range.Ptr(), Extra: eval.About{Addr: instance.Addr}}
}

// notKnown says that an argument stayed unknown although all that the block depends on is known.
func (a *apply) notKnown(instance eval.Instance) *hcl.Diagnostic {
	return &hcl.Diagnostic{Severity: hcl.DiagError, Summary: "Argument is not known",
		Detail:  "An argument of this block has no value although all that it depends on is done. This is a bug in authrun.",
		Subject: instance.Auth.Range.Ptr(), Extra: eval.About{Addr: instance.Addr}}
}

// finish counts the calls and tells the summary.
func (a *apply) finish() Summary {
	a.mu.Lock()
	if a.keeping != nil {
		a.summary.VendorCalls = a.keeping.keeper.Calls() - a.callsBefore
	}
	a.summary.Elapsed = time.Since(a.started)
	summary := a.summary
	a.mu.Unlock()
	a.emit(summary)
	return summary
}

func (a *apply) count(change func(*Summary)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	change(&a.summary)
}

func (a *apply) tell(diags hcl.Diagnostics) {
	for _, d := range a.flow.diagnose(diags) {
		a.emit(Diagnosed{Diagnostic: d})
	}
}

func (a *apply) emit(e Event) {
	if a.events == nil {
		return
	}
	a.telling.Lock()
	defer a.telling.Unlock()
	if a.deaf {
		return
	}
	defer func() {
		if v := recover(); v != nil {
			a.deaf = true // whoever panics is told nothing more; the work goes on
			_ = a.flow.rt.panicked("tell what happens", v)
		}
	}()
	a.events(e)
}

// isComplete tells whether all instances that an output needs are valid.
func (a *apply) isComplete(_ string, needs []int) bool {
	return !slices.ContainsFunc(needs, func(i int) bool { _, ok := a.valid[i]; return !ok })
}

// isNew tells whether that is so and this run made one of them.
func (a *apply) isNew(name string, needs []int) bool {
	return a.isComplete(name, needs) && slices.ContainsFunc(needs, func(i int) bool { return a.valid[i].Action != ActionReuse })
}

func indexes(marked []bool) []int {
	var all []int
	for i, yes := range marked {
		if yes {
			all = append(all, i)
		}
	}
	return all
}
