package eval

import (
	"encoding/json"
	"fmt"
	"regexp"

	"github.com/authrun/authrun/runtime/internal/flow"
	"github.com/authrun/authrun/sdk"
	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"
)

// schema is a vendor's description made ready for evaluation.
type schema struct {
	vendor      string
	description sdk.Description
	config      *blockSchema
	attributes  []attribute // of a credential, those that a flow sees
	credential  cty.Type    // object of these
}

// blockSchema is what a block of the vendor may hold.
type blockSchema struct {
	body   *hcl.BodySchema
	args   []*argument
	blocks []*nestedSchema
	rules  []sdk.Rule

	outermost bool // the auth block itself, where the runtime's arguments stand beside
}

type nestedSchema struct {
	sdk.Nested
	inner *blockSchema
}

// argument is an argument of a vendor with its rules made ready.
type argument struct {
	sdk.Attribute
	ty       cty.Type
	fallback cty.Value // the default; null where there is none
	match    *regexp.Regexp
	oneOf    []cty.Value
}

// attribute is an attribute of a credential as a flow sees it.
type attribute struct {
	name      string
	ty        cty.Type
	sensitive bool
}

// Describe makes a vendor's schema known. It is called once for each vendor, before anything is evaluated. The error says what in the
// description makes no sense, which is the plugin's fault.
func (s *Scope) Describe(vendor string, d sdk.Description) error {
	config, err := newBlockSchema(d.Config)
	if err != nil {
		return fmt.Errorf("the schema of vendor %s is wrong: %w", vendor, err)
	}
	config.outermost = true
	sc := &schema{vendor: vendor, description: d, config: config}
	sc.attributes = []attribute{{"token", cty.String, true}, {"expires_at", cty.String, false}}
	types := map[string]cty.Type{"token": cty.String, "expires_at": cty.String}
	for _, a := range d.Credential.Attributes {
		if a.Private {
			continue
		}
		ty, err := ctyjson.UnmarshalType(a.Type)
		if err != nil {
			return fmt.Errorf("the schema of vendor %s is wrong: attribute %q has no type: %w", vendor, a.Name, err)
		}
		if _, twice := types[a.Name]; twice {
			return fmt.Errorf("the schema of vendor %s is wrong: attribute %q stands twice", vendor, a.Name)
		}
		types[a.Name] = ty
		sc.attributes = append(sc.attributes, attribute{a.Name, ty, a.Sensitive})
	}
	sc.credential = cty.Object(types)
	s.schemas[vendor] = sc
	return nil
}

func newBlockSchema(b sdk.Block) (*blockSchema, error) {
	bs := &blockSchema{body: &hcl.BodySchema{}, rules: b.Rules}
	for _, a := range b.Attributes {
		arg, err := newArgument(a)
		if err != nil {
			return nil, fmt.Errorf("argument %q: %w", a.Name, err)
		}
		bs.args = append(bs.args, arg)
		bs.body.Attributes = append(bs.body.Attributes, hcl.AttributeSchema{Name: a.Name})
	}
	for _, n := range b.Blocks {
		inner, err := newBlockSchema(n.Block)
		if err != nil {
			return nil, fmt.Errorf("block %q: %w", n.Name, err)
		}
		if n.Volatile {
			inner.setVolatile()
		}
		bs.blocks = append(bs.blocks, &nestedSchema{n, inner})
		bs.body.Blocks = append(bs.body.Blocks, hcl.BlockHeaderSchema{Type: n.Name})
	}
	return bs, nil
}

// setVolatile makes every argument in the block volatile.
func (bs *blockSchema) setVolatile() {
	for _, arg := range bs.args {
		arg.Volatile = true
	}
	for _, n := range bs.blocks {
		n.Volatile = true
		n.inner.setVolatile()
	}
}

func newArgument(a sdk.Attribute) (*argument, error) {
	arg := &argument{Attribute: a}
	var err error
	if arg.ty, err = ctyjson.UnmarshalType(a.Type); err != nil {
		return nil, fmt.Errorf("type: %w", err)
	}
	arg.fallback = cty.NullVal(arg.ty)
	if a.Default != nil {
		if arg.fallback, err = decode(a.Default, arg.ty); err != nil {
			return nil, fmt.Errorf("default: %w", err)
		}
	}
	if a.Match != "" {
		if arg.match, err = regexp.Compile(`^(?:` + a.Match + `)$`); err != nil {
			return nil, fmt.Errorf("match: %w", err)
		}
	}
	for _, raw := range a.OneOf {
		v, err := decode(raw, arg.ty)
		if err != nil {
			return nil, fmt.Errorf("one_of: %w", err)
		}
		arg.oneOf = append(arg.oneOf, v)
	}
	return arg, nil
}

// takes is what the block may hold, for messages, which call it what. The runtime's own names are offered, too.
func (bs *blockSchema) takes(what string) flow.Takes {
	t := flow.Takes{Body: what}
	if bs.outermost {
		t.Beside = flow.Runtime()
	}
	for _, arg := range bs.args {
		t.Arguments = append(t.Arguments, arg.Name)
	}
	for _, n := range bs.blocks {
		t.Blocks = append(t.Blocks, n.Name)
	}
	return t
}

// decode reads a value from JSON. Numbers may stand in strings, as large integers do.
func decode(raw json.RawMessage, ty cty.Type) (cty.Value, error) {
	return ctyjson.Unmarshal(raw, ty)
}
