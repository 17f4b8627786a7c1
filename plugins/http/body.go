package httpvendor

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"strings"

	"github.com/authrun/authrun/sdk"
)

// body is the body of a request, and its text where it has one, for signatures. There is none where no kind of body is set.
func (r Request) body(s *scene) (body sdk.Body, text string, err error) {
	switch {
	case r.JSON != "":
		if text, err = renderJSON(s, r.JSON); err == nil {
			body = sdk.Raw("application/json", []byte(text))
		}
	case r.Form != nil:
		var fields []string
		if fields, err = r.pairs(s, r.Form); err == nil {
			body, text = sdk.Form(fields...), formText(fields)
		}
	case r.Multipart != nil:
		var fields []string
		if fields, err = r.pairs(s, r.Multipart); err == nil {
			body = sdk.Multipart(fields...)
		}
	case r.XML != "":
		if text, err = renderXML(s, r.XML); err == nil {
			body = sdk.Raw("application/xml; charset=utf-8", []byte(text))
		}
	case r.Raw != "":
		if text, err = s.text(r.Raw); err == nil {
			body = sdk.Raw("text/plain; charset=utf-8", []byte(text))
		}
	}
	return body, text, err
}

// renderXML renders a template of XML.
func renderXML(s *scene, text string) (string, error) {
	t, err := parse(text)
	if err != nil {
		return "", unsupported("a template is wrong: " + err.Error())
	}
	text, err = t.render(s, func(value string) string {
		var out bytes.Buffer
		_ = xml.EscapeText(&out, []byte(value)) // a buffer takes everything
		return out.String()
	})
	if !strings.HasPrefix(text, "<?xml") {
		text = xml.Header + text
	}
	return text, err
}

// renderJSON renders JSON text whose strings are templates, but for the names of members. What stands outside of strings, the order of
// members and white space, stays as it is.
func renderJSON(s *scene, text string) (string, error) {
	var out strings.Builder
	err := eachString(text, func(plain string) { out.WriteString(plain) }, func(inner string, isName bool) error {
		if isName {
			return writeString(&out, inner)
		}
		t, err := parse(inner)
		if err != nil {
			return unsupported("a template is wrong: " + err.Error())
		}
		value, err := t.render(s, asIs)
		if err != nil {
			return err
		}
		if kind := t.typed(); kind != "" {
			if !isLiteral(value, kind) {
				return &sdk.Failure{Class: sdk.InvalidRequest, Text: "the value of {" + t[0].name + "} is no " + kind}
			}
			out.WriteString(value)
			return nil
		}
		return writeString(&out, value)
	})
	return out.String(), err
}

// typed is the type that a template makes of its value: it is one placeholder whose last filter says so.
func (t template) typed() string {
	if len(t) == 1 && len(t[0].filters) > 0 {
		if last := t[0].filters[len(t[0].filters)-1]; typed(last) {
			return last
		}
	}
	return ""
}

// isLiteral tells whether a text is a JSON literal of that type.
func isLiteral(text, kind string) bool {
	var v any
	if json.Unmarshal([]byte(text), &v) != nil {
		return false
	}
	switch v.(type) {
	case float64:
		return kind == asNumber
	case bool:
		return kind == asBool
	}
	return false
}

// writeString writes a string as JSON, without the escapes that are meant for HTML.
func writeString(out *strings.Builder, value string) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		return err
	}
	out.WriteString(strings.TrimSuffix(b.String(), "\n"))
	return nil
}

var errNotJSON = errors.New("not JSON")

// eachString goes through JSON text. What stands between strings goes to plain, and each string, decoded, to each, with whether it is the name
// of a member.
func eachString(text string, plain func(string), each func(inner string, isName bool) error) error {
	if !json.Valid([]byte(text)) {
		return errNotJSON
	}
	for text != "" {
		start := strings.IndexByte(text, '"')
		if start < 0 {
			plain(text)
			return nil
		}
		plain(text[:start])
		end := start + 1
		for text[end] != '"' { // the JSON is valid, so there is one
			if text[end] == '\\' {
				end++
			}
			end++
		}
		var inner string
		if err := json.Unmarshal([]byte(text[start:end+1]), &inner); err != nil {
			return errNotJSON
		}
		text = text[end+1:]
		if err := each(inner, strings.HasPrefix(strings.TrimLeft(text, " \t\r\n"), ":")); err != nil {
			return err
		}
	}
	return nil
}

// formText is the text of a form, as it is sent.
func formText(fields []string) string {
	var pairs []string
	for i := 0; i < len(fields); i += 2 {
		pairs = append(pairs, filters["url"](fields[i])+"="+filters["url"](fields[i+1]))
	}
	return strings.Join(pairs, "&")
}
