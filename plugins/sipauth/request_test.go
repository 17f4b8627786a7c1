package sipauth_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authrun/authrun/plugins/sipauth/fake"
	"github.com/authrun/authrun/sdk"
)

// wire notes each request as it would go over the wire, and has the fake answer it.
type wire struct {
	server *fake.Server
	sent   []string
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
	w.server.ServeHTTP(out, in)
	return out.Result(), nil
}

const loginMultipart = `POST / HTTP/1.1
Host: sip.example:8080
User-Agent: Go-http-client/1.1
Content-Length: 276
Content-Type: multipart/form-data; boundary=----authrun-form-0

------authrun-form-0
Content-Disposition: form-data; name="service"

App.Sip_Auth.Login
------authrun-form-0
Content-Disposition: form-data; name="appid"

A B&C
------authrun-form-0
Content-Disposition: form-data; name="accesskey"

k=y+é%
------authrun-form-0--
`

const loginEncoded = `POST /index.php/ HTTP/1.1
Host: sip.example:8080
User-Agent: Go-http-client/1.1
Content-Length: 68
Content-Type: application/x-www-form-urlencoded

service=App.Sip_Auth.Login&appid=A+B%26C&accesskey=k%3Dy%2B%C3%A9%25`

const logoutEncoded = `POST / HTTP/1.1
Host: sip.example:8080
User-Agent: Go-http-client/1.1
Content-Length: 43
Content-Type: application/x-www-form-urlencoded

service=App.Sip_Auth.Logout&token=a%2Fb%3A1`

func TestRequests(t *testing.T) {
	tests := []struct {
		name, url, encoding string
		op                  sdk.Operation
		want                string
	}{
		{"login, multipart", "http://sip.example:8080", "multipart", sdk.OpAcquire, loginMultipart},
		{"login, urlencoded, to the address as written", "http://sip.example:8080/index.php/", "urlencoded", sdk.OpAcquire, loginEncoded},
		{"logout", "http://sip.example:8080/", "urlencoded", sdk.OpRevoke, logoutEncoded},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := &wire{server: fake.New(fake.Options{Account: fake.Account{AppID: "A B&C", AccessKey: "k=y+é%"}, Path: pathOf(test.url)})}
			b := newBench(t)
			b.Transport = w
			config := b.With(args{"base_url": test.url, "appid": "A B&C", "accesskey": "k=y+é%", "encoding": test.encoding})
			if _, err := b.Run(test.op, config, json.RawMessage(`{"token":"a/b:1"}`)); err != nil {
				t.Error(err)
			}
			if diff := cmp.Diff([]string{test.want}, w.sent); diff != "" {
				t.Errorf("requests (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff([]string(nil), w.server.Violations()); diff != "" {
				t.Errorf("violations (-want +got):\n%s", diff)
			}
		})
	}
}

func pathOf(url string) string {
	_, path, _ := strings.Cut(strings.TrimPrefix(url, "http://"), "/")
	return "/" + path
}
