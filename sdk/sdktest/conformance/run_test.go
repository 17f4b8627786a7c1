package conformance_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/authrun/authrun/sdk"
	"github.com/authrun/authrun/sdk/client"
	"github.com/authrun/authrun/sdk/sdktest/conformance"
	"github.com/authrun/authrun/sdk/sdktest/script"
)

type settings struct {
	URL    string     `auth:"url,endpoint,account" doc:"Address."`
	User   string     `auth:"user,account" match:"[a-z]+" doc:"Who asks."`
	Secret sdk.Secret `auth:"secret" doc:"Password."`
}

type ticket struct {
	Token sdk.Secret `auth:"token"`
	Seat  sdk.Int    `auth:"seat" doc:"Where."`
}

type do = func(context.Context, *sdk.Host, settings, ticket) (sdk.Credential[ticket], error)

// buy is a login without a fault.
func buy(ctx context.Context, h *sdk.Host, c settings, _ ticket) (none sdk.Credential[ticket], err error) {
	a, err := h.Post(ctx, c.URL+"/buy", sdk.Form("user", c.User, "secret", c.Secret.Reveal()))
	if err != nil {
		return none, err
	}
	var r struct {
		Token sdk.Text
		Seat  sdk.Int
	}
	if err := a.JSON(&r); err != nil {
		return none, err
	}
	return sdk.Credential[ticket]{Value: ticket{Token: r.Token.Secret(), Seat: r.Seat}, Life: time.Hour}, nil
}

// process is a vendor that stands for a plugin's process.
type process struct {
	sdk.Plugin
	once sync.Once
	done chan struct{}
}

func (p *process) Close() error {
	p.once.Do(func() { close(p.done) })
	return nil
}

func (p *process) Done() <-chan struct{} { return p.done }

func (p *process) Run(ctx context.Context, run sdk.Run) (sdk.Result, error) {
	select {
	case <-p.done:
		return sdk.Result{}, &client.Error{Vendor: "shop", Problem: "has ended", Stderr: []string{"last words"}}
	default:
		return p.Plugin.Run(ctx, run)
	}
}

// subject is a shop whose login is f.
func subject(t *testing.T, f do) conformance.Subject {
	t.Helper()
	v := sdk.Vendor[settings, ticket]{Name: "shop", Doc: "A shop.", Acquire: sdk.Op[settings, ticket]{Calls: 1, Do: f}}
	p, err := v.Plugin()
	if err != nil {
		t.Fatal(err)
	}
	return conformance.Subject{Limit: time.Second / 2, Start: func(context.Context, client.Options) (conformance.Process, error) {
		return &process{Plugin: p, done: make(chan struct{})}, nil
	}}
}

// outline is a report in a line for each check: its status, and what was found or left out.
func outline(r conformance.Report) map[string]string {
	lines := map[string]string{}
	for _, result := range r.Results {
		line := string(result.Status)
		for _, f := range result.Findings {
			line += "; " + f.Problem
		}
		for _, why := range result.Skipped {
			line += "; " + why
		}
		lines[result.Check] = line
	}
	return lines
}

func TestWithoutScript(t *testing.T) {
	defer goleak.VerifyNone(t)
	var begun []string
	s := subject(t, buy)
	s.Begins = func(check string) { begun = append(begun, check) }
	report := conformance.Run(t.Context(), s, nil)
	want := map[string]string{"process": "passed", "schema": "passed", "broken answers": "passed", "arguments": "passed", "cancellation": "passed", "secrets": "passed"}
	for _, check := range []string{"validation", "good", "refused", "dead", "odd answers", "many at once"} {
		want[check] = "skipped; there is no script"
	}
	if diff := cmp.Diff(want, outline(report)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if len(begun) != len(want) || begun[0] != "process" || report.Failed() || report.Description.Vendor != "shop" {
		t.Errorf("begun %q, failed %t", begun, report.Failed())
	}
}

func TestWithoutScriptOfABadVendor(t *testing.T) {
	defer goleak.VerifyNone(t)
	report := conformance.Run(t.Context(), subject(t, func(ctx context.Context, h *sdk.Host, c settings, held ticket) (sdk.Credential[ticket], error) {
		credential, err := buy(ctx, h, c, held)
		if err != nil && ctx.Err() == nil {
			err = &sdk.Failure{Class: sdk.InvalidCredentials, Text: "the shop refuses"}
		}
		return credential, err
	}), nil)
	got := outline(report)["broken answers"]
	if want := "status 503: it failed with class invalid_credentials, want unavailable"; !strings.Contains(got, want) || !report.Failed() {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

// What cannot be made up is left out with a reason, and nothing is blamed for it.
func TestWithoutScriptWhereNothingCanBeMadeUp(t *testing.T) {
	defer goleak.VerifyNone(t)
	type odd struct {
		URL  string `auth:"url,endpoint,account" doc:"Address."`
		Code string `auth:"code" match:"[A-Z]{3}-[0-9]{7}!" doc:"Code."`
	}
	refusing := sdk.Vendor[odd, ticket]{Name: "shop", Doc: "A shop.",
		Acquire: sdk.Op[odd, ticket]{Calls: 1, Do: func(context.Context, *sdk.Host, odd, ticket) (none sdk.Credential[ticket], err error) {
			return none, nil
		}}}
	p, err := refusing.Plugin()
	if err != nil {
		t.Fatal(err)
	}
	start := func(context.Context, client.Options) (conformance.Process, error) {
		return &process{Plugin: p, done: make(chan struct{})}, nil
	}
	got := outline(conformance.Run(t.Context(), conformance.Subject{Start: start}, nil))
	if want := "skipped; no value is known that the argument code can have; a script would have one"; got["cancellation"] != want {
		t.Errorf("got %s, want %s", got["cancellation"], want)
	}
	got = outline(conformance.Run(t.Context(), subject(t, func(_ context.Context, _ *sdk.Host, c settings, _ ticket) (none sdk.Credential[ticket], err error) {
		return none, &sdk.Failure{Class: sdk.InvalidRequest, Text: "no such user"}
	}), nil))
	if want := "skipped; the plugin makes no exchange with made-up arguments (invalid_request: no such user)"; got["broken answers"] != want {
		t.Errorf("got %s, want %s", got["broken answers"], want)
	}
}

// An operation that hangs is told once, and not waited for again.
func TestHangingOperation(t *testing.T) {
	release := make(chan struct{})
	defer close(release)
	report := conformance.Run(t.Context(), subject(t, func(ctx context.Context, h *sdk.Host, c settings, held ticket) (sdk.Credential[ticket], error) {
		select {
		case <-release:
		case <-ctx.Done(): // the call's end is all that can be seen from outside
		}
		return sdk.Credential[ticket]{}, ctx.Err()
	}), &script.Script{Config: map[string]any{"url": "https://shop.example", "user": "kim", "secret": "opensesame"}, Good: []script.Case{{Exchanges: make([]script.Exchange, 1)}}})
	got := outline(report)
	if !strings.Contains(got["good"], "it did not end within 500ms, although every exchange had its answer at once") {
		t.Errorf("good: %s", got["good"])
	}
	if want := "skipped; an operation hung in the check of good"; got["refused"] != want || got["many at once"] != want {
		t.Errorf("refused: %s", got["refused"])
	}
}

func TestPluginThatDoesNotStart(t *testing.T) {
	fault := &client.Error{Vendor: "shop", Path: "/x", Problem: "printed no handshake", Stderr: []string{"boom"}}
	for _, start := range []func(context.Context, client.Options) (conformance.Process, error){
		func(context.Context, client.Options) (conformance.Process, error) { return nil, fault },
		func(context.Context, client.Options) (conformance.Process, error) {
			return nil, errors.New("there is no such file")
		},
	} {
		report := conformance.Run(t.Context(), conformance.Subject{Start: start}, nil)
		got := outline(report)
		if !strings.HasPrefix(got["process"], "failed; it does not start: ") || got["schema"] != "skipped; the plugin does not start" || !report.Failed() {
			t.Errorf("got %v", got)
		}
	}
	got := outline(conformance.Run(t.Context(), conformance.Subject{Start: func(context.Context, client.Options) (conformance.Process, error) { return nil, fault }}, nil))
	if want := "failed; it does not start: the plugin printed no handshake\n  it wrote: boom"; got["process"] != want {
		t.Errorf("got %q, want %q", got["process"], want)
	}
}

func TestProcessThatEnds(t *testing.T) {
	s := subject(t, buy)
	start := s.Start
	s.Start = func(ctx context.Context, o client.Options) (conformance.Process, error) {
		p, err := start(ctx, o)
		return p, errors.Join(err, p.Close())
	}
	got := outline(conformance.Run(t.Context(), s, nil))
	if want := "failed; the process ended before it was told to, in the check of: schema"; got["process"] != want {
		t.Errorf("got %q, want %q", got["process"], want)
	}
}

// A record is played: what it hides is made up, and what it lacks is no fault.
func TestRecord(t *testing.T) {
	defer goleak.VerifyNone(t)
	const text = `{"format": 1, "recorded_by": "authrun"}
{"vendor": "shop", "address": "auth.shop.x", "time": "2026-03-01T08:00:00Z", "operation": "acquire", "config": {"url": "https://shop.example", "user": "kim", "secret": "<9 characters>"},` +
		`"exchanges": [{"request": {"method": "POST", "origin": "https://shop.example", "path": "/buy", "form": {"user": "kim", "secret": "<9 characters>"}, "headers": {"Content-Type": "application/x-www-form-urlencoded"}},` +
		`"answer": {"status": 200, "body": {"token": "<24 characters>", "seat": 12}}}], "value": {"token": "<24 characters>", "seat": 12}, "life": "59m57s"}
{"vendor": "shop", "address": "auth.shop.x", "time": "2026-03-01T09:00:00Z", "operation": "acquire", "config": {"url": "https://shop.example", "user": "tom", "secret": "<9 characters>"},` +
		`"exchanges": [{"request": {"method": "POST", "path": "/buy", "form": {"user": "tom", "secret": "<9 characters>"}}, "lost": "unavailable"}], "class": "unavailable"}
`
	s, err := script.Read([]byte(text), "shop")
	if err != nil {
		t.Fatal(err)
	}
	got := outline(conformance.Run(t.Context(), subject(t, buy), &s))
	want := map[string]string{"process": "passed", "schema": "passed", "validation": "passed", "good": "passed", "refused": "passed",
		"dead": "skipped; the plugin declares no renewal", "broken answers": "passed", "odd answers": "passed", "arguments": "passed", "cancellation": "passed",
		"many at once": "passed", "secrets": "passed"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	s.Good[0].Value["seat"], s.Good[0].Life = "<2 characters>", "50m"
	if got := outline(conformance.Run(t.Context(), subject(t, buy), &s)); !strings.Contains(got["good"], "the life is 1h0m0s") {
		t.Errorf("good: %s", got["good"])
	}
}
