package flow

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"
)

// maxNesting is how deep brackets, and chains of operators, may go. Parsing and evaluation recurse, so that a hostile file could otherwise
// use up the stack, which no Go program survives.
const maxNesting = 1000

// maxChoices bounds the conditional operators and template directives of a file, each of which can nest in the one before.
const maxChoices = 100_000

// TooDeep refuses a text whose brackets or operators nest too deep. It looks at bytes, not at tokens: what it takes for a bracket inside
// a string or comment has no effect as long as nobody writes a thousand of them without closing any.
func TooDeep(src []byte, filename string) *hcl.Diagnostic {
	depth, run, choices, line := 0, 0, 0, 1
	for i, c := range src {
		switch c {
		case '!', '-':
			run++
		case '\n':
			line++
			continue
		case ' ', '\t', '\r':
			continue
		default:
			run = 0
		}
		switch c {
		case '(', '[':
			depth++
		case '{':
			depth++
			if i > 0 && src[i-1] == '%' {
				choices++
			}
		case ')', ']', '}':
			depth = max(depth-1, 0)
		case '?':
			choices++
		}
		if depth > maxNesting || run > maxNesting || choices > maxChoices {
			pos := hcl.Pos{Line: line, Column: 1, Byte: i}
			return &hcl.Diagnostic{
				Severity: hcl.DiagError,
				Summary:  "Nested too deep",
				Detail: fmt.Sprintf("Brackets or operators nest more than %d deep at line %d of %q. No flow needs that; look for a "+
					"bracket that is never closed.", maxNesting, line, filename),
				Subject: &hcl.Range{Filename: filename, Start: pos, End: pos},
			}
		}
	}
	return nil
}
