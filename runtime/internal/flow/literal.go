package flow

import (
	"bytes"
	"regexp"
	"strings"
	"sync"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// Literals are the places of all texts that a file sets something to, for hiding them where nobody can tell which of them are secrets: in a
// file with errors of syntax.
func Literals(src []byte, filename string) []hcl.Range {
	if strings.HasSuffix(filename, ".json") {
		return jsonLiterals(src, filename)
	}
	var ranges []hcl.Range
	tokens, _ := hclsyntax.LexConfig(src, filename, hcl.InitialPos) // what is wrong with it was told by the parser
	for _, token := range tokens {
		if token.Type == hclsyntax.TokenStringLit { // of a heredoc
			ranges = append(ranges, token.Range)
		}
	}
	// A quote that is not closed turns the next ones round for the scanner, so lines are looked at one by one.
	start := 0
	for line := range bytes.Lines(src) {
		from := bytes.IndexByte(line, '=')
		if from < 0 && bytes.HasSuffix(bytes.TrimSpace(line), []byte("{")) {
			from = len(line) // the header of a block, whose labels are no secrets
		}
		from = max(from, 0)
		for _, m := range quotedText().FindAllSubmatchIndex(line[from:], -1) {
			ranges = append(ranges, byteRange(filename, start+from+m[2], start+from+m[3]))
		}
		start += len(line)
	}
	return ranges
}

// quotedText is a text in quotes, or the beginning of one that is not closed.
var quotedText = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`"((?:[^"\\\n]|\\.)+)"?`) })

func byteRange(filename string, from, to int) hcl.Range {
	return hcl.Range{Filename: filename, Start: hcl.Pos{Byte: from}, End: hcl.Pos{Byte: to}}
}

// jsonText is a text in JSON, or the beginning of one that is not closed, and a colon behind it where it is a name.
var jsonText = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`"((?:[^"\\\n]|\\.)*)"?(\s*:)?`) })

func jsonLiterals(src []byte, filename string) []hcl.Range {
	var ranges []hcl.Range
	for _, m := range jsonText().FindAllSubmatchIndex(src, -1) {
		if m[4] < 0 && m[2] < m[3] {
			ranges = append(ranges, byteRange(filename, m[2], m[3]))
		}
	}
	return ranges
}
