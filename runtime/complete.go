package runtime

import (
	"regexp"
	"strings"
	"sync"
)

// lastWord finds the name, or the reference with its indexes, that a text ends with. The last index may be unfinished.
var lastWord = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`[\p{L}_][\p{L}\p{N}_.-]*` + // auth.shop.team
		`(?:(?:\["(?:[^"\\]|\\.)*"\]|\[\d+\])[\p{L}\p{N}_.-]*)*` + // ["ann"].token
		`(?:\[(?:"(?:[^"\\]|\\.)*"?|\d*))?$`) // ["an
})

// Complete gives the ways in which the last word of a text may go on, each up to its next step: references and functions, sorted. from is where
// the word starts, in bytes.
func (c *Console) Complete(text string) (from int, words []string) {
	at := lastWord().FindStringIndex(text)
	if at == nil {
		return len(text), nil
	}
	word, scope := text[at[0]:], c.flow.scope
	offered := map[string]bool{}
	offer := func(whole string) {
		if strings.HasPrefix(whole, word) {
			offered[whole[:step(whole, len(word))]] = true
		}
	}
	for _, name := range scope.VariableNames() {
		offer("var." + name)
	}
	for _, name := range scope.LocalNames() {
		offer("local." + name)
	}
	for _, name := range scope.FunctionNames() {
		offer(name + "(")
	}
	for _, addr := range scope.Addresses() {
		address := addr.String()
		offer(address)
		if strings.HasPrefix(word, address+".") {
			for _, attribute := range scope.AttributeNames(addr.Vendor) {
				offer(address + "." + attribute)
			}
		}
	}
	return at[0], sortedKeys(offered)
}

// step is the end of the step of a reference that goes on at a place: behind the next dot or opening bracket, or at the end. What stands in
// brackets is one step.
func step(reference string, at int) int {
	inside := strings.Count(reference[:at], "[") > strings.Count(reference[:at], "]")
	for i := at; i < len(reference); i++ {
		switch c := reference[i]; {
		case inside && c == ']':
			inside = false
		case !inside && (c == '.' || c == '['):
			return i + 1
		}
	}
	return len(reference)
}
