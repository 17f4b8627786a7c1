package fake_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/authrun/authrun/plugins/easemob/fake"
)

var account = fake.Account{OrgName: "org", AppName: "a/b", ClientID: "id", ClientSecret: "secret"}

const (
	path = "/org/a%2Fb/token"
	good = `{"grant_type":"client_credentials","client_id":"id","client_secret":"secret"}`
)

// ask is a request to the server; what is left out is as documented.
type ask struct {
	method, path, body  string
	contentType, accept []string
	bearer              string
}

// reply is what the server answered.
type reply struct {
	Status  int
	Error   string
	Token   string `json:"access_token"`
	Expires int64  `json:"expires_in"`
}

func send(t *testing.T, s *fake.Server, a ask) (got reply) {
	t.Helper()
	if a.method == "" {
		a.method = http.MethodPost
	}
	if a.path == "" {
		a.path = path
	}
	if a.body == "" {
		a.body = good
	}
	if a.contentType == nil {
		a.contentType = []string{"application/json"}
	}
	if a.accept == nil {
		a.accept = []string{"application/json"}
	}
	r := httptest.NewRequest(a.method, a.path, strings.NewReader(a.body))
	r.Header["Content-Type"], r.Header["Accept"] = a.contentType, a.accept
	if a.bearer != "" {
		r.Header.Set("Authorization", "Bearer "+a.bearer)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
		t.Fatalf("%v in %s", err, w.Body)
	}
	got.Status = w.Code
	return got
}

func TestStrict(t *testing.T) {
	field := func(old, to string) ask { return ask{body: strings.Replace(good, old, to, 1)} }
	tests := []struct {
		name   string
		ask    ask
		status int
		text   string // of the violation
	}{
		{"method", ask{method: http.MethodPut}, 405, "the method is not POST"},
		{"org", ask{path: "/other/a%2Fb/token"}, 404, "there is no such organization or app"},
		{"app not escaped", ask{path: "/org/a/b/token"}, 404, "there is no such organization or app"},
		{"path", ask{path: "/org/a%2Fb/tokens"}, 404, "there is nothing at this path"},
		{"trailing slash", ask{path: path + "/"}, 404, "there is nothing at this path"},
		{"query", ask{path: path + "?ttl=1"}, 400, "there is a query"},
		{"no content type", ask{contentType: []string{}}, 415, "the content type is not application/json"},
		{"charset", ask{contentType: []string{"application/json; charset=utf-8"}}, 415, "the content type is not application/json"},
		{"two content types", ask{contentType: []string{"application/json", "text/plain"}}, 415, "the content type is not application/json"},
		{"accept", ask{accept: []string{"*/*"}}, 406, "the header Accept is not application/json"},
		{"form", ask{body: "grant_type=client_credentials"}, 400, "the body is not a JSON object"},
		{"list", ask{body: "[1]"}, 400, "the body is not a JSON object"},
		{"cut short", ask{body: good[:20]}, 400, "the body is not JSON"},
		{"not closed", ask{body: strings.TrimSuffix(good, "}")}, 400, "the body is not JSON"},
		{"more", ask{body: good + "{}"}, 400, "something follows the JSON object"},
		{"twice", field(`{`, `{"client_id":"id",`), 400, "the field client_id is there twice"},
		{"unknown", field(`{`, `{"timestamp":1,`), 400, "the field timestamp is not documented"},
		{"missing", field(`"client_id":"id",`, ``), 400, "the field client_id is missing"},
		{"not a string", field(`"id"`, `7`), 400, "the field client_id is not a string"},
		{"grant type", field(`client_credentials`, `password`), 400, "the field grant_type is not client_credentials"},
		{"ttl as string", field(`}`, `,"ttl":"60"}`), 400, "the field ttl is not a whole number of at least 0"},
		{"ttl null", field(`}`, `,"ttl":null}`), 400, "the field ttl is not a whole number of at least 0"},
		{"ttl broken", field(`}`, `,"ttl":1.5}`), 400, "the field ttl is not a whole number of at least 0"},
		{"ttl negative", field(`}`, `,"ttl":-1}`), 400, "the field ttl is not a whole number of at least 0"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := fake.New(fake.Options{Account: account})
			if got := send(t, s, test.ask); got.Status != test.status || got.Error == "" || got.Token != "" {
				t.Errorf("answer %+v", got)
			}
			if v := s.Violations(); len(v) != 1 || !strings.HasSuffix(v[0], ": "+test.text) {
				t.Errorf("violations %q, want %q", v, test.text)
			}
		})
	}
}

func TestTokens(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	s := fake.New(fake.Options{Account: account, Life: time.Hour, Now: func() time.Time { return now }})
	console := send(t, s, ask{})
	short := send(t, s, ask{body: strings.Replace(good, "}", `,"ttl":60}`, 1)})
	eternal := send(t, s, ask{body: strings.Replace(good, "}", `,"ttl":0}`, 1)})
	if diff := cmp.Diff([]int64{3600, 60, 0}, []int64{console.Expires, short.Expires, eternal.Expires}); diff != "" {
		t.Errorf("expires_in (-want +got):\n%s", diff)
	}
	status := func(token string) int {
		return send(t, s, ask{method: http.MethodGet, path: "/org/a%2Fb/users", bearer: token}).Status
	}
	for _, step := range []struct {
		after time.Duration
		want  []int // of console, short, eternal
	}{{0, []int{200, 200, 200}}, {time.Minute, []int{200, 401, 200}}, {time.Hour, []int{401, 401, 200}}} {
		now = now.Add(step.after)
		if diff := cmp.Diff(step.want, []int{status(console.Token), status(short.Token), status(eternal.Token)}); diff != "" {
			t.Errorf("after %s (-want +got):\n%s", step.after, diff)
		}
	}
	s.KillTokens()
	if status(eternal.Token) != 401 || s.Alive(eternal.Token) || len(s.Violations()) > 0 {
		t.Errorf("after the kill it lives on, or violations %v", s.Violations())
	}
}

func TestMillis(t *testing.T) {
	now := time.Now()
	s := fake.New(fake.Options{Account: account, Millis: true, Life: time.Minute, Now: func() time.Time { return now }})
	if got := send(t, s, ask{}); got.Expires != 60000 {
		t.Errorf("expires_in %d", got.Expires)
	}
	got := send(t, s, ask{body: strings.Replace(good, "}", `,"ttl":500}`, 1)})
	if now = now.Add(499 * time.Millisecond); !s.Alive(got.Token) {
		t.Error("it died too soon")
	}
	if now = now.Add(time.Millisecond); s.Alive(got.Token) {
		t.Error("it lives on")
	}
}

// A failed fetch counts like one that succeeds.
func TestInterval(t *testing.T) {
	now := time.Now()
	s := fake.New(fake.Options{Account: account, Interval: time.Second, Now: func() time.Time { return now }})
	bad := ask{body: strings.Replace(good, `"secret"`, `"x"`, 1)}
	for i, step := range []struct {
		wait time.Duration
		ask  ask
		want int
	}{{0, bad, 400}, {999 * time.Millisecond, ask{}, 429}, {time.Second, ask{}, 200}, {0, ask{}, 429}} {
		now = now.Add(step.wait)
		if got := send(t, s, step.ask); got.Status != step.want {
			t.Errorf("step %d: %+v", i, got)
		}
	}
	if s.Calls() != 4 || len(s.Violations()) > 0 {
		t.Errorf("%d calls, violations %v", s.Calls(), s.Violations())
	}
}

func TestMisbehave(t *testing.T) {
	s := fake.New(fake.Options{Account: account})
	s.Misbehave(fake.Misbehaviour{Status: 503, Body: `{"error":"busy"}`, Times: 1})
	if got := send(t, s, ask{}); got.Status != 503 || got.Error != "busy" {
		t.Errorf("got %+v", got)
	}
	s.Refuse("unauthorized")
	if got := send(t, s, ask{}); got.Status != 401 || got.Error != "unauthorized" {
		t.Errorf("got %+v", got)
	}
	s.Behave()
	if got := send(t, s, ask{}); got.Status != 200 || !s.Alive(got.Token) || s.Calls() != 3 {
		t.Errorf("got %+v after %d calls", got, s.Calls())
	}
}
