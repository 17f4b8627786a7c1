package flow

import (
	"bytes"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
)

// Format gives a text in native syntax its canonical layout: indentation, spaces, columns of equals signs and of comments, one line end behind
// the last line. Formatting what is formatted changes nothing, and only what means nothing changes. Beside errors there is no text. The file
// is what was parsed, for snippets; nil where the text is none.
func Format(src []byte, filename string) ([]byte, *hcl.File, hcl.Diagnostics) {
	src = bytes.TrimPrefix(src, []byte("\xef\xbb\xbf"))
	if diag := notText(filename, src); diag != nil {
		return nil, nil, hcl.Diagnostics{diag}
	}
	file, diags := Parse(src, filename)
	if diags.HasErrors() {
		return nil, file, diags
	}
	out := src
	for range maxPasses {
		before := out
		if out = layOut(before); bytes.Equal(out, before) {
			break
		}
	}
	if at := firstChange(src, out, filename); at != nil {
		return nil, file, append(diags, &hcl.Diagnostic{
			Severity: hcl.DiagError,
			Summary:  "Cannot be formatted",
			Detail:   "Formatting would change what stands here, so the file is left as it is. Write it in another way.",
			Subject:  at,
		})
	}
	return out, file, diags
}

// maxPasses bounds how often a text is laid out until that changes nothing. Once is enough for nearly all.
const maxPasses = 4

// layOut lays a text out once.
func layOut(src []byte) []byte {
	out := hclwrite.Format(src)
	end := []byte("\n")
	if bytes.HasSuffix(out, []byte("\r\n")) {
		end = []byte("\r\n")
	}
	if out = bytes.TrimRight(out, blanks); len(out) == 0 {
		return out
	}
	return append(slices.Clip(out), end...)
}

// firstChange is where the first token stands that formatting changed; nil: none. Where all tokens are the same the texts are the same to the
// parser, for which spaces only part tokens. Line ends after the last token and spaces behind a comment do not count.
func firstChange(before, after []byte, filename string) *hcl.Range {
	was, is := tokens(before, filename), tokens(after, filename)
	for i, token := range was {
		if i == len(is) || token.Type != is[i].Type || !bytes.Equal(text(token), text(is[i])) {
			return &token.Range
		}
	}
	if len(is) > len(was) {
		return &hcl.Range{Filename: filename, Start: hcl.InitialPos, End: hcl.InitialPos}
	}
	return nil
}

// text is what counts of a token.
func text(token hclsyntax.Token) []byte {
	if token.Type == hclsyntax.TokenComment {
		return bytes.TrimRight(token.Bytes, blanks)
	}
	return token.Bytes
}

const blanks = " \t\r\n"

func tokens(src []byte, filename string) hclsyntax.Tokens {
	all, _ := hclsyntax.LexConfig(src, filename, hcl.InitialPos) // what is wrong with it was told by the parser
	for len(all) > 0 && (all[len(all)-1].Type == hclsyntax.TokenEOF || all[len(all)-1].Type == hclsyntax.TokenNewline) {
		all = all[:len(all)-1]
	}
	return all
}
