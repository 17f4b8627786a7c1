package eval

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/authrun/authrun/runtime/internal/eval/mark"
	"github.com/authrun/authrun/runtime/internal/flow"
	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// SetCredential makes an instance's credential known: value is a JSON object of its attributes, token included; a zero expiresAt means that
// it never expires. An attribute that value lacks, as one made by an older plugin may, is null; what the schema does not name, or keeps
// private, is left out. The error says what does not fit the vendor's schema; it shows no value.
func (s *Scope) SetCredential(addr flow.Addr, value json.RawMessage, expiresAt time.Time) error {
	i, ok := s.index[addr]
	if !ok {
		return fmt.Errorf("the flow declares no %s", addr)
	}
	v, err := s.decodeCredential(addr, value, expiresAt)
	if err != nil {
		return err
	}
	s.mu.Lock()
	s.credentials[i] = v
	s.mu.Unlock()
	s.forget(i)
	return nil
}

func (s *Scope) decodeCredential(addr flow.Addr, value json.RawMessage, expiresAt time.Time) (cty.Value, error) {
	sc := s.schemas[addr.Vendor]
	if sc == nil {
		return cty.NilVal, fmt.Errorf("the schema of vendor %s is not known", addr.Vendor)
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(value, &members); err != nil {
		return cty.NilVal, fmt.Errorf("the credential of %s is no JSON object", addr)
	}
	attrs := make(map[string]cty.Value, len(sc.attributes))
	for _, a := range sc.attributes {
		v := cty.NullVal(a.ty)
		switch raw := members[a.name]; {
		case a.name == "expires_at":
			if !expiresAt.IsZero() {
				v = cty.StringVal(expiresAt.UTC().Format(time.RFC3339))
			}
		case len(raw) > 0:
			var err error
			if v, err = decode(raw, a.ty); err != nil {
				return cty.NilVal, fmt.Errorf("attribute %q of the credential of %s is no %s", a.name, addr, a.ty.FriendlyName())
			}
		}
		attrs[a.name] = a.mark(v, addr)
	}
	return cty.ObjectVal(attrs), nil
}

// mark puts on a value what the schema says of it.
func (a attribute) mark(v cty.Value, addr flow.Addr) cty.Value {
	if !a.sensitive {
		return v
	}
	return v.Mark(mark.Sensitive).Mark(mark.Secret{Addr: addr.String()})
}

// forget drops the values that were made of an instance's credential: of its block, and of the locals that refer to it.
func (s *Scope) forget(i int) {
	seen := map[int]bool{}
	open := append([]int(nil), s.graph.Users(i)...)
	for len(open) > 0 {
		node := open[len(open)-1] - len(s.instances)
		open = open[:len(open)-1]
		if node < 0 || seen[node] {
			continue
		}
		seen[node] = true
		if node < len(s.ordered) {
			s.ordered[node].forget()
		} else {
			s.locals[s.flow.Locals[node-len(s.ordered)].Name].forget()
		}
		open = append(open, s.graph.Users(node+len(s.instances))...)
	}
}

// credential is the value of an instance: its credential where that is known, else an object of unknown attributes, each marked as the
// schema says. Without a schema nothing is known of it.
func (s *Scope) credential(i int) cty.Value {
	s.mu.RLock()
	v := s.credentials[i]
	s.mu.RUnlock()
	if v != cty.NilVal {
		return v
	}
	addr := s.instances[i].Addr
	sc := s.schemas[addr.Vendor]
	if sc == nil {
		return cty.DynamicVal
	}
	attrs := make(map[string]cty.Value, len(sc.attributes))
	for _, a := range sc.attributes {
		v := cty.UnknownVal(a.ty)
		if a.name == "token" {
			v = v.RefineNotNull()
		}
		attrs[a.name] = a.mark(v, addr)
	}
	return cty.ObjectVal(attrs)
}

// Preconditions checks what must hold before an instance is made valid. What is not known yet holds.
func (s *Scope) Preconditions(i Instance) hcl.Diagnostics {
	var diags hcl.Diagnostics
	if s.supposing {
		return nil
	}
	for _, c := range i.Auth.Preconditions {
		diags = append(diags, s.hold(c, "Precondition failed", place{inst: &i})...)
	}
	return about(diags, i.Addr)
}

// Postconditions checks what must hold once an instance's credential is known; `self` is the credential.
func (s *Scope) Postconditions(i Instance) hcl.Diagnostics {
	var diags hcl.Diagnostics
	if s.supposing {
		return nil
	}
	for _, c := range i.Auth.Postconditions {
		diags = append(diags, s.hold(c, "Postcondition failed", place{inst: &i, self: s.credential(s.index[i.Addr])})...)
	}
	return about(diags, i.Addr)
}
