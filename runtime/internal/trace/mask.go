package trace

import (
	"encoding/json"
	"regexp"
	"strings"
	"sync"
	"unicode"

	"github.com/authrun/authrun/sdk"
	"github.com/authrun/authrun/sdk/sdktest/script"
)

const (
	// mostDigits is the length of a number in a text that is shown: error codes are so long, one-time codes are not.
	mostDigits = 5
	// mostNumber is the length of a number in JSON that is shown: instants in milliseconds have 13 digits, and what is longer is an identity.
	mostNumber = 15
	// mostName is the length of a name, and mostNameDigits how many digits it may have: what is longer or has more may be a secret by which
	// something is filed.
	mostName, mostNameDigits = 40, 4
)

// secretive are names whose values are secrets, whatever they look like.
var secretive = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)(passw(or)?d|passphrase|secret|private.?key|token|signature|session.?id|cookie|authorization)$|^(sign|key|pin|code_verifier|assertion)$`)
})

// userinfo is that of a URL with a password.
var userinfo = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`://[^/@\s]*:[^/@\s]*@`) })

// mask decides what of one operation is shown.
type mask struct {
	secret func(text string) bool
	exact  map[string]bool // values that are secrets, of whatever length
	shown  map[string]bool // values of arguments that are not sensitive
}

func (o Operation) mask() *mask {
	m := &mask{secret: o.Secret, exact: map[string]bool{}, shown: map[string]bool{}}
	m.learn(o.Config, o.Schema.Config)
	if o.Held != nil {
		m.learn(o.Held.Value, o.Schema.Credential)
		m.learn(o.Held.Private, o.Schema.Credential)
	}
	m.learn(o.Result.Value, o.Schema.Credential)
	m.learn(o.Result.Private, o.Schema.Credential)
	m.show(o.Config, o.Schema.Config)
	return m
}

// learn notes the secrets among the members of an object.
func (m *mask) learn(raw json.RawMessage, schema sdk.Block) {
	for name, value := range object(raw) {
		if isSecret(name, schema) {
			leaves(value, func(text string) { m.exact[text] = true })
			continue
		}
		for _, inner := range nested(name, value, schema) {
			m.learn(inner.raw, inner.schema)
		}
	}
}

// show notes what may be shown: the texts and numbers of arguments that are not sensitive, and the parts of the paths of endpoints.
func (m *mask) show(raw json.RawMessage, schema sdk.Block) {
	for name, value := range object(raw) {
		a, known := schema.Attribute(name)
		if known && !isSecret(name, schema) {
			leaves(value, func(text string) {
				m.shown[text] = true
				if a.Endpoint {
					for part := range strings.SplitSeq(text, "/") {
						m.shown[part] = true
					}
				}
			})
		}
		for _, inner := range nested(name, value, schema) {
			m.show(inner.raw, inner.schema)
		}
	}
}

// isSecret tells whether an attribute's value is a secret: what no schema knows counts as one.
func isSecret(name string, schema sdk.Block) bool {
	if name == "token" {
		return true
	}
	for _, n := range schema.Blocks {
		if n.Name == name {
			return false
		}
	}
	a, known := schema.Attribute(name)
	return !known || a.Sensitive || a.Private
}

// inner is an object of a nested block.
type inner struct {
	raw    json.RawMessage
	schema sdk.Block
}

// nested are the objects that a member holds where it is a nested block: one, or a list of them.
func nested(name string, value any, schema sdk.Block) (found []inner) {
	for _, n := range schema.Blocks {
		if n.Name != name {
			continue
		}
		list, ok := value.([]any)
		if !ok {
			list = []any{value}
		}
		for _, element := range list {
			if raw, err := json.Marshal(element); err == nil {
				found = append(found, inner{raw, n.Block})
			}
		}
	}
	return found
}

// leaves gives every text and number in a value to f, and names in it, too: a secret map has secret keys.
func leaves(v any, f func(text string)) {
	switch v := v.(type) {
	case string:
		if v != "" {
			f(v)
		}
	case json.Number:
		f(v.String())
	case []any:
		for _, element := range v {
			leaves(element, f)
		}
	case map[string]any:
		for name, member := range v {
			if name != "" {
				f(name)
			}
			leaves(member, f)
		}
	}
}

// object is a JSON object as a map; nil where it is none.
func object(raw json.RawMessage) map[string]any {
	v, _ := script.ParseJSON(raw)
	members, _ := v.(map[string]any)
	return members
}

// members are the members of an object by a schema, those that are null left out.
func (m *mask) members(raw json.RawMessage, schema sdk.Block) map[string]any {
	masked := map[string]any{}
	for name, value := range object(raw) {
		switch {
		case value == nil:
		case isSecret(name, schema):
			masked[m.name(name)] = m.hidden(value)
		default:
			masked[m.name(name)] = m.value("", value)
		}
	}
	return masked
}

// credential is the members of a credential and of its private part; nil where there are none.
func (m *mask) credential(value, private json.RawMessage, schema sdk.Block) map[string]any {
	masked := m.members(value, schema)
	for name, member := range m.members(private, schema) {
		masked[name] = member
	}
	if len(masked) == 0 {
		return nil
	}
	return masked
}

// value is a value of JSON with what may not be shown hidden; name is that of the member that it is, if it is one.
func (m *mask) value(name string, v any) any {
	if secretive().MatchString(name) {
		return m.hidden(v)
	}
	switch v := v.(type) {
	case string:
		return m.inside(v)
	case json.Number:
		return m.number(v)
	case []any:
		masked := make([]any, len(v))
		for i, element := range v {
			masked[i] = m.value(name, element)
		}
		return masked
	case map[string]any:
		masked := make(map[string]any, len(v))
		for name, member := range v {
			masked[m.name(name)] = m.value(name, member)
		}
		return masked
	}
	return v
}

// hidden is a value of JSON with nothing shown but its shape.
func (m *mask) hidden(v any) any {
	switch v := v.(type) {
	case string:
		return script.Hidden(v)
	case json.Number:
		return script.Hidden(v.String())
	case []any:
		masked := make([]any, len(v))
		for i, element := range v {
			masked[i] = m.hidden(element)
		}
		return masked
	case map[string]any:
		masked := make(map[string]any, len(v))
		for name, member := range v {
			masked[m.name(name)] = m.hidden(member)
		}
		return masked
	}
	return v
}

// inside is a text that may be JSON itself, as some vendors have it.
func (m *mask) inside(text string) any {
	if strings.HasPrefix(text, "{") || strings.HasPrefix(text, "[") {
		if v, err := lenient([]byte(text)); err == nil {
			return string(compact(m.value("", v)))
		}
	}
	return m.text(text)
}

// text is a text, or the placeholder for it.
func (m *mask) text(text string) string {
	switch {
	case text == "" || !m.isKnown(text) && (m.shown[text] && !userinfo().MatchString(text) || isCode(text) || isVocabulary(text)):
		return text
	}
	return script.Hidden(text)
}

// isKnown tells whether a text is or holds a known secret.
func (m *mask) isKnown(text string) bool { return m.exact[text] || m.secret(text) }

// isCode tells whether a text is a number that is too short for a secret.
func isCode(text string) bool {
	return len(text) <= mostDigits && strings.Trim(text, "0123456789") == "" && text != ""
}

// number is a number, or the placeholder for it.
func (m *mask) number(n json.Number) any {
	digits := strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return r
		}
		return -1
	}, n.String())
	if len(digits) > mostNumber || m.isKnown(n.String()) {
		return script.Hidden(n.String())
	}
	return n
}

// name is a name, or the placeholder for it where it is none that a person would give.
func (m *mask) name(name string) string {
	digits := 0
	for _, r := range name {
		switch {
		case unicode.IsDigit(r):
			digits++
		case !unicode.IsLetter(r) && !strings.ContainsRune("_-.:[]$@ ", r):
			return script.Hidden(name)
		}
	}
	if len([]rune(name)) > mostName || digits > mostNameDigits || m.isKnown(name) {
		return script.Hidden(name)
	}
	return name
}
