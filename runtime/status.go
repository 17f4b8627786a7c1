package runtime

import (
	"context"
	"time"

	"github.com/authrun/authrun/runtime/internal/credential"
	"github.com/authrun/authrun/runtime/internal/eval"
	"github.com/authrun/authrun/runtime/store"
	"github.com/authrun/authrun/sdk"
)

// State is how a stored credential is.
type State string

// The states.
const (
	StateValid   State = "valid"   // it lives
	StateDead    State = "dead"    // it has expired, or another one of its account has replaced it
	StateNone    State = "none"    // nothing is stored for these arguments
	StateUnknown State = "unknown" // not all arguments are known, and what is known does not tell which one it is
)

// Status is what is known of one credential. No secret stands in it.
type Status struct {
	Address    string
	Flow       string // absolute path
	State      State
	Generation uint64    // 0: none was ever stored
	IssuedAt   time.Time // zero where State is none or unknown
	ExpiresAt  time.Time // zero: never, where something is stored

	// Ahead is by how much what is stored lies in the future: the clock of this host is behind, so that it may live shorter than is told. 0: it
	// does not.
	Ahead time.Duration

	Next    Next
	Trouble *Trouble // what failed since the value was stored; nil: nothing
	Latch   *Trouble // what the vendor refused and is not sent again until it changes; nil: nothing
	Limits  []LimitUse
	Problem string // not empty: why the rest is not known, in words
}

// Next is what is done with a credential next.
type Next struct {
	Action Action    // empty: nothing, ever
	At     time.Time // zero with [ActionBlocked] and [ActionUnknown]: when something changes
	Rule   string    // what set that, in words
}

// Trouble is a failure that is remembered.
type Trouble struct {
	Class   string
	Text    string
	At      time.Time
	NextTry time.Time // zero: when something changes
	Count   int       // failures in a row
}

// StatusOptions are the settings of one [Flow.Status].
type StatusOptions struct {
	// Targets are the addresses to look at; none: all. An address without a key means all instances.
	Targets []string
	// MinLife is as in [ApplyOptions]: what has less life left is to be renewed at once.
	MinLife time.Duration
}

// Status looks at the flow's credentials, in the flow's order. It calls no vendor, takes no lock and writes nothing; a credential is found
// although inputs are missing, where what is known of its arguments is unchanged (see [Inputs].Later). The error is [Diagnostics] for mistakes
// in the flow as a whole and a store that does not work.
func (f *Flow) Status(ctx context.Context, opts StatusOptions) ([]Status, error) {
	f = f.fork()
	a := f.applying(ApplyOptions{Targets: opts.Targets, MinLife: opts.MinLife}, nil)
	if err := a.check(ctx); err != nil {
		return nil, err
	}
	if err := a.openStore(ctx, false); err != nil {
		return nil, err
	}
	found := make([]Status, len(a.instances))
	for _, i := range a.graph.Order() {
		if i < len(a.instances) && a.isWanted(i) {
			found[i] = a.status(ctx, i)
		}
	}
	var asked []Status
	for i, s := range found {
		if len(opts.Targets) == 0 || a.chosen[i] {
			asked = append(asked, s)
		}
	}
	return asked, nil
}

// status looks at one credential, and makes it known to those that refer to it.
func (a *apply) status(ctx context.Context, i int) Status {
	instance := a.instances[i]
	s := Status{Address: instance.Addr.String(), Flow: a.flow.path, State: StateUnknown, Next: Next{Action: ActionUnknown}}
	b, look, problem := a.look(ctx, instance, i)
	if problem != "" {
		s.Problem = problem
		s.Next.Rule = problem
		return s
	}
	s.Generation, s.IssuedAt, s.ExpiresAt, s.Limits = look.Generation, look.IssuedAt, look.ExpiresAt, limitUses(look.Limits)
	switch {
	case look.Do == credential.Unknown:
	case !look.Stored:
		s.State = StateNone
	case look.Alive:
		s.State = StateValid
		if err := a.known(ctx, i, b); err != nil {
			s.Problem = a.flow.rt.secrets.String(err.Error())
		}
	default:
		s.State = StateDead
	}
	s.Ahead = aheadBy(look, a.flow.rt.now())
	s.Next = a.next(b, look)
	s.Trouble = troubleOf(look.Trouble)
	if l := look.Latch; l != nil {
		s.Latch = &Trouble{Class: l.Class, Text: l.Text, At: l.At}
	}
	return s
}

// look evaluates a block as far as it goes, and looks at its credential. A problem that is not empty says why it could not.
func (a *apply) look(ctx context.Context, instance eval.Instance, i int) (credential.Block, credential.Look, string) {
	if err := a.flow.broken[instance.Addr.Vendor]; err != nil {
		return credential.Block{}, credential.Look{}, "its plugin does not work"
	}
	config, diags := a.flow.scope.Config(instance)
	a.flow.rt.secrets.Add(config.Secrets...)
	if diags.HasErrors() {
		return credential.Block{}, credential.Look{}, "its arguments cannot be evaluated: " + a.flow.rt.secrets.String(diags.Errs()[0].Error())
	}
	b := a.blockOf(i, config)
	look, err := a.keeping.keeper.Look(ctx, b)
	if err != nil {
		return b, look, a.flow.rt.secrets.String(failedOf(err).Text)
	}
	return b, look, ""
}

// next is what is done with a credential next, and when.
func (a *apply) next(b credential.Block, look credential.Look) Next {
	now := a.flow.rt.now()
	redacted := a.flow.rt.secrets.String
	switch {
	case look.Do != credential.Reuse:
		n := Next{Action: Action(look.Do), At: now, Rule: redacted(look.Reason)}
		if look.Do == credential.Blocked || look.Do == credential.Unknown {
			n.At = look.Until
		}
		return n
	case look.ExpiresAt.IsZero():
		return Next{Rule: look.RenewRule}
	}
	n := Next{Action: ActionAcquire, At: look.RenewAt, Rule: look.RenewRule}
	if _, can := b.Schema.Can(sdk.OpRenew); can && look.Renewable {
		n.Action = ActionRenew
	}
	if look.Warning != "" && look.Class != "" { // It is due, and held back.
		n.At, n.Rule = look.Until, redacted(look.Warning)
		if n.At.IsZero() {
			n.Action = ActionBlocked
		}
	}
	return n
}

func troubleOf(t store.Trouble) *Trouble {
	if t.Count == 0 {
		return nil
	}
	return &Trouble{Class: t.Class, Text: t.Text, At: t.At, NextTry: t.NextTry, Count: t.Count}
}
