package sdk

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// tagWords are the words that may follow the name in an auth tag.
type tagWords struct {
	optional, account, endpoint, volatile, sensitive, private, block bool
}

// parseTag splits an auth tag into the name and its words.
func parseTag(tag string) (name string, words tagWords, err error) {
	name, rest, more := strings.Cut(tag, ",")
	if !isName(name) {
		return "", words, fmt.Errorf("the name %q is not of the form [a-z][a-z0-9_]*", name)
	}
	known := map[string]*bool{"optional": &words.optional, "account": &words.account, "endpoint": &words.endpoint,
		"volatile": &words.volatile, "sensitive": &words.sensitive, "private": &words.private, "block": &words.block}
	for more {
		var word string
		word, rest, more = strings.Cut(rest, ",")
		set, ok := known[word]
		switch {
		case !ok:
			return "", words, fmt.Errorf("the tag word %q is not known", word)
		case *set:
			return "", words, fmt.Errorf("the tag word %q stands twice", word)
		}
		*set = true
	}
	return name, words, nil
}

// isName tells whether s is a name of an argument, attribute, block or limit.
func isName(s string) bool {
	for i, r := range s {
		letter, later := r >= 'a' && r <= 'z', r >= '0' && r <= '9' || r == '_'
		if !letter && (i == 0 || !later) {
			return false
		}
	}
	return s != ""
}

// describe fills a with what the tags beside auth say, and checks that they fit the type and each other.
func (a *Attribute) describe(tag reflect.StructTag, typ reflect.Type) error {
	a.Doc, a.Match, a.Hint, a.Deprecated = tag.Get("doc"), tag.Get("match"), tag.Get("hint"), tag.Get("deprecated")
	var err error
	if a.Min, err = bound(tag, "min"); err != nil {
		return err
	}
	if a.Max, err = bound(tag, "max"); err != nil {
		return err
	}
	for _, word := range strings.Fields(tag.Get("oneof")) {
		raw, err := literal(word, typ)
		if err != nil {
			return fmt.Errorf("oneof %q: %w", word, err)
		}
		a.OneOf = append(a.OneOf, raw)
	}
	if text, ok := tag.Lookup("default"); ok {
		if a.Default, err = literal(text, typ); err != nil {
			return fmt.Errorf("default %q: %w", text, err)
		}
	}
	return a.consistent(tag.Get("default"))
}

// consistent checks the rules of one attribute against each other. Text is the default as it stands in the tag.
func (a *Attribute) consistent(text string) error {
	isNumber, isString := string(a.Type) == `"number"`, string(a.Type) == `"string"`
	switch {
	case (a.Min != nil || a.Max != nil) && !isNumber:
		return fmt.Errorf("min and max are for numbers")
	case a.Min != nil && a.Max != nil && *a.Min > *a.Max:
		return fmt.Errorf("min is above max")
	case a.Match != "" && (!isString || a.Format != ""):
		return fmt.Errorf("match is for strings")
	case a.Hint != "" && a.Match == "":
		return fmt.Errorf("hint without match")
	case len(a.OneOf) > 0 && !isString && !isNumber:
		return fmt.Errorf("oneof is for strings and numbers")
	case a.Endpoint && !isString:
		return fmt.Errorf("an endpoint is a string")
	case a.Account && a.Volatile:
		return fmt.Errorf("a part of the account cannot be volatile")
	case a.Sensitive && a.Default != nil:
		return fmt.Errorf("a secret has no default")
	}
	if a.Match != "" {
		re, err := regexp.Compile("^(?:" + a.Match + ")$")
		if err != nil {
			return fmt.Errorf("match: %w", err)
		}
		if a.Default != nil && !re.MatchString(text) {
			return fmt.Errorf("default %q does not match", text)
		}
	}
	return a.defaultFits(text)
}

// defaultFits checks the default against oneof, min and max.
func (a *Attribute) defaultFits(text string) error {
	if a.Default == nil {
		return nil
	}
	if len(a.OneOf) > 0 && !slices.ContainsFunc(a.OneOf, func(raw json.RawMessage) bool { return string(raw) == string(a.Default) }) {
		return fmt.Errorf("default %q is none of its oneof", text)
	}
	if n, err := strconv.ParseFloat(text, 64); err == nil && (a.Min != nil && n < *a.Min || a.Max != nil && n > *a.Max) {
		return fmt.Errorf("default %q is out of bounds", text)
	}
	return nil
}

// bound reads a min or max tag.
func bound(tag reflect.StructTag, key string) (*float64, error) {
	text, ok := tag.Lookup(key)
	if !ok {
		return nil, nil
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return nil, fmt.Errorf("%s %q is not a number", key, text)
	}
	return &n, nil
}

// literal is the JSON of a value of type typ that a tag gives as text: bare for strings, else JSON.
func literal(text string, typ reflect.Type) (json.RawMessage, error) {
	for typ.Kind() == reflect.Pointer {
		typ = typ.Elem()
	}
	if typ == durationType || typ.Kind() == reflect.String {
		raw, err := marshal(text)
		if err != nil {
			return nil, err
		}
		return raw, decodeValue(raw, reflect.New(typ).Elem())
	}
	if !json.Valid([]byte(text)) {
		return nil, errNotJSON
	}
	return json.RawMessage(text), decodeValue(json.RawMessage(text), reflect.New(typ).Elem())
}
