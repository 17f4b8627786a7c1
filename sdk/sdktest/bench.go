package sdktest

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/authrun/authrun/sdk"
	"github.com/authrun/authrun/sdk/plugin"
)

// benchTime is how long an operation on a [Bench] may take before it is taken for one that hangs.
const benchTime = 30 * time.Second

// Bench is a vendor in the test's own process, with a server for it on loopback, for cases that a script has no words for: one operation with a
// server that misbehaves, a life by the server's clock, a request to the byte. See package fakevendor for servers.
type Bench struct {
	Plugin sdk.Plugin
	// URL is the server's address.
	URL string
	// Config are the arguments that the test goes by: those that it set, over the schema's defaults and null for all others.
	Config map[string]any
	// Now is the host's clock, which stands still until the test sets it: 2026-03-01T08:00:00Z.
	Now time.Time
	// Transport makes the exchanges; nil: a plain one, which reaches the server.
	Transport http.RoundTripper
	// Learned are the secrets that the vendor's operations told the host, in order.
	Learned []string

	t      *testing.T
	server http.Handler
}

// NewBench makes a bench with a server, which ends with the test. Config is given the server's address, and makes the arguments that are set.
func NewBench(t *testing.T, v plugin.Vendor, server http.Handler, config func(url string) map[string]any) *Bench {
	t.Helper()
	p, err := v.Plugin()
	if err != nil {
		t.Fatal(err)
	}
	d, err := p.Describe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(server)
	t.Cleanup(web.Close)
	b := &Bench{t: t, server: server, Plugin: p, URL: web.URL, Config: map[string]any{}, Now: time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)}
	for _, a := range d.Config.Attributes {
		b.Config[a.Name] = nil
		if a.Default != nil {
			b.Config[a.Name] = a.Default
		}
	}
	maps.Copy(b.Config, config(web.URL))
	return b
}

// With is the bench's configuration with other arguments.
func (b *Bench) With(other map[string]any) map[string]any {
	config := maps.Clone(b.Config)
	maps.Copy(config, other)
	return config
}

// Run does one operation; held is the value of the credential that is held, nil for none. A failure is a *sdk.Failure.
func (b *Bench) Run(op sdk.Operation, config map[string]any, held json.RawMessage) (sdk.Result, error) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.t.Context(), benchTime)
	defer cancel()
	return b.RunContext(ctx, op, config, held)
}

// RunContext is Run with a context of the test's own.
func (b *Bench) RunContext(ctx context.Context, op sdk.Operation, config map[string]any, held json.RawMessage) (sdk.Result, error) {
	b.t.Helper()
	raw, err := json.Marshal(config)
	if err != nil {
		b.t.Fatal(err)
	}
	transport := b.Transport
	if transport == nil {
		// As a host has it: one connection an exchange, no redirects by nature.
		plain := &http.Transport{DisableKeepAlives: true}
		defer plain.CloseIdleConnections()
		transport = plain
	}
	run := sdk.Run{Operation: op, Config: raw, Transport: transport, Now: func() time.Time { return b.Now },
		Learn: func(secret string) { b.Learned = append(b.Learned, secret) }}
	if held != nil {
		run.Held = &sdk.Held{Value: held, MadeBy: sdk.Version}
	}
	return b.Plugin.Run(ctx, run)
}

// Acquire acquires, and fails the test where that fails. It gives the token beside the result.
func (b *Bench) Acquire(config map[string]any) (r sdk.Result, token string) {
	b.t.Helper()
	r, err := b.Run(sdk.OpAcquire, config, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	token, _ = b.Attributes(r)["token"].(string)
	return r, token
}

// Clean fails the test where a request was not as the vendor's documents say: where the server, which has a fakevendor.Control, noted that.
func (b *Bench) Clean() {
	b.t.Helper()
	judge, ok := b.server.(interface{ Violations() []string })
	if !ok {
		b.t.Fatal("the server has no method Violations")
	}
	for _, violation := range judge.Violations() {
		b.t.Errorf("a request was not as documented: %s", violation)
	}
}

// Attributes are the attributes of a credential, as JSON has them: numbers are float64.
func (b *Bench) Attributes(r sdk.Result) map[string]any {
	b.t.Helper()
	var value map[string]any
	if err := json.Unmarshal(r.Value, &value); err != nil {
		b.t.Fatal(err)
	}
	return value
}
