package redact

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strconv"
	"strings"
)

// form is a text to search for.
type form struct {
	text string
	run  bool // What is hidden is the whole run of base64 characters around it.
}

// forms are the texts in which a secret may stand, each at least Shortest bytes long.
func forms(secret string) []form {
	found := append(make([]form, 0, 4), form{text: secret})
	if !plain(secret) {
		found = append(found, escaped(secret)...)
	}
	return append(found, encoded(secret)...)
}

// plain tells whether no escaping changes secret, which is so for most.
func plain(secret string) bool {
	for i := range len(secret) {
		if c := secret[i]; !base64Character(c) && c != '.' && c != '~' || c == '+' || c == '/' {
			return false
		}
	}
	return true
}

// escaped are the forms of secret in URLs, JSON and Go's quotes, and its lines.
func escaped(secret string) []form {
	query, path := url.QueryEscape(secret), url.PathEscape(secret)
	component := strings.ReplaceAll(query, "+", "%20") // as JavaScript's encodeURIComponent does
	texts := []string{query, lowerEscapes(query), path, lowerEscapes(path), component, lowerEscapes(component), quoted(secret), marshalled(secret, true), marshalled(secret, false)}
	if strings.ContainsAny(secret, "\r\n") {
		for line := range strings.Lines(secret) {
			texts = append(texts, strings.TrimSpace(line))
		}
	}
	var found []form
	for _, text := range texts {
		if len(text) >= Shortest && text != secret {
			found = append(found, form{text: text})
		}
	}
	return found
}

// marshalled is how secret stands in a JSON document.
func marshalled(secret string, html bool) string {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(html)
	if encoder.Encode(secret) != nil {
		return ""
	}
	text := strings.TrimSuffix(b.String(), "\n")
	return text[1 : len(text)-1]
}

// quoted is how secret stands between Go's quotes: what %q prints.
func quoted(secret string) string {
	text := strconv.Quote(secret)
	return text[1 : len(text)-1]
}

// lowerEscapes writes the digits of URL escapes as some programs do.
func lowerEscapes(text string) string {
	if !strings.Contains(text, "%") {
		return text
	}
	b := []byte(text)
	for i := 0; i+2 < len(b); i++ {
		if b[i] == '%' {
			copy(b[i+1:i+3], bytes.ToLower(b[i+1:i+3]))
			i += 2
		}
	}
	return string(b)
}

// window is how many characters of an encoded secret are searched for. Its run is hidden whole, so the rest need not be kept: 10,000 long
// tokens would fill tens of megabytes.
const window = 32

// encoded are the forms of secret inside base64. What stands before it (the user in front of a password) shifts it by nought, one or two
// bytes, which makes three texts; of each the characters that depend on neighbours are left out. Where an alphabet's own characters do not
// occur the two alphabets give the same.
func encoded(secret string) []form {
	found := make([]form, 0, 6)
	start := secret[:min(len(secret), window)] // More than a window of characters needs.
	for shift := range 3 {
		padded := []byte("\x00\x00"[:shift] + start)
		first, last := (shift*8+5)/6, len(padded)*8/6 // The characters that hold bits of secret alone.
		text := base64.RawStdEncoding.EncodeToString(padded)[first:last]
		text = text[:min(len(text), window)]
		found = append(found, form{text: text, run: true})
		if strings.ContainsAny(text, "+/") {
			found = append(found, form{text: strings.NewReplacer("+", "-", "/", "_").Replace(text), run: true})
		}
	}
	return found
}

// run is the run of base64 characters around a place in text, padding included.
func run(text string, place int) (start, end int) {
	start, end = place, place
	for start > 0 && base64Character(text[start-1]) {
		start--
	}
	for end < len(text) && base64Character(text[end]) {
		end++
	}
	for end < len(text) && text[end] == '=' {
		end++
	}
	return start, end
}

func base64Character(c byte) bool {
	return c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '+' || c == '/' || c == '-' || c == '_'
}
