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

// The bounds of the operators and of the multiplications of one outermost block, which evaluation nests where they stand in one chain. The
// product of a longer chain of numbers would have more digits than can be written.
const (
	maxOperators = 100_000
	maxProducts  = 2_000
)

// TooDeep refuses a text whose brackets or operators nest too deep. It looks at bytes, not at tokens: what it takes for a bracket or operator
// inside a string or comment has no effect as long as nobody writes thousands of them.
func TooDeep(src []byte, filename string) *hcl.Diagnostic {
	var n nesting
	line := 1
	for i, c := range src {
		if c == '\n' {
			line++
		}
		if n.see(c); n.tooDeep() {
			pos := hcl.Pos{Line: line, Column: 1, Byte: i}
			return &hcl.Diagnostic{
				Severity: hcl.DiagError,
				Summary:  "Nested too deep",
				Detail: fmt.Sprintf("At line %d of %q brackets nest more than %d deep, or a chain of operators is longer than any that a person "+
					"writes. Look for a bracket that is never closed, or make the value in parts.", line, filename, maxNesting),
				Subject: &hcl.Range{Filename: filename, Start: pos, End: pos},
			}
		}
	}
	return nil
}

// nesting counts what nests, byte by byte.
type nesting struct {
	depth     int // of brackets
	run       int // of signs one after another
	choices   int
	operators int // since the brackets were all closed
	products  int
	last      byte // that is no blank
}

func (n *nesting) see(c byte) {
	switch c {
	case ' ', '\t', '\r':
		return
	case '\n':
		if n.last = c; n.depth == 0 {
			n.operators, n.products = 0, 0
		}
		return
	case '!', '-':
		n.run++
	default:
		n.run = 0
	}
	switch c {
	case '(':
		n.depth++
	case '[':
		n.depth++
		if n.last == ')' || n.last == ']' { // an index of an index
			n.operators++
		}
	case '{':
		n.depth++
		if n.last == '%' {
			n.choices++
		}
	case ')', ']', '}':
		if n.depth = max(n.depth-1, 0); n.depth == 0 && c == '}' {
			n.operators, n.products = 0, 0
		}
	case '?':
		n.choices++
	case '+', '-', '/', '%', '&', '|', '<', '>':
		n.operators++
	case '*':
		if n.last != '*' { // and not a line of stars in a comment
			n.operators++
			n.products++
		}
	case '=':
		if n.last == '=' || n.last == '!' {
			n.operators++
		}
	}
	n.last = c
}

func (n *nesting) tooDeep() bool {
	return n.depth > maxNesting || n.run > maxNesting || n.choices > maxChoices || n.operators > maxOperators || n.products > maxProducts
}
