package httpvendor_test

import (
	"testing"

	httpvendor "github.com/authrun/authrun/plugins/http"
	"github.com/authrun/authrun/sdk"
	"github.com/authrun/authrun/sdk/sdktest"
)

func TestMain(m *testing.M) { sdktest.Main(m, httpvendor.Vendor) }

func TestConformance(t *testing.T) { sdktest.Conformance(t, httpvendor.Vendor, script) }

// script describes a vendor that signs, gives a pair of tokens and can end them.
var script = sdktest.Script{
	Config: map[string]any{
		"base_url": "https://vendor.example", "account": map[string]any{"app": "made-up-app"},
		"account_secrets": map[string]any{"site": "made-up-site"}, "secrets": map[string]any{"key": "made-up-key"}, "passing": map[string]any{"code": "made-up-code"},
		"compute": []any{map[string]any{"name": "sign", "from": "{app}{site}{code}", "by": "hmac_sha256", "key": "{key}"}},
		"acquire": map[string]any{
			"path": "/{app}/token", "json": `{"app":"{app}","sign":"{sign}"}`, "message": "/words",
			"success": []any{map[string]any{"at": "/code", "one_of": []string{"0"}}},
			"failure": []any{map[string]any{"at": "/code", "one_of": []string{"7"}, "class": "invalid_credentials"},
				map[string]any{"at": "/code", "one_of": []string{"8"}, "class": "token_dead"}},
			"credential": map[string]any{"token_at": "/token", "lifetime_at": "/life", "refresh_token_at": "/refresh", "attributes": map[string]any{"company": "/company"}},
		},
		"renew":  map[string]any{"path": "/renew", "form": map[string]any{"refresh": "{refresh_token}"}},
		"revoke": map[string]any{"path": "/revoke", "query": map[string]any{"token": "{token}"}},
	},
	Good: []sdktest.Case{
		{
			Name: "acquire",
			Exchanges: []sdktest.Exchange{{Request: acquireRequest,
				Answer: sdktest.Answer{Body: `{"code":0,"token":"made-up-token-1","refresh":"made-up-refresh-1","life":3600,"company":"c"}`}}},
			Value: map[string]any{"token": "made-up-token-1", "refresh_token": "made-up-refresh-1", "attributes": map[string]any{"company": "c"}},
			Life:  "1h",
		},
		{
			Name: "renew", Operation: sdk.OpRenew,
			Exchanges: []sdktest.Exchange{{Request: renewRequest,
				Answer: sdktest.Answer{Body: `{"code":0,"token":"made-up-token-2","refresh":"made-up-refresh-2","life":7200,"company":"c"}`}}},
			Value: map[string]any{"token": "made-up-token-2", "refresh_token": "made-up-refresh-2"},
			Life:  "2h",
		},
		{
			Name: "revoke", Operation: sdk.OpRevoke,
			Exchanges: []sdktest.Exchange{{Request: sdktest.Request{Method: "POST", Path: "/revoke", Query: map[string]string{"token": "$held.token"}},
				Answer: sdktest.Answer{Body: `{"code":0}`}}},
		},
	},
	Refused: []sdktest.Case{
		{Name: "wrong key", Class: sdk.InvalidCredentials, Exchanges: []sdktest.Exchange{{Request: acquireRequest, Answer: sdktest.Answer{Body: `{"code":7,"words":"no made-up-key"}`}}}},
		{Name: "unknown code", Class: sdk.Unsupported, Exchanges: []sdktest.Exchange{{Request: acquireRequest, Answer: sdktest.Answer{Body: `{"code":99}`}}}},
	},
	Dead: []sdktest.Case{
		{Name: "dead", Exchanges: []sdktest.Exchange{{Request: renewRequest, Answer: sdktest.Answer{Body: `{"code":8}`}}}},
		{Name: "refused", Exchanges: []sdktest.Exchange{{Request: renewRequest, Answer: sdktest.Answer{Status: 400}}}},
	},
}

var (
	acquireRequest = sdktest.Request{Method: "POST", Path: "/made-up-app/token", Headers: map[string]string{"Content-Type": "application/json"},
		JSON: map[string]any{"app": "made-up-app", "sign": "$any"}}
	renewRequest = sdktest.Request{Method: "POST", Path: "/renew", Form: map[string]string{"refresh": "$held.refresh_token"}}
)
