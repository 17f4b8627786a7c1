package httpvendor

import (
	"maps"
	"slices"
)

// written is a template as it stands in a configuration.
type written struct {
	path []string // of the argument, within its block
	text string
	json bool // it is one string in JSON text, and may say its type
	body bool // it is a part of the body
}

// templates are all templates of a request. JSON text that is none has none.
func (r Request) templates() []written {
	var all []written
	add := func(name, text string, inBody bool) {
		if text != "" {
			all = append(all, written{path: []string{name}, text: text, body: inBody})
		}
	}
	many := func(name string, texts map[string]string, inBody bool) {
		for _, key := range slices.Sorted(maps.Keys(texts)) {
			add(name, texts[key], inBody)
		}
	}
	add("path", r.Path, false)
	many("query", r.Query, false)
	many("headers", r.Headers, false)
	_ = eachString(r.JSON, func(string) {}, func(inner string, isName bool) error {
		if !isName {
			all = append(all, written{path: []string{"json"}, text: inner, json: true, body: true})
		}
		return nil
	})
	many("form", r.Form, true)
	many("multipart", r.Multipart, true)
	add("xml", r.XML, true)
	add("raw", r.Raw, true)
	return all
}

// reached are the names of all placeholders of a template, those included that what it computes is made of.
func (c Config) reached(text string) map[string]bool {
	found := map[string]bool{}
	var follow func(text string)
	follow = func(text string) {
		t, err := parse(text)
		if err != nil {
			return
		}
		for _, p := range t {
			if p.name == "" || found[p.name] {
				continue
			}
			found[p.name] = true
			if i := slices.IndexFunc(c.Compute, func(one Compute) bool { return one.Name == p.name }); i >= 0 {
				follow(c.Compute[i].From)
				follow(c.Compute[i].Key)
			}
		}
	}
	follow(text)
	return found
}

// uses tells whether a request carries a placeholder, itself or through what is computed.
func (c Config) uses(r Request, name string) bool {
	return slices.ContainsFunc(r.templates(), func(w written) bool { return c.reached(w.text)[name] })
}
