package sdk

import (
	"context"
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"time"

	"github.com/hashicorp/go-hclog"
)

// Host is what the host lends an operation: a clock, a log, and exchanges with the vendor. It lives as long as the operation, and may be
// used in many goroutines.
//
// An exchange is made by [Host.Get], [Host.Post], [Host.Send] or [Host.Do]. Their errors are failures of the table that all vendors share:
//
//	no answer, a time-out, cut short   Unavailable, or what the host says (a limit reached, an address not declared)
//	429                                RateLimited, with RetryAfter where the vendor gives it
//	5xx                                Unavailable, with RetryAfter where the vendor gives it
//	a redirect, an answer over 1 MiB   MalformedAnswer; redirects are never followed
//	another 4xx                        InvalidRequest
//
// Where the vendor answered, the [Answer] stands beside the failure, so that a plugin can look into it and say more. When the operation's
// context has ended the error is the context's.
type Host struct {
	now   func() time.Time
	log   hclog.Logger
	gate  *gate
	words *redactor
	learn func(string)
}

// newHost makes the host of one run with a budget of so many exchanges. Known are the secrets to redact.
func newHost(ctx context.Context, run Run, calls int, known []string) *Host {
	h := &Host{now: run.Now, words: &redactor{}, learn: run.Learn}
	if h.now == nil {
		h.now = time.Now
	}
	h.words.add(known...)
	h.log = hclog.NewNullLogger()
	if run.Log != nil {
		h.log = redactingLog{Logger: run.Log, words: h.words}
	}
	h.gate = &gate{run: ctx, transport: run.Transport, budget: calls, operation: run.Operation, words: h.words}
	return h
}

// Now is the host's time. A plugin has no other clock: a test's clock is a plugin's clock.
func (h *Host) Now() time.Time { return h.now() }

// Log is the operation's log. It redacts the secrets of the configuration and of the held credential, and what was learned.
func (h *Host) Log() hclog.Logger { return h.log }

// Learn tells the host a secret that it cannot know, such as a signature, so that it redacts it from everything that people see.
// [Host.MD5], [Host.SHA256] and [Host.HMACSHA256] do so by themselves.
func (h *Host) Learn(secret string) {
	h.words.add(secret)
	if h.learn != nil && secret != "" {
		h.learn(secret)
	}
}

// MD5 is the lower-case hexadecimal MD5 of the parts, one after the other. It is for vendors that ask for it, not for safety.
func (h *Host) MD5(parts ...string) Secret {
	sum := md5.New()
	for _, part := range parts {
		sum.Write([]byte(part))
	}
	return h.digest(sum.Sum(nil))
}

// SHA256 is the lower-case hexadecimal SHA-256 of the parts, one after the other.
func (h *Host) SHA256(parts ...string) Secret {
	sum := sha256.New()
	for _, part := range parts {
		sum.Write([]byte(part))
	}
	return h.digest(sum.Sum(nil))
}

// HMACSHA256 is the lower-case hexadecimal HMAC-SHA-256 with key of the parts, one after the other.
func (h *Host) HMACSHA256(key Secret, parts ...string) Secret {
	sum := hmac.New(sha256.New, []byte(key))
	for _, part := range parts {
		sum.Write([]byte(part))
	}
	return h.digest(sum.Sum(nil))
}

// digest is a hash that the host learns.
func (h *Host) digest(sum []byte) Secret {
	s := hex.EncodeToString(sum)
	h.Learn(s)
	return Secret(s)
}

// Get makes an exchange by GET.
func (h *Host) Get(ctx context.Context, url string, options ...RequestOption) (*Answer, error) {
	return h.Send(ctx, http.MethodGet, url, nil, options...)
}

// Post makes an exchange by POST. Body may be nil for none.
func (h *Host) Post(ctx context.Context, url string, body Body, options ...RequestOption) (*Answer, error) {
	return h.Send(ctx, http.MethodPost, url, body, options...)
}

// Send makes an exchange by any method. Body may be nil for none.
func (h *Host) Send(ctx context.Context, method, url string, body Body, options ...RequestOption) (*Answer, error) {
	req, err := newRequest(ctx, method, url, body, options)
	if err != nil {
		return nil, err
	}
	return h.Do(ctx, req)
}

// Do makes any exchange. It ends when ctx, the request's own context or the operation's does.
func (h *Host) Do(ctx context.Context, req *http.Request) (*Answer, error) {
	ctx, cancel := both(ctx, req.Context())
	defer cancel()
	sent := h.Now()
	resp, body, err := h.gate.exchange(req.WithContext(ctx))
	if err != nil {
		return nil, err
	}
	a := &Answer{Status: resp.StatusCode, Header: resp.Header, body: body, sent: sent}
	if f := a.failure(); f != nil { // not "return a, a.failure()": a nil *Failure is not a nil error
		return a, f
	}
	return a, nil
}

// Client is the plain client below Get, Post and Do, for code that wants one. It classes no status and follows no redirect; its errors are
// failures all the same. Exchanges through it count like any.
func (h *Host) Client() *http.Client {
	return &http.Client{Transport: h.gate, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// both is a context that ends when a or b does.
func both(a, b context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(a)
	stop := context.AfterFunc(b, func() { cancel(b.Err()) })
	if b.Err() != nil { // AfterFunc would say so a little later
		cancel(b.Err())
	}
	return ctx, func() { stop(); cancel(nil) }
}

// ended is why a context that both made has ended, or nil.
func ended(ctx context.Context) error {
	if ctx.Err() == nil {
		return nil
	}
	if cause := context.Cause(ctx); errors.Is(cause, context.DeadlineExceeded) {
		return context.DeadlineExceeded
	}
	return ctx.Err()
}
