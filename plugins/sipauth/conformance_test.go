package sipauth_test

import (
	"testing"

	"github.com/authrun/authrun/plugins/sipauth"
	"github.com/authrun/authrun/sdk"
	"github.com/authrun/authrun/sdk/sdktest"
)

func TestMain(m *testing.M) { sdktest.Main(m, sipauth.Vendor) }

func TestConformance(t *testing.T) { sdktest.Conformance(t, sipauth.Vendor, script) }

// sample is the documentation's.
const sample = `{"ret":200,"data":{"status":0,"desc":"Authorization successful","result":{"companycode":"1","companyname":"test",` +
	`"token":"773a70dd02f0695d50205e9b267692b9","authtime":"2020-01-01 00:00:00","authmodel":""},"reqtime":1581240882,"rsptime":1581240882},"msg":""}`

var script = sdktest.Script{
	Config: map[string]any{"base_url": "http://sip.example:8080/service", "appid": "ABCDEFG", "accesskey": "made-up-accesskey"},
	Good: []sdktest.Case{
		{
			Name:      "sample",
			Exchanges: []sdktest.Exchange{{Request: loginRequest, Answer: sdktest.Answer{Body: sample}}},
			Value: map[string]any{"token": "773a70dd02f0695d50205e9b267692b9", "companycode": "1", "companyname": "test",
				"authtime": "2020-01-01 00:00:00", "authmodel": ""},
			Life: "12h",
		},
		{
			Name:      "urlencoded",
			Config:    map[string]any{"encoding": "urlencoded"},
			Exchanges: []sdktest.Exchange{{Request: loginRequest, Answer: sdktest.Answer{Body: sample}}},
			Life:      "12h",
		},
		{
			Name:      "logout",
			Operation: sdk.OpRevoke,
			Exchanges: []sdktest.Exchange{{Request: logoutRequest, Answer: sdktest.Answer{Body: `{"ret":200,"data":{"status":0,"desc":"ok"},"msg":""}`}}},
		},
		{
			Name:      "logout of a dead token",
			Operation: sdk.OpRevoke,
			Exchanges: []sdktest.Exchange{{Request: logoutRequest, Answer: sdktest.Answer{Body: `{"ret":600,"data":[],"msg":"The token is invalid"}`}}},
		},
	},
	Refused: []sdktest.Case{
		refused("wrong accesskey", sdk.InvalidCredentials,
			`{"ret":200,"data":{"status":1,"desc":"failed","errors":{"code":"1003","codemsg":"Authorization failed"}},"msg":""}`),
		refused("no code", sdk.InvalidCredentials, `{"ret":200,"data":{"status":1,"desc":"failed","errors":[],"result":[]},"msg":""}`),
		refused("address not authorised", sdk.InvalidCredentials, `{"ret":604,"data":[],"msg":"IP is not authorized"}`),
		refused("bad parameter", sdk.InvalidRequest, `{"ret":400,"data":[],"msg":"Illegal request: appid"}`),
		refused("server error", sdk.Unavailable, `{"ret":500,"data":[],"msg":"Server Error"}`),
		refused("service lost", sdk.MalformedAnswer, `{"ret":200,"data":{"title":"Hello PhalApi","version":"2.13.2","time":1581240882},"msg":""}`),
		refused("echo of the accesskey", sdk.InvalidCredentials, `{"ret":601,"data":[],"msg":"no appid for made-up-accesskey"}`),
	},
}

var loginRequest = sdktest.Request{
	Method: "POST",
	Path:   "/service",
	Form:   map[string]string{"service": "App.Sip_Auth.Login", "appid": "$config.appid", "accesskey": "$config.accesskey"},
}

var logoutRequest = sdktest.Request{
	Method: "POST",
	Path:   "/service",
	Form:   map[string]string{"service": "App.Sip_Auth.Logout", "token": "$held.token"},
}

// refused is a login whose one exchange ends with that answer.
func refused(name string, class sdk.Class, answer sdktest.Body) sdktest.Case {
	return sdktest.Case{Name: name, Exchanges: []sdktest.Exchange{{Request: loginRequest, Answer: sdktest.Answer{Body: answer}}}, Class: class}
}
