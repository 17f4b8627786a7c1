package runtime_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	authrun "github.com/authrun/authrun/runtime"
	"github.com/authrun/authrun/runtime/store"
	"github.com/authrun/authrun/runtime/store/memory"
)

type panics struct{}

func (panics) RoundTrip(*http.Request) (*http.Response, error) { panic("s3cr3t-in-a-transport") }

// panickyStore panics when something is to be written.
type panickyStore struct{ *memory.Store }

func (panickyStore) Begin(context.Context, store.Exchange, store.Judge) (int64, error) {
	panic("no ledger today")
}

// A function of the program that panics fails what needed it, and the rest goes on.
func TestPanics(t *testing.T) {
	for name, c := range map[string]struct {
		options func(*authrun.Options)
		events  func(authrun.Event)
		failed  int
	}{
		"listener":  {events: func(authrun.Event) { panic("enough") }},
		"transport": {options: func(o *authrun.Options) { o.Transport = panics{} }, failed: 4},
		"store":     {options: func(o *authrun.Options) { o.Backend, o.Key = panickyStore{memory.New()}, strings.Repeat("0f", 32) }, failed: 4},
		"clock": {options: func(o *authrun.Options) {
			o.Sleep = func(context.Context, time.Duration) error { panic("no rest") }
		}, failed: 0},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			s.options.Sleep = func(ctx context.Context, d time.Duration) error { s.pass(d); return ctx.Err() }
			var log bytes.Buffer
			s.options.Logger = slog.New(slog.NewTextHandler(&log, nil))
			if c.options != nil {
				c.options(&s.options)
			}
			path := s.write(all)
			s.run(path, func(f *authrun.Flow) {
				summary, err := f.Apply(t.Context(), authrun.ApplyOptions{}, c.events)
				if err != nil || summary.Failed != c.failed {
					t.Errorf("%+v %v", summary, err)
				}
				if c.failed > 0 {
					source, err := f.TokenSource("auth.sipauth.a")
					if err != nil {
						t.Fatal(err)
					}
					if _, err := source.Token(); err == nil {
						t.Error("a token")
					}
				}
			})
			if strings.Contains(log.String(), "s3cr3t") {
				t.Error("the log shows what it panicked with")
			}
		})
	}
}
