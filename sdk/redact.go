package sdk

import (
	"cmp"
	"fmt"
	"io"
	"log"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"
)

// shortest is the length below which a value is not searched for: it would hide half of every text.
const shortest = 6

// redactor replaces known secrets in text. The host redacts all that a plugin says once more; this one serves plugins in the host's own
// process, and keeps secrets out of a plugin's log lines from the start. It is safe for concurrent use.
type redactor struct {
	mu       sync.Mutex
	secrets  []string
	replacer *strings.Replacer // nil: to be made
}

// add makes secrets known, with the forms in which they stand in URLs and JSON.
func (r *redactor) add(secrets ...string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range secrets {
		if len(s) < shortest {
			continue
		}
		forms := []string{s, url.QueryEscape(s), url.PathEscape(s)}
		if quoted, err := marshal(s); err == nil {
			forms = append(forms, string(quoted[1:len(quoted)-1]))
		}
		for _, form := range forms {
			if !slices.Contains(r.secrets, form) {
				r.secrets, r.replacer = append(r.secrets, form), nil
			}
		}
	}
}

// redact is s with "(sensitive)" in place of every known secret.
func (r *redactor) redact(s string) string {
	r.mu.Lock()
	if r.replacer == nil {
		slices.SortFunc(r.secrets, func(a, b string) int { return cmp.Compare(len(b), len(a)) }) // the longest wins
		pairs := make([]string, 0, 2*len(r.secrets))
		for _, secret := range r.secrets {
			pairs = append(pairs, secret, hidden)
		}
		r.replacer = strings.NewReplacer(pairs...)
	}
	replacer := r.replacer
	r.mu.Unlock()
	return replacer.Replace(s)
}

// redactingLog redacts every line before it reaches the logger below. What it does not override only asks or sets a level.
type redactingLog struct {
	hclog.Logger
	words *redactor
}

// Log writes a line.
func (l redactingLog) Log(level hclog.Level, msg string, args ...any) {
	l.Logger.Log(level, l.words.redact(msg), l.clean(args)...)
}

// Trace writes a line of that level.
func (l redactingLog) Trace(msg string, args ...any) { l.Log(hclog.Trace, msg, args...) }

// Debug writes a line of that level.
func (l redactingLog) Debug(msg string, args ...any) { l.Log(hclog.Debug, msg, args...) }

// Info writes a line of that level.
func (l redactingLog) Info(msg string, args ...any) { l.Log(hclog.Info, msg, args...) }

// Warn writes a line of that level.
func (l redactingLog) Warn(msg string, args ...any) { l.Log(hclog.Warn, msg, args...) }

// Error writes a line of that level.
func (l redactingLog) Error(msg string, args ...any) { l.Log(hclog.Error, msg, args...) }

// With is the log with args on every line.
func (l redactingLog) With(args ...any) hclog.Logger {
	return redactingLog{Logger: l.Logger.With(l.clean(args)...), words: l.words}
}

// Named is the log with a name behind its own.
func (l redactingLog) Named(name string) hclog.Logger {
	return redactingLog{Logger: l.Logger.Named(l.words.redact(name)), words: l.words}
}

// ResetNamed is the log with another name.
func (l redactingLog) ResetNamed(name string) hclog.Logger {
	return redactingLog{Logger: l.Logger.ResetNamed(l.words.redact(name)), words: l.words}
}

// StandardWriter is a writer whose lines become lines of the log.
func (l redactingLog) StandardWriter(options *hclog.StandardLoggerOptions) io.Writer {
	return redactingWriter{to: l.Logger.StandardWriter(options), words: l.words}
}

// StandardLogger is a logger of package log whose lines become lines of the log.
func (l redactingLog) StandardLogger(options *hclog.StandardLoggerOptions) *log.Logger {
	if options == nil {
		options = &hclog.StandardLoggerOptions{}
	}
	return log.New(l.StandardWriter(options), "", 0)
}

// redactingWriter redacts what is written at once.
type redactingWriter struct {
	to    io.Writer
	words *redactor
}

// Write writes p redacted.
func (w redactingWriter) Write(p []byte) (int, error) {
	if _, err := io.WriteString(w.to, w.words.redact(string(p))); err != nil {
		return 0, err
	}
	return len(p), nil
}

// clean is args as numbers, times, bools and redacted text: a logger that writes JSON would write a Secret inside a struct as it is.
func (l redactingLog) clean(args []any) []any {
	safe := make([]any, len(args))
	for i, arg := range args {
		switch arg.(type) {
		case nil, bool, int, int64, float64, time.Duration, time.Time:
			safe[i] = arg
		default:
			safe[i] = l.words.redact(fmt.Sprintf("%v", arg))
		}
	}
	return safe
}
