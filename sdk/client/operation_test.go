package client

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/authrun/authrun/sdk"
	"github.com/google/go-cmp/cmp"
)

// transport is an http.RoundTripper that is a function.
type transport func(*http.Request) (*http.Response, error)

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) { return t(r) }

// answer is an answer with that status and body.
func answer(status int, body string) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}
}

func TestRunExchange(t *testing.T) {
	p := startGood(t, "good", testOptions(t))
	var got *http.Request
	var body []byte
	var learned []string
	run := acquireRun(t, order{Do: "post", URL: "http://vendor.example/login?q=1"})
	run.Learn = func(s string) { learned = append(learned, s) }
	run.Transport = transport(func(r *http.Request) (*http.Response, error) {
		got = r
		body, _ = io.ReadAll(r.Body)
		a := answer(http.StatusFound, "moved")
		a.Header.Set("Location", "/elsewhere\xff")
		return a, nil
	})
	result, err := p.Run(context.Background(), run)
	if err != nil {
		t.Fatal(err)
	}
	if want := "302 /elsewhere\ufffdmoved"; tokenOf(t, result) != want {
		t.Errorf("the plugin got %q, want %q", tokenOf(t, result), want)
	}
	if !result.Eternal {
		t.Error("the credential is not eternal")
	}
	if got.Method != http.MethodPost || got.URL.String() != "http://vendor.example/login?q=1" || string(body) != "the body" || got.Host != "vendor.example" {
		t.Errorf("got %s %s (host %s) with %q", got.Method, got.URL, got.Host, body)
	}
	if diff := cmp.Diff(http.Header{"X-Two": {"1", "2\xff"}}, got.Header); diff != "" {
		t.Errorf("headers (-want +got):\n%s", diff)
	}
	if !slices.Equal(learned, []string{"derived-from-" + secret}) {
		t.Errorf("learned %q", learned)
	}
}

func TestRunNoAnswer(t *testing.T) {
	p := startGood(t, "good", testOptions(t))
	for name, test := range map[string]struct {
		url  string
		rt   transport
		want string
	}{
		"failure": {"http://v.example/", func(*http.Request) (*http.Response, error) {
			return nil, &sdk.Failure{Class: sdk.QuotaExhausted, Text: "used up"}
		}, "quota_exhausted: used up, sent false"},
		"sent failure": {"http://v.example/", func(*http.Request) (*http.Response, error) {
			return nil, &sdk.Failure{Class: sdk.Unavailable, Text: "cut short", Sent: true}
		}, "unavailable: cut short, sent true"},
		"another error": {"http://v.example/", func(*http.Request) (*http.Response, error) {
			return nil, errors.New("no route for " + secret)
		}, "unavailable: no answer: no route for (sensitive), sent true"},
		"too large": {"http://v.example/", func(*http.Request) (*http.Response, error) {
			return answer(200, strings.Repeat("x", 1<<20+1)), nil
		}, "malformed_answer: the answer is larger than 1 MiB, sent true"},
		"headers too large": {"http://v.example/", func(*http.Request) (*http.Response, error) {
			a := answer(200, "")
			a.Header.Set("X", strings.Repeat("x", 256<<10))
			return a, nil
		}, "malformed_answer: the answer is larger than 1 MiB, sent true"},
		"cut body": {"http://v.example/", func(*http.Request) (*http.Response, error) {
			a := answer(200, "")
			a.Body = io.NopCloser(io.MultiReader(strings.NewReader("half"), errReader{io.ErrUnexpectedEOF}))
			return a, nil
		}, "unavailable: the answer was cut short: unexpected EOF, sent true"},
		"no transport": {"http://v.example/", nil, "unsupported: this operation may make no exchange, sent false"},
		"no URL":       {"ftp://v.example/", nil, "invalid_request: the request has no http(s) URL, sent false"},
	} {
		t.Run(name, func(t *testing.T) {
			run := acquireRun(t, order{Do: "get", URL: test.url})
			if test.rt != nil {
				run.Transport = test.rt
			}
			result, err := p.Run(context.Background(), run)
			if err != nil {
				t.Fatal(err)
			}
			if got := tokenOf(t, result); got != test.want {
				t.Errorf("the plugin got %q, want %q", got, test.want)
			}
		})
	}
}

type errReader struct{ err error }

func (r errReader) Read([]byte) (int, error) { return 0, r.err }

func TestRunFaults(t *testing.T) {
	for do, want := range map[string]string{
		"error":      `^plugin good failed in operation acquire: out of ideas, \(sensitive\) `,
		"panic":      `^plugin good failed in operation acquire: panicked at client/plugins_test.go:\d+ `,
		"deep panic": `^plugin good ended in operation acquire: exit status 2, crashed at client/plugins_test.go:\d+ `,
		"exit":       `^plugin good ended in operation acquire: exit status 7 `,
	} {
		t.Run(do, func(t *testing.T) {
			p := startGood(t, "good", testOptions(t))
			_, err := p.Run(context.Background(), acquireRun(t, order{Do: do}))
			var fault *Error
			if !errors.As(err, &fault) {
				t.Fatalf("got %v, want an *Error", err)
			}
			if !regexp.MustCompile(want).MatchString(fault.Error()) {
				t.Errorf("got  %s\nwant %s", fault, want)
			}
			lines := strings.Join(fault.Stderr, "\n")
			if strings.Contains(lines, secret) {
				t.Errorf("the lines hold the secret:\n%s", lines)
			}
			_, again := p.Run(context.Background(), acquireRun(t, order{Do: "clock"}))
			switch do {
			case "error", "panic":
				if again != nil {
					t.Errorf("the plugin does not go on: %v", again)
				}
			case "deep panic":
				if !strings.Contains(lines, "panic: (sensitive)") {
					t.Errorf("the lines do not tell of the panic:\n%s", lines)
				}
				fallthrough
			default:
				<-p.Done()
				if !errors.As(again, &fault) {
					t.Errorf("a dead plugin answered %v", again)
				}
			}
		})
	}
}

func TestRunFlood(t *testing.T) {
	p := startGood(t, "good", testOptions(t))
	_, err := p.Run(context.Background(), acquireRun(t, order{Do: "flood"}))
	lines := stderrOf(err)
	if len(lines) != tailLines || lines[len(lines)-1] != "the end of (sensitive)" || !strings.HasPrefix(lines[0], "9801 (sensitive) ") {
		t.Fatalf("got %d lines, from %.40q to %q (%v)", len(lines), lines[0], lines[len(lines)-1], err)
	}
	if strings.Contains(strings.Join(lines, "\n"), secret) {
		t.Error("the lines hold the secret")
	}
}

func TestRunFailure(t *testing.T) {
	p := startGood(t, "good", testOptions(t))
	_, err := p.Run(context.Background(), acquireRun(t, order{Do: "fail"}))
	want := &sdk.Failure{Class: sdk.RateLimited, Text: "slow down \ufffd", RetryAfter: time.Minute, Path: []string{"do"}}
	var got *sdk.Failure
	if !errors.As(err, &got) || !cmp.Equal(want, got) {
		t.Errorf("got %#v, want %#v", err, want)
	}
	run := acquireRun(t, order{})
	run.Operation = "dance"
	if _, err := p.Run(context.Background(), run); sdk.ClassOf(err) != sdk.Unsupported {
		t.Errorf("an operation that the protocol does not have: %v", err)
	}
	run.Operation, run.Held = sdk.OpRevoke, &sdk.Held{Value: json.RawMessage(`{"token":"x"}`)}
	result, err := p.Run(context.Background(), run)
	if err != nil || !result.NotAtVendor || result.Text != "it dies with (sensitive)" {
		t.Errorf("revoke: %+v, %v", result, err)
	}
}

func TestRunWrongAnswer(t *testing.T) {
	p := startGood(t, "good", testOptions(t))
	for _, test := range []struct{ value, private, want string }{
		{`{"token":"abc","level":3}`, `{"refresh":"def"}`, ""},
		{`{"token":"abc","level":"90071992547409931"}`, ``, ""},
		{`{"token":"abc","level":null}`, ``, ""},
		{`{"token":""}`, ``, `its token is not a string, or empty`},
		{`{"token":7}`, ``, `its token is not a string, or empty`},
		{`["token"]`, ``, `its value is not a JSON object`},
		{``, ``, `it has no value, and none is held`},
		{`{"token":"abc","level":"` + secret + `"}`, ``, `the attribute "level" is not a number`},
		{`{"token":"abc","more":1}`, ``, `it has an attribute that its schema does not have`},
		{`{"token":"abc","refresh":"def"}`, ``, `the private attribute "refresh" is among those that flows see`},
		{`{"token":"abc"}`, `{"level":1}`, `the attribute "level", which flows see, is among the private ones`},
	} {
		result, err := p.Run(context.Background(), acquireRun(t, order{Do: "answer", Value: raws(test.value), Private: raws(test.private)}))
		if test.want == "" {
			if err != nil || string(result.Value) != test.value || string(result.Private) != test.private {
				t.Errorf("%s: got %+v, %v", test.value, result, err)
			}
			continue
		}
		if err == nil || !strings.HasPrefix(err.Error(), "plugin good answered acquire with a wrong credential: "+test.want+" (") {
			t.Errorf("%s %s\ngot  %v\nwant %s", test.value, test.private, err, test.want)
		}
	}
	_, err := p.Run(context.Background(), acquireRun(t, order{Do: "answer", Value: raws(`{"token":"abc"}`), Life: -time.Second}))
	if err == nil || !strings.Contains(err.Error(), "a wrong credential: its life is negative (-1s)") {
		t.Errorf("a negative life: %v", err)
	}
}

// raws is JSON, nil where it is empty.
func raws(s string) json.RawMessage {
	if s == "" {
		return nil
	}
	return json.RawMessage(s)
}

func TestRunClock(t *testing.T) {
	p := startGood(t, "good", testOptions(t))
	run := acquireRun(t, order{Do: "clock"})
	now := time.Date(2031, 5, 4, 3, 2, 1, 999, time.UTC)
	run.Now = func() time.Time { return now }
	result, err := p.Run(context.Background(), run)
	if err != nil || tokenOf(t, result) != now.Format(time.RFC3339Nano) {
		t.Errorf("the plugin's clock shows %s, want %s (%v)", result.Value, now, err)
	}
}

func TestPluginHasNothing(t *testing.T) {
	t.Setenv("VENDOR_PASSWORD", secret)
	p := startGood(t, "good", testOptions(t))
	result, err := p.Run(context.Background(), acquireRun(t, order{Do: "environment"}))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, line := range strings.Split(tokenOf(t, result), "\n") {
		if name, _, _ := strings.Cut(line, "="); name != "GORACE" {
			names = append(names, name)
		}
	}
	want := []string{"AUTHRUN_PLUGIN_COOKIE", "AUTHRUN_PLUGIN_LOG", "GOGC", "GOMAXPROCS", "GOMEMLIMIT", "GOTRACEBACK", "PLUGIN_MAX_PORT",
		"PLUGIN_MIN_PORT", "PLUGIN_PROTOCOL_VERSIONS", "PLUGIN_UNIX_SOCKET_DIR", "TMPDIR"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("environment (-want +got):\n%s", diff)
	}
}

func TestRunCancelled(t *testing.T) {
	p := startGood(t, "good", testOptions(t))
	for _, do := range []string{"hang", "sulk", "get"} {
		ctx, cancel := context.WithCancel(context.Background())
		ended := make(chan error, 1)
		run := acquireRun(t, order{Do: do, URL: "http://v.example/"})
		run.Transport = transport(func(r *http.Request) (*http.Response, error) {
			cancel()
			<-r.Context().Done()
			ended <- r.Context().Err()
			return nil, r.Context().Err()
		})
		if do != "get" {
			timer := time.AfterFunc(20*time.Millisecond, cancel)
			defer timer.Stop()
		}
		if _, err := p.Run(ctx, run); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: got %v, want the context's error", do, err)
		}
		if do == "get" && !errors.Is(<-ended, context.Canceled) {
			t.Error("the exchange was not cancelled")
		}
		cancel()
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	if _, err := p.Run(ctx, acquireRun(t, order{Do: "sulk"})); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want the deadline's error", err)
	}
}

func TestPluginCancelsAnExchange(t *testing.T) {
	p := startGood(t, "good", testOptions(t))
	ended := make(chan error, 1)
	run := acquireRun(t, order{Do: "short", URL: "http://v.example/"})
	run.Transport = transport(func(r *http.Request) (*http.Response, error) {
		<-r.Context().Done()
		ended <- r.Context().Err()
		return nil, r.Context().Err()
	})
	result, err := p.Run(context.Background(), run)
	if err != nil || tokenOf(t, result) != "gave up" || !errors.Is(<-ended, context.Canceled) {
		t.Errorf("got %s, %v", result.Value, err)
	}
}

func TestHundredOperationsAtOnce(t *testing.T) {
	p := startGood(t, "good", testOptions(t))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.URL.Path) }))
	defer server.Close()
	client := &http.Transport{}
	defer client.CloseIdleConnections()
	var group sync.WaitGroup
	for range 100 {
		group.Go(func() {
			run := acquireRun(t, order{Do: "get twice", URL: server.URL + "/x"})
			run.Transport = client
			result, err := p.Run(context.Background(), run)
			if err != nil || !strings.HasPrefix(tokenOf(t, result), "/x200") {
				t.Errorf("got %s, %v", result.Value, err)
			}
		})
	}
	group.Wait()
}

func TestUnknownMessageIsAnswered(t *testing.T) {
	p := startGood(t, "odd", testOptions(t))
	p.grace = 10 * time.Millisecond
	result, err := p.Run(context.Background(), acquireRun(t, order{}))
	if err != nil || tokenOf(t, result) != "unsupported true 42" {
		t.Errorf("got %s, %v", result.Value, err)
	}
}

func TestCheck(t *testing.T) {
	o := testOptions(t)
	o.CallTimeout = 200 * time.Millisecond
	p := startGood(t, "good", o)
	ctx := context.Background()
	got, err := p.Check(ctx, json.RawMessage(`{"do":"x"}`))
	want := []sdk.Problem{{Path: []string{"do"}, Summary: "cannot do", Detail: "It cannot do (sensitive)."}}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	for config, want := range map[string]string{
		`{"do":"hang"}`:  `^plugin good did not answer the check of a configuration within 200ms `,
		`{"do":"panic"}`: `^plugin good failed in the check of a configuration: panicked at client/plugins_test.go:\d+ `,
	} {
		if _, err := p.Check(ctx, json.RawMessage(config)); err == nil || !regexp.MustCompile(want).MatchString(err.Error()) {
			t.Errorf("%s: got %v, want %s", config, err, want)
		}
	}
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := p.Check(cancelled, json.RawMessage(`{}`)); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the context's error", err)
	}
}
