package ippbx_test

import (
	"testing"

	"github.com/authrun/authrun/plugins/ippbx"
	"github.com/authrun/authrun/sdk"
	"github.com/authrun/authrun/sdk/sdktest"
)

func TestMain(m *testing.M) { sdktest.Main(m, ippbx.Vendor) }

func TestConformance(t *testing.T) { sdktest.Conformance(t, ippbx.Vendor, script) }

// sample is the documentation's.
const sample = `{
    "status": "Success",
    "token": "813b621cfe8eecf445a2ce1f4a079ffe"
}`

// sampleXML is the same in XML.
const sampleXML = `<?xml version="1.0" encoding="UTF-8" ?>
<xml><status>Success</status><token>813b621cfe8eecf445a2ce1f4a079ffe</token></xml>`

var script = sdktest.Script{
	Config:  map[string]any{"base_url": "http://pbx.example:9011", "username": "xiaoshao", "password": "made-up-password", "port": 8260},
	Secrets: []string{madeUp},
	Good: []sdktest.Case{
		{
			Name:      "sample",
			Exchanges: []sdktest.Exchange{{Request: loginJSON(madeUp), Answer: sdktest.Answer{Body: sample}}},
			Value:     map[string]any{"token": "813b621cfe8eecf445a2ce1f4a079ffe"},
			Life:      "30m",
		},
		{
			Name:      "hash",
			Config:    map[string]any{"password": nil, "password_md5": example},
			Exchanges: []sdktest.Exchange{{Request: loginJSON(example), Answer: sdktest.Answer{Body: sample}}},
			Life:      "30m",
		},
		{
			Name:      "XML",
			Config:    map[string]any{"format": "xml", "url": "report", "urltag": 0},
			Exchanges: []sdktest.Exchange{{Request: loginXML, Answer: sdktest.Answer{Body: sampleXML}}},
			Life:      "30m",
		},
		{
			Name:      "heartbeat",
			Operation: sdk.OpRenew,
			Config:    map[string]any{"ipaddr": "10.0.0.7"},
			Exchanges: []sdktest.Exchange{{Request: heartbeatJSON, Answer: sdktest.Answer{Body: `{"status": "Success"}`}}},
			Life:      "30m",
			Same:      true,
		},
		{
			Name:      "heartbeat, XML",
			Operation: sdk.OpRenew,
			Config:    map[string]any{"ipaddr": "10.0.0.7", "format": "xml"},
			Exchanges: []sdktest.Exchange{{Request: heartbeatXML, Answer: sdktest.Answer{Body: `<xml><status>Success</status></xml>`}}},
			Life:      "30m",
			Same:      true,
		},
		{
			Name:      "logout",
			Operation: sdk.OpRevoke,
			Exchanges: []sdktest.Exchange{{Request: logoutRequest, Answer: sdktest.Answer{Body: `{"status": "Success"}`}}},
		},
	},
	Refused: []sdktest.Case{
		refused("wrong password", "30003", sdk.InvalidCredentials),
		refused("wrong password, the ancestor's number", "20003", sdk.InvalidCredentials),
		refused("address not allowed", "20015", sdk.InvalidCredentials),
		refused("bad parameter", "10003", sdk.InvalidRequest),
		refused("unknown number", "12345", sdk.Unsupported),
		{
			Name:       "locked out",
			Exchanges:  []sdktest.Exchange{{Request: loginJSON(madeUp), Answer: sdktest.Answer{Body: `{"status": "Failed", "errno": 20002}`}}},
			Class:      sdk.LockedOut,
			RetryAfter: "10m",
		},
	},
	Dead: []sdktest.Case{
		{
			Name:      "heartbeat with a dead token",
			Config:    map[string]any{"ipaddr": "10.0.0.7"},
			Held:      map[string]any{"token": "00000000000000000000000000000000"},
			Exchanges: []sdktest.Exchange{{Request: heartbeatJSON, Answer: sdktest.Answer{Body: `{"status": "Failed", "errno": "20004"}`}}},
		},
		{Name: "no address, no heartbeat"},
	},
}

// madeUp is the MD5 of the script's password.
const madeUp = "0c6408ae26a4d2f13fc23a083e2260e7"

func loginJSON(hash string) sdktest.Request {
	return sdktest.Request{
		Method:  "POST",
		Path:    "/api/v0.0.1/login",
		Query:   map[string]string{"type": "json"},
		Headers: map[string]string{"Content-Type": "application/json; charset=utf-8"},
		JSON:    map[string]any{"username": "xiaoshao", "password": hash, "port": "8260"},
	}
}

var loginXML = sdktest.Request{
	Method:  "POST",
	Path:    "/api/v0.0.1/login",
	Query:   map[string]string{"type": "xml"},
	Headers: map[string]string{"Content-Type": "application/xml; charset=utf-8"},
	Body:    xmlHead + `<xml><username>xiaoshao</username><password>` + madeUp + `</password><port>8260</port><url>report</url><urltag>0</urltag></xml>`,
}

var heartbeatJSON = sdktest.Request{
	Method:  "POST",
	Path:    "/api/v0.0.1/heartbeat",
	Query:   map[string]string{"token": "$held.token", "type": "json"},
	Headers: map[string]string{"Content-Type": "application/json; charset=utf-8"},
	JSON:    map[string]any{"ipaddr": "10.0.0.7", "port": "8260"},
}

var heartbeatXML = sdktest.Request{
	Method:  "POST",
	Path:    "/api/v0.0.1/heartbeat",
	Query:   map[string]string{"token": "$held.token", "type": "xml"},
	Headers: map[string]string{"Content-Type": "application/xml; charset=utf-8"},
	Body:    xmlHead + `<xml><ipaddr>10.0.0.7</ipaddr><port>8260</port></xml>`,
}

var logoutRequest = sdktest.Request{
	Method: "POST",
	Path:   "/api/v0.0.1/logout",
	Query:  map[string]string{"token": "$held.token"},
}

// refused is a login that ends with that errno.
func refused(name, errno string, class sdk.Class) sdktest.Case {
	answer := sdktest.Answer{Body: sdktest.Body(`{"status": "Failed", "errno": "` + errno + `"}`)}
	return sdktest.Case{Name: name, Class: class, Exchanges: []sdktest.Exchange{{Request: loginJSON(madeUp), Answer: answer}}}
}
