package redact

import (
	"io"
	"sort"
	"strings"
)

// held is how many bytes at most of a run of base64 characters are held back because a secret may be encoded in what follows: the run is hidden
// whole, as far as it has not been shown.
const held = 4 << 10

// Writer hides secrets in what is written to it, and passes the rest on, in pieces of any size: it shows what [Redactor.String] would make of the
// whole. It holds back what may be the beginning of a secret until that is decided, by what follows, by [Writer.Pause] or by [Writer.Close]. It
// knows what its redactor does, also what that learns later. It is not safe for use by several goroutines.
type Writer struct {
	redactor *Redactor
	to       io.Writer
	err      error

	text    string // what has not been decided, and before it what may still be part of a secret
	settled int    // bytes of text that were shown or hidden
	marked  bool   // what was settled last was hidden
	inRun   bool   // all of the run that goes on is hidden

	starts  map[string]bool // beginnings of secrets shorter than Shortest
	longest int             // length of the longest form of a secret
	learned int             // how many secrets the redactor knew when these were made
}

// Writer makes a Writer that passes on to another.
func (r *Redactor) Writer(to io.Writer) *Writer { return &Writer{redactor: r, to: to} }

// Write takes a piece. The error is that of the writer behind; after one nothing is passed on.
func (w *Writer) Write(piece []byte) (int, error) {
	if w.err != nil {
		return 0, w.err
	}
	w.text += string(piece)
	if w.decide(w.safe); w.err != nil {
		return 0, w.err
	}
	return len(piece), nil
}

// Pause decides about what is held back, because nothing followed for a while and somebody may wait for it: fewer bytes than [Shortest] are
// shown, even if a secret begins with them, and more are hidden, even if they turn out to be none.
func (w *Writer) Pause() error {
	w.decide(func(out *output) int {
		if begun := w.redactor.index.begun(w.text, w.starts, w.longest); len(w.text)-begun >= Shortest {
			out.hide(begun, len(w.text))
		}
		return len(w.text)
	})
	return w.err
}

// Close shows what is held back, since no more follows. It does not close the writer behind.
func (w *Writer) Close() error {
	w.decide(func(*output) int { return len(w.text) })
	return w.err
}

// safe is the place up to which nothing that follows can change what is hidden.
func (w *Writer) safe(*output) int {
	return min(w.redactor.index.begun(w.text, w.starts, w.longest), w.runStart())
}

// runStart is the start of the run of base64 characters at the end of the text, as far as it is held.
func (w *Writer) runStart() int {
	at := len(strings.TrimRight(w.text, "="))
	for at > 0 && base64Character(w.text[at-1]) {
		at--
	}
	return max(at, len(w.text)-held)
}

// decide passes on the text up to the place that limit gives, without its secrets. What limit hides is a secret, too.
func (w *Writer) decide(limit func(*output) int) {
	if w.err != nil {
		return
	}
	w.redactor.mu.RLock()
	w.learn()
	var out output
	w.continueRun(&out)
	w.redactor.index.each(w.text, func(start, end int, run bool) {
		out.hide(start, end)
		w.inRun = w.inRun || run && end == len(w.text)
	})
	until := limit(&out)
	keep := w.safe(nil)
	w.redactor.mu.RUnlock()

	if shown := w.settle(out.hidden, until); shown != "" {
		_, w.err = io.WriteString(w.to, shown)
	}
	keep = min(keep, w.settled)
	w.text, w.settled = strings.Clone(w.text[keep:]), w.settled-keep
}

// continueRun hides what goes on with a run that is hidden.
func (w *Writer) continueRun(out *output) {
	if !w.inRun {
		return
	}
	end := w.settled
	padded := end > 0 && w.text[end-1] == '='
	for end < len(w.text) && !padded && base64Character(w.text[end]) {
		end++
	}
	for end < len(w.text) && w.text[end] == '=' {
		end++
	}
	if end > w.settled {
		out.hide(w.settled, end)
	}
	w.inRun = end == len(w.text)
}

// settle gives the text up to a place, from where it was settled before, with what is hidden replaced. A hidden part may reach beyond the place.
func (w *Writer) settle(hidden []span, until int) string {
	var b strings.Builder
	for _, s := range hidden {
		if s.end <= w.settled || s.start >= until {
			continue
		}
		if s.start > w.settled {
			b.WriteString(w.text[w.settled:s.start])
			w.marked = false
		}
		if !w.marked {
			b.WriteString(Shown)
		}
		w.settled, w.marked = s.end, true
	}
	if until > w.settled {
		b.WriteString(w.text[w.settled:until])
		w.settled, w.marked = until, false
	}
	return b.String()
}

// learn notes how the secrets begin, where the redactor has learned of new ones.
func (w *Writer) learn() {
	if w.learned == len(w.redactor.known) {
		return
	}
	w.learned, w.starts = len(w.redactor.known), map[string]bool{}
	for _, bucket := range w.redactor.index.buckets {
		for n := 1; n < Shortest; n++ {
			w.starts[bucket[0].text[:n]] = true
		}
		for _, e := range bucket {
			w.longest = max(w.longest, len(e.text))
		}
	}
}

// begun is the first place from which on text is the beginning of a form that is longer; the end of text where there is none.
func (x *index) begun(text string, starts map[string]bool, longest int) int {
	for i := max(0, len(text)-longest+1); i < len(text); i++ {
		rest := text[i:]
		if len(rest) < Shortest {
			if starts[rest] {
				return i
			}
			continue
		}
		h := head(rest)
		if s := slot(h); x.filter[s/64]>>(s%64)&1 == 0 {
			continue
		}
		bucket := x.buckets[h]
		at := sort.Search(len(bucket), func(n int) bool { return bucket[n].text > rest })
		if at < len(bucket) && strings.HasPrefix(bucket[at].text, rest) {
			return i
		}
	}
	return len(text)
}
