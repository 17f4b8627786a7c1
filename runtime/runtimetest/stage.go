package runtimetest

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	authrun "github.com/authrun/authrun/runtime"
	"github.com/authrun/authrun/runtime/store/memory"
)

// Start is when the clock of a [Stage] begins.
var Start = time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)

// Stage is a runtime with one flow, whose vendors are inside the test.
type Stage struct {
	Runtime *authrun.Runtime
	Flow    *authrun.Flow
	Clock   *Clock
	Options authrun.Options // that it was opened with: for a second runtime on the same store

	t testing.TB
}

// New makes a stage, which ends with the test. It fails the test where the flow is wrong.
func New(t testing.TB, flow string, vendors ...*Vendor) *Stage {
	t.Helper()
	return Open(t, authrun.Options{}, authrun.Inputs{}, flow, vendors...)
}

// Open is [New] with options and inputs of the test's own. What the options leave out is the stage's: the vendors, the clock, a store in memory and
// a transport that reaches the vendors alone.
func Open(t testing.TB, o authrun.Options, in authrun.Inputs, flow string, vendors ...*Vendor) *Stage {
	t.Helper()
	s := &Stage{Clock: NewClock(Start), t: t}
	if o.Now == nil {
		o.Now, o.Sleep = s.Clock.Now, s.Clock.Sleep
	}
	if o.Backend == nil && o.Store == "" {
		o.Backend, o.Key = memory.New(), strings.Repeat("5a", 32)
	}
	hosts := hosts{}
	for _, v := range vendors {
		o.Vendors = append(o.Vendors, v)
		hosts[v.host()] = v
	}
	if o.Transport == nil {
		o.Transport = hosts
	}
	s.Options = o
	var err error
	if s.Runtime, err = authrun.Open(o); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Runtime.Close(); err != nil {
			t.Errorf("the runtime did not close: %v", err)
		}
	})
	var diags authrun.Diagnostics
	if s.Flow, diags = s.Runtime.LoadBytes(context.Background(), "test.hcl", []byte(flow), in); diags.HasErrors() {
		t.Fatal(diags)
	}
	return s
}

// Source is the live token of an address of the flow. It fails the test where there is no such address.
func (s *Stage) Source(address string) *authrun.TokenSource {
	s.t.Helper()
	source, err := s.Flow.TokenSource(address)
	if err != nil {
		s.t.Fatal(err)
	}
	return source
}

// Apply applies the flow, and fails the test where that fails.
func (s *Stage) Apply() authrun.Summary {
	s.t.Helper()
	summary, err := s.Flow.Apply(context.Background(), authrun.ApplyOptions{}, nil)
	if err != nil || summary.Failed+summary.Skipped > 0 {
		s.t.Fatalf("applied with %d failed and %d skipped: %v", summary.Failed, summary.Skipped, err)
	}
	return summary
}

// hosts are the vendors by host; there is nothing else in this world.
type hosts map[string]*Vendor

// RoundTrip answers for the vendor of the request's host.
func (h hosts) RoundTrip(r *http.Request) (*http.Response, error) {
	v := h[r.URL.Hostname()]
	if v == nil {
		return nil, fmt.Errorf("no vendor of the test has the host %s", r.URL.Hostname())
	}
	token, err := v.answer(r.Context())
	if err != nil {
		return nil, err
	}
	body, err := json.Marshal(map[string]string{"token": token})
	if err != nil {
		return nil, err
	}
	return &http.Response{StatusCode: http.StatusOK, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{"Content-Type": {"application/json"}},
		Body: io.NopCloser(strings.NewReader(string(body))), ContentLength: int64(len(body)), Request: r}, nil
}
