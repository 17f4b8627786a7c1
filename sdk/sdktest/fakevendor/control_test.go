package fakevendor

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// greeter is a vendor with one request.
func greeter() *Server {
	return New(Routes{"GET /hello": func(r Request) Answer {
		if r.Refused != "" {
			return Answer{Status: 403, Body: r.Refused}
		}
		return Answer{Body: "hello"}
	}})
}

// get has a server answer one request.
func get(s http.Handler, path string) (int, string) {
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
	return w.Code, w.Body.String()
}

func TestMisbehave(t *testing.T) {
	s := greeter()
	s.Misbehave(Misbehaviour{Status: 503, Body: "busy", Header: http.Header{"Retry-After": {"9"}}, Times: 2})
	for range 2 {
		if status, body := get(s, "/hello"); status != 503 || body != "busy" {
			t.Errorf("got %d %q", status, body)
		}
	}
	if _, body := get(s, "/hello"); body != "hello" {
		t.Error("it misbehaves for ever")
	}
	s.Misbehave(Misbehaviour{Status: 500})
	s.Refuse("no")
	s.Odd("strange")
	if !s.IsOdd("strange") || s.IsOdd("other") || !s.Oddities()["strange"] || len(s.Oddities()) != 1 {
		t.Error("it is odd in another way")
	}
	s.Behave()
	if _, body := get(s, "/hello"); body != "hello" || s.IsOdd("strange") {
		t.Error("it does not behave")
	}
	s.Refuse("no")
	if status, body := get(s, "/hello"); status != 403 || body != "no" {
		t.Errorf("refused: %d %q", status, body)
	}
	if s.Calls() != 5 || s.Violations() != nil {
		t.Errorf("%d calls, violations %v", s.Calls(), s.Violations())
	}
}

func TestUndocumentedRequest(t *testing.T) {
	s := greeter()
	if status, _ := get(s, "/goodbye"); status != 404 {
		t.Errorf("status %d", status)
	}
	if diff := cmp.Diff([]string{"GET /goodbye: the vendor documents no such request"}, s.Violations()); diff != "" {
		t.Errorf("violations (-want +got):\n%s", diff)
	}
}

// A caller that gives up is not waited for, and a reset is seen as such.
func TestMisbehaveOnTheWire(t *testing.T) {
	s := greeter()
	web := httptest.NewServer(s)
	defer web.Close()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 50 * time.Millisecond}
	for _, slow := range []Misbehaviour{{Until: make(chan struct{})}, {Delay: time.Hour}} {
		s.Misbehave(slow)
		if _, err := client.Get(web.URL + "/hello"); err == nil || !strings.Contains(err.Error(), "Client.Timeout") {
			t.Errorf("slow: %v", err)
		}
	}
	client.Timeout = 0
	s.Misbehave(Misbehaviour{Reset: true})
	if _, err := client.Get(web.URL + "/hello"); err == nil {
		t.Error("reset: an answer came")
	}
	open := make(chan struct{})
	close(open)
	s.Misbehave(Misbehaviour{Until: open, Delay: time.Millisecond})
	resp, err := client.Get(web.URL + "/hello")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if body, err := io.ReadAll(resp.Body); err != nil || string(body) != "hello" {
		t.Errorf("after the wait: %s, %v", body, err)
	}
	func() {
		defer func() {
			if recover() != http.ErrAbortHandler {
				t.Error("a connection that cannot be reset is not aborted")
			}
		}()
		s.Misbehave(Misbehaviour{Reset: true})
		get(s, "/hello")
	}()
}

func TestRequest(t *testing.T) {
	var multi bytes.Buffer
	form := multipart.NewWriter(&multi)
	if err := form.WriteField("a", "é&"); err != nil {
		t.Fatal(err)
	}
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	var object map[string]any
	var field string
	s := New(Routes{"POST /{any}": func(r Request) Answer {
		object, field = r.Object(), r.Fields().Get("a")
		return Answer{Status: 201, Header: http.Header{"x-odd": {"1"}}, Body: map[string]any{"n": 1}}
	}})
	for _, c := range []struct{ name, kind, body, field, object string }{
		{"urlencoded", "application/x-www-form-urlencoded", "a=%C3%A9%26", "é&", ""},
		{"multipart", form.FormDataContentType(), multi.String(), "é&", ""},
		{"broken multipart", form.FormDataContentType(), "rubbish", "", ""},
		{"JSON", "application/json; charset=utf-8", `{"a": "x"}`, "", "x"},
		{"broken JSON", "application/json", `{"a"`, "", ""},
		{"text", "text/plain", `{"a": "x"}`, "", ""},
	} {
		r := httptest.NewRequest("POST", "/x", strings.NewReader(c.body))
		r.Header.Set("Content-Type", c.kind)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if a, _ := object["a"].(string); field != c.field || a != c.object {
			t.Errorf("%s: field %q, member %q", c.name, field, a)
		}
		if w.Code != 201 || w.Header().Get("X-Odd") != "1" || w.Body.String() != `{"n":1}` || w.Header().Get("Content-Type") != "application/json" {
			t.Errorf("%s: answered %d %v %s", c.name, w.Code, w.Header(), w.Body)
		}
	}
}
