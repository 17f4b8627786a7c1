package flow

import "github.com/hashicorp/hcl/v2"

// Limit is a `limit` block. It makes the plugin's limit of that name tighter, or declares one that the plugin cannot know. An expression that
// is not set is nil.
type Limit struct {
	Name   string
	Scope  hcl.Expression // the arguments that tell whose it is
	Counts hcl.Expression // the operations whose exchanges count

	Count       hcl.Expression // of a quota that the plugin declares
	MinInterval hcl.Expression
	Quota       *Quota   // nil: none
	Lockout     *Lockout // nil: none
	Range       hcl.Range
}

// Quota is a `quota` block: so many exchanges in a window.
type Quota struct {
	Count hcl.Expression
	Per   hcl.Expression
	Zone  hcl.Expression // nil: UTC
	Range hcl.Range
}

// Lockout is a `lockout` block: so many refusals in a row, and nothing works for a time.
type Lockout struct {
	Refusals hcl.Expression
	Hold     hcl.Expression
	Range    hcl.Range
}

// Exprs are the expressions that are set.
func (l *Limit) Exprs() []hcl.Expression {
	exprs := set(l.Scope, l.Counts, l.Count, l.MinInterval)
	if l.Quota != nil {
		exprs = append(exprs, set(l.Quota.Count, l.Quota.Per, l.Quota.Zone)...)
	}
	if l.Lockout != nil {
		exprs = append(exprs, set(l.Lockout.Refusals, l.Lockout.Hold)...)
	}
	return exprs
}

var limitSchema = &hcl.BodySchema{
	Attributes: []hcl.AttributeSchema{{Name: "count"}, {Name: "min_interval"}, {Name: "scope"}, {Name: "counts"}},
	Blocks:     []hcl.BlockHeaderSchema{{Type: "quota"}, {Type: "lockout"}},
}

var quotaSchema = &hcl.BodySchema{Attributes: []hcl.AttributeSchema{{Name: "count", Required: true}, {Name: "per", Required: true}, {Name: "zone"}}}

var lockoutSchema = &hcl.BodySchema{Attributes: []hcl.AttributeSchema{{Name: "refusals", Required: true}, {Name: "hold", Required: true}}}

// limits reads the `limit` blocks.
func (l *loader) limits(a *Auth, content *hcl.BodyContent) {
	seen := make(map[string]hcl.Range)
	for _, block := range content.Blocks {
		if block.Type != "limit" {
			continue
		}
		name := block.Labels[0]
		if first, dup := seen[name]; dup {
			l.fail(block.DefRange, "Duplicate block", "There is already a limit %q in this block, at %s.", name, first)
			continue
		}
		seen[name] = block.DefRange
		wrong := len(l.diags)
		limit := l.limit(block)
		if len(l.diags) == wrong { // what is broken here would only be told again as something else
			a.Limits = append(a.Limits, limit)
		}
	}
}

// limit reads one `limit` block.
func (l *loader) limit(block *hcl.Block) *Limit {
	body := l.content("a limit block", block.Body, limitSchema)
	limit := &Limit{Name: block.Labels[0], Scope: expr(body, "scope"), Counts: expr(body, "counts"), Count: expr(body, "count"),
		MinInterval: expr(body, "min_interval"), Range: block.DefRange}
	if quota := l.single(body, "quota"); quota != nil {
		inner := l.content("a quota block", quota.Body, quotaSchema)
		limit.Quota = &Quota{Count: expr(inner, "count"), Per: expr(inner, "per"), Zone: expr(inner, "zone"), Range: quota.DefRange}
	}
	if lockout := l.single(body, "lockout"); lockout != nil {
		inner := l.content("a lockout block", lockout.Body, lockoutSchema)
		limit.Lockout = &Lockout{Refusals: expr(inner, "refusals"), Hold: expr(inner, "hold"), Range: lockout.DefRange}
	}
	return limit
}
