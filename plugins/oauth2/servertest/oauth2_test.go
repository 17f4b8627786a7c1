package servertest

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"

	"github.com/authrun/authrun/sdk"
	"github.com/authrun/authrun/sdk/sdktest"
)

// held is a result as a host gives it back; what is private stands among the rest.
func held(t *testing.T, b *sdktest.Bench, r sdk.Result) json.RawMessage {
	t.Helper()
	all, private := b.Attributes(r), args{}
	if err := json.Unmarshal(r.Private, &private); err != nil {
		t.Fatal(err)
	}
	maps.Copy(all, private)
	raw, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// Every way of saying who the client is gives a token that the server takes, and that it ends when asked to.
func TestClientCredentials(t *testing.T) {
	private, public := clientKeys(t)
	for method, config := range map[string]args{
		"client_secret_basic": {},
		"client_secret_post":  {"client_id": "client_secret_post", "auth_method": "client_secret_post"},
		"RS256":               {"client_id": "RS256", "auth_method": "private_key_jwt", "private_key": private["RS256"], "key_id": "key-of-RS256", "client_secret": nil},
		"PS256": {"client_id": "PS256", "auth_method": "private_key_jwt", "private_key": private["PS256"], "key_id": "key-of-PS256", "algorithm": "PS256",
			"client_secret": nil},
		"ES256": {"client_id": "ES256", "auth_method": "private_key_jwt", "private_key": private["ES256"], "key_id": "key-of-ES256", "client_secret": nil},
	} {
		t.Run(method, func(t *testing.T) {
			b, s := newBench(t, public, config)
			r, token := b.Acquire(b.With(args{"scopes": []string{"read", "write"}, "audience": "https://api.example"}))
			if !s.alive(token) || r.Life < life-2e9 || r.Life > life || r.Renewable || b.Attributes(r)["scope"] != "read write" {
				t.Errorf("life %s, renewable %v: %v", r.Life, r.Renewable, b.Attributes(r)["scope"])
			}
			ended, err := b.Run(sdk.OpRevoke, b.Config, held(t, b, r))
			if err != nil || ended.NotAtVendor || s.alive(token) {
				t.Errorf("revoke: %v: %+v", err, ended)
			}
			if calls := s.called(); calls["/.well-known/openid-configuration"] != 1 || calls["/token"] != 1 || calls["/revoke"] != 1 {
				t.Errorf("the calls were %v", calls)
			}
		})
	}
}

// An assertion is good once and for its audience: the server takes a new one each time, and none that is meant for another.
func TestAssertions(t *testing.T) {
	private, public := clientKeys(t)
	b, s := newBench(t, public, args{"client_id": "ES256", "auth_method": "private_key_jwt", "private_key": private["ES256"], "key_id": "key-of-ES256", "client_secret": nil})
	_, first := b.Acquire(b.Config)
	_, second := b.Acquire(b.Config)
	if first == second || !s.alive(first) || !s.alive(second) {
		t.Error("a second acquire ends the first token")
	}
	for name, config := range map[string]args{
		"audience": {"assertion_audience": "https://elsewhere.example"},
		"key":      {"private_key": private["RS256"]},
	} {
		if _, err := b.Run(sdk.OpAcquire, b.With(config), nil); sdk.ClassOf(err) != sdk.InvalidCredentials {
			t.Errorf("%s: ended with %v", name, err)
		}
	}
}

// The server's refresh tokens rotate: a pair that was used is worth nothing, and using it again ends all of its family.
func TestRefreshTokens(t *testing.T) {
	b, s := newBench(t, nil, args{"grant": "password", "username": "ann", "password": "pass-word", "scopes": []string{"offline", "read"}, "discovery": "oauth"})
	first, token := b.Acquire(b.Config)
	if !first.Renewable || !s.alive(token) {
		t.Fatalf("renewable: %v", first.Renewable)
	}
	second, err := b.Run(sdk.OpRenew, b.Config, held(t, b, first))
	if err != nil || s.alive(token) {
		t.Fatalf("%v; the first token lives: %v", err, s.alive(token))
	}
	// The same person's consent, by the refresh token alone.
	var private struct {
		RefreshToken string `json:"refresh_token"`
	}
	if err := json.Unmarshal(second.Private, &private); err != nil {
		t.Fatal(err)
	}
	consent := b.With(args{"grant": "refresh_token", "refresh_token": private.RefreshToken, "username": nil, "password": nil})
	third, token := b.Acquire(consent)
	if !third.Renewable || !s.alive(token) {
		t.Errorf("renewable: %v", third.Renewable)
	}
	_, err = b.Run(sdk.OpRenew, b.Config, held(t, b, first))
	if sdk.ClassOf(err) != sdk.TokenDead || s.alive(token) {
		t.Errorf("a pair that was used: %v", err)
	}
	_, err = b.Run(sdk.OpRenew, consent, held(t, b, third))
	if sdk.ClassOf(err) != sdk.InvalidCredentials || !strings.Contains(err.Error(), "a person has to consent again") {
		t.Errorf("a family that is ended: %v", err)
	}
}

func TestRevokeARefreshToken(t *testing.T) {
	b, s := newBench(t, nil, args{"grant": "password", "username": "ann", "password": "pass-word", "scopes": []string{"offline"}})
	r, token := b.Acquire(b.Config)
	ended, err := b.Run(sdk.OpRevoke, b.Config, held(t, b, r))
	if err != nil || ended.NotAtVendor || s.alive(token) || s.called()["/revoke"] != 2 {
		t.Errorf("%v: %+v after %v", err, ended, s.called())
	}
	if _, err = b.Run(sdk.OpRenew, b.Config, held(t, b, r)); sdk.ClassOf(err) != sdk.TokenDead {
		t.Errorf("renewing what was ended: %v", err)
	}
}

// What the server refuses is classed by what mends it.
func TestRefusals(t *testing.T) {
	b, s := newBench(t, nil, nil)
	for name, c := range map[string]struct {
		config args
		want   sdk.Class
	}{
		"secret":       {args{"client_secret": "wrong-secret"}, sdk.InvalidCredentials},
		"client":       {args{"client_id": "nobody"}, sdk.InvalidCredentials},
		"scope":        {args{"scopes": []string{"admin"}}, sdk.InvalidRequest},
		"audience":     {args{"audience": "https://elsewhere.example"}, sdk.InvalidRequest},
		"password":     {args{"grant": "password", "username": "ann", "password": "wrong-word"}, sdk.InvalidCredentials},
		"consent":      {args{"grant": "refresh_token", "refresh_token": "made-up-token"}, sdk.InvalidCredentials},
		"method":       {args{"auth_method": "client_secret_post"}, sdk.InvalidCredentials},
		"metadata":     {args{"issuer": s.url + "/realm"}, sdk.InvalidRequest},
		"no such path": {args{"issuer": nil, "token_url": s.url + "/nowhere"}, sdk.InvalidRequest},
	} {
		if _, err := b.Run(sdk.OpAcquire, b.With(c.config), nil); sdk.ClassOf(err) != c.want {
			t.Errorf("%s: ended with %v, want %s", name, err, c.want)
		}
	}
}
