package ippbx_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authrun/authrun/plugins/ippbx/fake"
	"github.com/authrun/authrun/sdk"
)

// wire notes each request as it would go over the wire, and answers that all is well.
type wire struct{ sent []string }

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	var b bytes.Buffer
	if err := r.Write(&b); err != nil {
		return nil, err
	}
	w.sent = append(w.sent, strings.ReplaceAll(b.String(), "\r\n", "\n"))
	out := httptest.NewRecorder()
	_, err := io.WriteString(out, `{"status": "Success", "token": "813b621cfe8eecf445a2ce1f4a079ffe"}`)
	return out.Result(), err
}

// request is what is sent to target. Kind is "json", "xml", or "" where there is no body.
func request(target, kind, body string) string {
	head := "POST " + target + " HTTP/1.1\nHost: 172.16.101.37:9011\nUser-Agent: Go-http-client/1.1\nContent-Length: " + strconv.Itoa(len(body)) + "\n"
	if kind != "" {
		head += "Content-Type: application/" + kind + "; charset=utf-8\n"
	}
	return head + "\n" + body
}

const (
	jsonLogin = `{"username":"xiaoshao","password":"e10adc3949ba59abbe56e057f20f883e","port":"8260","version":"0.0.1","url":"172.16.6.150:8260","urltag":1}`
	jsonShort = `{"username":"xiaoshao","password":"e10adc3949ba59abbe56e057f20f883e","port":"8260"}`
	jsonTag   = `{"username":"xiaoshao","password":"e10adc3949ba59abbe56e057f20f883e","port":"8260","url":"a<b>&c","urltag":0}`
	xmlHead   = `<?xml version="1.0" encoding="UTF-8"?>` + "\n"
	xmlLogin  = xmlHead + `<xml><username>xiaoshao</username><password>e10adc3949ba59abbe56e057f20f883e</password><port>8260</port>` +
		`<version>0.0.1</version><url>172.16.6.150:8260</url><urltag>1</urltag></xml>`
	xmlTag = xmlHead + `<xml><username>xiaoshao</username><password>e10adc3949ba59abbe56e057f20f883e</password><port>8260</port>` +
		`<url>a&lt;b&gt;&amp;c</url><urltag>0</urltag></xml>`
	jsonBeat  = `{"ipaddr":"10.0.0.7","port":"8260","url":"172.16.6.150:8260","urltag":1,"version":"0.0.1"}`
	jsonPulse = `{"ipaddr":"10.0.0.7","port":"8260"}`
	xmlBeat   = xmlHead + `<xml><ipaddr>10.0.0.7</ipaddr><port>8260</port><url>172.16.6.150:8260</url><urltag>1</urltag><version>0.0.1</version></xml>`
)

func TestRequests(t *testing.T) {
	all := args{"url": "172.16.6.150:8260", "urltag": 1, "version": "0.0.1", "ipaddr": "10.0.0.7"}
	tests := []struct {
		name string
		op   sdk.Operation
		args []args
		want string
	}{
		{"login", sdk.OpAcquire, []args{all}, request("/api/v0.0.1/login?type=json", "json", jsonLogin)},
		{"login, nothing optional", sdk.OpAcquire, nil, request("/api/v0.0.1/login?type=json", "json", jsonShort)},
		{"login, hash", sdk.OpAcquire, []args{{"password": nil, "password_md5": "E10ADC3949BA59ABBE56E057F20F883E"}},
			request("/api/v0.0.1/login?type=json", "json", jsonShort)},
		{"login, urltag 0", sdk.OpAcquire, []args{{"url": "a<b>&c", "urltag": 0}}, request("/api/v0.0.1/login?type=json", "json", jsonTag)},
		{"login, XML", sdk.OpAcquire, []args{all, {"format": "xml"}}, request("/api/v0.0.1/login?type=xml", "xml", xmlLogin)},
		{"login, XML, urltag 0", sdk.OpAcquire, []args{{"format": "xml", "url": "a<b>&c", "urltag": 0}},
			request("/api/v0.0.1/login?type=xml", "xml", xmlTag)},
		{"login at a Yeastar", sdk.OpAcquire, []args{{"api_version": "v1.1.0"}}, request("/api/v1.1.0/login?type=json", "json", jsonShort)},
		{"login below a prefix", sdk.OpAcquire, []args{{"base_url": "http://172.16.101.37:9011/pbx%20a/", "api_version": "v/1"}},
			request("/pbx%20a/api/v%2F1/login?type=json", "json", jsonShort)},
		{"heartbeat", sdk.OpRenew, []args{all}, request("/api/v0.0.1/heartbeat?token=a%2Fb%3A%2B1&type=json", "json", jsonBeat)},
		{"heartbeat, nothing optional", sdk.OpRenew, []args{{"ipaddr": "10.0.0.7"}},
			request("/api/v0.0.1/heartbeat?token=a%2Fb%3A%2B1&type=json", "json", jsonPulse)},
		{"heartbeat, XML", sdk.OpRenew, []args{all, {"format": "xml"}}, request("/api/v0.0.1/heartbeat?token=a%2Fb%3A%2B1&type=xml", "xml", xmlBeat)},
		{"logout", sdk.OpRevoke, []args{all}, request("/api/v0.0.1/logout?token=a%2Fb%3A%2B1", "", "")},
		{"logout, XML", sdk.OpRevoke, []args{{"format": "xml"}}, request("/api/v0.0.1/logout?token=a%2Fb%3A%2B1", "", "")},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := newBench(t, fake.Options{})
			w := &wire{}
			b.Transport = w
			b.Config = b.With(args{"base_url": "http://172.16.101.37:9011", "username": "xiaoshao", "password": "123456"})
			for _, other := range test.args {
				b.Config = b.With(other)
			}
			if _, err := b.Run(test.op, b.Config, json.RawMessage(`{"token":"a/b:+1"}`)); err != nil {
				t.Error(err)
			}
			if diff := cmp.Diff([]string{test.want}, w.sent); diff != "" {
				t.Errorf("requests (-want +got):\n%s", diff)
			}
		})
	}
}
