package sdk_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/authrun/authrun/sdk"
)

func TestStatusIsClassed(t *testing.T) {
	for _, c := range []struct {
		status  int
		headers []string
		want    *sdk.Failure
	}{
		{status: 200},
		{status: 204},
		{302, []string{"Location", "https://vendor.example/?token=SECRET"},
			&sdk.Failure{Class: sdk.MalformedAnswer, Text: "the vendor answered HTTP 302 Found, a redirect, which is not followed"}},
		{400, nil, &sdk.Failure{Class: sdk.InvalidRequest, Text: "the vendor answered HTTP 400 Bad Request"}},
		{403, []string{"Retry-After", "5"}, &sdk.Failure{Class: sdk.InvalidRequest, Text: "the vendor answered HTTP 403 Forbidden"}},
		{429, nil, &sdk.Failure{Class: sdk.RateLimited, Text: "the vendor answered HTTP 429 Too Many Requests"}},
		{429, []string{"Retry-After", "120"}, &sdk.Failure{Class: sdk.RateLimited, Text: "the vendor answered HTTP 429 Too Many Requests", RetryAfter: 2 * time.Minute}},
		{500, nil, &sdk.Failure{Class: sdk.Unavailable, Text: "the vendor answered HTTP 500 Internal Server Error"}},
		{503, []string{"Retry-After", "7"}, &sdk.Failure{Class: sdk.Unavailable, Text: "the vendor answered HTTP 503 Service Unavailable", RetryAfter: 7 * time.Second}},
		{599, nil, &sdk.Failure{Class: sdk.Unavailable, Text: "the vendor answered HTTP 599"}},
		{199, nil, &sdk.Failure{Class: sdk.MalformedAnswer, Text: "the vendor answered HTTP 199"}},
		{999, nil, &sdk.Failure{Class: sdk.MalformedAnswer, Text: "the vendor answered HTTP 999"}},
	} {
		inHost(t, says(c.status, "SECRET", c.headers...), func(ctx context.Context, h *sdk.Host) {
			a, err := h.Get(ctx, "https://vendor.example/")
			if a == nil || a.Status != c.status || string(a.Body()) != "SECRET" {
				t.Errorf("%d: the answer is %v", c.status, a)
			}
			var got *sdk.Failure
			if errors.As(err, &got); (err != nil) != (c.want != nil) {
				t.Errorf("%d: %v", c.status, err)
			}
			if diff := cmp.Diff(c.want, got, cmpopts.IgnoreFields(sdk.Failure{}, "Sent")); diff != "" {
				t.Errorf("%d: -want +got\n%s", c.status, diff)
			}
		})
	}
}

func TestRetryAfter(t *testing.T) {
	for _, c := range []struct {
		after, date string
		want        time.Duration
	}{
		{"", "", 0},
		{"0", "", 0},
		{" 30 ", "", 30 * time.Second},
		{"-5", "", 0},
		{"1.5", "", time.Second},
		{"99999999999999999999", "", sdk.Forever - 1},
		{"soon", "", 0},
		{"Thu, 01 Oct 2026 08:01:00 GMT", "", time.Minute},                                   // by the host's clock
		{"Thu, 01 Oct 2026 08:01:00 GMT", "Thu, 01 Oct 2026 08:00:50 GMT", 10 * time.Second}, // by the vendor's
		{"Thu, 01 Oct 2026 07:00:00 GMT", "", 0},
	} {
		inHost(t, says(429, "", "Retry-After", c.after, "Date", c.date), func(ctx context.Context, h *sdk.Host) {
			if a, _ := h.Get(ctx, "https://vendor.example/"); a.RetryAfter() != c.want {
				t.Errorf("%q, %q: got %v, want %v", c.after, c.date, a.RetryAfter(), c.want)
			}
		})
	}
}

func TestLifeUntil(t *testing.T) {
	for _, c := range []struct {
		until time.Time
		date  string
		want  time.Duration
	}{
		{clock.Add(time.Hour), "", time.Hour},
		{clock.Add(time.Hour), "Thu, 01 Oct 2026 08:00:00 GMT", time.Hour - time.Second},
		{clock.Add(time.Hour), "Thu, 01 Oct 2026 07:00:00 GMT", 2*time.Hour - time.Second}, // our clock is fast, or theirs is slow
		{clock.Add(time.Hour), "Thu, 01 Oct 2026 10:00:00 GMT", -time.Hour},
		{clock.Add(time.Hour), "yesterday", time.Hour},
		{time.Time{}, "Thu, 01 Oct 2026 08:00:00 GMT", -1 << 63},
		{time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), "", sdk.Forever - 1},
	} {
		inHost(t, says(200, "", "Date", c.date), func(ctx context.Context, h *sdk.Host) {
			a, err := h.Get(ctx, "https://vendor.example/")
			if err != nil || a.LifeUntil(c.until) != c.want {
				t.Errorf("%v, %q: got %v, %v; want %v", c.until, c.date, a.LifeUntil(c.until), err, c.want)
			}
		})
	}
}

// broken is a body that fails after its first bytes.
type broken struct{ err error }

func (b *broken) Read(p []byte) (int, error) { return copy(p, "{"), b.err }
func (b *broken) Close() error               { return nil }

func TestNoAnswer(t *testing.T) {
	limit := &sdk.Failure{Class: sdk.QuotaExhausted, Text: "the quota is used up until 1 November", Sent: false}
	bodyOf := func(body io.ReadCloser) transport {
		return func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 200, Header: http.Header{}, Body: body}, nil
		}
	}
	for _, c := range []struct {
		name   string
		vendor http.RoundTripper
		want   *sdk.Failure
	}{
		{"connection", transport(func(*http.Request) (*http.Response, error) {
			return nil, errors.New("dial tcp 127.0.0.1:9: connection refused")
		}),
			&sdk.Failure{Class: sdk.Unavailable, Text: "no answer from the vendor: dial tcp 127.0.0.1:9: connection refused", Sent: true}},
		{"URL in the error", transport(func(r *http.Request) (*http.Response, error) {
			return nil, &url.Error{Op: "Get", URL: r.URL.String(), Err: errors.New("it said pass-word-1")}
		}), &sdk.Failure{Class: sdk.Unavailable, Text: "no answer from the vendor: it said (sensitive)", Sent: true}},
		{"the host's own words", transport(func(*http.Request) (*http.Response, error) { return nil, fmt.Errorf("wrapped: %w", limit) }), limit},
		{"neither answer nor error", transport(func(*http.Request) (*http.Response, error) { return nil, nil }),
			&sdk.Failure{Class: sdk.Unavailable, Text: "no answer from the vendor: the transport gave neither answer nor error", Sent: true}},
		{"cut short", bodyOf(&broken{io.ErrUnexpectedEOF}), &sdk.Failure{Class: sdk.Unavailable, Text: "the vendor's answer was cut short", Sent: true}},
		{"the host's words on the body", bodyOf(&broken{limit}), limit},
		{"too large", says(200, strings.Repeat("x", 1<<20+1)),
			&sdk.Failure{Class: sdk.MalformedAnswer, Text: "the vendor's answer is larger than 1 MiB", Sent: true}},
		{"no transport", nil, &sdk.Failure{Class: sdk.Unavailable, Text: "the host makes no exchanges"}},
	} {
		inHost(t, c.vendor, func(ctx context.Context, h *sdk.Host) {
			a, err := h.Get(ctx, "https://vendor.example/?token=SECRET")
			var got *sdk.Failure
			if errors.As(err, &got); a != nil {
				t.Errorf("%s: an answer: %v", c.name, a)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%s: -want +got\n%s", c.name, diff)
			}
		})
	}
}

func TestLargestAnswerIsTaken(t *testing.T) {
	inHost(t, says(200, strings.Repeat("x", 1<<20)), func(ctx context.Context, h *sdk.Host) {
		if a, err := h.Get(ctx, "https://vendor.example/"); err != nil || len(a.Body()) != 1<<20 {
			t.Errorf("got %v, %v", a, err)
		}
	})
}

func TestBadAddress(t *testing.T) {
	for _, address := range []string{"", "vendor.example", "ftp://vendor.example/SECRET", "https://", "https://vendor.example/%zz?SECRET", "http://[::1"} {
		inHost(t, says(200, ""), func(ctx context.Context, h *sdk.Host) {
			_, err := h.Get(ctx, address)
			if sdk.ClassOf(err) != sdk.InvalidRequest || strings.Contains(err.Error(), "SECRET") {
				t.Errorf("%q: %v", address, err)
			}
		})
	}
}

func TestBudget(t *testing.T) {
	asked := 0
	vendor := transport(func(r *http.Request) (*http.Response, error) { asked++; return says(200, "")(r) })
	inHost(t, vendor, func(ctx context.Context, h *sdk.Host) {
		for range 2 {
			if _, err := h.Get(ctx, "https://vendor.example/"); err != nil {
				t.Error(err)
			}
		}
		if resp, err := h.Client().Get("https://vendor.example/"); err != nil {
			t.Error(err)
		} else {
			_ = resp.Body.Close()
		}
		for range 2 {
			_, err := h.Get(ctx, "https://vendor.example/")
			if sdk.ClassOf(err) != sdk.Unsupported || !strings.Contains(err.Error(), "more exchanges than the 3") {
				t.Errorf("got %v", err)
			}
		}
	})
	if asked != 3 {
		t.Errorf("%d exchanges were made", asked)
	}
}

func TestNothingIsSentAfterTheEnd(t *testing.T) {
	var kept *sdk.Host
	inHost(t, says(200, ""), func(_ context.Context, h *sdk.Host) { kept = h })
	_, err := kept.Get(t.Context(), "https://vendor.example/")
	if sdk.ClassOf(err) != sdk.Unsupported || !strings.Contains(err.Error(), "after acquire had ended") {
		t.Errorf("got %v", err)
	}
}

func TestClient(t *testing.T) {
	inHost(t, says(302, "moved", "Location", "https://elsewhere.example/"), func(ctx context.Context, h *sdk.Host) {
		resp, err := h.Client().Get("https://vendor.example/")
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		if closed := resp.Body.Close(); resp.StatusCode != 302 || string(body) != "moved" || err != nil || closed != nil {
			t.Errorf("got %d %q, %v, %v", resp.StatusCode, body, err, closed)
		}
	})
}

// hanging answers when the request's context ends, with how it ended.
var hanging = transport(func(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, &sdk.Failure{Class: sdk.Unavailable, Text: "cancelled"}
})

func TestCancellation(t *testing.T) {
	for name, ask := range map[string]func(context.Context, *sdk.Host) error{
		"its own context": func(ctx context.Context, h *sdk.Host) error {
			_, err := h.Get(ctx, "https://vendor.example/")
			return err
		},
		"another context": func(_ context.Context, h *sdk.Host) error {
			_, err := h.Get(context.Background(), "https://vendor.example/")
			return err
		},
		"a client": func(_ context.Context, h *sdk.Host) error {
			resp, err := h.Client().Get("https://vendor.example/")
			if err == nil {
				_ = resp.Body.Close()
			}
			return err
		},
	} {
		ctx, cancel := context.WithCancel(t.Context())
		vendor := transport(func(r *http.Request) (*http.Response, error) { cancel(); return hanging(r) })
		_, err := perform(t, ctx, sdk.Run{Transport: vendor}, func(ctx context.Context, h *sdk.Host, _ conf, _ cred) (sdk.Credential[cred], error) {
			return sdk.Credential[cred]{}, ask(ctx, h)
		})
		if err != context.Canceled {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestDeadline(t *testing.T) {
	ctx, cancel := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
	defer cancel()
	vendor := transport(func(*http.Request) (*http.Response, error) { t.Error("an exchange was made"); return nil, nil })
	_, err := perform(t, ctx, sdk.Run{Transport: vendor}, func(_ context.Context, h *sdk.Host, _ conf, _ cred) (sdk.Credential[cred], error) {
		_, err := h.Post(context.Background(), "https://vendor.example/", sdk.JSON(1))
		return sdk.Credential[cred]{}, err
	})
	if err != context.DeadlineExceeded {
		t.Errorf("got %v", err)
	}
}

func TestRequestEndsWithItsOwnContext(t *testing.T) {
	inHost(t, hanging, func(ctx context.Context, h *sdk.Host) {
		own, cancel := context.WithCancel(context.Background())
		cancel()
		req, err := http.NewRequestWithContext(own, http.MethodPut, "https://vendor.example/", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.Do(ctx, req); err != context.Canceled {
			t.Errorf("got %v", err)
		}
	})
}

func TestHashes(t *testing.T) {
	var learned []string
	run := sdk.Run{Learn: func(s string) { learned = append(learned, s) }}
	_, err := perform(t, t.Context(), run, func(_ context.Context, h *sdk.Host, _ conf, _ cred) (sdk.Credential[cred], error) {
		for got, want := range map[sdk.Secret]string{
			h.MD5("123456"):         "e10adc3949ba59abbe56e057f20f883e",
			h.MD5("12", "", "3456"): "e10adc3949ba59abbe56e057f20f883e",
			h.SHA256("abc"):         "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
			h.HMACSHA256("Jefe", "what do ya want ", "for nothing?"): "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843", // RFC 4231
		} {
			if got.Reveal() != want {
				t.Errorf("got %s, want %s", got.Reveal(), want)
			}
		}
		h.Learn("a signature of my own")
		h.Learn("")
		return good(), nil
	})
	if err != nil || len(learned) != 5 || learned[4] != "a signature of my own" {
		t.Errorf("learned %v, %v", learned, err)
	}
}
