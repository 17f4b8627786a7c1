package flow

import (
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// vendorVariables are the traversals of the vendor's part of an auth block, nested blocks included, in the order of their places. Iterators
// of dynamic blocks are among them.
func vendorVariables(body hcl.Body) []hcl.Traversal {
	var all []hcl.Traversal
	if native, ok := body.(*hclsyntax.Body); ok {
		for _, attr := range native.Attributes {
			if !runtimeArgument(attr.Name) {
				all = append(all, hclsyntax.Variables(attr.Expr)...)
			}
		}
		for _, block := range native.Blocks {
			if !runtimeBlock(block.Type) {
				all = append(all, bodyVariables(block.Body)...)
			}
		}
	} else {
		attrs, _ := body.JustAttributes()
		for _, attr := range attrs {
			all = append(all, attr.Expr.Variables()...)
		}
	}
	slices.SortStableFunc(all, func(a, b hcl.Traversal) int { return a.SourceRange().Start.Byte - b.SourceRange().Start.Byte })
	return all
}

// bodyVariables are the traversals of all expressions of a body.
func bodyVariables(body *hclsyntax.Body) []hcl.Traversal {
	var all []hcl.Traversal
	for _, attr := range body.Attributes {
		all = append(all, hclsyntax.Variables(attr.Expr)...)
	}
	for _, block := range body.Blocks {
		all = append(all, bodyVariables(block.Body)...)
	}
	return all
}

// runtimeArgument tells whether an argument of an auth block is the runtime's, not the vendor's.
func runtimeArgument(name string) bool {
	return slices.ContainsFunc(authSchema.Attributes, func(a hcl.AttributeSchema) bool { return a.Name == name })
}

// runtimeBlock tells whether a block in an auth block is the runtime's, not the vendor's.
func runtimeBlock(name string) bool {
	return slices.ContainsFunc(authSchema.Blocks, func(b hcl.BlockHeaderSchema) bool { return b.Type == name })
}

// Runtime is what of an auth block belongs to the runtime, beside which the vendor's part stands.
func Runtime() *Takes {
	t := takes("an auth block", authSchema)
	return &t
}
