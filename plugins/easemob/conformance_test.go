package easemob_test

import (
	"testing"

	"github.com/authrun/authrun/plugins/easemob"
	"github.com/authrun/authrun/sdk"
	"github.com/authrun/authrun/sdk/sdktest"
)

func TestMain(m *testing.M) { sdktest.Main(m, easemob.Vendor) }

func TestConformance(t *testing.T) { sdktest.Conformance(t, easemob.Vendor, script) }

// sample is the documentation's, with a token made up.
const sample = `{"access_token":"YWMte3bGuOukEeiTkNP4grL7iwAAAAA","expires_in":1024000,"application":"8be024f0-e978-11e8-b697-5d598d5f8402"}`

var script = sdktest.Script{
	Config: map[string]any{"base_url": "https://a1.easemob.example", "org_name": "easemob-demo", "app_name": "testapp",
		"client_id": "YXA6-made-up-id", "client_secret": "YXA6-made-up-secret"},
	Good: []sdktest.Case{
		{
			Name:      "sample",
			Exchanges: []sdktest.Exchange{{Request: tokenRequest(nil), Answer: sdktest.Answer{Body: sample}}},
			Value: map[string]any{"token": "YWMte3bGuOukEeiTkNP4grL7iwAAAAA", "access_token": "YWMte3bGuOukEeiTkNP4grL7iwAAAAA",
				"expires_in": 1024000, "application": "8be024f0-e978-11e8-b697-5d598d5f8402"},
			Life: "1024000s",
		},
		{
			Name:      "milliseconds",
			Config:    map[string]any{"ttl": 90000, "ttl_unit": "ms"},
			Exchanges: []sdktest.Exchange{{Request: tokenRequest(90000), Answer: sdktest.Answer{Body: `{"access_token":"YWMt-another","expires_in":90000}`}}},
			Life:      "90s",
		},
		{
			Name:      "eternal",
			Config:    map[string]any{"ttl": 0},
			Exchanges: []sdktest.Exchange{{Request: tokenRequest(0), Answer: sdktest.Answer{Body: sample}}},
			Life:      "forever",
		},
	},
	Refused: []sdktest.Case{
		refused("wrong secret", sdk.InvalidCredentials, 400, `{"error":"invalid_grant","error_description":"invalid username or password"}`),
		refused("unauthorized", sdk.InvalidCredentials, 401, `{"error":"unauthorized","error_description":"no YXA6-made-up-secret here"}`),
		refused("no such app", sdk.InvalidRequest, 404, `{"error":"organization_application_not_found"}`),
		refused("media type", sdk.InvalidRequest, 415, ``),
		refused("too fast", sdk.RateLimited, 429, `{"error":"reach_limit"}`),
		refused("package used up", sdk.QuotaExhausted, 429, `{"error":"resource_limited"}`),
		refused("overloaded", sdk.Unavailable, 503, `<html>busy</html>`),
	},
}

// tokenRequest is the request with that ttl; nil: without one.
func tokenRequest(ttl any) sdktest.Request {
	body := map[string]any{"grant_type": "client_credentials", "client_id": "$config.client_id", "client_secret": "$config.client_secret"}
	if ttl != nil {
		body["ttl"] = ttl
	}
	return sdktest.Request{
		Method:  "POST",
		Path:    "/easemob-demo/testapp/token",
		Headers: map[string]string{"Content-Type": "application/json", "Accept": "application/json"},
		JSON:    body,
	}
}

// refused is a case whose one exchange ends with that answer.
func refused(name string, class sdk.Class, status int, answer sdktest.Body) sdktest.Case {
	return sdktest.Case{Name: name, Class: class,
		Exchanges: []sdktest.Exchange{{Request: tokenRequest(nil), Answer: sdktest.Answer{Status: status, Body: answer}}}}
}
