package fake_test

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/authrun/authrun/plugins/lingju/fake"
)

const path = "/httpapi/authorize.do"

// ask sends one request with a content type, or none.
func ask(s *fake.Server, method, target, body, contentType string) (status int, answer string) {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

// Each request is wrong in one way, is refused, and leaves one violation that names no value.
func TestStrict(t *testing.T) {
	const form = "application/x-www-form-urlencoded"
	for name, tc := range map[string]struct {
		method, target, body, contentType string
		status                            int
		violation                         string
	}{
		"path":            {"GET", "/httpapi/authorize?appkey=k&userid=u", "", "", 404, "path"},
		"double slash":    {"GET", "/" + path + "?appkey=k&userid=u", "", "", 404, "path"},
		"method":          {"PUT", path + "?appkey=k&userid=u", "", "", 405, "method"},
		"GET with a body": {"GET", path + "?appkey=k&userid=u", "x", "", 200, "neither a body"},
		"GET with a type": {"GET", path + "?appkey=k&userid=u", "", "application/json", 200, "nor a Content-Type"},
		"nothing":         {"GET", path, "", "", 200, "must be"},
		"no userid":       {"GET", path + "?appkey=k", "", "", 200, "userid"},
		"order":           {"GET", path + "?userid=u&appkey=k", "", "", 200, "in this order"},
		"other name":      {"GET", path + "?appKey=k&userid=u", "", "", 200, "must be"},
		"too many":        {"GET", path + "?appkey=k&userid=u&authcode=c&x=y", "", "", 200, "must be"},
		"empty authcode":  {"GET", path + "?appkey=k&userid=u&authcode=", "", "", 200, "empty"},
		"unescaped":       {"GET", path + "?appkey=k/1&userid=u", "", "", 200, "URL-encoded"},
		"MAC address":     {"GET", path + "?appkey=k&userid=00%3A1A", "", "", 200, "userid must be"},
		"POST of JSON":    {"POST", path, `{"appkey":"k","userid":"u"}`, "application/json", 415, "Content-Type"},
		"POST by query":   {"POST", path + "?appkey=k&userid=u", "", form, 200, "no query"},
		"POST of nothing": {"POST", path, "", form, 200, "must be"},
	} {
		t.Run(name, func(t *testing.T) {
			s := fake.New(fake.Options{Account: fake.Account{AppKey: "k"}})
			status, answer := ask(s, tc.method, tc.target, tc.body, tc.contentType)
			got := s.Violations()
			if status != tc.status || len(got) != 1 || !strings.Contains(got[0], tc.violation) || s.Calls() != 1 {
				t.Errorf("status %d, violations %q, want %d and one with %q", status, got, tc.status, tc.violation)
			}
			if strings.Contains(answer, "accessToken") {
				t.Errorf("it was answered with a token: %s", answer)
			}
		})
	}
}

func TestTokens(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	s := fake.New(fake.Options{Now: func() time.Time { return now }, Account: fake.Account{AppKey: "k"}})
	token := "9d" + strings.Repeat("0", 36) + "1"
	_, answer := ask(s, "GET", path+"?appkey=k&userid=u", "", "")
	// The documentation's sample, comma before the brace and all.
	want := "{\n\"description\":\"success\",\n\"data\":{\n\"accessToken\":\"" + token +
		"\",\n\"expires\":87,\n\"update\":1767225600000,\n},\n\"status\":0\n}"
	if answer != want {
		t.Errorf("got %s", answer)
	}
	now = now.Add(30*24*time.Hour - time.Second)
	if !s.Alive(token) {
		t.Error("the token died before its 30 days")
	}
	now = now.Add(time.Second)
	if s.Alive(token) {
		t.Error("the token lives after its 30 days")
	}
}

func TestQuotaIsPerDeviceAndMonth(t *testing.T) {
	now := time.Date(2026, 1, 31, 15, 59, 59, 0, time.UTC)
	s := fake.New(fake.Options{Now: func() time.Time { return now }, Account: fake.Account{AppKey: "k"}, Quota: 2})
	for i, step := range []struct {
		userid string
		wait   time.Duration
		want   string
	}{
		{"u", 0, `"status":0`}, {"u", 0, `"status":0`}, {"u", 0, `"status":41`}, {"v", 0, `"status":0`}, {"u", time.Second, `"status":0`},
	} {
		now = now.Add(step.wait)
		if _, answer := ask(s, "GET", path+"?appkey=k&userid="+step.userid, "", ""); !strings.Contains(answer, step.want) {
			t.Errorf("step %d: got %s, want %s", i, answer, step.want)
		}
	}
	if wrong := s.Violations(); wrong != nil {
		t.Errorf("violations %q", wrong)
	}
}
