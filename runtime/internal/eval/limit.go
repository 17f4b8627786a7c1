package eval

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // a quota's time zone must be known on machines that have none

	"github.com/authrun/authrun/runtime/internal/flow"
	"github.com/authrun/authrun/sdk"
	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/gocty"
)

// limits evaluates the `limit` blocks of an auth block into the limits that hold for it: the plugin's, made tighter where the flow says so,
// and those that the flow declares where the plugin cannot know them. Known is false where one hangs on what is not known yet.
func (t *tuner) limits(auth *flow.Auth) (known bool) {
	t.unknown = false
	sc := t.s.schemas[auth.Vendor]
	if sc == nil {
		for _, l := range auth.Limits {
			for _, e := range l.Exprs() {
				_, diags := t.s.evaluate(e, nil, t.p)
				t.diags = append(t.diags, diags...)
			}
		}
		return true
	}
	t.c.Limits = sc.description.Limits
	if len(auth.Limits) > 0 {
		t.c.Limits = slices.Clone(t.c.Limits)
	}
	for _, l := range auth.Limits {
		at := slices.IndexFunc(t.c.Limits, func(declared sdk.Limit) bool { return declared.Name == l.Name })
		switch {
		case at >= 0:
			t.tighten(l, &t.c.Limits[at])
		case sc.description.OpenLimits:
			if own, ok := t.ownLimit(l, sc); ok {
				t.c.Limits = append(t.c.Limits, own)
			}
		default:
			var names []string
			for _, declared := range sc.description.Limits {
				names = append(names, declared.Name)
			}
			t.fail(l.Range, "Unknown limit", fmt.Sprintf("The plugin has no limit %q.%s It has %s.", l.Name, flow.DidYouMean(l.Name, names),
				list(quoted(names))))
		}
	}
	return !t.unknown
}

// tighten makes a limit of the plugin tighter. Its kind, its scope and what counts for it are the plugin's.
func (t *tuner) tighten(l *flow.Limit, declared *sdk.Limit) {
	var takes string
	var fits, other bool
	switch {
	case declared.Quota != nil:
		takes, fits = "count", l.Count != nil
		other = l.MinInterval != nil || l.Quota != nil || l.Lockout != nil
	case declared.Lockout != nil:
		takes, fits = "a lockout block", l.Lockout != nil
		other = l.Count != nil || l.MinInterval != nil || l.Quota != nil
	default:
		takes, fits = "min_interval", l.MinInterval != nil
		other = l.Count != nil || l.Quota != nil || l.Lockout != nil
	}
	if !fits || other || l.Scope != nil || l.Counts != nil {
		t.fail(l.Range, "Limit of another kind", fmt.Sprintf("The plugin declares the limit %q. A flow makes it tighter with %s, and with nothing "+
			"else.", l.Name, takes))
		return
	}
	switch {
	case declared.Quota != nil:
		if n, ok := t.whole(l.Count, "count", 0); ok && t.notLooser(l.Count, "count", n <= declared.Quota.Count, "at most", declared.Quota.Count) {
			quota := *declared.Quota
			quota.Count = n
			declared.Quota = &quota
		}
	case declared.Lockout != nil:
		if lockout, ok := t.lockout(l.Lockout); ok &&
			t.notLooser(l.Lockout.Refusals, "refusals", lockout.Refusals <= declared.Lockout.Refusals, "at most", declared.Lockout.Refusals) &&
			t.notLooser(l.Lockout.Hold, "hold", lockout.Hold >= declared.Lockout.Hold, "at least", declared.Lockout.Hold) {
			declared.Lockout = lockout
		}
	default:
		d := declared.MinInterval
		t.duration(l.MinInterval, "min_interval", &d)
		if t.notLooser(l.MinInterval, "min_interval", d >= declared.MinInterval, "at least", declared.MinInterval) {
			declared.MinInterval = d
		}
	}
}

// notLooser reports a value that would make a limit looser than the plugin declares it.
func (t *tuner) notLooser(e hcl.Expression, name string, ok bool, most string, bound any) bool {
	if !ok {
		t.wrong(e, name, fmt.Sprintf("%s %v, as the plugin declares it: a flow can make a limit tighter, never looser", most, bound))
	}
	return ok
}

var limitName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[a-z][a-z0-9_]*$`) })

// ownLimit is a limit that the flow declares.
func (t *tuner) ownLimit(l *flow.Limit, sc *schema) (own sdk.Limit, ok bool) {
	own = sdk.Limit{Name: l.Name}
	kinds := 0
	for _, set := range []bool{l.MinInterval != nil, l.Quota != nil, l.Lockout != nil} {
		if set {
			kinds++
		}
	}
	switch {
	case !limitName().MatchString(l.Name):
		t.fail(l.Range, "Invalid name", fmt.Sprintf("%q cannot name a limit: a name starts with a lower-case letter, and holds lower-case letters, "+
			"digits and _ only.", l.Name))
		return own, false
	case l.Count != nil && kinds == 0:
		t.fail(l.Range, "Unknown limit", fmt.Sprintf("The plugin has no limit %q that count could make tighter. To declare a limit of that name, "+
			"write what it is: quota { count = ..., per = ... }.", l.Name))
		return own, false
	case kinds != 1 || l.Count != nil:
		t.fail(l.Range, "Contradicting arguments", "A limit is one of three: min_interval, a quota block or a lockout block. Set exactly one of them, "+
			"and declare further limits in blocks of their own.")
		return own, false
	}
	ok = t.scope(l, sc, &own) && t.counts(l, sc, &own)
	switch {
	case l.Quota != nil:
		var fits bool
		own.Quota, fits = t.quota(l.Quota)
		return own, ok && fits
	case l.Lockout != nil:
		var fits bool
		own.Lockout, fits = t.lockout(l.Lockout)
		return own, ok && fits
	}
	t.duration(l.MinInterval, "min_interval", &own.MinInterval)
	return own, ok && own.MinInterval > 0
}

// scope reads whose the limit is: arguments, or members of arguments that are maps ("account.client_id"). Without it the account's.
func (t *tuner) scope(l *flow.Limit, sc *schema, own *sdk.Limit) bool {
	if l.Scope == nil {
		for _, a := range sc.description.Config.Attributes {
			if a.Account {
				own.Scope = append(own.Scope, a.Name)
			}
		}
		return true
	}
	names, ok := t.texts(l.Scope, "scope")
	if ok && len(names) == 0 {
		t.wrong(l.Scope, "scope", "a list of at least one argument of the block")
		return false
	}
	for _, name := range names {
		outer, _, member := strings.Cut(name, ".")
		at := slices.IndexFunc(sc.config.args, func(a *argument) bool { return a.Name == outer })
		if at < 0 || member && !sc.config.args[at].ty.IsMapType() {
			t.wrong(l.Scope, "scope", fmt.Sprintf("a list of arguments of the block, or of \"argument.key\" where the argument is a map; %q is neither",
				name))
			return false
		}
	}
	own.Scope = names
	return ok
}

// scopeMembers says which scopes name a member that its map does not have.
func (s *Scope) scopeMembers(auth *flow.Auth, limits []sdk.Limit, f filled) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, l := range auth.Limits {
		at := slices.IndexFunc(limits, func(own sdk.Limit) bool { return own.Name == l.Name })
		if at < 0 || l.Scope == nil {
			continue
		}
		for _, name := range limits[at].Scope {
			outer, key, member := strings.Cut(name, ".")
			i := slices.IndexFunc(f.settings, func(st setting) bool { return st.arg.Name == outer })
			if !member || i < 0 || !f.settings[i].known() {
				continue
			}
			v := f.settings[i].value
			if v.IsNull() || v.HasIndex(cty.StringVal(key)).False() {
				diags = append(diags, s.wrong(l.Scope, "Unknown scope", fmt.Sprintf("The limit %q is of %q, but the argument %q has no member of that "+
					"name.", l.Name, name, outer)))
			}
		}
	}
	return diags
}

// counts reads which operations count. Without it the SDK's default holds: acquire.
func (t *tuner) counts(l *flow.Limit, sc *schema, own *sdk.Limit) bool {
	if l.Counts == nil {
		return true
	}
	names, ok := t.texts(l.Counts, "counts")
	if ok && len(names) == 0 {
		t.wrong(l.Counts, "counts", "a list of at least one operation, such as [\"acquire\"]")
		return false
	}
	for _, name := range names {
		op := sdk.Operation(name)
		if _, can := sc.description.Can(op); !can {
			var able []string
			for _, a := range sc.description.Abilities {
				able = append(able, string(a.Operation))
			}
			t.wrong(l.Counts, "counts", fmt.Sprintf("a list of operations that the plugin can do: %s; %q is none", list(quoted(able)), name))
			return false
		}
		own.Counts = append(own.Counts, op)
	}
	return ok
}

// quota reads a quota block.
func (t *tuner) quota(q *flow.Quota) (*sdk.Quota, bool) {
	quota := &sdk.Quota{}
	n, ok := t.whole(q.Count, "count", 1)
	quota.Count = n
	return quota, t.window(q.Per, quota) && t.zone(q.Zone, quota) && ok
}

// window reads the window of a quota.
func (t *tuner) window(e hcl.Expression, quota *sdk.Quota) bool {
	var per string
	if !t.text(e, "per", &per) {
		return false
	}
	if c := sdk.Calendar(per); c == sdk.CalendarHour || c == sdk.CalendarDay || c == sdk.CalendarMonth {
		quota.Per = c
		return true
	}
	d, err := sdk.ParseDuration(per)
	if err != nil || d <= 0 {
		t.wrong(e, "per", "\"hour\", \"day\" or \"month\" of the calendar, or a duration such as \"24h\" for a window that slides")
		return false
	}
	quota.Sliding = d
	return true
}

// zone reads the time zone of a quota; without it UTC holds.
func (t *tuner) zone(e hcl.Expression, quota *sdk.Quota) bool {
	if e == nil {
		return true
	}
	if !t.text(e, "zone", &quota.Zone) {
		return false
	}
	if _, err := time.LoadLocation(quota.Zone); err != nil || quota.Zone == "" || quota.Zone == "Local" {
		t.wrong(e, "zone", "a time zone by its IANA name, such as \"Asia/Shanghai\"")
		return false
	}
	return true
}

// lockout reads a lockout block.
func (t *tuner) lockout(l *flow.Lockout) (*sdk.Lockout, bool) {
	lockout := &sdk.Lockout{}
	n, ok := t.whole(l.Refusals, "refusals", 1)
	lockout.Refusals = n
	t.duration(l.Hold, "hold", &lockout.Hold)
	return lockout, ok && lockout.Hold > 0
}

// whole reads a whole number that is not smaller than least.
func (t *tuner) whole(e hcl.Expression, name string, least int) (n int, ok bool) {
	v, ok := t.get(e, cty.Number, name)
	if !ok {
		return 0, false
	}
	if err := gocty.FromCtyValue(v, &n); err != nil || n < least {
		t.wrong(e, name, fmt.Sprintf("a whole number, %d or more", least))
		return 0, false
	}
	return n, true
}

// texts reads a list of strings.
func (t *tuner) texts(e hcl.Expression, name string) (all []string, ok bool) {
	v, ok := t.get(e, cty.List(cty.String), name)
	if !ok {
		return nil, false
	}
	if err := gocty.FromCtyValue(v, &all); err != nil {
		t.wrong(e, name, "a list of strings")
		return nil, false
	}
	return all, true
}
