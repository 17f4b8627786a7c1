package runtime_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	authrun "github.com/authrun/authrun/runtime"
)

// api is a vendor's API on loopback: it answers whoever carries a token that lives and that it has not killed.
type api struct {
	token  func(r *http.Request) string // where the vendor's plugin says that it goes
	reject func(w http.ResponseWriter)  // how the vendor says that a token is dead

	requests atomic.Int64
	mu       sync.Mutex
	killed   map[string]bool
	seen     map[string]bool
	bodies   []string
}

func (a *api) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.requests.Add(1)
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	token := a.token(r)
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.seen == nil {
		a.seen, a.killed = map[string]bool{}, map[string]bool{}
	}
	a.seen[token] = true
	a.bodies = append(a.bodies, string(body))
	if token == "" || a.killed[token] {
		a.reject(w)
		return
	}
	fmt.Fprint(w, `{"fine":true}`)
}

// kill makes the vendor take all tokens that it has seen for dead.
func (a *api) kill() {
	a.mu.Lock()
	defer a.mu.Unlock()
	for token := range a.seen {
		a.killed[token] = true
	}
}

func header(r *http.Request) string {
	return strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
}
func unauthorized(w http.ResponseWriter) { w.WriteHeader(http.StatusUnauthorized) }

// apis are the five vendors' APIs, each with its own place for the token and its own words for a dead one.
var apis = map[string]func() *api{
	"easemob": func() *api { return &api{token: header, reject: unauthorized} },
	"ippbx": func() *api {
		return &api{token: func(r *http.Request) string { return r.URL.Query().Get("token") },
			reject: func(w http.ResponseWriter) { fmt.Fprint(w, `{"status":"Failed","errno":"20004"}`) }}
	},
	"ekuaibao": func() *api {
		return &api{token: func(r *http.Request) string { return r.URL.Query().Get("accessToken") },
			reject: func(w http.ResponseWriter) { w.WriteHeader(http.StatusForbidden) }}
	},
	"lingju": func() *api {
		return &api{token: func(r *http.Request) string {
			var body struct{ AccessToken string }
			_ = json.NewDecoder(r.Body).Decode(&body)
			return body.AccessToken
		}, reject: func(w http.ResponseWriter) { fmt.Fprint(w, `{"status":122}`) }}
	},
	"sipauth": func() *api {
		return &api{token: func(r *http.Request) string { return r.FormValue("token") },
			reject: func(w http.ResponseWriter) { fmt.Fprint(w, `{"ret":600}`) }}
	},
}

// client serves a vendor's API and gives a client for it.
func (s *stage) client(vendor string, a *api) (client *http.Client, base string) {
	s.t.Helper()
	server := httptest.NewServer(a)
	s.t.Cleanup(server.Close)
	_, source := s.sourceOf(s.write(all), "auth."+vendor+".a")
	transport, err := source.Transport(server.Client().Transport, server.URL)
	if err != nil {
		s.t.Fatal(err)
	}
	return &http.Client{Transport: transport}, server.URL + "/v1/things"
}

func post(t *testing.T, client *http.Client, target string, body io.Reader) (status int, text string) {
	t.Helper()
	answer, err := client.Post(target, "", body)
	if err != nil {
		t.Error(err)
		return 0, ""
	}
	defer answer.Body.Close()
	raw, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Error(err)
	}
	return answer.StatusCode, string(raw)
}

// The token goes where each vendor wants it, and one that the vendor killed is replaced by one call, however many requests carried it.
func TestTransport(t *testing.T) {
	for vendor, make := range apis {
		t.Run(vendor, func(t *testing.T) {
			s, a := newStage(t), make()
			client, target := s.client(vendor, a)
			if _, text := post(t, client, target, nil); text != `{"fine":true}` {
				t.Fatal(text)
			}
			before := s.calls()
			s.pass(10 * time.Minute) // a token of some minutes: weak evidence counts, too
			a.kill()
			var all sync.WaitGroup
			for range 20 {
				all.Go(func() {
					if _, text := post(t, client, target, nil); text != `{"fine":true}` {
						t.Error(text)
					}
				})
			}
			all.Wait()
			if n := s.calls() - before; n != 1 {
				t.Errorf("%d calls for one dead token, want 1", n)
			}
			s.strict()
		})
	}
}

// A request whose body can be read again is repeated with all of it; another one is not, and those after it go well.
func TestTransportBody(t *testing.T) {
	s, a := newStage(t), apis["easemob"]()
	client, target := s.client("easemob", a)
	post(t, client, target, nil)
	a.kill()
	if status, _ := post(t, client, target, strings.NewReader("a long story")); status != http.StatusOK {
		t.Errorf("status %d", status)
	}
	if last := a.bodies[len(a.bodies)-1]; last != "a long story" {
		t.Errorf("the repeated body is %q", last)
	}
	a.kill()
	if status, _ := post(t, client, target, io.MultiReader(strings.NewReader("once"))); status != http.StatusUnauthorized {
		t.Errorf("status %d: the body could be read once only", status)
	}
	if status, _ := post(t, client, target, nil); status != http.StatusOK {
		t.Errorf("status %d", status)
	}
	if n := s.easemob.Calls(); n != 3 {
		t.Errorf("%d calls, want 3", n)
	}
}

// A vendor that refuses every token is asked twice for a request, and not for ever; and its answer is given, not an error.
func TestTransportNoLoop(t *testing.T) {
	s := newStage(t)
	s.options.RefusalsPerHour = 2
	a := &api{token: header, reject: unauthorized}
	a.token = func(r *http.Request) string { return "" }
	client, target := s.client("easemob", a)
	for range 30 {
		if status, _ := post(t, client, target, nil); status != http.StatusUnauthorized {
			t.Errorf("status %d", status)
		}
	}
	if n := s.easemob.Calls(); n != 3 {
		t.Errorf("%d calls, want 3: the first, and two that replace", n)
	}
	if n := a.requests.Load(); n != 32 {
		t.Errorf("%d requests, want 32: two of them were repeated", n)
	}
}

// ekuaibao answers 403 where a right is missing, too: that does not cost a token for each request.
func TestTransportPermission(t *testing.T) {
	s, a := newStage(t), apis["ekuaibao"]()
	a.token = func(r *http.Request) string { return "" }
	client, target := s.client("ekuaibao", a)
	for range 30 {
		if status, _ := post(t, client, target, nil); status != http.StatusForbidden {
			t.Errorf("status %d", status)
		}
	}
	if n := s.ekuaibao.Calls(); n != 1 {
		t.Errorf("%d calls, want 1: the token was new", n)
	}
	s.pass(10 * time.Minute)
	for range 30 {
		post(t, client, target, nil)
	}
	if n := s.ekuaibao.Calls(); n != 2 {
		t.Errorf("%d calls, want 2: once it was worth a try", n)
	}
}

// The token goes to the vendor, and not where a redirect leads.
func TestTransportElsewhere(t *testing.T) {
	s := newStage(t)
	stolen := make(chan string, 1)
	thief := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { stolen <- r.Header.Get("Authorization") }))
	defer thief.Close()
	vendor := httptest.NewServer(http.RedirectHandler(thief.URL, http.StatusFound))
	defer vendor.Close()
	_, source := s.sourceOf(s.write(all), "auth.easemob.a")
	client, err := source.Client(vendor.URL)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := client.Get(vendor.URL)
	if err == nil {
		answer.Body.Close()
		t.Error("it followed")
	} else if !strings.Contains(err.Error(), "does not go to "+thief.URL) {
		t.Error(err)
	}
	select {
	case token := <-stolen:
		t.Errorf("the thief got %q", token)
	default:
	}
	for _, bad := range []string{"", "example.com", "ftp://example.com", "http://"} {
		if _, err := source.Transport(nil, bad); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}

// A request that gets no token is not sent, and its body is closed.
func TestTransportNoToken(t *testing.T) {
	s := newStage(t)
	a := apis["easemob"]()
	client, target := s.client("easemob", a)
	s.easemob.Refuse("invalid_client")
	closed := &closing{Reader: strings.NewReader("x")}
	_, err := client.Post(target, "", closed)
	var failed *authrun.Error
	var wrapped *url.Error
	if !errors.As(err, &wrapped) || !errors.As(err, &failed) || failed.Address != "auth.easemob.a" {
		t.Errorf("%v", err)
	}
	if a.requests.Load() != 0 || !closed.closed {
		t.Errorf("%d requests, body closed: %t", a.requests.Load(), closed.closed)
	}
}

type closing struct {
	io.Reader
	closed bool
}

func (c *closing) Close() error { c.closed = true; return nil }
