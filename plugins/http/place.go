package httpvendor

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// place is where in an answer something stands.
type place struct {
	kind    placeKind
	name    string         // of a header or cookie
	steps   []string       // of a pointer
	pattern *regexp.Regexp // has one group at least
}

// placeKind is a kind of place.
type placeKind int

const (
	byPointer placeKind = iota // "/data/token": JSON pointer (RFC 6901), also into XML and forms
	inHeader                   // "header:X-Token"
	inCookie                   // "cookie:SESSION"
	byPattern                  // "regex:token=(\w+)": the first group, in the whole body
	inBody                     // "body": the whole body
)

var errPlace = errors.New(`is no place: it is a pointer such as "/data/token", "header:NAME", "cookie:NAME", "regex:PATTERN" with a group, or "body"`)

// parsePlace reads a place.
func parsePlace(text string) (place, error) {
	kind, rest, found := strings.Cut(text, ":")
	switch {
	case text == "body":
		return place{kind: inBody}, nil
	case strings.HasPrefix(text, "/"):
		steps := strings.Split(text[1:], "/")
		for i, step := range steps {
			steps[i] = strings.NewReplacer("~1", "/", "~0", "~").Replace(step)
		}
		return place{kind: byPointer, steps: steps}, nil
	case !found || rest == "":
		return place{}, errPlace
	case kind == "header":
		return place{kind: inHeader, name: rest}, nil
	case kind == "cookie":
		return place{kind: inCookie, name: rest}, nil
	case kind == "regex":
		re, err := regexp.Compile(rest)
		if err != nil || re.NumSubexp() < 1 {
			return place{}, fmt.Errorf("has a regular expression that is wrong, or has no group (in parentheses) around what is wanted")
		}
		return place{kind: byPattern, pattern: re}, nil
	}
	return place{}, errPlace
}

// find is the text at a place that is written as an argument; "" where there is none, or where the argument is not set.
func (r *reply) find(text string) (string, error) {
	if text == "" {
		return "", nil
	}
	p, err := parsePlace(text)
	if err != nil {
		return "", unsupported("a place " + err.Error())
	}
	return r.at(p)
}
