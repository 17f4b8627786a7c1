package httpvendor

import (
	"cmp"
	"encoding/xml"
	"errors"
	"io"
	"maps"
	"net/textproto"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/authrun/authrun/sdk"
)

// request checks the request of an operation.
func (k *checker) request(operation string, r Request) {
	at := func(argument string) []string { return []string{operation, "0", argument} }
	if r.JSON != "" && eachString(r.JSON, func(string) {}, func(string, bool) error { return nil }) != nil {
		k.add("Invalid JSON", "json is not JSON text. It is best written with jsonencode({ ... }).", at("json")...)
	}
	for _, w := range r.templates() {
		k.template(w, append([]string{operation, "0"}, w.path...), operation)
	}
	if r.XML != "" && !isXML(r.XML) {
		k.add("Invalid XML", "xml is not XML: an element that is closed, with all that is in it.", at("xml")...)
	}
	kind := bodyKind(r)
	if kind != "" && (r.Method == "GET") {
		k.add("Contradicting arguments", "A GET has no body. Set method to another, or put the values into query.", at(kind)...)
	}
	if (kind == "" || kind == "multipart") && k.c.uses(r, nameBody) {
		k.add("Contradicting arguments", "{body} is used, and the request has no body that can be written down.", at("method")...)
	}
	if r.ContentType != "" && (kind == "" || kind == "multipart" || strings.ContainsAny(r.ContentType, "\r\n")) {
		k.add("Contradicting arguments", "content_type is the type of a body that is written in json, form, xml or raw.", at("content_type")...)
	}
	for _, name := range r.Order {
		_, query := r.Query[name]
		_, form := r.Form[name]
		_, part := r.Multipart[name]
		if !query && !form && !part {
			k.add("Unknown name", "order names something that is neither in query nor in form or multipart.", at("order")...)
		}
	}
	if slices.ContainsFunc(strings.Split(k.still(r.Path), "/"), isDots) {
		k.add("Invalid path", "A part of the path is a point or two, so it would lead elsewhere.", at("path")...)
	}
	k.headers(operation, r)
	k.judgement(operation, r)
}

// bodyKind is the argument that a request's body is written in; "": it has none.
func bodyKind(r Request) string {
	switch {
	case r.JSON != "":
		return "json"
	case r.Form != nil:
		return "form"
	case r.Multipart != nil:
		return "multipart"
	case r.XML != "":
		return "xml"
	case r.Raw != "":
		return "raw"
	}
	return ""
}

// still is a path with the values of those placeholders that never change, escaped.
func (k *checker) still(path string) string {
	t, _ := parse(path)
	var out strings.Builder
	for _, p := range t {
		if p.name == "" {
			out.WriteString(p.text)
		} else if value, _, ok := k.c.given(p.name); ok {
			out.WriteString(url.PathEscape(value))
		} else {
			out.WriteString("x")
		}
	}
	return out.String()
}

// isXML tells whether text is one element and what is in it. Placeholders are text.
func isXML(text string) bool {
	d := xml.NewDecoder(strings.NewReader(text))
	elements := 0
	for depth := 0; ; {
		token, err := d.Token()
		if err != nil {
			return errors.Is(err, io.EOF) && elements == 1
		}
		switch token.(type) {
		case xml.StartElement:
			if depth++; depth == 1 {
				elements++
			}
		case xml.EndElement:
			depth--
		}
	}
}

// ours are the headers that belong to the exchange and not to its author.
var ours = []string{"Host", "Content-Length", "Transfer-Encoding", "Connection", "Te", "Trailer", "Upgrade", "Keep-Alive", "Proxy-Connection"}

var headerName = regexp.MustCompile("^[!#$%&'*+.^_`|~0-9A-Za-z-]+$")

// headers checks the names of headers.
func (k *checker) headers(operation string, r Request) {
	for _, name := range slices.Sorted(maps.Keys(r.Headers)) {
		switch canonical := textproto.CanonicalMIMEHeaderKey(name); {
		case !headerName.MatchString(name):
			k.add("Invalid name", strconv.Quote(name)+" is not the name of a header.", operation, "0", "headers")
		case slices.Contains(ours, canonical):
			k.add("Invalid name", "The header "+canonical+" is set by authrun itself. Remove it.", operation, "0", "headers")
		case canonical == "Content-Type" && bodyKind(r) == "multipart":
			k.add("Contradicting arguments", "The type of a multipart body names what parts it, so it cannot be set.", operation, "0", "headers")
		}
	}
}

// template checks a template. Operation is the one it stands in; "" where several may use it.
func (k *checker) template(w written, path []string, operation string) {
	t, err := parse(w.text)
	if err != nil {
		k.add("Invalid template", "The template is wrong: "+err.Error()+".", path...)
		return
	}
	for i, p := range t {
		if p.name == "" {
			continue
		}
		k.placeholder(p, path, operation)
		for n, filter := range p.filters {
			if typed(filter) && (!w.json || len(t) > 1 || i > 0 || n < len(p.filters)-1) {
				k.add("Invalid template", "The filters number and bool make a whole string of json a value of that type, and stand last.", path...)
			}
		}
		if w.body && k.c.reached("{" + p.name + "}")[nameBody] {
			k.add("Cycle", "{body} leads into the body itself.", path...)
		}
	}
}

// placeholder checks that something fills a placeholder.
func (k *checker) placeholder(p piece, path []string, operation string) {
	if p.argument != "" && p.name != nameNow {
		k.add("Invalid template", "Only {now:FORMAT} has something behind a colon.", path...)
	}
	if p.name == nameNow {
		if _, err := write(time.Time{}, p.argument, time.UTC); err != nil {
			k.add("Invalid template", "What stands behind {now: "+err.Error()+".", path...)
		}
		return
	}
	attribute, isHeld := strings.CutPrefix(p.name, nameHeld)
	where := k.c.Acquire.Credential
	_, open := where.Attributes[attribute]
	_, secret := where.SensitiveAttributes[attribute]
	switch {
	case isHeld && !open && !secret:
		k.add("Unknown placeholder", "{held.NAME} is what acquire's credential block names in attributes or sensitive_attributes, and it names no such thing.",
			path...)
	case p.name == nameRefresh && where.RefreshToken == "":
		k.add("Unknown placeholder", "{refresh_token} is what acquire's credential block finds at refresh_token_at, which is not set.", path...)
	case !builtin(p.name) && !k.known(p.name):
		k.add("Unknown placeholder", "Nothing fills a placeholder of this template. There are "+strings.Join(k.placeholders(), ", ")+".", path...)
	}
	if reached := k.c.reached("{" + p.name + "}"); operation == "acquire" {
		for _, name := range slices.Sorted(maps.Keys(reached)) {
			if name == nameToken || name == nameRefresh || strings.HasPrefix(name, nameHeld) {
				k.add("Misplaced placeholder", "{"+name+"} is of a token that is held already, and acquire is there to get one.", path...)
			}
		}
	}
}

// known tells whether an argument fills a placeholder.
func (k *checker) known(name string) bool {
	_, _, ok := k.c.given(name)
	return ok || slices.ContainsFunc(k.c.Compute, func(c Compute) bool { return c.Name == name })
}

// placeholders are all placeholders that are filled, for a message.
func (k *checker) placeholders() []string {
	var names []string
	for _, open := range []map[string]string{k.c.Account, k.c.Values} {
		names = slices.AppendSeq(names, maps.Keys(open))
	}
	for _, hidden := range []map[string]sdk.Secret{k.c.AccountSecrets, k.c.Secrets, k.c.Passing} {
		names = slices.AppendSeq(names, maps.Keys(hidden))
	}
	for _, compute := range k.c.Compute {
		names = append(names, compute.Name)
	}
	slices.Sort(names)
	names = append(names, nameNow+":unix", nameNonce, nameUUID, nameBody, nameToken, nameRefresh, nameHeld+"NAME")
	for i, name := range names {
		names[i] = "{" + name + "}"
	}
	return names
}

// judgement checks how an answer is judged.
func (k *checker) judgement(operation string, r Request) {
	language := cmp.Or(r.Answer, "json")
	k.place(r.Message, language, operation, "0", "message")
	for i, look := range r.Success {
		at := []string{operation, "0", "success", strconv.Itoa(i)}
		k.look(look, language, at)
		if len(look.Status) == 0 && look.At == "" && len(look.OneOf) == 0 && look.Match == "" {
			k.add("Missing argument", "Say what success looks like: by status, or by what stands at a place.", at...)
		}
	}
	for i, refusal := range r.Failure {
		at := []string{operation, "0", "failure", strconv.Itoa(i)}
		k.look(refusal.Look, language, at)
		k.place(refusal.RetryAfterAt, language, append(at, "retry_after_at")...)
		if len(refusal.Status) == 0 && refusal.At == "" && len(refusal.OneOf) == 0 && refusal.Match == "" {
			k.add("Missing argument", "Say how this failure is told: by status, or by what stands at a place.", at...)
		}
	}
}

// look checks what is looked at in an answer.
func (k *checker) look(l Look, language string, at []string) {
	k.place(l.At, language, append(at, "at")...)
	for _, status := range l.Status {
		if status < 100 || status > 599 {
			k.add("Invalid status", "An HTTP status is a number from 100 to 599.", append(at, "status")...)
		}
	}
	if _, err := regexp.Compile(l.Match); err != nil {
		k.add("Invalid regular expression", "match is not a regular expression (RE2).", append(at, "match")...)
	}
}

// place checks a place in an answer of a language. One that is not set is none.
func (k *checker) place(text, language string, path ...string) {
	if text == "" {
		return
	}
	p, err := parsePlace(text)
	switch {
	case err != nil:
		k.add("Invalid place", "This "+err.Error()+".", path...)
	case p.kind == byPointer && language == "text":
		k.add("Contradicting arguments", "An answer that is text has no pointers into it. Set answer to the language of the answer, or use \"regex:PATTERN\".", path...)
	}
}
