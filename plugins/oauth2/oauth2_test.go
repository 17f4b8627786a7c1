package oauth2_test

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/authrun/authrun/plugins/oauth2/fake"
	"github.com/authrun/authrun/sdk"
	"github.com/authrun/authrun/sdk/sdktest"
)

// held is a result as a host gives it back; what is private stands among the rest.
func held(t *testing.T, b *sdktest.Bench, r sdk.Result) json.RawMessage {
	t.Helper()
	all := b.Attributes(r)
	maps.Copy(all, private(t, r))
	raw, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// private is what is private in a result.
func private(t *testing.T, r sdk.Result) (all args) {
	t.Helper()
	if err := json.Unmarshal(r.Private, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

// fails wants a failure of that class whose text holds those words.
func fails(t *testing.T, err error, class sdk.Class, words string) {
	t.Helper()
	if sdk.ClassOf(err) != class || !strings.Contains(err.Error(), words) {
		t.Errorf("got  %v\nwant %s: ... %s", err, class, words)
	}
}

func TestClientCredentials(t *testing.T) {
	b, server := newBench(t, nil, args{"scopes": []string{"read", "write"}, "audience": "api", "resources": []string{"https://a.example", "https://b.example"}})
	r, token := b.Acquire(b.Config)
	want := args{"token": token, "token_type": "Bearer", "scope": "read write", "expires_in": 3600.0, "id_token": "", "token_endpoint": b.URL + "/token",
		"revocation_endpoint": b.URL + "/revoke", "discovered_at": nil}
	if diff := cmp.Diff(want, b.Attributes(r)); diff != "" {
		t.Error(diff)
	}
	if r.Life != time.Hour || r.Renewable || !server.Alive(token) || server.Calls() != 1 {
		t.Errorf("%+v after %d calls", r, server.Calls())
	}
	b.Clean()
}

// Both ways of sending the secret reach a server that takes RFC 6749 at its word, and the host learns what it could not know.
func TestSecretMethods(t *testing.T) {
	for _, method := range []string{"client_secret_basic", "client_secret_post"} {
		b, _ := newBench(t, nil, args{"auth_method": method})
		b.Acquire(b.Config)
		if learned := slices.ContainsFunc(b.Learned, func(s string) bool { return strings.HasPrefix(s, "Y2xpZW50JTNBMTp") }); learned != (method == "client_secret_basic") {
			t.Errorf("%s: the host learned %q", method, b.Learned)
		}
		b.Clean()
	}
}

func TestPassword(t *testing.T) {
	b, server := newBench(t, nil, args{"grant": "password", "username": "ann", "password": "pass-word"})
	r, first := b.Acquire(b.Config)
	if !r.Renewable {
		t.Error("it is not renewable")
	}
	next, err := b.Run(sdk.OpRenew, b.Config, held(t, b, r))
	if err != nil || b.Attributes(next)["token"] == first || !next.Renewable {
		t.Errorf("%v: %s", err, next.Value)
	}
	// The pair before is worth nothing, but there is the password.
	_, err = b.Run(sdk.OpRenew, b.Config, held(t, b, r))
	fails(t, err, sdk.TokenDead, "does not renew")
	server.Refuse("unauthorized_client")
	_, err = b.Run(sdk.OpRenew, b.Config, held(t, b, next))
	fails(t, err, sdk.TokenDead, "does not renew")
	server.Behave()
	_, err = b.Run(sdk.OpAcquire, b.With(args{"password": "wrong-word"}), nil)
	fails(t, err, sdk.InvalidCredentials, "invalid_grant: the server says no")
	b.Clean()
}

// A consent's refresh token is used once where it rotates; later ones come from what is held, dead or alive.
func TestRefreshTokenThatRotates(t *testing.T) {
	b, server := newBench(t, nil, args{"grant": "refresh_token", "refresh_token": "consent-token-1"})
	first, _ := b.Acquire(b.Config)
	if !first.Renewable || private(t, first)["refresh_token"] == "consent-token-1" || b.Attributes(first)["scope"] != "consented" {
		t.Errorf("%+v: %s", first, first.Value)
	}
	second, err := b.Run(sdk.OpRenew, b.Config, held(t, b, first))
	if err != nil {
		t.Fatal(err)
	}
	third, err := b.Run(sdk.OpAcquire, b.Config, held(t, b, second)) // the access token has died
	if err != nil || third.Life != time.Hour {
		t.Fatal(err)
	}
	// Nothing but a person mends a refresh token that is gone: it is not to be sent again.
	for _, op := range []sdk.Operation{sdk.OpRenew, sdk.OpAcquire} {
		_, err = b.Run(op, b.Config, held(t, b, second))
		fails(t, err, sdk.InvalidCredentials, "a person has to consent again")
		var f *sdk.Failure
		if !errors.As(err, &f) || !slices.Equal(f.Path, []string{"refresh_token"}) {
			t.Errorf("the failure is at %v", f.Path)
		}
	}
	ended, err := b.Run(sdk.OpRevoke, b.Config, held(t, b, third))
	if err != nil || ended.NotAtVendor || !strings.Contains(ended.Text, "was rotated") {
		t.Errorf("%v: %+v", err, ended)
	}
	if again, err := b.Run(sdk.OpRenew, b.Config, held(t, b, third)); err != nil || again.Value == nil {
		t.Errorf("revoking ended the consent: %v", err)
	}
	if server.Calls() != 7 {
		t.Errorf("%d calls", server.Calls())
	}
	b.Clean()
}

func TestRefreshTokenThatStays(t *testing.T) {
	b, _ := newBench(t, func(o *fake.Options) { o.Keep = true }, args{"grant": "refresh_token", "refresh_token": "consent-token-1", "auth_method": "client_secret_post"})
	first, _ := b.Acquire(b.Config)
	if private(t, first)["refresh_token"] != "consent-token-1" || !first.Renewable {
		t.Errorf("%s", first.Private)
	}
	if _, err := b.Run(sdk.OpRenew, b.Config, held(t, b, first)); err != nil {
		t.Error(err)
	}
	if ended, err := b.Run(sdk.OpRevoke, b.Config, held(t, b, first)); err != nil || ended.Text != "" {
		t.Errorf("%v: %+v", err, ended)
	}
	b.Clean()
}

func TestLife(t *testing.T) {
	b, server := newBench(t, nil, nil)
	server.Odd(fake.ExpiresString)
	if r, _ := b.Acquire(b.Config); r.Life != time.Hour {
		t.Errorf("life %s", r.Life)
	}
	server.Odd(fake.ExpiresMissing)
	_, err := b.Run(sdk.OpAcquire, b.Config, nil)
	fails(t, err, sdk.MalformedAnswer, "set lifetime")
	if r, _ := b.Acquire(b.With(args{"lifetime": "20m"})); r.Life != 20*time.Minute {
		t.Errorf("life %s", r.Life)
	}
}

func TestRefusals(t *testing.T) {
	for code, class := range map[string]sdk.Class{
		"invalid_client": sdk.InvalidCredentials, "invalid_grant": sdk.InvalidCredentials, "invalid_request": sdk.InvalidRequest,
		"unauthorized_client": sdk.InvalidRequest, "unsupported_grant_type": sdk.InvalidRequest, "invalid_scope": sdk.InvalidRequest,
		"invalid_target": sdk.InvalidRequest, "access_denied": sdk.InvalidCredentials, "temporarily_unavailable": sdk.Unavailable,
		"server_error": sdk.Unavailable, "slow_down": sdk.RateLimited, "interaction_required": sdk.InteractionRequired, "of_its_own": sdk.InvalidRequest,
	} {
		b, server := newBench(t, nil, nil)
		server.Refuse(code)
		_, err := b.Run(sdk.OpAcquire, b.Config, nil)
		fails(t, err, class, code)
		server.Odd(fake.ErrorWith200)
		if code == "of_its_own" {
			class = sdk.Unsupported
		}
		if code == "temporarily_unavailable" {
			class = sdk.Unavailable
		}
		_, err = b.Run(sdk.OpAcquire, b.Config, nil)
		fails(t, err, class, code)
	}
	b, server := newBench(t, nil, nil)
	for status, class := range map[int]sdk.Class{400: sdk.InvalidRequest, 401: sdk.InvalidCredentials, 429: sdk.RateLimited, 500: sdk.Unavailable, 302: sdk.MalformedAnswer} {
		server.Misbehave(fake.Misbehaviour{Status: status, Body: "<html>"})
		_, err := b.Run(sdk.OpAcquire, b.Config, nil)
		fails(t, err, class, "HTTP")
	}
}

func TestRevoke(t *testing.T) {
	b, server := newBench(t, nil, args{"grant": "password", "username": "ann", "password": "pass-word"})
	r, token := b.Acquire(b.Config)
	if ended, err := b.Run(sdk.OpRevoke, b.Config, held(t, b, r)); err != nil || ended.NotAtVendor || server.Alive(token) || server.Calls() != 3 {
		t.Errorf("%v: %+v after %d calls", err, ended, server.Calls())
	}
	_, err := b.Run(sdk.OpRenew, b.Config, held(t, b, r))
	fails(t, err, sdk.TokenDead, "")

	server.Odd(fake.KeepsTokens)
	if ended, err := b.Run(sdk.OpRevoke, b.Config, held(t, b, r)); err != nil || !ended.NotAtVendor {
		t.Errorf("a server that ends no access tokens: %v: %+v", err, ended)
	}
	server.Behave()
	server.Refuse("invalid_client")
	_, err = b.Run(sdk.OpRevoke, b.Config, held(t, b, r))
	fails(t, err, sdk.InvalidCredentials, "invalid_client")
	if ended, err := b.Run(sdk.OpRevoke, b.With(args{"revocation_url": nil}), held(t, b, r)); err != nil || !ended.NotAtVendor {
		t.Errorf("without an address: %v: %+v", err, ended)
	}
}
