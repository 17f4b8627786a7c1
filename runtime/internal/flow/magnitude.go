package flow

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// largeExponent finds what may be a number such as 1e99999999. Most often it is part of a text.
var largeExponent = regexp.MustCompile(`[0-9][eE]\+?[0-9]{3}`)

// manyDigits finds what may be a number of more than 300 digits.
var manyDigits = regexp.MustCompile(`[0-9]{300}`)

// TooLarge refuses numbers beyond the range of a float64. HCL keeps them in a few bytes, but writing one out takes a gigabyte and minutes.
// root is what was parsed from src.
func TooLarge(root hclsyntax.Node, src []byte) hcl.Diagnostics {
	if !largeExponent.Match(src) && !manyDigits.Match(src) {
		return nil
	}
	return hclsyntax.VisitAll(root, func(node hclsyntax.Node) hcl.Diagnostics {
		literal, ok := node.(*hclsyntax.LiteralValueExpr)
		if !ok || literal.Val.Type() != cty.Number || literal.Val.IsNull() {
			return nil
		}
		if f, _ := literal.Val.AsBigFloat().Float64(); !math.IsInf(f, 0) {
			return nil
		}
		return hcl.Diagnostics{largeNumber(literal.SrcRange)}
	})
}

func largeNumber(at hcl.Range) *hcl.Diagnostic {
	return &hcl.Diagnostic{
		Severity: hcl.DiagError,
		Summary:  "Number too large",
		Detail:   fmt.Sprintf("This number is larger than any program can use (about %.1g).", math.MaxFloat64),
		Subject:  &at,
	}
}

// tooLargeJSON is [TooLarge] for a text in JSON: for its numbers, and for those in the templates that its strings are.
func tooLargeJSON(src []byte, filename string) hcl.Diagnostics {
	if !largeExponent.Match(src) && !manyDigits.Match(src) {
		return nil
	}
	var diags hcl.Diagnostics
	decoder := json.NewDecoder(bytes.NewReader(src))
	decoder.UseNumber()
	for {
		token, err := decoder.Token()
		if err != nil {
			return diags // the end, or what HCL's parser tells
		}
		large := false
		switch token := token.(type) {
		case json.Number:
			f, err := token.Float64()
			large = err != nil || math.IsInf(f, 0)
		case string:
			if strings.Contains(token, "${") || strings.Contains(token, "%{") {
				expr, problems := hclsyntax.ParseTemplate([]byte(token), filename, hcl.InitialPos)
				large = !problems.HasErrors() && TooLarge(expr, []byte(token)).HasErrors()
			}
		}
		if large {
			diags = append(diags, largeNumber(lineAt(src, filename, int(decoder.InputOffset()))))
		}
	}
}

// lineAt is the place of a byte, given as its line.
func lineAt(src []byte, filename string, at int) hcl.Range {
	start := bytes.LastIndexByte(src[:max(at-1, 0)], '\n') + 1
	pos := hcl.Pos{Line: bytes.Count(src[:start], []byte("\n")) + 1, Column: 1, Byte: start}
	return hcl.Range{Filename: filename, Start: pos, End: hcl.Pos{Line: pos.Line, Column: at - start + 1, Byte: at}}
}
