package runtime

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2"

	"github.com/authrun/authrun/runtime/internal/credential"
	"github.com/authrun/authrun/runtime/internal/eval"
	"github.com/authrun/authrun/runtime/internal/limit"
	"github.com/authrun/authrun/runtime/store"
	"github.com/authrun/authrun/sdk"
)

// Planned tells what [Flow.Apply] would do with a block now.
type Planned struct {
	Address string
	Action  Action
	Reason  string    // in words
	Calls   int       // vendor calls at most; with [ActionUnknown] there may be none
	Until   time.Time // with [ActionBlocked]: when it is possible; zero: when something changes
}

// Plan is what [Flow.Apply] would do in all. It is the last event of [Flow.Plan].
type Plan struct {
	Reused, Renewed, Acquired, Blocked, Unknown int
	Failed, Skipped                             int // by mistakes in their blocks
	// LeastCalls and Calls are the vendor calls that it makes at least and at most, if each succeeds at the first try.
	LeastCalls, Calls int
	Quotas            []PlannedQuota
}

// IsDone tells whether there is nothing to do: every credential would be reused.
func (p Plan) IsDone() bool {
	return p.Renewed+p.Acquired+p.Blocked+p.Unknown+p.Failed+p.Skipped == 0
}

// PlannedQuota is what a plan leaves of a quota.
type PlannedQuota struct {
	Vendor     string
	Name       string
	Operations []string // whose calls it counts: acquire, renew, revoke
	Addresses  []string // of the blocks that share it
	Count      int      // calls in a window
	Left       int      // when the plan was carried out
	Resets     time.Time
}

func (Planned) event() {}
func (Plan) event()    {}

// Plan says what [Flow.Apply] would do with the same options. It calls no vendor, takes no lock and writes nothing. events gets a [Planned] for
// each block in the order of the work, and what is wrong with blocks as Apply tells it. Where nothing is stored yet no store is made.
func (f *Flow) Plan(ctx context.Context, opts ApplyOptions, events func(Event)) (Plan, error) {
	f = f.fork()
	p := &planning{apply: f.applying(opts, events), stopped: map[int]Planned{}, due: map[int]bool{}, quotas: map[string]*PlannedQuota{},
		shared: map[store.Key]string{}}
	if err := p.check(ctx); err != nil {
		return p.plan, err
	}
	if err := p.openStore(ctx, false); err != nil {
		return p.plan, err
	}
	for _, i := range p.graph.Order() {
		if i >= len(p.instances) || !p.isWanted(i) {
			continue // a join of others, or not asked for
		}
		if err := ctx.Err(); err != nil {
			return p.plan, err
		}
		p.block(ctx, i)
	}
	p.tellClock()
	for _, key := range p.shown {
		p.plan.Quotas = append(p.plan.Quotas, *p.quotas[key])
	}
	p.emit(p.plan)
	return p.plan, nil
}

// planning is one run over a flow that does nothing.
type planning struct {
	*apply
	plan    Plan
	stopped map[int]Planned          // blocks that would fail, or be skipped
	due     map[int]bool             // blocks whose credential is not known, since it would be another one
	quotas  map[string]*PlannedQuota // by whose they are
	shown   []string                 // keys of quotas, as they came up
	shared  map[store.Key]string     // by record: the first block that uses it
}

// block plans one block.
func (p *planning) block(ctx context.Context, i int) {
	instance := p.instances[i]
	address := instance.Addr.String()
	var because []string
	for _, need := range p.flow.scope.Requires(i) {
		stop, ok := p.stopped[need]
		switch {
		case ok && stop.Action == ActionBlocked:
			p.tellPlan(i, Planned{Action: ActionBlocked, Reason: stop.Address + ", which it needs, is blocked", Until: stop.Until})
			return
		case ok:
			because = append(because, stop.Address)
		}
	}
	if len(because) > 0 {
		p.plan.Skipped++
		p.stopped[i] = Planned{Address: address}
		p.emit(AuthSkipped{Address: address, Because: because})
		return
	}
	config, class, diags := p.config(instance)
	p.tell(diags)
	if class != "" {
		p.fail(i, class)
		return
	}
	p.decide(ctx, i, config)
}

// config evaluates what a block is to be made valid with. A class that is not empty says that it cannot be.
func (a *apply) config(instance eval.Instance) (eval.Config, string, hcl.Diagnostics) {
	if err := a.flow.broken[instance.Addr.Vendor]; err != nil {
		failed := &credential.Failed{Class: ClassPlugin, Text: err.Error(), Err: err}
		return eval.Config{}, ClassPlugin, hcl.Diagnostics{a.failureOf(instance, failed)}
	}
	if diags := a.flow.scope.Preconditions(instance); diags.HasErrors() {
		return eval.Config{}, ClassCondition, diags
	}
	config, diags := a.flow.scope.Config(instance)
	a.flow.rt.secrets.Add(config.Secrets...)
	if diags.HasErrors() {
		return config, ClassInvalidConfig, diags
	}
	return config, "", diags
}

// decide plans a block by what is stored.
func (p *planning) decide(ctx context.Context, i int, config eval.Config) {
	b := p.blockOf(i, config)
	if len(config.Unknown) > 0 {
		calls, _ := b.Schema.Can(sdk.OpAcquire)
		p.due[i] = true
		p.tellPlan(i, Planned{Action: ActionUnknown, Reason: p.unknown(i, config.Unknown), Calls: calls})
		return
	}
	look, err := p.keeping.keeper.Look(ctx, b)
	if err == nil && look.Do == credential.Reuse {
		err = p.known(ctx, i, b)
	}
	if err != nil {
		failed := failedOf(err)
		p.tell(hcl.Diagnostics{p.failure(i, failed)})
		p.fail(i, failed.Class)
		return
	}
	planned := Planned{Action: Action(look.Do), Reason: p.flow.rt.secrets.String(look.Reason), Calls: look.Calls, Until: look.Until}
	if p.opts.Offline && (look.Do == credential.Acquire || look.Do == credential.Renew) {
		planned = Planned{Action: ActionBlocked, Reason: "it needs a vendor call, and the run is offline: " + planned.Reason}
		if look.Alive {
			planned.Action = ActionReuse
		}
	}
	if earlier, ok := p.shared[look.Key]; ok && planned.Calls > 0 {
		planned = Planned{Action: ActionReuse, Reason: earlier + " has the same arguments, and brings it"}
		p.due[i] = true
		p.tellPlan(i, planned)
		return
	}
	p.shared[look.Key] = b.Address
	p.spend(b, look, &planned)
	p.due[i] = planned.Action != ActionReuse
	p.tellPlan(i, planned)
}

// known makes a credential that would be reused known to those that refer to it.
func (a *apply) known(ctx context.Context, i int, b credential.Block) error {
	valid, found, err := a.keeping.keeper.Peek(ctx, b)
	if err != nil || found != credential.Alive {
		return err
	}
	if err := a.flow.scope.SetCredential(a.instances[i].Addr, valid.Value, valid.ExpiresAt); err != nil {
		return &credential.Failed{Class: ClassPlugin, Text: err.Error(), Err: err}
	}
	return nil
}

// spend takes from the block's quotas what it would use, and blocks it where earlier blocks of the plan use up the rest.
func (p *planning) spend(b credential.Block, look credential.Look, planned *Planned) {
	op := sdk.Operation(planned.Action)
	for _, l := range look.Limits {
		if l.Limit.Quota == nil {
			continue
		}
		key := l.Limit.Name + "/" + l.Scope
		q := p.quotas[key]
		if q == nil {
			q = &PlannedQuota{Vendor: b.Schema.Vendor, Name: l.Limit.Name, Operations: wordsOf(l.Operations), Count: l.Limit.Quota.Count, Left: l.Usage.Left, Resets: l.Usage.Reset}
			p.quotas[key] = q
			p.shown = append(p.shown, key)
		}
		q.Addresses = append(q.Addresses, b.Address)
		if planned.Calls == 0 || !limit.Counts(l.Limit, op) {
			continue
		}
		if q.Left == 0 {
			*planned = Planned{Action: ActionBlocked, Until: q.Resets,
				Reason: fmt.Sprintf("the calls before it in this plan use up the limit %q", l.Limit.Name)}
			if look.Alive {
				planned.Action = ActionReuse
			}
			continue
		}
		q.Left = max(0, q.Left-planned.Calls)
	}
}

// unknown says why arguments of a block are not known.
func (p *planning) unknown(i int, names []string) string {
	var after []string
	for _, need := range p.flow.scope.Requires(i) {
		if p.due[need] {
			after = append(after, p.instances[need].Addr.String())
		}
	}
	reason := strings.Join(names, ", ") + " is known only"
	if len(names) > 1 {
		reason = strings.Join(names, ", ") + " are known only"
	}
	if len(after) == 0 {
		return reason + " when what it depends on is"
	}
	return reason + " after " + strings.Join(after, ", ")
}

// tellPlan tells what would be done with a block, and counts it.
func (p *planning) tellPlan(i int, planned Planned) {
	planned.Address = p.instances[i].Addr.String()
	switch planned.Action {
	case ActionReuse:
		p.plan.Reused++
	case ActionRenew:
		p.plan.Renewed++
	case ActionAcquire:
		p.plan.Acquired++
	case ActionUnknown:
		p.plan.Unknown++
		p.plan.LeastCalls -= planned.Calls
	default:
		p.plan.Blocked++
		p.stopped[i] = planned
	}
	p.plan.LeastCalls += planned.Calls
	p.plan.Calls += planned.Calls
	p.emit(planned)
}

// fail tells that a block would fail.
func (p *planning) fail(i int, class string) {
	address := p.instances[i].Addr.String()
	p.stopped[i] = Planned{Address: address}
	p.plan.Failed++
	p.emit(AuthFailed{Address: address, Class: class})
}

// failedOf makes an error of a keeper a *credential.Failed: it is one, or a bug.
func failedOf(err error) *credential.Failed {
	var failed *credential.Failed
	if errors.As(err, &failed) {
		return failed
	}
	return &credential.Failed{Class: ClassPlugin, Text: err.Error(), Err: err}
}
