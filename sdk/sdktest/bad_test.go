package sdktest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/authrun/authrun/sdk"
	"github.com/authrun/authrun/sdk/plugin"
	"github.com/authrun/authrun/sdk/sdktest/conformance"
)

// badVendor is a vendor with a fault, and what an examination must find: the check, and a part of what it says.
type badVendor struct {
	vendor plugin.Vendor
	want   [][2]string
}

// do is an operation of the vendors.
type do = func(context.Context, *sdk.Host, settings, ticket) (ending, error)

// with is the vendor without a fault but for its name and its login.
func with(name string, f do) sdk.Vendor[settings, ticket] {
	v := faithful()
	v.Name, v.Acquire.Do = name, f
	return v
}

// released ends the vendor that ignores cancellation, where it runs in the tests' own process.
var released = make(chan struct{})

// bad are the vendors with faults.
func bad() []badVendor {
	return []badVendor{
		{with("quoter", func(ctx context.Context, h *sdk.Host, c settings, held ticket) (ending, error) {
			e, err := login(ctx, h, c, held)
			if err == nil || ctx.Err() != nil {
				return e, err
			}
			a, again := h.Get(ctx, c.BaseURL+"/nonce", sdk.Header("X-User", c.User))
			if again != nil {
				return e, err
			}
			return e, &sdk.Failure{Class: sdk.ClassOf(err), Text: "it answered " + a.Text()}
		}), [][2]string{{"refused", "too fast: it makes exchange 2, and the script has 1"}, {"secrets", "the failure holds a secret"}}},

		{func() plugin.Vendor {
			v := faithful()
			v.Name, v.Acquire.Calls = "greedy", 1
			return v
		}(), [][2]string{{"good", "acquire asked for more exchanges than the 1 that the plugin declares; this is a bug in the plugin"}}},

		{with("talker", func(ctx context.Context, h *sdk.Host, c settings, held ticket) (ending, error) {
			if inPlugin() {
				fmt.Println("the password is", c.Secret.Reveal())
			}
			e, err := login(ctx, h, c, held)
			h.Log().Info("done", "with", e.Value.Token.Reveal())
			return e, err
		}), [][2]string{{"secrets", "the stderr holds a secret"}, {"secrets", "the log holds a secret"}}},

		{with("echo", func(ctx context.Context, h *sdk.Host, c settings, held ticket) (ending, error) {
			return echo(ctx, h, c)
		}), [][2]string{{"secrets", "the failure holds a secret"}, {"broken answers", "exchange 2: status 500: it failed with class malformed_answer, want unavailable"}}},

		{with("believer", func(ctx context.Context, h *sdk.Host, c settings, held ticket) (ending, error) {
			e, err := login(ctx, h, c, held)
			if sdk.ClassOf(err) == sdk.MalformedAnswer || err == nil && e.Value.Token == "" {
				return ending{Value: ticket{Token: "no-token"}, Life: time.Hour}, nil
			}
			return e, err
		}), [][2]string{{"broken answers", "an HTML page: it ended well"}, {"broken answers", "token is null: it ended well"}, {"broken answers", "a redirect: it ended well"}}},

		{with("blamer", func(ctx context.Context, h *sdk.Host, c settings, held ticket) (ending, error) {
			e, err := login(ctx, h, c, held)
			if err != nil {
				err = &sdk.Failure{Class: sdk.InvalidCredentials}
			}
			return e, err
		}), [][2]string{{"broken answers", "status 503: it failed with class invalid_credentials, want unavailable"},
			{"refused", "too fast: it failed with class invalid_credentials, want rate_limited"}, {"cancellation", "want the context's error"}}},

		{with("hasty", func(ctx context.Context, h *sdk.Host, c settings, held ticket) (ending, error) {
			e, err := login(ctx, h, c, held)
			var f *sdk.Failure
			if errors.As(err, &f) {
				err = &sdk.Failure{Class: f.Class, Text: f.Text}
			}
			return e, err
		}), [][2]string{{"broken answers", "status 429: it says to try again after 0s, and the vendor said 7s"}, {"refused", "too fast: it says to try again after 0s"}}},

		{with("pedant", func(ctx context.Context, h *sdk.Host, c settings, held ticket) (ending, error) {
			return pedantic(ctx, h, c)
		}), [][2]string{{"odd answers", "a trailing comma: it failed"}, {"odd answers", "numbers as strings: it failed"}, {"odd answers", "a byte order mark: it failed"}}},

		{with("sleeper", func(ctx context.Context, h *sdk.Host, c settings, held ticket) (ending, error) {
			e, err := login(ctx, h, c, held)
			if ctx.Err() != nil {
				<-released
			}
			return e, err
		}), [][2]string{{"cancellation", "the operation did not end within"}}},

		{with("crasher", func(ctx context.Context, h *sdk.Host, c settings, held ticket) (ending, error) {
			e, err := login(ctx, h, c, held)
			if sdk.ClassOf(err) == sdk.Unavailable {
				panic("at " + c.Secret.Reveal())
			}
			return e, err
		}), [][2]string{{"broken answers", "panicked at bad_test.go"}}},

		{with("goner", func(ctx context.Context, h *sdk.Host, c settings, held ticket) (ending, error) {
			e, err := login(ctx, h, c, held)
			if err != nil && ctx.Err() == nil && inPlugin() {
				fmt.Fprintln(os.NewFile(2, "stderr"), "fatal:", c.Secret.Reveal())
				os.Exit(3)
			}
			return e, err
		}), [][2]string{{"process", "the process ended before it was told to"}, {"secrets", "the stderr holds a secret"}, {"refused", "exit"}}},

		{with("unready", func(ctx context.Context, h *sdk.Host, c settings, held ticket) (ending, error) {
			c.User = strings.ToUpper(c.User)
			region := *c.Region
			_ = region
			return login(ctx, h, c, held)
		}), [][2]string{{"good", "login: it did not end with a credential or a failure"}, {"good", `header X-User is "KIM", want "kim"`}}},

		{func() plugin.Vendor {
			v := faithful()
			v.Name = "stranger"
			v.Acquire.Do = func(ctx context.Context, h *sdk.Host, c settings, held ticket) (ending, error) {
				c.BaseURL = "https://elsewhere.example"
				return login(ctx, h, c, held)
			}
			return v
		}(), [][2]string{{"good", "exchange 1 goes to https://elsewhere.example, which is no endpoint argument's"}}},

		{func() plugin.Vendor {
			v := faithful()
			v.Name = "contrary"
			v.Check = func(c settings) []sdk.Problem {
				return []sdk.Problem{{Path: []string{"secret"}, Summary: "Bad secret", Detail: c.Secret.Reveal() + " is bad."}}
			}
			return v
		}(), [][2]string{{"validation", "Check refuses the script's configuration: Bad secret"}, {"secrets", "the problem holds a secret"}}},

		{silent(), [][2]string{{"schema", "the vendor has no doc"}, {"schema", "argument base_url has no doc"}, {"schema", "attribute refresh_token has no doc"},
			{"schema", "argument password has a secret's name and is not sensitive"}, {"schema", "attribute refresh_token has a secret's name"},
			{"schema", "no argument is part of the account"}, {"schema", `there is no time zone "Asia/Beijing"`}, {"schema", "acquire declares 11 exchanges"},
			{"schema", "argument base_url: its default is not a URL"},
			{"validation", "secret is no argument"}, {"validation", "password is required and not set"}}},
	}
}

// echo is a login that puts what it was answered into its failure.
func echo(ctx context.Context, h *sdk.Host, c settings) (none ending, err error) {
	if _, err := h.Get(ctx, c.BaseURL+"/nonce", sdk.Header("X-User", c.User)); err != nil {
		return none, err
	}
	body := map[string]any{"user": c.User, "sign": "x"}
	if c.Region != nil {
		body["region"] = *c.Region
	}
	a, err := h.Post(ctx, c.BaseURL+"/login", sdk.JSON(body))
	if a == nil {
		return none, err
	}
	var r reply
	if err := a.JSON(&r); err != nil {
		return none, &sdk.Failure{Class: sdk.MalformedAnswer, Text: "it answered " + strings.ReplaceAll(a.Text(), `"`, " ")}
	}
	d := r.Data.V
	return ending{Value: ticket{Token: d.Ticket.Secret(), Company: string(d.Company), Refresh: d.Refresh.Secret()}, Life: d.Seconds.Duration(time.Second), Renewable: true}, nil
}

// pedantic is a login that takes JSON to the letter.
func pedantic(ctx context.Context, h *sdk.Host, c settings) (none ending, err error) {
	a, err := h.Get(ctx, c.BaseURL+"/nonce", sdk.Header("X-User", c.User))
	if err != nil {
		return none, err
	}
	var r struct{ Nonce int }
	if json.Unmarshal(a.Body(), &r) != nil {
		return none, &sdk.Failure{Class: sdk.MalformedAnswer}
	}
	return ask(ctx, h, c, "/login", sdk.JSON(map[string]any{"user": c.User, "sign": "x"}))
}

// inPlugin tells whether this is the plugin's process.
func inPlugin() bool { return strings.Contains(os.Args[0], filePrefix) }

// silent is a vendor that explains nothing.
func silent() plugin.Vendor {
	type settings struct {
		BaseURL  string `auth:"base_url,endpoint" default:"vendor.example"`
		User     string `auth:"user"`
		Password string `auth:"password"`
	}
	type ticket struct {
		Token   string `auth:"token"`
		Refresh string `auth:"refresh_token"`
	}
	return sdk.Vendor[settings, ticket]{Name: "silent",
		Acquire: sdk.Op[settings, ticket]{Calls: 11, Do: func(context.Context, *sdk.Host, settings, ticket) (sdk.Credential[ticket], error) {
			return sdk.Credential[ticket]{}, &sdk.Failure{Class: sdk.InvalidRequest}
		}},
		Limits: []sdk.Limit{{Name: "daily", Scope: []string{"user"}, Quota: &sdk.Quota{Count: 9, Per: sdk.CalendarDay, Zone: "Asia/Beijing"}}},
	}
}

func TestBadVendorsAreFound(t *testing.T) {
	defer goleak.VerifyNone(t)
	defer close(released)
	t.Run("all", func(t *testing.T) { // ends when those in it have
		for _, b := range bad() {
			p, err := b.vendor.Plugin()
			if err != nil {
				t.Fatal(err)
			}
			d, err := p.Describe(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			t.Run(d.Vendor, func(t *testing.T) {
				t.Parallel()
				patience := time.Duration(0)
				if d.Vendor == "sleeper" {
					patience = time.Second / 4
				}
				b.examine(t, patience)
			})
		}
	})
}

// examine checks that an examination finds what it must, and that what it says holds no secret.
func (b badVendor) examine(t *testing.T, patience time.Duration) {
	t.Helper()
	report, err := examine(t.Context(), b.vendor, theScript(), patience)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range b.want {
		if !has(report, want[0], want[1]) {
			t.Errorf("it was not found: %s: %s", want[0], want[1])
		}
	}
	for _, r := range report.Results {
		for _, f := range r.Findings {
			if strings.Contains(f.Problem, "s3cr3t-signing-key") {
				t.Errorf("a finding holds a secret: %s", f.Problem)
			}
			if f.Advice == "" {
				t.Errorf("there is no advice on: %s", f.Problem)
			}
			if t.Failed() {
				t.Logf("%s: %s", r.Check, f.Problem)
			}
		}
	}
}

// has tells whether a check found something that says text.
func has(report conformance.Report, check, text string) bool {
	for _, r := range report.Results {
		for _, f := range r.Findings {
			if r.Check == check && strings.Contains(f.Problem, text) {
				return true
			}
		}
	}
	return false
}
