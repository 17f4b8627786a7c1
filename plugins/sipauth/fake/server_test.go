package fake_test

import (
	"bytes"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/authrun/authrun/plugins/sipauth/fake"
)

var account = fake.Account{AppID: "id", AccessKey: "key"}

const (
	encoded = "application/x-www-form-urlencoded"
	login   = "service=App.Sip_Auth.Login&appid=id&accesskey=key"
)

// send has the server answer one request, and gives the status and the body.
func send(s *fake.Server, method, target, contentType, body string) (int, string) {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

// ret is the answer's ret and, where there is one, the code of its error.
func ret(t *testing.T, body string) (ret int, code string) {
	t.Helper()
	var answer struct {
		Ret  int
		Data json.RawMessage
	}
	if err := json.Unmarshal([]byte(body), &answer); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	var data struct{ Errors struct{ Code string } }
	_ = json.Unmarshal(answer.Data, &data) // [] where there is none
	return answer.Ret, data.Errors.Code
}

func tokenOf(t *testing.T, body string) string {
	t.Helper()
	var answer struct {
		Data struct{ Result struct{ Token string } }
	}
	if err := json.Unmarshal([]byte(body), &answer); err != nil || answer.Data.Result.Token == "" {
		t.Fatalf("no token in %s (%v)", body, err)
	}
	return answer.Data.Result.Token
}

func TestStrict(t *testing.T) {
	tests := []struct {
		name, method, target, contentType, body string
		status, ret                             int
		violation                               string
	}{
		{"method", "GET", "/", encoded, login, 200, 200, "GET /: the method is not POST"},
		{"path", "POST", "/login", encoded, login, 404, 0, "POST /login: there is nothing at this path"},
		{"query", "POST", "/?service=x", encoded, login, 200, 200, "POST /: there is a query"},
		{"no content type", "POST", "/", "", login, 200, 200, "POST /: the content type is no media type"},
		{"content type", "POST", "/", "application/json", login, 200, 200, `POST /: the content type is "application/json"`},
		{"no service", "POST", "/", encoded, "appid=id&accesskey=key", 200, 200, "POST /: the field service is missing"},
		{"service", "POST", "/", encoded, "service=App.Other.Login", 200, 400, "POST /: the service is unknown"},
		{"field missing", "POST", "/", encoded, "service=App.Sip_Auth.Login&appid=id", 200, 400, "POST /: the field accesskey is missing or empty"},
		{"field twice", "POST", "/", encoded, login + "&appid=id", 200, 400, "POST /: the field appid is there twice"},
		{"field unknown", "POST", "/", encoded, login + "&x=1", 200, 400, "POST /: the field x is not documented"},
		{"not encoded", "POST", "/", encoded, login + "&x=%zz", 200, 400, "POST /: the form is not urlencoded"},
		{"broken multipart", "POST", "/", "multipart/form-data; boundary=b", "--b\r\nrubbish", 200, 200, "POST /: the multipart form is broken"},
		{"logout without token", "POST", "/", encoded, "service=App.Sip_Auth.Logout", 200, 400, "POST /: the field token is missing or empty"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := fake.New(fake.Options{Account: account})
			status, body := send(s, test.method, test.target, test.contentType, test.body)
			if status != test.status {
				t.Errorf("status %d", status)
			}
			if test.status == http.StatusOK {
				if got, _ := ret(t, body); got != test.ret || strings.Contains(body, "token") && got == 200 {
					t.Errorf("answer %s", body)
				}
			}
			if diff := cmp.Diff([]string{test.violation}, s.Violations()); diff != "" {
				t.Errorf("violations (-want +got):\n%s", diff)
			}
		})
	}
}

func TestMultipart(t *testing.T) {
	s := fake.New(fake.Options{Account: account})
	form := func(file bool) (string, string) {
		var b bytes.Buffer
		w := multipart.NewWriter(&b)
		for _, f := range [][2]string{{"service", "App.Sip_Auth.Login"}, {"appid", "id"}, {"accesskey", "key"}} {
			part, err := w.CreateFormField(f[0])
			if file {
				part, err = w.CreateFormFile(f[0], "x")
			}
			if err == nil {
				_, err = io.WriteString(part, f[1])
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return w.FormDataContentType(), b.String()
	}
	contentType, body := form(false)
	_, answer := send(s, "POST", "/", contentType, body)
	if !s.Alive(tokenOf(t, answer)) || len(s.Violations()) > 0 {
		t.Errorf("a good form: %s, %v", answer, s.Violations())
	}
	contentType, body = form(true)
	send(s, "POST", "/", contentType, body)
	if diff := cmp.Diff([]string{`POST /: the field "service" has more than a name`}, s.Violations()); diff != "" {
		t.Errorf("violations (-want +got):\n%s", diff)
	}
}

func TestTokens(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	s := fake.New(fake.Options{Account: account, Now: func() time.Time { return now }})
	later := func(token string) (int, string) {
		_, body := send(s, "POST", "/", encoded, "service=App.Sip_Extension.List&token="+token)
		return ret(t, body)
	}
	_, body := send(s, "POST", "/", encoded, login)
	first := tokenOf(t, body)
	if r, _ := later(first); r != 200 {
		t.Errorf("a living token: ret %d", r)
	}
	s.AddExtension()
	if r, code := later(first); r != 200 || code != "1010" || s.Alive(first) {
		t.Errorf("a stale token: ret %d, code %q", r, code)
	}
	_, body = send(s, "POST", "/", encoded, login)
	second := tokenOf(t, body)
	now = now.Add(fake.Life - time.Second)
	if r, code := later(second); r != 200 || code != "" {
		t.Errorf("a second before its end: ret %d, code %q", r, code)
	}
	now = now.Add(time.Second)
	if r, _ := later(second); r != 600 || s.Alive(second) {
		t.Errorf("at its end: ret %d", r)
	}
	if s.Calls() != 6 || len(s.Violations()) > 0 {
		t.Errorf("%d calls, violations %v", s.Calls(), s.Violations())
	}
}

func TestMisbehave(t *testing.T) {
	s := fake.New(fake.Options{Account: account})
	s.Misbehave(fake.Misbehaviour{Status: 503, Body: "busy", Header: http.Header{"Retry-After": {"9"}}, Times: 2})
	for range 2 {
		if status, body := send(s, "POST", "/", encoded, login); status != 503 || body != "busy" {
			t.Errorf("got %d %q", status, body)
		}
	}
	if _, body := send(s, "POST", "/", encoded, login); tokenOf(t, body) == "" {
		t.Error("it misbehaves for ever")
	}
	s.Misbehave(fake.Misbehaviour{Status: 500})
	s.Refuse("602")
	s.Behave()
	if _, body := send(s, "POST", "/", encoded, login); tokenOf(t, body) == "" {
		t.Error("it does not behave")
	}
	if s.Calls() != 4 {
		t.Errorf("%d calls", s.Calls())
	}
}
