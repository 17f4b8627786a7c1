package ekuaibao_test

import (
	"testing"

	"github.com/authrun/authrun/plugins/ekuaibao"
	"github.com/authrun/authrun/sdk"
	"github.com/authrun/authrun/sdk/sdktest"
)

func TestMain(m *testing.M) { sdktest.Main(m, ekuaibao.Vendor) }

func TestConformance(t *testing.T) { sdktest.Conformance(t, ekuaibao.Vendor, script) }

var script = sdktest.Script{
	Config: map[string]any{
		"base_url": "https://ekb.example/gate/", "app_key": "company-key", "app_security": "made-up-security", "power_code": "219904",
	},
	Good: []sdktest.Case{{
		Name: "fetch",
		Exchanges: []sdktest.Exchange{{Request: fetch, Answer: sdktest.Answer{
			Headers: map[string]string{"Date": "Thu, 01 Oct 2026 08:00:00 GMT"},
			Body: `{"value":{"accessToken":"ID01:access-1","refreshToken":"ID01:refresh-1","expireTime":1790848800000,` +
				`"corporationId":"34A73EyI8A0w00"}}`,
		}}},
		Value: map[string]any{"token": "ID01:access-1", "access_token": "ID01:access-1", "refresh_token": "ID01:refresh-1"},
		Life:  "1h59m59s",
	}, {
		Name:      "refresh",
		Operation: sdk.OpRenew,
		Exchanges: []sdktest.Exchange{{Request: refresh, Answer: sdktest.Answer{
			Headers: map[string]string{"Date": "Thu, 01 Oct 2026 08:00:00 GMT"},
			Body: `{"value":{"accessToken":"ID01:access-2","refreshToken":"ID01:refresh-2","expireTime":1793606400000,` +
				`"corporationId":"34A73EyI8A0w00"}}`,
		}}},
		Value: map[string]any{"token": "ID01:access-2", "refresh_token": "ID01:refresh-2"},
		Life:  "767h59m59s",
	}},
	Refused: []sdktest.Case{{
		Name:      "wrong key",
		Exchanges: []sdktest.Exchange{{Request: fetch, Answer: sdktest.Answer{Status: 403}}},
		Class:     sdk.InvalidCredentials,
	}},
	Dead: []sdktest.Case{{
		Name:      "refreshed before",
		Exchanges: []sdktest.Exchange{{Request: refresh, Answer: sdktest.Answer{Status: 403}}},
	}},
}

var fetch = sdktest.Request{
	Method:  "POST",
	Path:    "/gate/api/openapi/v1/auth/getAccessToken",
	Headers: map[string]string{"Content-Type": "application/json"},
	JSON:    map[string]any{"appKey": "$config.app_key", "appSecurity": "$config.app_security"},
}

var refresh = sdktest.Request{
	Method: "POST",
	Path:   "/gate/api/openapi/v2/auth/refreshToken",
	Query: map[string]string{
		"accessToken": "$held.token", "refreshToken": "$held.refresh_token", "powerCode": "$config.power_code",
	},
}
