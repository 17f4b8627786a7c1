package flow

import (
	"fmt"
	"math"
	"regexp"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// largeExponent finds what may be a number such as 1e99999999. Most often it is part of a text.
var largeExponent = regexp.MustCompile(`[0-9][eE]\+?[0-9]{4}`)

// tooLarge refuses numbers beyond the range of a float64. HCL keeps them in a few bytes, but writing one out takes a gigabyte and minutes.
func tooLarge(file *hcl.File) hcl.Diagnostics {
	body, native := file.Body.(*hclsyntax.Body)
	if !native || !largeExponent.Match(file.Bytes) {
		return nil
	}
	return hclsyntax.VisitAll(body, func(node hclsyntax.Node) hcl.Diagnostics {
		literal, ok := node.(*hclsyntax.LiteralValueExpr)
		if !ok || literal.Val.Type() != cty.Number || literal.Val.IsNull() {
			return nil
		}
		if f, _ := literal.Val.AsBigFloat().Float64(); !math.IsInf(f, 0) {
			return nil
		}
		return hcl.Diagnostics{{
			Severity: hcl.DiagError,
			Summary:  "Number too large",
			Detail:   fmt.Sprintf("This number is larger than any program can use (about %.1g).", math.MaxFloat64),
			Subject:  literal.SrcRange.Ptr(),
		}}
	})
}
