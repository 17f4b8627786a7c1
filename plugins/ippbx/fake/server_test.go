package fake_test

import (
	"encoding/json"
	"encoding/xml"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/authrun/authrun/plugins/ippbx/fake"
)

var account = fake.Account{Username: "api", Password: "123456"}

const (
	asJSON = "application/json; charset=utf-8"
	asXML  = "application/xml; charset=utf-8"
	login  = `{"username":"api","password":"e10adc3949ba59abbe56e057f20f883e","port":"8260"}`
	loginX = `<?xml version="1.0" encoding="UTF-8" ?>
<xml>
	<username>api</username>
	<password>e10adc3949ba59abbe56e057f20f883e</password>
	<port>8260</port>
	<urltag>1</urltag>
</xml>`
)

// reply is what the server answered.
type reply struct {
	HTTP   int    `json:"-" xml:"-"`
	Status string `json:"status" xml:"status"`
	Errno  string `json:"errno" xml:"errno"`
	Token  string `json:"token" xml:"token"`
}

// ask sends one request from an address. An empty content type is none.
func ask(t *testing.T, s *fake.Server, from, target, contentType, body string) (got reply) {
	t.Helper()
	method, target, ok := strings.Cut(target, " ")
	if !ok {
		method, target = "POST", method
	}
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.RemoteAddr = from + ":40000"
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	got.HTTP = w.Code
	if w.Code != 200 {
		return got
	}
	read := json.Unmarshal
	if strings.HasPrefix(w.Body.String(), "<") {
		read = xml.Unmarshal
	}
	if err := read(w.Body.Bytes(), &got); err != nil {
		t.Fatalf("%v in %s", err, w.Body)
	}
	return got
}

func TestStrict(t *testing.T) {
	const at, beat = "/api/v0.0.1/login?type=json", "/api/v0.0.1/heartbeat?token=t&type=json"
	with := func(old, to string) string { return strings.Replace(login, old, to, 1) }
	withX := func(old, to string) string { return strings.Replace(loginX, old, to, 1) }
	tests := []struct {
		name, target, contentType, body string
		errno                           string // "": HTTP 404
		text                            string // of the violation
	}{
		{"method", "GET " + at, asJSON, login, "10002", "the method is not POST"},
		{"path", "/api/v0.0.1/token", asJSON, login, "", "there is nothing at this path"},
		{"version", "/api/v1.1.0/login?type=json", asJSON, login, "", "there is nothing at this path"},
		{"no type", "/api/v0.0.1/login", asJSON, login, "10003", "the query parameter type is missing"},
		{"another type", "/api/v0.0.1/login?type=yaml", asJSON, login, "10002", "the query parameter type is neither json nor xml"},
		{"another parameter", at + "&x=1", asJSON, login, "10002", "the query parameter x is not documented, or there twice"},
		{"type twice", at + "&type=json", asJSON, login, "10002", "the query parameter type is not documented, or there twice"},
		{"content type", at, "application/json", login, "10002", "the content type is not " + asJSON},
		{"content type of the other", at, asXML, login, "10002", "the content type is not " + asJSON},
		{"no JSON", at, asJSON, loginX, "10002", "the body is not a JSON object"},
		{"cut short", at, asJSON, login[:30], "10002", "the body is not JSON"},
		{"more", at, asJSON, login + "1", "10002", "something follows the JSON object"},
		{"twice", at, asJSON, with(`{`, `{"port":"1",`), "10002", "the field port is there twice"},
		{"missing", at, asJSON, with(`,"port":"8260"`, ``), "10003", "the field port is missing or empty"},
		{"unknown", at, asJSON, with(`{`, `{"ipaddr":"10.0.0.7",`), "10003", "the field ipaddr is not documented"},
		{"port as number", at, asJSON, with(`"8260"`, `8260`), "10003", "the field port has the wrong JSON type"},
		{"port too large", at, asJSON, with(`8260`, `65536`), "10003", "the field port is no port"},
		{"urltag as string", at, asJSON, with(`}`, `,"urltag":"1"}`), "10003", "the field urltag has the wrong JSON type"},
		{"urltag as bool", at, asJSON, with(`}`, `,"urltag":true}`), "10003", "the field urltag has the wrong JSON type"},
		{"urltag 2", at, asJSON, with(`}`, `,"urltag":2}`), "10003", "the field urltag is neither 0 nor 1"},
		{"url null", at, asJSON, with(`}`, `,"url":null}`), "10003", "the field url has the wrong JSON type"},
		{"hash in capitals", at, asJSON, with(`e10adc`, `E10ADC`), "10003", "the field password is not 32 lower-case hex digits"},
		{"password in the clear", at, asJSON, with(`e10adc3949ba59abbe56e057f20f883e`, `123456`), "10003", "the field password is not 32 lower-case hex digits"},
		{"no declaration", "/api/v0.0.1/login?type=xml", asXML, withX(`<?xml version="1.0" encoding="UTF-8" ?>`, ""), "10002", "the body does not begin with the XML declaration"},
		{"another root", "/api/v0.0.1/login?type=xml", asXML, strings.ReplaceAll(loginX, "xml>", "login>"), "10002", "the body is not XML with the root xml"},
		{"attribute", "/api/v0.0.1/login?type=xml", asXML, withX("<port>", `<port a="b">`), "10002", "the field port is more than a plain element"},
		{"element twice", "/api/v0.0.1/login?type=xml", asXML, withX("<port>", "<port>1</port><port>"), "10002", "the field port is there twice"},
		{"words in the root", "/api/v0.0.1/login?type=xml", asXML, withX("<port>", "x<port>"), "10002", "the root element has attributes or words of its own"},
		{"more XML", "/api/v0.0.1/login?type=xml", asXML, loginX + "<xml/>", "10002", "something follows the root element"},
		{"heartbeat without ipaddr", beat, asJSON, `{"port":"8260"}`, "10003", "the field ipaddr is missing or empty"},
		{"heartbeat with a password", beat, asJSON, `{"ipaddr":"10.0.0.7","port":"8260","password":"x"}`, "10003", "the field password is not documented"},
		{"heartbeat without token", "/api/v0.0.1/heartbeat?type=json", asJSON, "{}", "10003", "the query parameter token is missing"},
		{"logout with a body", "/api/v0.0.1/logout?token=t", asJSON, "{}", "10002", "there is a body"},
		{"logout with a type", "/api/v0.0.1/logout?token=t&type=json", "", "", "10002", "the query parameter type is not documented, or there twice"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := fake.New(fake.Options{Account: account})
			want := reply{HTTP: 200, Status: "Failed", Errno: test.errno}
			if test.errno == "" {
				want = reply{HTTP: 404}
			}
			if diff := cmp.Diff(want, ask(t, s, "10.0.0.7", test.target, test.contentType, test.body)); diff != "" {
				t.Errorf("answer (-want +got):\n%s", diff)
			}
			if v := s.Violations(); len(v) != 1 || !strings.HasSuffix(v[0], ": "+test.text) {
				t.Errorf("violations %q, want %q", v, test.text)
			}
		})
	}
}

func TestTokens(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	s := fake.New(fake.Options{Account: account, Now: func() time.Time { return now }})
	token := ask(t, s, "10.0.0.7", "/api/v0.0.1/login?type=json", asJSON, login).Token
	second := ask(t, s, "10.0.0.7", "/api/v0.0.1/login?type=xml", asXML, loginX).Token
	later := func(token string) string {
		return ask(t, s, "10.0.0.7", "/api/v0.0.1/deviceinfo/query?token="+token, "", "").Errno
	}
	now = now.Add(29 * time.Minute)
	if errno := later(token); errno != "" {
		t.Errorf("a living token: %s", errno)
	}
	now = now.Add(29 * time.Minute) // a call prolonged the first one alone
	if !s.Alive(token) || s.Alive(second) || later(second) != "20004" {
		t.Errorf("alive: %t, %t", s.Alive(token), s.Alive(second))
	}
	if got := ask(t, s, "10.0.0.7", "/api/v0.0.1/heartbeat?type=json&token="+token, asJSON, `{"ipaddr":"10.0.0.8","port":"1"}`); got.Status != "Success" {
		t.Errorf("heartbeat: %+v", got)
	}
	if diff := cmp.Diff(fake.Reports{IPAddr: "10.0.0.8", Port: "1"}, s.Reports()); diff != "" {
		t.Errorf("reports (-want +got):\n%s", diff)
	}
	if got := ask(t, s, "10.0.0.7", "/api/v0.0.1/logout?token="+token, "", ""); got.Status != "Success" || s.Alive(token) {
		t.Errorf("logout: %+v", got)
	}
	if later(token) != "20004" || s.Calls() != 7 || len(s.Violations()) > 0 {
		t.Errorf("%d calls, violations %v", s.Calls(), s.Violations())
	}
}

// Five wrong passwords in a row lock the caller's address for ten minutes, and no other. A right one in between starts the count anew.
func TestLockout(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	s := fake.New(fake.Options{Account: account, Now: func() time.Time { return now }})
	wrong := strings.Replace(login, "e10a", "0000", 1)
	try := func(from, body string, times int) (errno string) {
		for range times {
			errno = ask(t, s, from, "/api/v0.0.1/login?type=json", asJSON, body).Errno
		}
		return errno
	}
	for i, step := range []struct {
		from, body string
		times      int
		want       string
	}{
		{"10.0.0.7", wrong, 4, "30003"}, {"10.0.0.7", login, 1, ""}, {"10.0.0.7", wrong, 5, "30003"}, {"10.0.0.7", login, 1, "20002"},
		{"10.0.0.8", login, 1, ""},
	} {
		if errno := try(step.from, step.body, step.times); errno != step.want {
			t.Errorf("step %d: errno %q, want %q", i, errno, step.want)
		}
	}
	now = now.Add(fake.LockFor - time.Second)
	if errno := try("10.0.0.7", login, 1); errno != "20002" {
		t.Errorf("a second too early: %q", errno)
	}
	now = now.Add(time.Second)
	if errno := try("10.0.0.7", login, 1); errno != "" {
		t.Errorf("after the lock: %q", errno)
	}
}

func TestMisbehave(t *testing.T) {
	s := fake.New(fake.Options{Account: account})
	try := func() reply { return ask(t, s, "10.0.0.7", "/api/v0.0.1/login?type=json", asJSON, login) }
	s.Misbehave(fake.Misbehaviour{Status: 502, Times: 1})
	if got := try(); got.HTTP != 502 {
		t.Errorf("got %+v", got)
	}
	s.Refuse("20009")
	if got := try(); got.Errno != "20009" || got.Token != "" {
		t.Errorf("got %+v", got)
	}
	s.Behave()
	if got := try(); got.Token == "" || s.Calls() != 3 {
		t.Errorf("got %+v after %d calls", got, s.Calls())
	}
}
