package flow

import (
	"regexp"
	"sync"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// Auth is an `auth` block, or, with ForEach or Count, the pattern of several.
type Auth struct {
	Vendor      string
	Name        string
	VendorRange hcl.Range
	NameRange   hcl.Range
	Range       hcl.Range // of the block's header

	ForEach        hcl.Expression // nil: not set
	Count          hcl.Expression // nil: not set
	DependsOn      []Dependency
	RenewBefore    hcl.Expression // nil: not set
	Preconditions  []*Condition
	Postconditions []*Condition
	Retry          *Retry   // nil: none
	Network        *Network // nil: none
	Limits         []*Limit

	Body hcl.Body    // the vendor's arguments and blocks, not decoded
	Uses []Reference // all that the block refers to, except in for_each, count and depends_on
}

// Addr is the address of the block, without a key.
func (a *Auth) Addr() Addr { return Addr{Vendor: a.Vendor, Name: a.Name} }

// Dependency is one address of depends_on.
type Dependency struct {
	Addr  Addr
	Range hcl.Range
}

// vendorName is what may name a vendor, since a plugin's executable is called by it.
var vendorName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[a-z][a-z0-9]*$`) })

// reserved are the names in an auth block that are kept for later.
var reserved = []string{"enabled", "check", "sink", "plugin"}

var authSchema = &hcl.BodySchema{
	Attributes: []hcl.AttributeSchema{{Name: "depends_on"}, {Name: "for_each"}, {Name: "count"}},
	Blocks: []hcl.BlockHeaderSchema{{Type: "lifecycle"}, {Type: "retry"}, {Type: "network"},
		{Type: "limit", LabelNames: []string{"name"}}},
}

// The schemas find the reserved names, as arguments and as blocks.
var reservedAttributes, reservedBlocks = func() (*hcl.BodySchema, *hcl.BodySchema) {
	attributes, blocks := &hcl.BodySchema{}, &hcl.BodySchema{}
	for _, name := range reserved {
		attributes.Attributes = append(attributes.Attributes, hcl.AttributeSchema{Name: name})
		blocks.Blocks = append(blocks.Blocks, hcl.BlockHeaderSchema{Type: name})
	}
	return attributes, blocks
}()

var lifecycleSchema = &hcl.BodySchema{
	Attributes: []hcl.AttributeSchema{{Name: "renew_before"}},
	Blocks:     []hcl.BlockHeaderSchema{{Type: "precondition"}, {Type: "postcondition"}},
}

func (l *loader) auth(block *hcl.Block) {
	a := &Auth{
		Vendor: block.Labels[0], Name: block.Labels[1], Range: block.DefRange,
		VendorRange: block.LabelRanges[0], NameRange: block.LabelRanges[1],
	}
	known := l.authName(a)
	content, remain, diags := block.Body.PartialContent(authSchema)
	l.diags = append(l.diags, diags...)
	a.ForEach, a.Count = expr(content, "for_each"), expr(content, "count")
	if a.ForEach != nil && a.Count != nil {
		l.fail(content.Attributes["count"].NameRange, "Contradicting arguments", "An auth block has for_each or count, not both. Remove one of them.")
		a.Count = nil
	}
	if attr, ok := content.Attributes["depends_on"]; ok {
		l.dependsOn(a, attr.Expr)
	}
	if lifecycle := l.single(content, "lifecycle"); lifecycle != nil {
		body := l.content("a lifecycle block", lifecycle.Body, lifecycleSchema)
		a.RenewBefore = expr(body, "renew_before")
		a.Preconditions, a.Postconditions = l.conditions(body, "precondition"), l.conditions(body, "postcondition")
	}
	a.Retry, a.Network = l.retry(content), l.network(content)
	l.limits(a, content)
	a.Body = l.withoutReserved(remain)
	a.Uses = References(a.variables())
	if known {
		l.flow.Auths = append(l.flow.Auths, a)
	}
}

// authName checks the labels of an auth block.
func (l *loader) authName(a *Auth) bool {
	if !vendorName().MatchString(a.Vendor) {
		l.fail(a.VendorRange, "Invalid vendor name", "%q names no vendor: the name of a vendor holds lower-case letters and digits only, and starts with a letter.", a.Vendor)
		return false
	}
	if !l.identifier("auth block", a.Name, a.NameRange) {
		return false
	}
	key := "auth " + a.Vendor + " " + a.Name
	if first, dup := l.seen[key]; dup {
		l.fail(a.Range, "Duplicate name", "There is already a block auth %q %q, at %s. Each address may be declared once; rename or remove one of them.", a.Vendor, a.Name, first)
		return false
	}
	l.seen[key] = a.Range
	return true
}

// dependsOn reads the addresses of depends_on.
func (l *loader) dependsOn(a *Auth, e hcl.Expression) {
	items, diags := hcl.ExprList(e)
	l.diags = append(l.diags, diags...)
	for _, item := range items {
		t, diags := hcl.AbsTraversalForExpr(item)
		if !diags.HasErrors() {
			if addr, rest, ok := addrOf(t); ok && len(rest) == 0 {
				a.DependsOn = append(a.DependsOn, Dependency{Addr: addr, Range: item.Range()})
				continue
			}
		}
		l.fail(item.Range(), "Invalid dependency", "depends_on lists addresses of auth blocks, such as [auth.ippbx.hq], without attributes behind them and without quotes.")
	}
}

// withoutReserved refuses the names that are kept for later, and gives the rest of the body.
func (l *loader) withoutReserved(body hcl.Body) hcl.Body {
	refuse := func(name string, at hcl.Range) {
		l.fail(at, "Reserved name", "%q is kept for a later version of authrun and cannot be used in an auth block yet. Remove it.", name)
	}
	attributes, remain, diags := body.PartialContent(reservedAttributes)
	l.diags = append(l.diags, diags...)
	for _, name := range reserved {
		if attr, ok := attributes.Attributes[name]; ok {
			refuse(name, attr.NameRange)
		}
	}
	// A JSON body cannot tell arguments from blocks, so it has been asked already.
	if _, native := body.(*hclsyntax.Body); !native {
		return remain
	}
	blocks, remain, diags := remain.PartialContent(reservedBlocks)
	for _, block := range blocks.Blocks {
		refuse(block.Type, block.DefRange)
	}
	if len(blocks.Blocks) == 0 {
		l.diags = append(l.diags, diags...)
	}
	return remain
}

// variables are all traversals of the block's arguments, tuning and conditions.
func (a *Auth) variables() []hcl.Traversal {
	exprs := append(a.Retry.Exprs(), a.Network.Exprs()...)
	exprs = append(exprs, set(a.RenewBefore)...)
	for _, c := range a.Preconditions {
		exprs = append(exprs, c.Condition, c.ErrorMessage)
	}
	for _, c := range a.Postconditions {
		exprs = append(exprs, c.Condition, c.ErrorMessage)
	}
	for _, limit := range a.Limits {
		exprs = append(exprs, limit.Exprs()...)
	}
	all := vendorVariables(a.Body)
	for _, e := range exprs {
		all = append(all, e.Variables()...)
	}
	return all
}
