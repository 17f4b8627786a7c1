package sdk_test

import (
	"bytes"
	"context"
	"errors"
	"net/url"
	"strings"
	"testing"

	"github.com/hashicorp/go-hclog"

	"github.com/authrun/authrun/sdk"
)

func TestLogIsRedacted(t *testing.T) {
	const password, learned = `päss&"word"`, "0123456789abcdef"
	var logged bytes.Buffer
	run := sdk.Run{
		Operation: sdk.OpRenew,
		Config:    raw(`{"user": "u", "password": "päss&\"word\""}`),
		Log:       hclog.New(&hclog.LoggerOptions{Level: hclog.Trace, Output: &logged, JSONFormat: true}),
	}
	_, err := perform(t, t.Context(), run, func(_ context.Context, h *sdk.Host, c conf, held cred) (sdk.Credential[cred], error) {
		h.Learn(learned)
		log := h.Log()
		log.Trace("trace "+password, "url", "https://vendor.example/?p="+url.QueryEscape(password))
		log.Debug("debug", "config", c, "bytes", []byte(password), "number", 7)
		log.Info("info "+learned, "held", held, "list", []sdk.Secret{"a new secret"})
		log.Warn("warn", "error", errors.New("no "+held.Token.Reveal()))
		log.Error("error", held.Refresh.Reveal(), password)
		log.Log(hclog.Info, "log", "a", c.Password.Reveal())
		log.With("with", password).Named(password).ResetNamed("n").Info("with")
		log.StandardLogger(nil).Print("standard " + learned)
		if n, err := log.StandardWriter(&hclog.StandardLoggerOptions{}).Write([]byte("writer " + learned)); n != 7+len(learned) || err != nil {
			t.Errorf("wrote %d, %v", n, err)
		}
		return good(), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	text := logged.String()
	for _, secret := range []string{password, `päss&\"word\"`, `p\u00e4ss`, url.QueryEscape(password), learned, "held-token", "held-refresh", "a new secret"} {
		if strings.Contains(text, secret) {
			t.Errorf("the log holds %s", secret)
		}
	}
	for _, word := range []string{"trace", "debug", "info", "warn", "error", `"log"`, "standard", "writer", `"number":7`} {
		if !strings.Contains(text, word) {
			t.Errorf("the log lacks %s", word)
		}
	}
	if lines := strings.Count(text, "\n"); lines != 9 {
		t.Errorf("%d lines", lines)
	}
	if t.Failed() {
		t.Log(text)
	}
}

func TestAnswerIsNotPrinted(t *testing.T) {
	var logged bytes.Buffer
	run := sdk.Run{Transport: says(200, "a new token"), Log: hclog.New(&hclog.LoggerOptions{Output: &logged})}
	_, err := perform(t, t.Context(), run, func(ctx context.Context, h *sdk.Host, _ conf, _ cred) (sdk.Credential[cred], error) {
		a, err := h.Get(ctx, "https://vendor.example/")
		h.Log().Info("got", "answer", a)
		return good(), err
	})
	if err != nil || !strings.Contains(logged.String(), "HTTP 200 with 11 bytes") || strings.Contains(logged.String(), "a new token") {
		t.Errorf("logged %s, %v", logged.String(), err)
	}
}

// Secrets are found wherever a configuration has them.
func TestSecretsOfEveryKindAreRedacted(t *testing.T) {
	secrets := []string{"the-key", "1234567", "list-secret", "main-secret", "spare-secret", "other-secret"}
	op := sdk.Op[everything, tok]{Do: func(context.Context, *sdk.Host, everything, tok) (sdk.Credential[tok], error) {
		return sdk.Credential[tok]{}, &sdk.Failure{Class: sdk.InvalidRequest, Text: strings.Join(secrets, " ")}
	}}
	p, err := sdk.Vendor[everything, tok]{Name: "v", Acquire: op}.Plugin()
	if err != nil {
		t.Fatal(err)
	}
	_, err = p.Run(t.Context(), sdk.Run{Operation: sdk.OpAcquire, Config: raw(`{"url": "u", "key": "the-key", "pin": 1234567, "keys": ["list-secret"],
		"main": {"name": "m", "pin": "main-secret"}, "spare": {"name": "m", "pin": "spare-secret"}, "others": [{"name": "m", "pin": "other-secret"}]}`)})
	if want := "invalid_request:" + strings.Repeat(" (sensitive)", len(secrets)); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestAnswerText(t *testing.T) {
	inHost(t, says(200, "\xef\xbb\xbf two\nwords\xff \n"), func(ctx context.Context, h *sdk.Host) {
		if a, err := h.Get(ctx, "https://vendor.example/"); err != nil || a.Text() != "two\nwords\uFFFD" {
			t.Errorf("got %q, %v", a.Text(), err)
		}
	})
}
