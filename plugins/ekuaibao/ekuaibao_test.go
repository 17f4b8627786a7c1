package ekuaibao_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/authrun/authrun/plugins/ekuaibao"
	"github.com/authrun/authrun/plugins/ekuaibao/fake"
	"github.com/authrun/authrun/sdk"
)

// start is an instant that is no whole second, so that what a Date header cuts off shows.
var start = time.Date(2026, 3, 31, 15, 59, 58, 700_000_000, time.UTC)

// world is the plugin in this process, the vendor's server on loopback, a clock for each, and the requests that went over the wire.
type world struct {
	t          *testing.T
	plugin     sdk.Plugin
	vendor     *fake.Server
	url        string
	now        time.Time // the host's clock
	vendorTime time.Time // the vendor's
	requests   []string  // as they came, without what every exchange of the host carries
}

func newWorld(t *testing.T, o fake.Options) *world {
	t.Helper()
	plugin, err := ekuaibao.Vendor.Plugin()
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, plugin: plugin, now: start, vendorTime: start}
	o.Now = func() time.Time { return w.vendorTime }
	o.Account = fake.Account{AppKey: "key-1", AppSecurity: `s3cret&"<+é`}
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

// run does an operation with the arguments beside the account's, and the pair that is held.
func (w *world) run(ctx context.Context, op sdk.Operation, arguments map[string]any, held *sdk.Held) (sdk.Result, error) {
	w.t.Helper()
	config := map[string]any{"base_url": w.url, "app_key": "key-1", "app_security": `s3cret&"<+é`}
	for name, value := range arguments {
		config[name] = value
	}
	raw, err := json.Marshal(config)
	if err != nil {
		w.t.Fatal(err)
	}
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	return w.plugin.Run(ctx, sdk.Run{Operation: op, Config: raw, Held: held, Transport: transport, Now: func() time.Time { return w.now }})
}

func (w *world) acquire(arguments map[string]any) (sdk.Result, error) {
	return w.run(w.t.Context(), sdk.OpAcquire, arguments, nil)
}

// hold acquires a pair to be held.
func (w *world) hold() *sdk.Held {
	w.t.Helper()
	r, err := w.acquire(nil)
	if err != nil {
		w.t.Fatal(err)
	}
	return &sdk.Held{Value: r.Value, Private: r.Private, MadeBy: sdk.Version}
}

func attributes(t *testing.T, raw json.RawMessage) map[string]any {
	t.Helper()
	var value map[string]any
	if err := json.Unmarshal(raw, &value); err != nil {
		t.Fatal(err)
	}
	return value
}

const acquireRequest = "POST /api/openapi/v1/auth/getAccessToken HTTP/1.1\r\nHost: HOST\r\nContent-Length: 48\r\n" +
	"Content-Type: application/json\r\n\r\n" + `{"appKey":"key-1","appSecurity":"s3cret&\"<+é"}`

func TestAcquireSendsWhatIsDocumented(t *testing.T) {
	for name, tc := range map[string]struct{ path, want string }{
		"plain":          {"", acquireRequest},
		"trailing slash": {"/", acquireRequest},
		"prefix":         {"/gate/ekb/", strings.Replace(acquireRequest, "/api", "/gate/ekb/api", 1)},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, fake.Options{})
			_, _ = w.acquire(map[string]any{"base_url": w.url + tc.path}) // the fake knows no prefix
			if diff := cmp.Diff([]string{tc.want}, w.requests); diff != "" {
				t.Errorf("requests (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAcquire(t *testing.T) {
	w := newWorld(t, fake.Options{})
	r, err := w.acquire(map[string]any{"settle": "3s"})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"token": "ID01:u-E4PVy28Q0001", "access_token": "ID01:u-E4PVy28Q0001", "refresh_token": "ID01:asg4PVy28Q0001",
		"expire_time": float64(start.Add(2 * time.Hour).UnixMilli()), "corporation_id": "34A73EyI8A0w00",
	}
	if diff := cmp.Diff(want, attributes(t, r.Value)); diff != "" {
		t.Errorf("value (-want +got):\n%s", diff)
	}
	if r.Private != nil || r.Eternal || !r.Renewable || r.RenewWithin != 0 || r.UsableAfter != 3*time.Second {
		t.Errorf("got %+v, want a pair that can be renewed while it lives and is usable after 3 s", r)
	}
	if wrong := w.vendor.Violations(); wrong != nil || w.vendor.Calls() != 1 {
		t.Errorf("%d calls, want 1, and violations %q", w.vendor.Calls(), wrong)
	}
}

func TestLife(t *testing.T) {
	for name, tc := range map[string]struct {
		options fake.Options
		odd     fake.Oddity
		skew    time.Duration // of the vendor's clock
		want    time.Duration
	}{
		// 2 h from .7 s past the Date header's second, less one second for what the header cuts off.
		"same clocks":          {want: 2*time.Hour - 300*time.Millisecond},
		"vendor a day ahead":   {skew: 24 * time.Hour, want: 2*time.Hour - 300*time.Millisecond},
		"vendor a year behind": {skew: -365 * 24 * time.Hour, want: 2*time.Hour - 300*time.Millisecond},
		"no Date header":       {options: fake.Options{NoDate: true}, want: 2 * time.Hour},
		"short":                {options: fake.Options{Life: 10 * time.Second}, want: 10*time.Second - 300*time.Millisecond},
		"number as string":     {odd: fake.NumbersAsStrings, want: 2*time.Hour - 300*time.Millisecond},
		"no expiry":            {odd: fake.ExpiryMissing, want: 2 * time.Hour},
		"huge":                 {odd: fake.ExpiryHuge, want: sdk.Forever - time.Second}, // never an eternal one
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, tc.options)
			w.vendorTime = start.Add(tc.skew)
			w.vendor.Odd(tc.odd)
			r, err := w.acquire(nil)
			if err != nil {
				t.Fatal(err)
			}
			if missing := attributes(t, r.Value)["expire_time"] == nil; missing != (tc.odd == fake.ExpiryMissing) {
				t.Errorf("expire_time is missing: %v", missing)
			}
			if r.Life != tc.want || r.Eternal {
				t.Errorf("life %v, eternal %v, want %v", r.Life, r.Eternal, tc.want)
			}
		})
	}
}

func TestOddAnswersThatAreGood(t *testing.T) {
	for _, odd := range []fake.Oddity{fake.TrailingComma, fake.ByteOrderMark, fake.ValueAsText, fake.UnknownFields, fake.NumbersAsStrings} {
		t.Run(string(odd), func(t *testing.T) {
			w := newWorld(t, fake.Options{})
			w.vendor.Odd(odd)
			r, err := w.acquire(nil)
			if err != nil {
				t.Fatal(err)
			}
			if token := attributes(t, r.Value)["token"]; token != "ID01:u-E4PVy28Q0001" {
				t.Errorf("token is %v", token)
			}
		})
	}
}

func TestPairWithoutRefreshTokenCannotBeRenewed(t *testing.T) {
	w := newWorld(t, fake.Options{})
	w.vendor.Odd(fake.RefreshMissing)
	r, err := w.acquire(nil)
	if err != nil {
		t.Fatal(err)
	}
	if r.Renewable {
		t.Error("the pair is said to be renewable")
	}
	calls := w.vendor.Calls()
	_, err = w.run(t.Context(), sdk.OpRenew, nil, &sdk.Held{Value: r.Value})
	if sdk.ClassOf(err) != sdk.TokenDead || w.vendor.Calls() != calls {
		t.Errorf("renew ended with %v and %d calls, want token_dead and none", err, w.vendor.Calls()-calls)
	}
}

func TestRenew(t *testing.T) {
	w := newWorld(t, fake.Options{})
	held := w.hold()
	w.requests = nil
	r, err := w.run(t.Context(), sdk.OpRenew, map[string]any{"settle": "1s"}, held)
	if err != nil {
		t.Fatal(err)
	}
	wantRequest := "POST /api/openapi/v2/auth/refreshToken?accessToken=ID01%3Au-E4PVy28Q0001&refreshToken=ID01%3Aasg4PVy28Q0001&powerCode=219904" +
		" HTTP/1.1\r\nHost: HOST\r\nContent-Length: 0\r\n\r\n"
	if diff := cmp.Diff([]string{wantRequest}, w.requests); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
	want := map[string]any{
		"token": "ID01:u-E4PVy28Q0002", "access_token": "ID01:u-E4PVy28Q0002", "refresh_token": "ID01:asg4PVy28Q0002",
		"expire_time": float64(start.Add(32 * 24 * time.Hour).UnixMilli()), "corporation_id": "34A73EyI8A0w00",
	}
	if diff := cmp.Diff(want, attributes(t, r.Value)); diff != "" {
		t.Errorf("value (-want +got):\n%s", diff)
	}
	if life := 32*24*time.Hour - 300*time.Millisecond; r.Life != life || !r.Renewable || r.UsableAfter != time.Second {
		t.Errorf("got %+v, want a life of %v, renewable, usable after 1 s", r, life)
	}
	if w.vendor.Alive("ID01:u-E4PVy28Q0001") || !w.vendor.Alive("ID01:u-E4PVy28Q0002") {
		t.Error("the vendor does not hold the new pair alone")
	}
}

func TestRenewSendsThePowerCode(t *testing.T) {
	w := newWorld(t, fake.Options{PowerCode: "a b/1"})
	held := w.hold()
	if _, err := w.run(t.Context(), sdk.OpRenew, map[string]any{"power_code": "a b/1"}, held); err != nil {
		t.Errorf("renewing with the company's own licence code: %v", err)
	}
}

func TestRenewOfTheSamePairTwiceIsDead(t *testing.T) {
	w := newWorld(t, fake.Options{})
	held := w.hold()
	if _, err := w.run(t.Context(), sdk.OpRenew, nil, held); err != nil {
		t.Fatal(err)
	}
	if _, err := w.run(t.Context(), sdk.OpRenew, nil, held); sdk.ClassOf(err) != sdk.TokenDead {
		t.Errorf("the second renewal ended with %v, want token_dead", err)
	}
}

func TestRenewTooLateIsDead(t *testing.T) {
	w := newWorld(t, fake.Options{})
	held := w.hold()
	w.vendorTime = w.vendorTime.Add(2 * time.Hour)
	if _, err := w.run(t.Context(), sdk.OpRenew, nil, held); sdk.ClassOf(err) != sdk.TokenDead {
		t.Errorf("renewing a dead pair ended with %v, want token_dead", err)
	}
}
