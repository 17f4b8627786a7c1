package oauth2_test

import (
	"testing"

	"github.com/authrun/authrun/plugins/oauth2"
	"github.com/authrun/authrun/sdk"
	"github.com/authrun/authrun/sdk/sdktest"
)

func TestMain(m *testing.M) { sdktest.Main(m, oauth2.Vendor) }

func TestConformance(t *testing.T) { sdktest.Conformance(t, oauth2.Vendor, script) }

var script = sdktest.Script{
	Config: map[string]any{
		"token_url": "https://login.example/token", "revocation_url": "https://login.example/revoke", "client_id": "made-up-client",
		"client_secret": "made-up-secret", "auth_method": "client_secret_post", "grant": "password", "username": "ann", "password": "made-up-password",
		"scopes": []string{"read"}, "sensitive_params": map[string]any{"tenant": "made-up-tenant"},
	},
	Good: []sdktest.Case{
		{
			Name: "password",
			Exchanges: []sdktest.Exchange{{Request: tokenRequest(map[string]string{"grant_type": "password", "username": "ann", "password": "$config.password", "scope": "read"}),
				Answer: sdktest.Answer{Body: `{"access_token":"made-up-token-1","token_type":"Bearer","expires_in":3600,"refresh_token":"made-up-refresh-1","scope":"read"}`}}},
			Value: map[string]any{"token": "made-up-token-1", "refresh_token": "made-up-refresh-1", "expires_in": 3600},
			Life:  "1h",
		},
		{
			Name: "renew", Operation: sdk.OpRenew,
			Exchanges: []sdktest.Exchange{{Request: tokenRequest(map[string]string{"grant_type": "refresh_token", "refresh_token": "$held.refresh_token"}),
				Answer: sdktest.Answer{Body: `{"access_token":"made-up-token-2","token_type":"Bearer","expires_in":3600,"refresh_token":"made-up-refresh-2"}`}}},
			Value: map[string]any{"token": "made-up-token-2", "refresh_token": "made-up-refresh-2"},
			Life:  "1h",
		},
		{
			Name: "revoke", Operation: sdk.OpRevoke,
			Exchanges: []sdktest.Exchange{{Request: revokeRequest("$held.refresh_token", "refresh_token"), Answer: sdktest.Answer{Body: "{}"}},
				{Request: revokeRequest("$held.token", "access_token"), Answer: sdktest.Answer{Body: "{}"}}},
		},
	},
	Refused: []sdktest.Case{
		{Name: "wrong secret", Class: sdk.InvalidCredentials, Exchanges: []sdktest.Exchange{{
			Request: tokenRequest(map[string]string{"grant_type": "password", "username": "ann", "password": "$config.password", "scope": "read"}),
			Answer:  sdktest.Answer{Status: 401, Body: `{"error":"invalid_client","error_description":"no made-up-secret here"}`}}}},
	},
	Dead: []sdktest.Case{
		{Name: "used before", Exchanges: []sdktest.Exchange{{
			Request: tokenRequest(map[string]string{"grant_type": "refresh_token", "refresh_token": "$held.refresh_token"}),
			Answer:  sdktest.Answer{Status: 400, Body: `{"error":"invalid_grant"}`}}}},
	},
}

// tokenRequest is a request for a token with those parameters and the client's.
func tokenRequest(form map[string]string) sdktest.Request {
	form["client_id"], form["client_secret"], form["tenant"] = "made-up-client", "$config.client_secret", "made-up-tenant"
	return sdktest.Request{Method: "POST", Path: "/token", Headers: map[string]string{"Accept": "application/json"}, Form: form}
}

// revokeRequest is a request that ends a token.
func revokeRequest(token, kind string) sdktest.Request {
	return sdktest.Request{Method: "POST", Path: "/revoke", Form: map[string]string{"token": token, "token_type_hint": kind,
		"client_id": "made-up-client", "client_secret": "$config.client_secret"}}
}
