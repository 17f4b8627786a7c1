package server_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/authrun/authrun/examples/simulator/server"
)

// logins are one right call of each vendor with the account of the example flows: path, content type and body.
var logins = map[string][3]string{
	"sipauth": {"/sipauth", "application/x-www-form-urlencoded", "service=App.Sip_Auth.Login&appid=demo&accesskey=demo-accesskey"},
	"easemob": {
		"/easemob/easemob-demo/testapp/token", "application/json",
		`{"grant_type":"client_credentials","client_id":"YXA6-demo-client","client_secret":"demo-client-secret"}`,
	},
	"ippbx": {
		"/ippbx/api/v0.0.1/login?type=json", "application/json; charset=utf-8",
		`{"username":"api","password":"` + md5OfThePassword + `","port":"8260"}`,
	},
	"ekuaibao": {
		"/ekuaibao/api/openapi/v1/auth/getAccessToken", "application/json",
		`{"appKey":"demo-app-key","appSecurity":"demo-app-security"}`,
	},
	"lingju": {"/lingju/httpapi/authorize.do", "application/x-www-form-urlencoded", "appkey=demo-lingju-appkey&userid=001A2B3C4D5E"},
	"oauth2": {"/oauth2/token", "application/x-www-form-urlencoded", "grant_type=client_credentials&client_id=demo-client&client_secret=demo-oauth2-secret"},
}

const md5OfThePassword = "bf4262bdb0690a8e5248c947bd980f78"

func newServer(t *testing.T, o server.Options) *server.Server {
	t.Helper()
	s, err := server.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// login makes the right call of a vendor and returns what it answers.
func login(s http.Handler, vendor string) *httptest.ResponseRecorder {
	l := logins[vendor]
	r := httptest.NewRequest("POST", l[0], strings.NewReader(l[2]))
	r.Header.Set("Content-Type", l[1])
	r.Header.Set("Accept", "application/json")
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

// hasToken tells whether an answer holds a token, by whatever name.
func hasToken(w *httptest.ResponseRecorder) bool {
	return strings.Contains(strings.ToLower(strings.ReplaceAll(w.Body.String(), " ", "")), `token":"`)
}

func TestEachVendorGivesATokenToTheDemoAccount(t *testing.T) {
	s := newServer(t, server.Options{})
	for _, vendor := range s.Vendors() {
		if w := login(s, vendor); w.Code != 200 || !hasToken(w) {
			t.Errorf("%s answered %d %s", vendor, w.Code, w.Body)
		}
	}
	if wrong := s.Violations(); len(wrong) > 0 {
		t.Errorf("violations %v", wrong)
	}
	want := map[string]int{"sipauth": 1, "easemob": 1, "ippbx": 1, "ekuaibao": 1, "lingju": 1, "oauth2": 1}
	if diff := cmp.Diff(want, s.Calls()); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}

func TestRefuse(t *testing.T) {
	s := newServer(t, server.Options{Refuse: []string{"sipauth", "easemob", "ippbx", "ekuaibao", "lingju", "oauth2"}})
	for _, vendor := range s.Vendors() {
		if w := login(s, vendor); hasToken(w) {
			t.Errorf("%s gave a token: %s", vendor, w.Body)
		}
	}
	if _, err := server.New(server.Options{Refuse: []string{"nobody"}}); err == nil || !strings.Contains(err.Error(), "ekuaibao") {
		t.Errorf("an unknown vendor gave %v, want an error that names those there are", err)
	}
}

func TestCountsAndViolationsAreServed(t *testing.T) {
	s := newServer(t, server.Options{})
	get := func(path string, into any) {
		t.Helper()
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		if err := json.Unmarshal(w.Body.Bytes(), into); err != nil {
			t.Fatal(err)
		}
	}
	get("/lingju/httpapi/authorize.do", &struct{ Status int }{})
	var calls map[string]int
	get("/_calls", &calls)
	if diff := cmp.Diff(s.Calls(), calls); diff != "" || calls["lingju"] != 1 {
		t.Errorf("calls %v", calls)
	}
	var wrong map[string][]string
	get("/_violations", &wrong)
	if len(wrong) != 1 || len(wrong["lingju"]) != 1 {
		t.Errorf("violations %v", wrong)
	}
}

func TestUnknownPathsAreNotFound(t *testing.T) {
	s := newServer(t, server.Options{})
	for _, path := range []string{"/", "/nobody/x", "/lingjux/httpapi/authorize.do"} {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, &http.Request{Method: "GET", URL: &url.URL{Path: path}, Header: http.Header{}})
		if w.Code != 404 {
			t.Errorf("%s answered %d", path, w.Code)
		}
	}
}

func TestDelayEndsWithTheCaller(t *testing.T) {
	s := newServer(t, server.Options{Delay: time.Hour})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequestWithContext(ctx, "GET", "/lingju/httpapi/authorize.do", nil))
	if w.Body.Len() != 0 || s.Calls()["lingju"] != 0 {
		t.Errorf("it was answered: %s", w.Body)
	}
}
