package runtime

import (
	"context"
	"log/slog"
	"regexp"
	"sync"

	"github.com/authrun/authrun/runtime/internal/exchange"
	"github.com/authrun/authrun/sdk"
)

// userinfo is the password in a URL. Nobody declares it as a secret, since no vendor's address may have one.
var userinfo = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(://[^/@\s"]*:)[^/@\s"]+@`) })

// hide takes all known secrets out of text that a person sees, and passwords out of URLs.
func (r *Runtime) hide(text string) string {
	return userinfo().ReplaceAllString(r.secrets.String(text), "${1}"+hidden+"@")
}

// trace logs an exchange, without a word of what was said in it.
func (r *Runtime) trace(address string, op sdk.Operation, t exchange.Trace) {
	if !r.log.Enabled(context.Background(), slog.LevelDebug) {
		return
	}
	attrs := []slog.Attr{slog.String("address", address), slog.String("operation", string(op)), slog.String("method", t.Method),
		slog.String("to", t.Origin)}
	if !t.Connected.IsZero() {
		attrs = append(attrs, slog.Duration("connected_after", t.Connected.Sub(t.Began)))
	}
	if !t.Answered.IsZero() {
		attrs = append(attrs, slog.Duration("answered_after", t.Answered.Sub(t.Began)), slog.Int("status", t.Status))
	}
	r.log.LogAttrs(context.Background(), slog.LevelDebug, "vendor call", attrs...)
}
