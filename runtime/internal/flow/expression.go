package flow

import (
	"bytes"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// Expression parses one expression in native syntax, which may go over several lines inside brackets. The file is its text, for snippets; nil
// where that is no text.
func Expression(src []byte, filename string) (hcl.Expression, *hcl.File, hcl.Diagnostics) {
	if diag := notText(filename, src); diag != nil {
		return nil, nil, hcl.Diagnostics{diag}
	}
	file := &hcl.File{Bytes: src, Body: hcl.EmptyBody()}
	if diag := TooDeep(src, filename); diag != nil {
		return nil, file, hcl.Diagnostics{diag}
	}
	whole := src
	if bytes.Contains(src, []byte("<<")) {
		whole = append(slices.Clip(src), '\n') // a heredoc ends with the end of a line
	}
	expr, diags := hclsyntax.ParseExpression(whole, filename, hcl.InitialPos)
	if diags.HasErrors() {
		return nil, file, diags
	}
	return expr, file, append(diags, TooLarge(expr, src)...)
}

// GoesOn tells whether an expression goes on in the line behind this text: a bracket, a part of a template or a heredoc is open at its end.
func GoesOn(src []byte) bool {
	// A heredoc begins with the end of its line. What is wrong with the text is told when it is parsed.
	tokens, _ := hclsyntax.LexExpression(append(slices.Clip(src), '\n'), "", hcl.InitialPos)
	open := 0
	for _, token := range tokens {
		switch token.Type {
		case hclsyntax.TokenOParen, hclsyntax.TokenOBrack, hclsyntax.TokenOBrace, hclsyntax.TokenOHeredoc,
			hclsyntax.TokenTemplateInterp, hclsyntax.TokenTemplateControl:
			open++
		case hclsyntax.TokenCParen, hclsyntax.TokenCBrack, hclsyntax.TokenCBrace, hclsyntax.TokenCHeredoc,
			hclsyntax.TokenTemplateSeqEnd:
			open--
		}
	}
	return open > 0
}
