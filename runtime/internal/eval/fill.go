package eval

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/authrun/authrun/sdk"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/dynblock"
	"github.com/zclconf/go-cty/cty"
)

// filled is a block of a vendor with its values.
type filled struct {
	settings []setting
	nested   []filledNested // one for each block type of the schema
	known    bool
}

type filledNested struct {
	name     string
	volatile bool
	blocks   []filled
}

// fill evaluates a vendor's block, which messages call what, and checks it against its schema.
func (s *Scope) fill(what string, bs *blockSchema, body hcl.Body, ctx *hcl.EvalContext, p place) (filled, hcl.Diagnostics) {
	if len(bs.blocks) > 0 {
		body = dynblock.Expand(body, ctx)
	}
	return s.fillExpanded(what, bs, body, ctx, p)
}

func (s *Scope) fillExpanded(what string, bs *blockSchema, body hcl.Body, ctx *hcl.EvalContext, p place) (filled, hcl.Diagnostics) {
	content, diags := body.Content(bs.body)
	if len(diags) > 0 {
		bs.takes(what).Explain(diags, s.flow.Text)
	}
	f := filled{known: !diags.HasErrors(), settings: make([]setting, 0, len(bs.args))}
	for _, arg := range bs.args {
		attr := content.Attributes[arg.Name]
		st, argDiags := s.argument(arg, attr, ctx, p)
		diags = append(diags, argDiags...)
		if attr == nil && arg.Required {
			diags = append(diags, missing(arg, content.MissingItemRange))
		}
		f.known = f.known && st.known()
		f.settings = append(f.settings, st)
	}
	for _, n := range bs.blocks {
		nested := filledNested{name: n.Name, volatile: n.Volatile}
		for _, block := range content.Blocks {
			if block.Type != n.Name {
				continue
			}
			inner, innerDiags := s.fillExpanded("this "+n.Name+" block", n.inner, block.Body, ctx, p)
			diags = append(diags, innerDiags...)
			f.known = f.known && inner.known
			nested.blocks = append(nested.blocks, inner)
		}
		diags = append(diags, countProblem(n, len(nested.blocks), content)...)
		f.nested = append(f.nested, nested)
	}
	return f, append(diags, ruleProblems(bs.rules, f.settings, content.MissingItemRange)...)
}

// missing says that a required argument is not there.
func missing(arg *argument, at hcl.Range) *hcl.Diagnostic {
	detail := fmt.Sprintf("The argument %q is required, but it is not set.", arg.Name)
	if arg.Doc != "" {
		detail += " It is: " + arg.Doc
	}
	return &hcl.Diagnostic{Severity: hcl.DiagError, Summary: "Missing argument", Detail: detail, Subject: at.Ptr()}
}

// countProblem says that there are too few or too many blocks of a type.
func countProblem(n *nestedSchema, count int, content *hcl.BodyContent) hcl.Diagnostics {
	var detail string
	switch {
	case count < n.Min:
		detail = fmt.Sprintf("At least %d %q blocks are needed; there are %d.", n.Min, n.Name, count)
	case n.Max > 0 && count > n.Max:
		detail = fmt.Sprintf("At most %d %q blocks are allowed; there are %d.", n.Max, n.Name, count)
	default:
		return nil
	}
	return hcl.Diagnostics{{Severity: hcl.DiagError, Summary: "Wrong number of blocks", Detail: detail, Subject: content.MissingItemRange.Ptr()}}
}

// ruleProblems says which rules among arguments do not hold.
func ruleProblems(rules []sdk.Rule, settings []setting, at hcl.Range) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, rule := range rules {
		var set []setting
		var unset []string
		undecided := false
		for _, name := range rule.Names {
			i := slices.IndexFunc(settings, func(st setting) bool { return st.arg.Name == name })
			switch {
			case i < 0:
			case settings[i].attr != nil && !settings[i].set && !settings[i].known():
				undecided = true // its own error has been told
			case settings[i].set:
				set = append(set, settings[i])
			default:
				unset = append(unset, name)
			}
		}
		if detail := ruleProblem(rule, set, unset); detail != "" && !undecided {
			subject := at
			if len(set) > 0 {
				subject = set[len(set)-1].attr.NameRange
			}
			diags = append(diags, &hcl.Diagnostic{Severity: hcl.DiagError, Summary: "Contradicting arguments", Detail: detail, Subject: subject.Ptr()})
		}
	}
	return diags
}

func ruleProblem(rule sdk.Rule, set []setting, unset []string) string {
	names := make([]string, len(set))
	for i, st := range set {
		names[i] = st.arg.Name
	}
	all := list(quoted(rule.Names))
	switch {
	case rule.Kind == sdk.RuleExactlyOne && len(set) == 0:
		return fmt.Sprintf("Exactly one of %s must be set, and none is.", all)
	case (rule.Kind == sdk.RuleExactlyOne || rule.Kind == sdk.RuleAtMostOne) && len(set) > 1:
		return fmt.Sprintf("Only one of %s may be set; %s are. Remove all but one.", all, list(quoted(names)))
	case rule.Kind == sdk.RuleTogether && len(set) > 0 && len(unset) > 0:
		return fmt.Sprintf("%s belong together; %s not set. Set all of them, or none.", all, isAre(quoted(unset)))
	}
	return ""
}

func isAre(names []string) string {
	if len(names) == 1 {
		return names[0] + " is"
	}
	return list(names) + " are"
}

// collect adds what the values of an outermost block mean for the Config.
func (f filled) collect(c *Config) {
	for _, st := range f.settings {
		if !st.known() {
			if !st.volatile() || st.arg.Account {
				c.Unknown = append(c.Unknown, st.arg.Name)
			}
			continue
		}
		if st.supposed {
			c.Supposed = append(c.Supposed, st.arg.Name)
		}
		value := encode(canonical(st))
		if st.set && st.sensitive() {
			c.Secrets = append(c.Secrets, texts(st.value)...)
		}
		if st.arg.Endpoint && !st.value.IsNull() && st.arg.ty == cty.String {
			c.Endpoints = append(c.Endpoints, st.value.AsString())
		}
		if st.arg.Account {
			c.Account[st.arg.Name] = value
		}
		if st.set && !st.volatile() && !st.value.RawEquals(st.arg.fallback) {
			c.Set[st.arg.Name] = value
			if st.sensitive() {
				c.Sensitive[st.arg.Name] = value
			}
		}
	}
	for _, n := range f.nested {
		f.collectNested(n, c)
	}
}

// collectNested adds the blocks of one type, as a list of objects.
func (f filled) collectNested(n filledNested, c *Config) {
	var set, secret []json.RawMessage
	for _, block := range n.blocks {
		if !block.known && !n.volatile {
			c.Unknown = append(c.Unknown, n.name)
			return
		}
		inner := newConfig()
		block.collect(&inner)
		c.Secrets = append(c.Secrets, inner.Secrets...)
		if n.volatile {
			continue
		}
		set = append(set, object(inner.Set))
		if len(inner.Sensitive) > 0 {
			secret = append(secret, object(inner.Sensitive))
		}
	}
	if len(set) > 0 {
		c.Set[n.name] = array(set)
	}
	if len(secret) > 0 {
		c.Sensitive[n.name] = array(secret)
	}
}

// json is the whole block as the plugin gets it; nested blocks are lists of objects.
func (f filled) json() json.RawMessage {
	members := make(map[string]json.RawMessage, len(f.settings)+len(f.nested))
	for _, st := range f.settings {
		members[st.arg.Name] = encode(st.value)
	}
	for _, n := range f.nested {
		blocks := make([]json.RawMessage, len(n.blocks))
		for i, block := range n.blocks {
			blocks[i] = block.json()
		}
		members[n.name] = array(blocks)
	}
	return object(members)
}
