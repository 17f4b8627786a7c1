package flow

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// maxDigits is how many digits may stand side by side, and maxExponent how many in an exponent, in a number that is surely not too large.
const (
	maxDigits   = 300
	maxExponent = 2
)

// mayBeLarge tells whether there is anything in a text like 1e99999999, or like a number of hundreds of digits. Most often it is part of a
// text in quotes; but most files have nothing like it, and need no closer look.
func mayBeLarge(src []byte) bool {
	digits, exponent := 0, false
	for _, c := range src {
		switch {
		case '0' <= c && c <= '9':
			if digits++; digits > maxDigits || exponent && digits > maxExponent {
				return true
			}
		case (c == 'e' || c == 'E') && digits > 0:
			digits, exponent = 0, true
		case c == '+' && exponent && digits == 0:
		default:
			digits, exponent = 0, false
		}
	}
	return false
}

// TooLarge refuses numbers beyond the range of a float64. HCL keeps them in a few bytes, but writing one out takes a gigabyte and minutes.
// root is what was parsed from src.
func TooLarge(root hclsyntax.Node, src []byte) hcl.Diagnostics {
	if !mayBeLarge(src) {
		return nil
	}
	return hclsyntax.VisitAll(root, func(node hclsyntax.Node) hcl.Diagnostics {
		literal, ok := node.(*hclsyntax.LiteralValueExpr)
		if !ok || literal.Val.Type() != cty.Number || literal.Val.IsNull() || !literal.Val.IsKnown() {
			return nil // not known is a number that the parser could not read, and said so
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
	if !mayBeLarge(src) {
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
