// Package redact hides secrets in text by their value: in messages, logs, traces, a plugin's last words.
//
// It is the net under all other care. It knows no formats and no places; whoever learns of a secret adds it, and whoever prints passes the
// text through. It may be imported by the runtime and its rooms.
package redact

import (
	"strings"
	"sync"
)

// Shown stands where a secret stood.
const Shown = "(sensitive)"

// Shortest is the number of bytes from which on a value is searched for. A shorter one would be found in innocent words, and hide the text
// rather than the secret.
const Shortest = 6

// Redactor hides the secrets that it was told of. It may be used by many goroutines at the same time. Its zero value works.
type Redactor struct {
	mu    sync.RWMutex
	index index
	known map[string]struct{} // as they were added
}

// New returns a Redactor that knows no secret.
func New() *Redactor { return &Redactor{} }

// Add makes the redactor hide these from now on, together with the forms in which they travel: escaped for a URL, as a JSON string or by
// Go's quotes, in base64 (wherever in the encoded text), and each line of one that has several. Those that are too short to be searched
// for are passed over.
func (r *Redactor) Add(secrets ...string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, secret := range secrets {
		if len(secret) < Shortest {
			continue
		}
		if _, known := r.known[secret]; known {
			continue
		}
		if r.known == nil {
			r.known = map[string]struct{}{}
		}
		r.known[secret] = struct{}{}
		for _, f := range forms(secret) {
			r.index.add(f)
		}
	}
}

// String is text with every secret replaced by [Shown]: also those that overlap, and those that touch, which one word hides together.
func (r *Redactor) String(text string) string {
	if len(text) < Shortest {
		return text
	}
	r.mu.RLock()
	defer r.mu.RUnlock()
	if len(r.known) == 0 {
		return text
	}
	var out output
	r.index.each(text, func(start, end int, _ bool) { out.hide(start, end) })
	return out.finish(text)
}

// output gathers what is to be hidden of a text.
type output struct {
	hidden []span // in order, none touching the next
}

// span is a part of a text.
type span struct{ start, end int }

// hide adds a span, joined with those that it overlaps or touches. A span begins at most a run before the one added last.
func (o *output) hide(start, end int) {
	for n := len(o.hidden); n > 0 && o.hidden[n-1].end >= start; n-- {
		last := o.hidden[n-1]
		start, end = min(start, last.start), max(end, last.end)
		o.hidden = o.hidden[:n-1]
	}
	o.hidden = append(o.hidden, span{start, end})
}

// finish is the text with the spans replaced.
func (o *output) finish(text string) string {
	if len(o.hidden) == 0 {
		return text
	}
	var b strings.Builder
	written := 0
	for _, s := range o.hidden {
		b.WriteString(text[written:s.start])
		b.WriteString(Shown)
		written = s.end
	}
	b.WriteString(text[written:])
	return b.String()
}
