package sdk_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/authrun/authrun/sdk"
)

// The types of the small vendor whose operations these examples show.
type (
	Account struct {
		BaseURL string     `auth:"base_url,endpoint,account" default:"https://api.acme.example"`
		User    string     `auth:"user,account" default:"kim"`
		Secret  sdk.Secret `auth:"secret"`
	}
	Pass struct {
		Token sdk.Secret `auth:"token"`
	}
)

// replies is a vendor without a network that gives one answer after the other. Headers are names and values in turn.
func replies(list ...*http.Response) vendorReplies { return vendorReplies{&list} }

type vendorReplies struct{ left *[]*http.Response }

// RoundTrip gives the next answer.
func (v vendorReplies) RoundTrip(*http.Request) (*http.Response, error) {
	if len(*v.left) == 0 {
		return nil, errors.New("connection refused")
	}
	next := (*v.left)[0]
	*v.left = (*v.left)[1:]
	return next, nil
}

func answered(status int, body string, headers ...string) *http.Response {
	h := http.Header{}
	for i := 0; i < len(headers); i += 2 {
		h.Set(headers[i], headers[i+1])
	}
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body))}
}

// play runs an operation that may make three exchanges, at 08:00 on 1 October 2026.
func play(vendor http.RoundTripper, op sdk.Operation, held string, do func(context.Context, *sdk.Host, Account, Pass) (sdk.Credential[Pass], error)) (sdk.Result, error) {
	able := sdk.Op[Account, Pass]{Calls: 3, Do: do}
	p, err := sdk.Vendor[Account, Pass]{Name: "acme", Acquire: able, Renew: able, Revoke: able}.Plugin()
	if err != nil {
		panic(err) // the declaration is wrong; the error says what of it
	}
	run := sdk.Run{Operation: op, Config: json.RawMessage(`{"secret": "made-up-secret"}`), Transport: vendor, Now: func() time.Time { return time.Date(2026, 10, 1, 8, 0, 0, 0, time.UTC) }}
	if held != "" {
		run.Held = &sdk.Held{Value: json.RawMessage(held)}
	}
	return p.Run(context.Background(), run)
}

// pass is a credential that lives for an hour.
func pass(token sdk.Text) sdk.Credential[Pass] {
	return sdk.Credential[Pass]{Value: Pass{Token: token.Secret()}, Life: time.Hour}
}

// An exchange that did not end well is a failure with its class. The answer stands beside it, for a plugin that wants to look closer.
func ExampleHost_Get() {
	vendor := replies(answered(429, "", "Retry-After", "30"), answered(302, "", "Location", "https://elsewhere.example"), answered(403, `{"reason": "bad secret"}`))
	_, err := play(vendor, sdk.OpAcquire, "", func(ctx context.Context, h *sdk.Host, c Account, _ Pass) (none sdk.Credential[Pass], err error) {
		for range 3 {
			var a *sdk.Answer
			if a, err = h.Get(ctx, c.BaseURL+"/token", sdk.Query("user", c.User), sdk.Header("X-Secret", c.Secret.Reveal())); a != nil {
				fmt.Println(a.Status, err)
			}
		}
		return none, err
	})
	fmt.Println(sdk.ClassOf(err))
	// Output:
	// 429 rate_limited: the vendor answered HTTP 429 Too Many Requests
	// 302 malformed_answer: the vendor answered HTTP 302 Found, a redirect, which is not followed
	// 403 invalid_request: the vendor answered HTTP 403 Forbidden
	// invalid_request
}

// Bodies are JSON, forms, XML, or bytes as they are.
func ExampleHost_Post() {
	vendor := vendorSide(func(r *http.Request) string {
		body, _ := io.ReadAll(r.Body)
		fmt.Println(r.Header.Get("Content-Type"), string(body))
		return `{}`
	})
	_, err := play(vendor, sdk.OpAcquire, "", func(ctx context.Context, h *sdk.Host, c Account, _ Pass) (none sdk.Credential[Pass], err error) {
		for _, body := range []sdk.Body{
			sdk.JSON(map[string]any{"user": c.User, "secret": c.Secret}),
			sdk.Form("user", c.User, "secret", c.Secret.Reveal()),
			sdk.Raw("text/plain", []byte(c.User)),
		} {
			if _, err := h.Post(ctx, c.BaseURL+"/token", body); err != nil {
				return none, err
			}
		}
		return pass("t-1"), nil
	})
	fmt.Println(err)
	// Output:
	// application/json {"secret":"made-up-secret","user":"kim"}
	// application/x-www-form-urlencoded user=kim&secret=made-up-secret
	// text/plain kim
	// <nil>
}

// A signature is a secret that the host cannot know before. Its own hashes are learned by themselves, others by Learn; from then on they are hidden.
func ExampleHost_Learn() {
	_, err := play(replies(), sdk.OpAcquire, "", func(_ context.Context, h *sdk.Host, c Account, _ Pass) (none sdk.Credential[Pass], err error) {
		sign := h.MD5("123456")
		fmt.Println(sign, sign.Reveal())
		ours := "rot13:" + strings.ToUpper(c.Secret.Reveal())
		h.Learn(ours)
		return none, &sdk.Failure{Class: sdk.InvalidRequest, Text: "refused: sign=" + sign.Reveal() + " own=" + ours}
	})
	fmt.Println(err)
	// Output:
	// (sensitive) e10adc3949ba59abbe56e057f20f883e
	// invalid_request: refused: sign=(sensitive) own=(sensitive)
}

// Answers are read leniently: a number may come as text, an object inside a string, an empty one as a list, and commas may trail.
func ExampleAnswer_JSON() {
	read := func(_ context.Context, a *sdk.Answer) {
		var r struct {
			Code sdk.Text
			Data sdk.Lax[struct {
				Token   sdk.Text
				Seconds sdk.Int
			}]
		}
		if err := a.JSON(&r); err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("code %q, token %q for %s, data: %t\n", r.Code, r.Data.V.Token, r.Data.V.Seconds.Duration(time.Second), r.Data.Set)
	}
	for _, body := range []string{
		`{"code": 0, "data": {"token": "t-1", "seconds": "7200"}}`,
		`{"code": "0", "data": "{\"token\": 42, \"seconds\": 7.2e3,}"}`,
		`{"code": "1003", "data": []}`,
		`<html>maintenance</html>`,
		`{"code": 0, "data": {"tok`,
	} {
		_, _ = play(replies(answered(200, body)), sdk.OpAcquire, "", func(ctx context.Context, h *sdk.Host, c Account, _ Pass) (sdk.Credential[Pass], error) {
			a, err := h.Get(ctx, c.BaseURL)
			if err == nil {
				read(ctx, a)
			}
			return pass("t-1"), err
		})
	}
	// Output:
	// code "0", token "t-1" for 2h0m0s, data: true
	// code "0", token "42" for 2h0m0s, data: true
	// code "1003", token "" for 0s, data: false
	// malformed_answer: the vendor's answer is not JSON but an HTML page
	// malformed_answer: the vendor's answer is JSON that is cut short
}

// An instant is made a life by the vendor's own clock, which its Date header shows. Here it is a year behind.
func ExampleAnswer_LifeUntil() {
	vendor := replies(answered(200, `{"until": 1759312800}`, "Date", "Wed, 01 Oct 2025 08:00:00 GMT"))
	_, _ = play(vendor, sdk.OpAcquire, "", func(ctx context.Context, h *sdk.Host, c Account, _ Pass) (none sdk.Credential[Pass], err error) {
		a, err := h.Get(ctx, c.BaseURL)
		if err != nil {
			return none, err
		}
		var r struct{ Until sdk.Int }
		if err := a.JSON(&r); err != nil {
			return none, err
		}
		fmt.Println(a.LifeUntil(time.Unix(int64(r.Until), 0)))
		return pass("t-1"), nil
	})
	// Output: 1h59m59s
}
