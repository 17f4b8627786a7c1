package httpvendor

import (
	"errors"
	"fmt"
	"strings"
)

// template is text with placeholders. {name} stands for a value, {name:argument} for one that is made in a certain way, {name|filter} for one
// that is changed; {{ and }} are braces. Values are never templates themselves.
type template []piece

// piece is text, or a placeholder where name is set.
type piece struct {
	text           string
	name, argument string
	filters        []string
}

var (
	errOpen  = errors.New("a { is not closed; a brace that is meant as such is written twice")
	errClose = errors.New("a } was never opened; a brace that is meant as such is written twice")
)

// parse reads a template. Its error quotes nothing of it: there may be a secret where none belongs.
func parse(text string) (template, error) {
	var t template
	var plain strings.Builder
	for count := 0; text != ""; {
		at := strings.IndexAny(text, "{}")
		if at < 0 {
			plain.WriteString(text)
			break
		}
		plain.WriteString(text[:at])
		brace := text[at]
		text = text[at+1:]
		if text != "" && text[0] == brace {
			plain.WriteByte(brace)
			text = text[1:]
			continue
		}
		if brace == '}' {
			return nil, errClose
		}
		inner, rest, closed := strings.Cut(text, "}")
		if !closed {
			return nil, errOpen
		}
		count++
		p, err := placeholder(inner)
		if err != nil {
			return nil, fmt.Errorf("placeholder %d %w", count, err)
		}
		if plain.Len() > 0 {
			t = append(t, piece{text: plain.String()})
			plain.Reset()
		}
		t, text = append(t, p), rest
	}
	if plain.Len() > 0 {
		t = append(t, piece{text: plain.String()})
	}
	return t, nil
}

// placeholder reads what stands between braces.
func placeholder(inner string) (p piece, err error) {
	parts := strings.Split(inner, "|")
	p.name, p.argument, _ = strings.Cut(parts[0], ":")
	if !isName(p.name) {
		return p, errors.New("has no name of letters, digits, points, - and _; a brace that is meant as such is written twice")
	}
	for _, name := range parts[1:] {
		if _, ok := filters[name]; !ok && !typed(name) {
			return p, fmt.Errorf("has a filter that is none of %s", strings.Join(filterNames(), ", "))
		}
		p.filters = append(p.filters, name)
	}
	return p, nil
}

// isName tells whether s can name a value.
func isName(s string) bool {
	for i, r := range s {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '_'
		if !letter && (i == 0 || !(r >= '0' && r <= '9') && r != '.' && r != '-') {
			return false
		}
	}
	return s != ""
}

// render is the text with every placeholder's value in its place, passed through escape.
func (t template) render(s *scene, escape func(string) string) (string, error) {
	var out strings.Builder
	for _, p := range t {
		if p.name == "" {
			out.WriteString(p.text)
			continue
		}
		value, err := s.fill(p)
		if err != nil {
			return "", err
		}
		out.WriteString(escape(value))
	}
	return out.String(), nil
}

// asIs escapes nothing.
func asIs(s string) string { return s }
