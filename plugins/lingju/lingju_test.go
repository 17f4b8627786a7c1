package lingju_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/authrun/authrun/plugins/lingju"
	"github.com/authrun/authrun/plugins/lingju/fake"
	"github.com/authrun/authrun/sdk"
)

// The secrets of the tests, with what a URL has to escape.
const (
	appkey   = "k&y 1/é+%"
	authcode = "c0de=&"
)

// world is the plugin in this process, the vendor's server on loopback, their clock, and the requests that went over the wire.
type world struct {
	t        *testing.T
	plugin   sdk.Plugin
	vendor   *fake.Server
	url      string
	now      time.Time
	requests []string // as they came, without what every exchange of the host carries
}

func newWorld(t *testing.T, o fake.Options) *world {
	t.Helper()
	plugin, err := lingju.Vendor.Plugin()
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, plugin: plugin, now: time.Date(2026, 3, 31, 15, 59, 58, 700_000_000, time.UTC)}
	o.Now = func() time.Time { return w.now }
	o.Account.AppKey = appkey
	w.vendor = fake.New(o)
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		raw, err := httputil.DumpRequest(r, true)
		if err != nil {
			t.Error(err)
		}
		w.requests = append(w.requests, onWire(string(raw), r.Host))
		w.vendor.ServeHTTP(rw, r)
	}))
	t.Cleanup(server.Close)
	w.url = server.URL
	return w
}

// onWire takes the host's own headers, and the port that changes from run to run, out of a request.
func onWire(raw, host string) string {
	raw = strings.ReplaceAll(raw, host, "HOST")
	for _, line := range []string{"Accept-Encoding: gzip\r\n", "User-Agent: Go-http-client/1.1\r\n"} {
		raw = strings.ReplaceAll(raw, line, "")
	}
	return raw
}

// acquire acquires with the arguments beside base_url, appkey and userid.
func (w *world) acquire(ctx context.Context, arguments map[string]any) (sdk.Result, error) {
	w.t.Helper()
	config := map[string]any{"base_url": w.url, "appkey": appkey, "userid": "001A2B3C4D5E"}
	for name, value := range arguments {
		config[name] = value
	}
	raw, err := json.Marshal(config)
	if err != nil {
		w.t.Fatal(err)
	}
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	return w.plugin.Run(ctx, sdk.Run{Operation: sdk.OpAcquire, Config: raw, Transport: transport, Now: func() time.Time { return w.now }})
}

func attributes(t *testing.T, raw json.RawMessage) map[string]any {
	t.Helper()
	var value map[string]any
	if err := json.Unmarshal(raw, &value); err != nil {
		t.Fatal(err)
	}
	return value
}

func TestAcquireSendsWhatIsDocumented(t *testing.T) {
	const software = "appkey=k%26y+1%2F%C3%A9%2B%25&userid=001A2B3C4D5E"
	const hardware = software + "&authcode=c0de%3D%26"
	get := func(path, query string) string {
		return "GET " + path + "/httpapi/authorize.do?" + query + " HTTP/1.1\r\nHost: HOST\r\n\r\n"
	}
	post := func(form string) string {
		return fmt.Sprintf("POST /httpapi/authorize.do HTTP/1.1\r\nHost: HOST\r\nContent-Length: %d\r\n"+
			"Content-Type: application/x-www-form-urlencoded\r\n\r\n%s", len(form), form)
	}
	for name, tc := range map[string]struct {
		path      string
		arguments map[string]any
		want      string
	}{
		"software":         {"", nil, get("", software)},
		"hardware":         {"", map[string]any{"authcode": authcode}, get("", hardware)},
		"null authcode":    {"", map[string]any{"authcode": nil}, get("", software)},
		"empty authcode":   {"", map[string]any{"authcode": ""}, get("", software)},
		"GET by its name":  {"", map[string]any{"method": "GET"}, get("", software)},
		"POST":             {"", map[string]any{"method": "POST"}, post(software)},
		"POST of hardware": {"", map[string]any{"method": "POST", "authcode": authcode}, post(hardware)},
		"trailing slash":   {"/", nil, get("", software)},
		"prefix":           {"/gate/lj/", nil, get("/gate/lj", software)},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, fake.Options{})
			arguments := map[string]any{"base_url": w.url + tc.path}
			for name, value := range tc.arguments {
				arguments[name] = value
			}
			_, _ = w.acquire(t.Context(), arguments) // the fake knows no prefix, and no hardware
			if diff := cmp.Diff([]string{tc.want}, w.requests); diff != "" {
				t.Errorf("requests (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAcquire(t *testing.T) {
	for name, tc := range map[string]struct {
		account   fake.Account
		arguments map[string]any
	}{
		"GET":           {},
		"POST":          {arguments: map[string]any{"method": "POST"}},
		"GET hardware":  {fake.Account{AuthCode: authcode}, map[string]any{"authcode": authcode}},
		"POST hardware": {fake.Account{AuthCode: authcode}, map[string]any{"method": "POST", "authcode": authcode}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, fake.Options{Account: tc.account})
			r, err := w.acquire(t.Context(), tc.arguments)
			if err != nil {
				t.Fatal(err)
			}
			token := "9d" + strings.Repeat("0", 36) + "1"
			want := map[string]any{"token": token, "access_token": token, "expires": 87.0, "updated": float64(w.now.UnixMilli())}
			if diff := cmp.Diff(want, attributes(t, r.Value)); diff != "" {
				t.Errorf("value (-want +got):\n%s", diff)
			}
			if r.Life != 30*24*time.Hour || r.Eternal || r.Renewable || r.UsableAfter != 0 || r.Private != nil {
				t.Errorf("got %+v, want a life of 30 days and no renewal", r)
			}
			if wrong := w.vendor.Violations(); wrong != nil || w.vendor.Calls() != 1 || !w.vendor.Alive(token) {
				t.Errorf("%d calls, want 1, and violations %q", w.vendor.Calls(), wrong)
			}
		})
	}
}

func TestLife(t *testing.T) {
	const day = 24 * time.Hour
	for name, tc := range map[string]struct {
		expires int64
		odd     fake.Oddity
		want    time.Duration
	}{
		"sample":           {87, fake.ByTheTable, 30 * day},
		"text":             {30, fake.ByTheTable, 30 * day},
		"29 days":          {29, fake.ByTheTable, 29 * day},
		"one day":          {1, fake.ByTheTable, day},
		"number as string": {7, fake.NumbersAsStrings, 7 * day},
		"huge":             {1<<63 - 1, fake.ByTheTable, 30 * day},
		"negative":         {87, fake.ExpiresNegative, 30 * day},
		"missing":          {7, fake.ExpiresMissing, 30 * day},
		"words":            {7, fake.ExpiresWords, 30 * day},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, fake.Options{Expires: tc.expires})
			w.vendor.Odd(tc.odd)
			r, err := w.acquire(t.Context(), nil)
			if err != nil {
				t.Fatal(err)
			}
			if r.Life != tc.want {
				t.Errorf("life %v, want %v", r.Life, tc.want)
			}
		})
	}
}

func TestOddAnswersThatAreGood(t *testing.T) {
	for _, odd := range []fake.Oddity{
		"", fake.ByTheTable, fake.NumbersAsStrings, fake.DataAsText, fake.ByteOrderMark, fake.UnknownFields,
	} {
		t.Run(string(odd), func(t *testing.T) {
			w := newWorld(t, fake.Options{})
			w.vendor.Odd(odd)
			r, err := w.acquire(t.Context(), nil)
			if err != nil {
				t.Fatal(err)
			}
			if got := attributes(t, r.Value); got["updated"] != float64(w.now.UnixMilli()) || got["expires"] != 87.0 {
				t.Errorf("got %v", got)
			}
		})
	}
}

func TestNumbersThatAreMissingAreNull(t *testing.T) {
	w := newWorld(t, fake.Options{})
	w.vendor.Misbehave(fake.Misbehaviour{Status: 200, Body: `{"status":0,"data":{"accessToken":"9d1","updated":"last week"}}`})
	r, err := w.acquire(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"token": "9d1", "access_token": "9d1", "expires": nil, "updated": nil}
	if diff := cmp.Diff(want, attributes(t, r.Value)); diff != "" {
		t.Errorf("value (-want +got):\n%s", diff)
	}
}
