// Package mark holds what the flow language knows about a value beside the value itself, as cty marks. Marks spread with a value through
// operators, templates and functions, so what is known of a part is known of all that is made of it.
//
// It is imported by package eval and its functions. A user never reads the word "mark".
package mark

import (
	"maps"
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"
)

// Sensitive marks a value that nobody may see.
const Sensitive = word("sensitive")

// Changed marks a string that is not what its author wrote: cty keeps strings in Unicode's form C, which changes the bytes of a secret
// typed in another form.
const Changed = word("changed")

type word string

// Secret marks what comes from a sensitive attribute of an auth block. The mark stays where [Sensitive] is taken off on purpose.
type Secret struct{ Addr string } // address of the block

// Fleeting marks what is another value at each run, such as the result of uuid().
type Fleeting struct{ Function string }

// Exposed marks the content of a secret file that others may read.
type Exposed struct{ Path string }

// IsSensitive tells whether v or a part of it is sensitive.
func IsSensitive(v cty.Value) bool { return v.HasMarkDeep(Sensitive) }

// Set is the marks of a value and of all its parts.
type Set struct{ marks cty.ValueMarks }

// Take takes all marks off a value and its parts.
func Take(v cty.Value) (cty.Value, Set) {
	bare, marks := v.UnmarkDeep()
	return bare, Set{marks}
}

// Sensitive tells whether a part of the value is sensitive.
func (s Set) Sensitive() bool { return s.has(Sensitive) }

// Changed tells whether a string in the value is not what its author wrote.
func (s Set) Changed() bool { return s.has(Changed) }

func (s Set) has(m any) bool {
	_, ok := s.marks[m]
	return ok
}

// Secrets are the addresses of the auth blocks whose sensitive attributes the value comes from, sorted.
func (s Set) Secrets() []string {
	return of(s, func(m Secret) string { return m.Addr })
}

// Fleeting are the functions that make the value another one at each run, sorted.
func (s Set) Fleeting() []string {
	return of(s, func(m Fleeting) string { return m.Function })
}

// Exposed are the files that the value comes from and others may read, sorted.
func (s Set) Exposed() []string {
	return of(s, func(m Exposed) string { return m.Path })
}

func of[M any](s Set, text func(M) string) []string {
	var found map[string]bool
	for m := range s.marks {
		if m, ok := m.(M); ok {
			if found == nil {
				found = make(map[string]bool)
			}
			found[text(m)] = true
		}
	}
	return slices.SortedFunc(maps.Keys(found), strings.Compare)
}
