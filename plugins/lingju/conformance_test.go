package lingju_test

import (
	"testing"

	"github.com/authrun/authrun/plugins/lingju"
	"github.com/authrun/authrun/sdk"
	"github.com/authrun/authrun/sdk/sdktest"
)

func TestMain(m *testing.M) { sdktest.Main(m, lingju.Vendor) }

func TestConformance(t *testing.T) { sdktest.Conformance(t, lingju.Vendor, script) }

var script = sdktest.Script{
	Config: map[string]any{
		"base_url": "https://lingju.example", "appkey": "made-up-appkey", "userid": "001A2B3C4D5E", "authcode": "made-up-authcode",
	},
	Good: []sdktest.Case{{
		Name:      "sample",
		Exchanges: []sdktest.Exchange{{Request: get, Answer: sdktest.Answer{Body: sample}}},
		Value:     map[string]any{"token": "9d-made-up-token", "access_token": "9d-made-up-token", "expires": 87, "updated": 1790841600000},
		Life:      "30d",
	}, {
		Name:      "form",
		Config:    map[string]any{"method": "POST", "authcode": nil},
		Exchanges: []sdktest.Exchange{{Request: post, Answer: sdktest.Answer{Body: sample}}},
		Life:      "30d",
	}},
	Refused: []sdktest.Case{
		refused("wrong appkey", `{"description":"appkey","data":{},"status":11}`, sdk.InvalidCredentials),
		refused("bad parameter", `{"description":"","data":{},"status":"111"}`, sdk.InvalidRequest),
		refused("eleventh call", `{"description":null,"data":[],"status":41}`, sdk.QuotaExhausted),
		refused("unknown code", `{"status":77}`, sdk.Unsupported),
		refused("echo of the appkey", `{"status":6,"description":"no such appkey: made-up-appkey"}`, sdk.InvalidCredentials),
	},
}

// sample is the documentation's, with its comma before a brace.
const sample = "{\n\"description\":\"success\",\n\"data\":{\n\"accessToken\":\"9d-made-up-token\",\n\"expires\":87,\n" +
	"\"update\":1790841600000,\n},\n\"status\":0\n}"

var get = sdktest.Request{
	Method: "GET",
	Path:   "/httpapi/authorize.do",
	Query:  map[string]string{"appkey": "$config.appkey", "userid": "$config.userid", "authcode": "$config.authcode"},
}

var post = sdktest.Request{
	Method:  "POST",
	Path:    "/httpapi/authorize.do",
	Headers: map[string]string{"Content-Type": "application/x-www-form-urlencoded"},
	Form:    map[string]string{"appkey": "$config.appkey", "userid": "$config.userid"},
}

// refused is a case whose one exchange ends with that answer.
func refused(name string, answer sdktest.Body, class sdk.Class) sdktest.Case {
	return sdktest.Case{Name: name, Exchanges: []sdktest.Exchange{{Request: get, Answer: sdktest.Answer{Body: answer}}}, Class: class}
}
