package trace

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
)

// errNoDocument is that a body is neither an object nor a list.
var errNoDocument = errors.New("neither a JSON object nor a list")

// withoutCommas is JSON without the commas before closing brackets.
func withoutCommas(raw []byte) []byte {
	var out []byte
	comma := -1 // place in out of a comma with nothing but white space after it
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; c {
		case '"':
			start := i
			for i++; i < len(raw) && raw[i] != '"'; i++ {
				if raw[i] == '\\' {
					i++
				}
			}
			out, comma = append(out, raw[start:min(i+1, len(raw))]...), -1
			continue
		case ',':
			comma = len(out)
		case '}', ']':
			if comma >= 0 {
				out = append(out[:comma], out[comma+1:]...)
			}
			comma = -1
		case ' ', '\t', '\r', '\n':
		default:
			comma = -1
		}
		out = append(out, raw[i])
	}
	return out
}

// xml is an XML document with what may not be shown hidden; comments and processing instructions are left out. ok is false where it is none.
func (m *mask) xml(text string) (masked string, ok bool) {
	if !strings.HasPrefix(text, "<") {
		return "", false
	}
	d := xml.NewDecoder(strings.NewReader(text))
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	var out strings.Builder
	var open []string
	for {
		token, err := d.Token()
		if err == io.EOF {
			return out.String(), len(open) == 0 && out.Len() > 0
		}
		if err != nil {
			return "", false
		}
		switch token := token.(type) {
		case xml.ProcInst:
			if token.Target == "xml" && isVocabulary(string(token.Inst)) {
				out.WriteString("<?xml " + string(token.Inst) + "?>\n")
			}
		case xml.StartElement:
			name := m.name(token.Name.Local)
			open = append(open, token.Name.Local)
			out.WriteString("<" + name)
			for _, a := range token.Attr {
				out.WriteString(" " + m.name(a.Name.Local) + `="` + escaped(m.named(a.Name.Local, a.Value)) + `"`)
			}
			out.WriteString(">")
		case xml.EndElement:
			out.WriteString("</" + m.name(token.Name.Local) + ">")
			open = open[:len(open)-1]
		case xml.CharData:
			if words := strings.TrimSpace(string(token)); words != "" && len(open) > 0 {
				out.WriteString(escaped(m.named(open[len(open)-1], words)))
			}
		}
	}
}

// escaped is a text as it stands in XML; a placeholder stays as it is.
func escaped(text string) string {
	if strings.HasPrefix(text, "<") && strings.HasSuffix(text, ">") {
		return text
	}
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // a strings.Builder never fails
	return b.String()
}
