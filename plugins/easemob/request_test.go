package easemob_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authrun/authrun/plugins/easemob/fake"
	"github.com/authrun/authrun/sdk"
)

// wire notes each request as it would go over the wire, and has the fake answer it.
type wire struct {
	handler http.Handler
	sent    []string
}

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	var b bytes.Buffer
	if err := r.Write(&b); err != nil {
		return nil, err
	}
	w.sent = append(w.sent, strings.ReplaceAll(b.String(), "\r\n", "\n"))
	body, err := r.GetBody()
	if err != nil {
		return nil, err
	}
	in := httptest.NewRequest(r.Method, r.URL.RequestURI(), body)
	in.Header = r.Header
	out := httptest.NewRecorder()
	w.handler.ServeHTTP(out, in)
	return out.Result(), nil
}

// request is what is sent to path with body.
func request(path, body string) string {
	return "POST " + path + " HTTP/1.1\nHost: a1.easemob.example\nUser-Agent: Go-http-client/1.1\nContent-Length: " + strconv.Itoa(len(body)) +
		"\nAccept: application/json\nContent-Type: application/json\n\n" + body
}

func TestRequests(t *testing.T) {
	const base = "https://a1.easemob.example"
	usual := fake.Account{OrgName: "easemob-demo", AppName: "testapp", ClientID: "YXA6", ClientSecret: "s<&>\"é"}
	odd := fake.Account{OrgName: "a/b ?#", AppName: "应用%", ClientID: "YXA6", ClientSecret: "s<&>\"é"}
	const start = `{"grant_type":"client_credentials","client_id":"YXA6","client_secret":"s<&>\"é"`
	tests := []struct {
		name    string
		prefix  string // of the path, in base_url
		url     string
		account fake.Account
		ttl     any
		want    string
	}{
		{"without ttl", "", base, usual, nil, request("/easemob-demo/testapp/token", start+"}")},
		{"with ttl", "", base + "/", usual, 1024000, request("/easemob-demo/testapp/token", start+`,"ttl":1024000}`)},
		{"eternal", "", base + "//", usual, 0, request("/easemob-demo/testapp/token", start+`,"ttl":0}`)},
		{"below a prefix", "/im/rest", base + "/im/rest/", usual, nil, request("/im/rest/easemob-demo/testapp/token", start+"}")},
		{"odd names", "/im", base + "/im", odd, nil, request("/im/a%2Fb%20%3F%23/%E5%BA%94%E7%94%A8%25/token", start+"}")},
		{"the largest ttl", "", base, usual, "9223372036854775807", request("/easemob-demo/testapp/token", start+`,"ttl":9223372036854775807}`)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server := fake.New(fake.Options{Account: test.account})
			w := &wire{handler: http.StripPrefix(test.prefix, server)}
			b := newBench(t, fake.Options{})
			b.Transport = w
			config := b.With(args{"base_url": test.url, "org_name": test.account.OrgName, "app_name": test.account.AppName,
				"client_id": test.account.ClientID, "client_secret": test.account.ClientSecret, "ttl": test.ttl})
			if _, err := b.Run(sdk.OpAcquire, config, nil); err != nil {
				t.Error(err)
			}
			if diff := cmp.Diff([]string{test.want}, w.sent); diff != "" {
				t.Errorf("requests (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff([]string(nil), server.Violations()); diff != "" {
				t.Errorf("violations (-want +got):\n%s", diff)
			}
		})
	}
}
