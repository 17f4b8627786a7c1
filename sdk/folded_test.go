package sdk_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/authrun/authrun/sdk"
)

func TestResult(t *testing.T) {
	value, private := raw(`{"company":"c","token":"new-token"}`), raw(`{"refresh":"new-refresh"}`)
	with := func(change func(*sdk.Credential[cred])) sdk.Credential[cred] {
		c := good()
		change(&c)
		return c
	}
	for _, c := range []struct {
		name    string
		op      sdk.Operation
		ends    sdk.Credential[cred]
		want    sdk.Result
		problem string
	}{
		{name: "plain", ends: good(), want: sdk.Result{Value: value, Private: private, Life: time.Hour}},
		{name: "for ever", ends: with(func(c *sdk.Credential[cred]) { c.Life = sdk.Forever }), want: sdk.Result{Value: value, Private: private, Eternal: true}},
		{name: "a long life", ends: with(func(c *sdk.Credential[cred]) { c.Life = sdk.Int(math.MaxInt64).Duration(time.Hour) }),
			want: sdk.Result{Value: value, Private: private, Life: sdk.Forever - 1}},
		{name: "renewable", op: sdk.OpRenew, ends: with(func(c *sdk.Credential[cred]) {
			c.Renewable, c.RenewWithin, c.UsableAfter = true, time.Minute, time.Second
		}), want: sdk.Result{Value: value, Private: private, Life: time.Hour, Renewable: true, RenewWithin: time.Minute, UsableAfter: time.Second}},
		{name: "negative waits", ends: with(func(c *sdk.Credential[cred]) { c.RenewWithin, c.UsableAfter = -1, -1 }),
			want: sdk.Result{Value: value, Private: private, Life: time.Hour}},
		{name: "heartbeat", op: sdk.OpRenew, ends: sdk.Credential[cred]{Same: true, Life: time.Minute, Renewable: true},
			want: sdk.Result{Life: time.Minute, Renewable: true}},
		{name: "revoked", op: sdk.OpRevoke, ends: sdk.Credential[cred]{NotAtVendor: true, Text: "it dies\nby itself, pass-word-1"},
			want: sdk.Result{NotAtVendor: true, Text: "it dies by itself, (sensitive)"}},

		{name: "heartbeat of acquire", ends: sdk.Credential[cred]{Same: true, Life: time.Minute},
			problem: "unsupported: acquire ended with no new credential; this is a bug in the plugin"},
		{name: "no token", ends: with(func(c *sdk.Credential[cred]) { c.Value.Token = "" }), problem: "malformed_answer: the vendor's answer is one without a token"},
		{name: "white token", ends: with(func(c *sdk.Credential[cred]) { c.Value.Token = " \n" }), problem: "malformed_answer: the vendor's answer is one without a token"},
		{name: "token with a line", ends: with(func(c *sdk.Credential[cred]) { c.Value.Token = "new\r\ntoken" }),
			problem: "malformed_answer: the vendor's answer is one whose token holds control characters or is not text"},
		{name: "token that is no text", ends: with(func(c *sdk.Credential[cred]) { c.Value.Token = "new\xfftoken" }),
			problem: "malformed_answer: the vendor's answer is one whose token holds control characters or is not text"},
		{name: "no life", ends: with(func(c *sdk.Credential[cred]) { c.Life = 0 }), problem: "malformed_answer: the vendor's answer is a credential whose life is already over"},
		{name: "negative life", ends: with(func(c *sdk.Credential[cred]) { c.Life = -1 }), problem: "malformed_answer: the vendor's answer is a credential whose life is already over"},
		{name: "heartbeat without life", op: sdk.OpRenew, ends: sdk.Credential[cred]{Same: true}, problem: "malformed_answer: the vendor's answer is a credential whose life is already over"},
	} {
		got, err := perform(t, t.Context(), sdk.Run{Operation: c.op}, func(context.Context, *sdk.Host, conf, cred) (sdk.Credential[cred], error) {
			return c.ends, nil
		})
		if diff := cmp.Diff(c.want, got); c.problem == "" && (err != nil || diff != "") {
			t.Errorf("%s: %v, -want +got\n%s", c.name, err, diff)
		}
		if c.problem != "" && (err == nil || err.Error() != c.problem) {
			t.Errorf("%s: got %v\nwant %s", c.name, err, c.problem)
		}
	}
}

func TestHeldComesBackWhole(t *testing.T) {
	for _, o := range []sdk.Operation{sdk.OpAcquire, sdk.OpRenew, sdk.OpRevoke} {
		run := sdk.Run{Operation: o, Held: &sdk.Held{
			Value:   raw(`{"token": "held-token", "company": {"was": "an object once"}, "gone": 1}`),
			Private: raw(`{"refresh": "held-refresh"}`),
		}}
		_, err := perform(t, t.Context(), run, func(_ context.Context, _ *sdk.Host, c conf, held cred) (sdk.Credential[cred], error) {
			if want := (cred{Token: "held-token", Refresh: "held-refresh"}); held != want {
				t.Errorf("%s: held %q %q %q", o, held.Token.Reveal(), held.Company, held.Refresh.Reveal())
			}
			if want := (conf{URL: "https://vendor.example", User: "u", Password: "pass-word-1"}); c != want {
				t.Errorf("%s: configuration %q %q", o, c.URL, c.Password.Reveal())
			}
			return good(), nil
		})
		if err != nil {
			t.Errorf("%s: %v", o, err)
		}
	}
}

// odd is an error that is no failure.
type odd struct{ words string }

func (o *odd) Error() string { return o.words }

func TestErrors(t *testing.T) {
	said := &sdk.Failure{Class: sdk.InvalidCredentials, Text: "pass-word-1 is\nwrong", RetryAfter: time.Minute, Path: []string{"password"}}
	for _, c := range []struct {
		name string
		err  error
		want error
	}{
		{"a failure", said, &sdk.Failure{Class: sdk.InvalidCredentials, Text: "(sensitive) is wrong", RetryAfter: time.Minute, Path: []string{"password"}}},
		{"a wrapped failure", fmt.Errorf("login: %w", said), &sdk.Failure{Class: sdk.InvalidCredentials, Text: "(sensitive) is wrong", RetryAfter: time.Minute, Path: []string{"password"}}},
		{"an unknown class", &sdk.Failure{Class: "odd", Text: "what?", RetryAfter: -1}, &sdk.Failure{Class: sdk.Unsupported, Text: "what?"}},
		{"another error", errors.New("no pass-word-1"), &sdk.Failure{Class: sdk.Unsupported, Text: "acquire ended with an error that is no failure: no (sensitive); this is a bug in the plugin"}},
		{"a nil failure", (*sdk.Failure)(nil), &sdk.Failure{Class: sdk.Unsupported, Text: "acquire ended with an error that is no failure: <nil>; this is a bug in the plugin"}},
		{"a nil error", (*odd)(nil), &sdk.Failure{Class: sdk.Unsupported, Text: "acquire ended with an error that is no failure: <nil>; this is a bug in the plugin"}},
	} {
		before := *said
		result, err := perform(t, t.Context(), sdk.Run{}, func(context.Context, *sdk.Host, conf, cred) (sdk.Credential[cred], error) { return good(), c.err })
		if diff := cmp.Diff(c.want, err); diff != "" || result.Value != nil {
			t.Errorf("%s: %s, -want +got\n%s", c.name, result.Value, diff)
		}
		if diff := cmp.Diff(&before, said); diff != "" {
			t.Errorf("%s: the plugin's own failure was changed:\n%s", c.name, diff)
		}
	}
}

func TestPanic(t *testing.T) {
	var none map[string]int
	for _, c := range []struct {
		name  string
		crash func()
		words string
	}{
		{"of the runtime", func() { none["SECRET"] = 1 }, "(assignment to entry in nil map)"},
		{"with a text", func() { panic("SECRET") }, "(a value of type string)"},
		{"with an error", func() { panic(errors.New("SECRET")) }, "(a value of type *errors.errorString)"},
		{"in the standard library", func() { _ = strings.Repeat("SECRET", -1) }, "(a value of type "},
		{"with nil", func() { panic(nil) }, "(panic called with nil argument"}, //nolint:govet // on purpose
	} {
		_, err := perform(t, t.Context(), sdk.Run{}, func(context.Context, *sdk.Host, conf, cred) (sdk.Credential[cred], error) {
			c.crash()
			return good(), nil
		})
		var f *sdk.Failure
		if err == nil || errors.As(err, &f) || !strings.HasPrefix(err.Error(), "panicked at folded_test.go:") ||
			!strings.Contains(err.Error(), c.words) || strings.Contains(err.Error(), "SECRET") {
			t.Errorf("%s: got %v", c.name, err)
		}
	}
}

func TestRunRefuses(t *testing.T) {
	for _, c := range []struct {
		name string
		run  sdk.Run
		want string
	}{
		{"an operation that it does not know", sdk.Run{Operation: "probe"}, "unsupported: the plugin cannot probe"},
		{"an operation that it cannot do", sdk.Run{Operation: sdk.OpRenew}, "unsupported: the plugin cannot renew"},
		{"no configuration", sdk.Run{Operation: sdk.OpAcquire}, "the configuration does not fit the schema: not a JSON object"},
		{"an argument missing", sdk.Run{Operation: sdk.OpAcquire, Config: raw(`{"password": null}`)}, "the configuration does not fit the schema: user: required and not set"},
		{"a wrong type", sdk.Run{Operation: sdk.OpAcquire, Config: raw(`{"user": "u", "password": {"SECRET": 1}}`)}, "the configuration does not fit the schema: password: an object or a list where text was expected"},
		{"nothing held", sdk.Run{Operation: sdk.OpRevoke, Config: raw(`{"user": "u"}`)}, "revoke was asked for without a held credential"},
		{"what is held is nothing", sdk.Run{Operation: sdk.OpRevoke, Config: raw(`{"user": "u"}`), Held: &sdk.Held{Value: raw(`[]`)}}, "the held credential does not fit the schema: not a JSON object"},
		{"what is held in private is nothing", sdk.Run{Operation: sdk.OpRevoke, Config: raw(`{"user": "u"}`), Held: &sdk.Held{Value: raw(`{}`), Private: raw(`1`)}}, "the held credential does not fit the schema: not a JSON object"},
	} {
		op := sdk.Op[conf, cred]{Do: func(context.Context, *sdk.Host, conf, cred) (sdk.Credential[cred], error) {
			t.Errorf("%s: it ran", c.name)
			return good(), nil
		}}
		p, err := sdk.Vendor[conf, cred]{Name: "v", Acquire: op, Revoke: op}.Plugin()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Run(t.Context(), c.run); err == nil || err.Error() != c.want {
			t.Errorf("%s: got %v\nwant %s", c.name, err, c.want)
		}
	}
}

func TestCheck(t *testing.T) {
	v := sdk.Vendor[conf, cred]{Name: "v", Acquire: sdk.Op[conf, cred]{Do: nothing[conf, cred]}}
	check := func(config string) ([]sdk.Problem, error) {
		p, err := v.Plugin()
		if err != nil {
			t.Fatal(err)
		}
		return p.Check(t.Context(), json.RawMessage(config))
	}
	if got, err := check(`{"user": "u"}`); got != nil || err != nil {
		t.Errorf("without Check: got %v, %v", got, err)
	}
	v.Check = func(c conf) []sdk.Problem {
		if c.Password == "" {
			panic("SECRET")
		}
		return []sdk.Problem{{Path: []string{"url"}, Summary: "Odd\naddress", Detail: "It is odd.", Warning: true}}
	}
	got, err := check(`{"user": "u", "password": "p"}`)
	if diff := cmp.Diff([]sdk.Problem{{Path: []string{"url"}, Summary: "Odd address", Detail: "It is odd.", Warning: true}}, got); diff != "" || err != nil {
		t.Errorf("%v, -want +got\n%s", err, diff)
	}
	if _, err := check(`{"user": "u"}`); err == nil || !strings.HasPrefix(err.Error(), "panicked at folded_test.go:") || strings.Contains(err.Error(), "SECRET") {
		t.Errorf("a panic: got %v", err)
	}
	if _, err := check(`[]`); err == nil {
		t.Error("a list is no configuration, and Check took it")
	}
}

// A refusal that the vendor did give is told although the operation was cancelled in the meantime: a wrong password must not be sent again.
func TestRefusalOutlivesCancellation(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	_, err := perform(t, ctx, sdk.Run{}, func(context.Context, *sdk.Host, conf, cred) (sdk.Credential[cred], error) {
		cancel()
		return good(), &sdk.Failure{Class: sdk.InvalidCredentials}
	})
	if sdk.ClassOf(err) != sdk.InvalidCredentials {
		t.Errorf("got %v", err)
	}
	result, err := perform(t, ctx, sdk.Run{}, func(context.Context, *sdk.Host, conf, cred) (sdk.Credential[cred], error) { return good(), nil })
	if err != nil || result.Value == nil {
		t.Errorf("a credential that came in spite of a cancellation was lost: %v", err)
	}
}
