package conformance

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/authrun/authrun/sdk/client"
)

// shortestSecret is the length below which a value is not searched for.
const shortestSecret = 6

// watch gathers all that a plugin says, and all that is secret, and finds at the end what of the one is in the other. It may be used by
// several goroutines.
type watch struct {
	mu      sync.Mutex
	said    []saying
	secrets []string
}

// saying is a text that a plugin said, and where.
type saying struct{ where, text string }

// say notes a text.
func (w *watch) say(where, text string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.said = append(w.said, saying{where, text})
}

// redact notes what a host would redact, and hides nothing.
func (w *watch) redact(text string) string {
	w.say("output", text)
	return text
}

// lines is a writer that notes what is written.
func (w *watch) lines(where string) io.Writer {
	return writerFunc(func(p []byte) { w.say(where, string(p)) })
}

type writerFunc func([]byte)

func (f writerFunc) Write(p []byte) (int, error) { f(p); return len(p), nil }

// fault notes what a fault of the plugin says and what the plugin wrote before it.
func (w *watch) fault(err error) {
	w.say("error", err.Error())
	var e *client.Error
	if errors.As(err, &e) {
		w.say("stderr", strings.Join(e.Stderr, "\n"))
	}
}

// learn notes a secret.
func (w *watch) learn(secret string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(secret) >= shortestSecret && !slices.Contains(w.secrets, secret) {
		w.secrets = append(w.secrets, secret)
	}
}

// leaks are the places where a secret is, each said once.
func (w *watch) leaks() (found []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, s := range w.said {
		for _, secret := range w.secrets {
			form, ok := leaked(s.text, secret)
			if !ok {
				continue
			}
			text := s.text
			for line := range strings.Lines(s.text) { // the one with the secret, if it is in one
				if _, ok := leaked(line, secret); ok {
					text = strings.TrimSuffix(line, "\n")
					break
				}
			}
			found = append(found, fmt.Sprintf("the %s holds a secret%s: %.300q", s.where, form, text))
			break
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// leaked tells whether a secret stands in text, and in which form: "" as it is.
func leaked(text, secret string) (form string, ok bool) {
	quoted, _ := json.Marshal(secret)
	for _, form := range []struct{ name, text string }{
		{"", secret},
		{" escaped for a URL", url.QueryEscape(secret)},
		{" escaped for a path", url.PathEscape(secret)},
		{" escaped for JSON", strings.Trim(string(quoted), `"`)},
		{" in base64", base64.StdEncoding.EncodeToString([]byte(secret))},
		{" in base64", base64.URLEncoding.EncodeToString([]byte(secret))},
		{" in hexadecimal", hex.EncodeToString([]byte(secret))},
	} {
		if strings.Contains(text, form.text) {
			return form.name, true
		}
	}
	return "", false
}

// hide is text without the secrets as they are.
func (w *watch) hide(text string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, secret := range w.secrets {
		text = strings.ReplaceAll(text, secret, "***")
	}
	return text
}
