package httpvendor_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/authrun/authrun/sdk"
)

// pair is a vendor that gives a pair of tokens.
var pair = over(judged, args{
	"acquire": args{"credential": args{"refresh_token_at": "/refresh", "renew_lifetime_at": "/refresh_life", "attributes": args{"company": "/company"}}},
	"renew":   args{"path": "/refresh", "form": args{"refresh": "{refresh_token}", "company": "{held.company}"}},
	"revoke":  args{"path": "/end", "method": "DELETE", "headers": args{"X": "{token}"}},
})

// The attributes of the pair that is held, and what is private in it.
var (
	heldPair  = args{"token": "HELD-token", "attributes": args{"company": "c1"}, "sensitive_attributes": args{}}
	heldQuiet = args{"refresh_token": "HELD-refresh"}
)

func TestAcquirePair(t *testing.T) {
	got, _, err := perform(t, &vendor{body: `{"code":0,"token":"T-123456","refresh":"R-123456","refresh_life":7200,"company":"c1"}`}, sdk.OpAcquire, pair)
	if err != nil {
		t.Fatal(err)
	}
	if !got.Renewable || got.RenewWithin != 2*time.Hour {
		t.Errorf("renewable: %v, within %s", got.Renewable, got.RenewWithin)
	}
	if diff := cmp.Diff(args{"refresh_token": "R-123456"}, members(t, got.Private)); diff != "" {
		t.Error(diff)
	}
	if got, _, err = perform(t, &vendor{body: `{"code":0,"token":"T-123456"}`}, sdk.OpAcquire, pair); err != nil || got.Renewable {
		t.Errorf("without a refresh token it is renewable: %v (%v)", got.Renewable, err)
	}
}

func TestRenew(t *testing.T) {
	v := &vendor{body: `{"code":0,"token":"T-123456","refresh":"R-123456","company":"c2"}`}
	got, _, err := perform(t, v, sdk.OpRenew, over(pair, args{"renew_url": "https://other.example/"}), heldPair, heldQuiet)
	if err != nil {
		t.Fatal(err)
	}
	if v.asked.URL.String() != "https://other.example/refresh" || v.sent != "company=c1&refresh=HELD-refresh" {
		t.Errorf("asked %s with %s", v.asked.URL, v.sent)
	}
	want := args{"token": "T-123456", "attributes": args{"company": "c2"}, "sensitive_attributes": args{}}
	if diff := cmp.Diff(want, members(t, got.Value)); diff != "" || !got.Renewable || got.Life != time.Hour {
		t.Errorf("%s; renewable: %v, life %s", diff, got.Renewable, got.Life)
	}
	// A vendor that does not rotate leaves the refresh token out.
	got, _, err = perform(t, &vendor{body: `{"code":0,"token":"T-123456"}`}, sdk.OpRenew, pair, heldPair, heldQuiet)
	if err != nil || !got.Renewable || members(t, got.Private)["refresh_token"] != "HELD-refresh" {
		t.Errorf("%v: %s", err, got.Private)
	}
}

// What a renewal is refused for makes the held token worthless, unless the flow says otherwise: then a new one is taken.
func TestRenewRefused(t *testing.T) {
	for _, c := range []struct {
		name string
		v    vendor
		want sdk.Class
	}{
		{"a code that nobody knows", vendor{body: `{"code":5}`}, sdk.TokenDead},
		{"status 400", vendor{status: 400, body: `{"code":5}`}, sdk.TokenDead},
		{"a code that is known", vendor{body: `{"code":7}`}, sdk.InvalidCredentials},
		{"out of order", vendor{status: 500}, sdk.Unavailable},
		{"too fast", vendor{status: 429}, sdk.RateLimited},
		{"a page", vendor{body: `<html>`}, sdk.MalformedAnswer},
	} {
		if _, _, err := perform(t, &c.v, sdk.OpRenew, pair, heldPair, heldQuiet); sdk.ClassOf(err) != c.want {
			t.Errorf("%s: ended with %v, want %s", c.name, err, c.want)
		}
	}
	v := &vendor{}
	if _, _, err := perform(t, v, sdk.OpRenew, pair, heldPair); sdk.ClassOf(err) != sdk.TokenDead || v.asked != nil {
		t.Errorf("without a refresh token it ended with %v", err)
	}
	if _, _, err := perform(t, v, sdk.OpRenew, plain, heldPair); sdk.ClassOf(err) != sdk.TokenDead || v.asked != nil {
		t.Errorf("without a renew block it ended with %v", err)
	}
}

func TestHeartbeat(t *testing.T) {
	config := over(plain, args{"renew": args{"path": "/beat", "method": "GET", "query": args{"t": "{token}"}, "keeps": true}})
	v := &vendor{body: `{}`}
	got, _, err := perform(t, v, sdk.OpRenew, config, heldPair)
	if err != nil || got.Value != nil || got.Life != time.Hour || !got.Renewable || v.asked.URL.String() != "https://vendor.example/api/beat?t=HELD-token" {
		t.Errorf("%v: %+v of %v", err, got, v.asked)
	}
}

func TestRevoke(t *testing.T) {
	v := &vendor{body: `{"code":0}`}
	got, _, err := perform(t, v, sdk.OpRevoke, over(pair, args{"revoke_url": "https://other.example"}), heldPair)
	if err != nil || got.NotAtVendor || v.asked.Method != "DELETE" || v.asked.URL.String() != "https://other.example/end" || v.asked.Header.Get("X") != "HELD-token" {
		t.Errorf("%v: %+v of %v", err, got, v.asked)
	}
	dead := over(pair, args{"revoke": args{"failure": []args{{"status": []int{404}, "class": "token_dead"}}}})
	if got, _, err = perform(t, &vendor{status: 404}, sdk.OpRevoke, dead, heldPair); err != nil || got.NotAtVendor || got.Text != "the token was dead already" {
		t.Errorf("a dead one: %v: %+v", err, got)
	}
	if got, _, err = perform(t, v, sdk.OpRevoke, plain, heldPair); err != nil || !got.NotAtVendor {
		t.Errorf("without a revoke block: %v: %+v", err, got)
	}
	if _, _, err = perform(t, &vendor{body: `{"code":5}`}, sdk.OpRevoke, pair, heldPair); sdk.ClassOf(err) != sdk.Unsupported {
		t.Errorf("a refusal: %v", err)
	}
	// An answer in another language is not judged as acquire's is.
	if _, _, err = perform(t, &vendor{status: 204}, sdk.OpRevoke, over(pair, args{"revoke": args{"answer": "text"}}), heldPair); err != nil {
		t.Errorf("an empty answer: %v", err)
	}
}
