package fake_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/authrun/authrun/plugins/ekuaibao/fake"
)

const (
	acquirePath = "/api/openapi/v1/auth/getAccessToken"
	refreshPath = "/api/openapi/v2/auth/refreshToken"
	goodBody    = `{"appKey":"k","appSecurity":"s"}`
)

// ask sends one request with the headers, given as names and values in turn.
func ask(s *fake.Server, method, target, body string, headers ...string) (status int, answer string) {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

func newServer(o fake.Options) *fake.Server {
	o.Account = fake.Account{AppKey: "k", AppSecurity: "s"}
	return fake.New(o)
}

// Each request is wrong in one way, is refused, and leaves one violation that names no value.
func TestStrict(t *testing.T) {
	json := []string{"Content-Type", "application/json"}
	for name, tc := range map[string]struct {
		method, target, body string
		headers              []string
		status               int
		violation            string
	}{
		"path":            {"POST", "/api/openapi/v1/auth/getaccesstoken", goodBody, json, 404, "path"},
		"double slash":    {"POST", "/" + acquirePath, goodBody, json, 404, "path"},
		"method":          {"GET", acquirePath, goodBody, json, 405, "method"},
		"query":           {"POST", acquirePath + "?appKey=k&appSecurity=s", "", json, 403, "query"},
		"no content type": {"POST", acquirePath, goodBody, nil, 415, "Content-Type"},
		"form":            {"POST", acquirePath, "appKey=k&appSecurity=s", []string{"Content-Type", "application/x-www-form-urlencoded"}, 415, "Content-Type"},
		"no JSON":         {"POST", acquirePath, "appKey=k", json, 403, "not a JSON object"},
		"list":            {"POST", acquirePath, "[]", json, 403, "not a JSON object"},
		"cut short":       {"POST", acquirePath, `{"appKey":"k"`, json, 403, "not JSON"},
		"two objects":     {"POST", acquirePath, goodBody + goodBody, json, 403, "something follows"},
		"missing":         {"POST", acquirePath, `{"appKey":"k"}`, json, 403, "appSecurity is missing"},
		"other name":      {"POST", acquirePath, `{"appkey":"k","appSecurity":"s"}`, json, 403, "appkey"},
		"one too many":    {"POST", acquirePath, `{"appKey":"k","appSecurity":"s","x":"y"}`, json, 403, "x"},
		"twice":           {"POST", acquirePath, `{"appKey":"k","appKey":"k","appSecurity":"s"}`, json, 403, "twice"},
		"number":          {"POST", acquirePath, `{"appKey":1,"appSecurity":"s"}`, json, 403, "not a string"},
		"empty":           {"POST", acquirePath, `{"appKey":"","appSecurity":"s"}`, json, 403, "empty"},

		"refresh method":    {"GET", refreshPath + "?accessToken=a&refreshToken=b&powerCode=c", "", nil, 405, "method"},
		"refresh body":      {"POST", refreshPath + "?accessToken=a&refreshToken=b&powerCode=c", "{}", nil, 403, "body"},
		"refresh type":      {"POST", refreshPath + "?accessToken=a&refreshToken=b&powerCode=c", "", json, 415, "Content-Type"},
		"refresh no query":  {"POST", refreshPath, "", nil, 403, "lacks accessToken"},
		"refresh missing":   {"POST", refreshPath + "?accessToken=a&refreshToken=b", "", nil, 403, "lacks powerCode"},
		"refresh order":     {"POST", refreshPath + "?accessToken=a&powerCode=c&refreshToken=b", "", nil, 403, "must be"},
		"refresh too many":  {"POST", refreshPath + "?accessToken=a&refreshToken=b&powerCode=c&x=y", "", nil, 403, "must be"},
		"refresh unescaped": {"POST", refreshPath + "?accessToken=ID:a&refreshToken=b&powerCode=c", "", nil, 403, "URL-encoded"},
		"refresh empty":     {"POST", refreshPath + "?accessToken=a&refreshToken=&powerCode=c", "", nil, 403, "empty"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(fake.Options{})
			status, _ := ask(s, tc.method, tc.target, tc.body, tc.headers...)
			got := s.Violations()
			if status != tc.status || len(got) != 1 || !strings.Contains(got[0], tc.violation) || s.Calls() != 1 {
				t.Errorf("status %d, violations %q, want %d and one with %q", status, got, tc.status, tc.violation)
			}
		})
	}
}

func TestPairsLiveAndChange(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	s := newServer(fake.Options{Now: func() time.Time { return now }, Settle: time.Second})
	status, answer := ask(s, "POST", acquirePath, goodBody, "Content-Type", "application/json; charset=utf-8")
	want := `{"value":{"accessToken":"ID01:u-E4PVy28Q0001","refreshToken":"ID01:asg4PVy28Q0001","expireTime":1767232800000,` +
		`"corporationId":"34A73EyI8A0w00"}}`
	if status != 200 || answer != want {
		t.Fatalf("got %d %s", status, answer)
	}
	refresh := refreshPath + "?accessToken=ID01%3Au-E4PVy28Q0001&refreshToken=ID01%3Aasg4PVy28Q0001&powerCode=219904"
	if status, _ := ask(s, "POST", refresh, ""); status != 403 {
		t.Errorf("a token that has not settled was refreshed: %d", status)
	}
	now = now.Add(time.Second)
	if !s.Alive("ID01:u-E4PVy28Q0001") {
		t.Error("the token is not alive after it has settled")
	}
	for i, want := range []int{200, 403} {
		if status, _ := ask(s, "POST", refresh, ""); status != want {
			t.Errorf("refresh %d: %d, want %d", i+1, status, want)
		}
	}
	if s.Alive("ID01:u-E4PVy28Q0001") {
		t.Error("the old token lives on")
	}
	if wrong := s.Violations(); wrong != nil {
		t.Errorf("violations %q", wrong)
	}
}

func TestMisbehaviourIsCountedCheckedAndEnds(t *testing.T) {
	s := newServer(fake.Options{})
	server := httptest.NewServer(s)
	defer server.Close()
	post := func() (status int, body string, err error) {
		resp, err := http.Post(server.URL+acquirePath, "application/json", strings.NewReader(goodBody))
		if err != nil {
			return 0, "", err
		}
		defer func() { _ = resp.Body.Close() }()
		raw, err := io.ReadAll(resp.Body)
		return resp.StatusCode, string(raw), err
	}
	s.Misbehave(fake.Misbehaviour{Status: 500, Body: "oops", Times: 2})
	for range 2 {
		if status, body, _ := post(); status != 500 || body != "oops" {
			t.Errorf("got %d %q", status, body)
		}
	}
	if status, body, _ := post(); status != 200 || !strings.Contains(body, "Q0001") {
		t.Errorf("after it: got %d %q, want the first token", status, body)
	}
	s.Misbehave(fake.Misbehaviour{Reset: true})
	if status, _, err := post(); err == nil {
		t.Errorf("a reset answered %d", status)
	}
	s.Misbehave(fake.Misbehaviour{Status: 200, Header: http.Header{"Content-Length": {"9"}}, Body: "cut"})
	if _, _, err := post(); err == nil {
		t.Error("an answer that is cut short was read to its end")
	}
	s.Refuse("403")
	s.Behave()
	if status, _, _ := post(); status != 200 || s.Calls() < 6 {
		t.Errorf("after Behave: %d, %d calls", status, s.Calls())
	}
}
