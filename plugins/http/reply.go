package httpvendor

import (
	"encoding/json"
	"encoding/xml"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/authrun/authrun/sdk"
)

// reply is a vendor's answer in which places can be looked up, whatever its language.
type reply struct {
	*sdk.Answer
	language string

	parsed bool
	tree   json.RawMessage // the answer as JSON; nil where its language has no places
	err    error           // why the answer is not what its language wants
}

// root is the answer as JSON. The error is a failure: the answer makes no sense.
func (r *reply) root() (json.RawMessage, error) {
	if !r.parsed {
		r.parsed = true
		r.tree, r.err = r.parse()
	}
	return r.tree, r.err
}

func (r *reply) parse() (tree json.RawMessage, err error) {
	switch r.language {
	case "xml":
		var e element
		if err := r.XML(&e); err != nil {
			return nil, err
		}
		return json.Marshal(e.value)
	case "form":
		values, err := url.ParseQuery(r.Text())
		if err != nil || !strings.Contains(r.Text(), "=") || strings.HasPrefix(r.Text(), "<") {
			return nil, &sdk.Failure{Class: sdk.MalformedAnswer, Text: "the vendor's answer is not a form", Sent: true}
		}
		members := map[string]string{}
		for name := range values {
			members[name] = values.Get(name)
		}
		return json.Marshal(members)
	case "text":
		return nil, nil
	}
	err = r.JSON(&tree)
	return tree, err
}

// at is the text at a place; "" where there is none. The error is a failure: the answer makes no sense.
func (r *reply) at(p place) (string, error) {
	switch p.kind {
	case inHeader:
		return strings.TrimSpace(r.Header.Get(p.name)), nil
	case inCookie:
		for _, c := range (&http.Response{Header: r.Header}).Cookies() {
			if c.Name == p.name {
				return c.Value, nil
			}
		}
		return "", nil
	case inBody:
		return r.Text(), nil
	case byPattern:
		if found := p.pattern.FindStringSubmatch(r.Text()); found != nil {
			return found[1], nil
		}
		return "", nil
	}
	node, err := r.root()
	if err != nil {
		return "", err
	}
	for _, step := range p.steps {
		node = child(node, step)
	}
	var text sdk.Text
	if node == nil || json.Unmarshal(node, &text) != nil { // an object, say: no text
		return "", nil
	}
	return string(text), nil
}

// child is a member of an object or an element of a list, also of one that stands inside a string; nil: there is none.
func child(node json.RawMessage, step string) json.RawMessage {
	var members sdk.Lax[map[string]json.RawMessage]
	if json.Unmarshal(node, &members) == nil && members.Set {
		return members.V[step]
	}
	var elements sdk.Lax[[]json.RawMessage]
	i, err := strconv.Atoi(step)
	if err != nil || i < 0 || json.Unmarshal(node, &elements) != nil || i >= len(elements.V) {
		return nil
	}
	return elements.V[i]
}

// element is an element of XML as the value that JSON would have: its text, or an object of the elements in it, where those that repeat are a
// list. Attributes are left out.
type element struct{ value any }

// mostDepth bounds how deep elements may nest.
const mostDepth = 100

// UnmarshalXML reads the element that has begun.
func (e *element) UnmarshalXML(d *xml.Decoder, _ xml.StartElement) (err error) {
	e.value, err = readElement(d, 0)
	return err
}

func readElement(d *xml.Decoder, depth int) (any, error) {
	if depth > mostDepth {
		return nil, io.ErrUnexpectedEOF
	}
	var text strings.Builder
	members := map[string]any{}
	for {
		token, err := d.Token()
		if err != nil {
			return nil, err
		}
		switch token := token.(type) {
		case xml.CharData:
			text.Write(token)
		case xml.StartElement:
			value, err := readElement(d, depth+1)
			if err != nil {
				return nil, err
			}
			name := token.Name.Local
			switch earlier := members[name].(type) {
			case nil:
				members[name] = value
			case []any:
				members[name] = append(earlier, value)
			default:
				members[name] = []any{earlier, value}
			}
		case xml.EndElement:
			if len(members) > 0 {
				return members, nil
			}
			return strings.TrimSpace(text.String()), nil
		}
	}
}
