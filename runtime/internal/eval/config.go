package eval

import (
	"encoding/json"
	"slices"

	"github.com/authrun/authrun/runtime/internal/flow"
	"github.com/authrun/authrun/sdk"
	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// Config is what one instance is to be made valid with. Its JSON is canonical (see encode), so equal values are equal bytes.
type Config struct {
	Known bool // all arguments are known; else only Account, Set and the like of those that are

	JSON      json.RawMessage            // what the plugin gets: every argument, defaults filled in, null where there is neither; nil unless Known
	Set       map[string]json.RawMessage // what the fingerprint is made of: what the flow sets beside the defaults, volatile arguments left out
	Account   map[string]json.RawMessage // which account at the vendor: its arguments, defaults filled in
	Sensitive map[string]json.RawMessage // of Set: what nobody may see
	Endpoints []string                   // URLs that exchanges may go to
	Secrets   []string                   // every string in what nobody may see, for redaction
	Supposed  []string                   // arguments that something stands in for, see [Scope.Suppose]
	Unknown   []string                   // names of arguments and nested blocks whose values Set or Account lack because they are not known

	RenewBefore RenewBefore
	Retry       Retry
	Network     Network
	Limits      []sdk.Limit // those that hold: the plugin's, made tighter, and the flow's own
	Token       sdk.Token   // how its tokens behave and are used, as far as that is known
}

func newConfig() Config {
	return Config{Set: make(map[string]json.RawMessage), Account: make(map[string]json.RawMessage), Sensitive: make(map[string]json.RawMessage)}
}

// Config evaluates the arguments and the tuning of an instance with what is known so far. The diagnostics are about the instance (see
// [AboutOf]); beside errors the Config is what could be made out, and Known is false. Without the vendor's schema it is empty.
func (s *Scope) Config(i Instance) (Config, hcl.Diagnostics) {
	c := newConfig()
	f, diags := s.arguments(&c, i)
	diags = append(diags, s.localDiags(i.Auth.Uses)...)
	c.Known = f.known && !diags.HasErrors()
	f.collect(&c)
	if c.Known {
		c.JSON = f.json()
	}
	slices.Sort(c.Secrets)
	c.Secrets = slices.Compact(c.Secrets)
	return c, about(diags, i.Addr)
}

// arguments evaluates the vendor's arguments of an instance, and its tuning into c.
func (s *Scope) arguments(c *Config, i Instance) (filled, hcl.Diagnostics) {
	p := place{inst: &i}
	known, diags := s.tuning(c, i, p)
	sc := s.schemas[i.Addr.Vendor]
	if sc == nil {
		return filled{}, diags
	}
	f, more := s.fill("an auth block of "+i.Addr.Vendor, sc.config, i.Auth.Body, s.context(i.Auth.Uses, p), p)
	f.known = f.known && known
	more = append(more, s.scopeMembers(i.Auth, c.Limits, f)...)
	c.Token = f.token(sc.description.Token)
	return f, append(diags, more...)
}

// references are the references of an expression.
func references(e hcl.Expression) []flow.Reference { return flow.References(e.Variables()) }

// texts are all strings inside a value without marks.
func texts(v cty.Value) []string {
	var found []string
	_ = cty.Walk(v, func(_ cty.Path, part cty.Value) (bool, error) {
		if part.IsKnown() && !part.IsNull() && part.Type() == cty.String && part.AsString() != "" {
			found = append(found, part.AsString())
		}
		return true, nil
	})
	return found
}
