package sdk_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/authrun/authrun/sdk"
)

// transport is a scripted vendor.
type transport func(*http.Request) (*http.Response, error)

// RoundTrip answers a request.
func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// says is the vendor that answers every request the same. Headers are names and values in turn.
func says(status int, body string, headers ...string) transport {
	return func(*http.Request) (*http.Response, error) {
		h := http.Header{}
		for i := 0; i < len(headers); i += 2 {
			h.Add(headers[i], headers[i+1])
		}
		return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body))}, nil
	}
}

// conf and cred are the types of the small vendor that these tests run operations of.
type conf struct {
	URL      string     `auth:"url,endpoint" default:"https://vendor.example"`
	User     string     `auth:"user"`
	Password sdk.Secret `auth:"password,optional"`
}

type cred struct {
	Token   sdk.Secret `auth:"token"`
	Company string     `auth:"company"`
	Refresh sdk.Secret `auth:"refresh,private"`
}

type do = func(context.Context, *sdk.Host, conf, cred) (sdk.Credential[cred], error)

// clock is what the tests' host says the time is.
var clock = time.Date(2026, 10, 1, 8, 0, 0, 0, time.UTC)

// perform runs one operation of a vendor whose every ability is f, with a budget of 3 exchanges.
func perform(t *testing.T, ctx context.Context, run sdk.Run, f do) (sdk.Result, error) {
	t.Helper()
	op := sdk.Op[conf, cred]{Calls: 3, Do: f}
	p, err := sdk.Vendor[conf, cred]{Name: "small", Acquire: op, Renew: op, Revoke: op}.Plugin()
	if err != nil {
		t.Fatal(err)
	}
	if run.Operation == "" {
		run.Operation = sdk.OpAcquire
	}
	if run.Config == nil {
		run.Config = json.RawMessage(`{"user": "u", "password": "pass-word-1"}`)
	}
	if run.Held == nil && run.Operation != sdk.OpAcquire {
		run.Held = &sdk.Held{Value: json.RawMessage(`{"token": "held-token", "company": "c"}`), Private: json.RawMessage(`{"refresh": "held-refresh"}`)}
	}
	run.Now = func() time.Time { return clock }
	return p.Run(ctx, run)
}

// good is a credential.
func good() sdk.Credential[cred] {
	return sdk.Credential[cred]{Value: cred{Token: "new-token", Company: "c", Refresh: "new-refresh"}, Life: time.Hour}
}

// inHost runs f as an operation, for what only a Host can do.
func inHost(t *testing.T, vendor http.RoundTripper, f func(ctx context.Context, h *sdk.Host)) {
	t.Helper()
	_, err := perform(t, t.Context(), sdk.Run{Transport: vendor}, func(ctx context.Context, h *sdk.Host, _ conf, _ cred) (sdk.Credential[cred], error) {
		f(ctx, h)
		return good(), nil
	})
	if err != nil {
		t.Error(err)
	}
}
