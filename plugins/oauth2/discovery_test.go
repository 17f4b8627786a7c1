package oauth2_test

import (
	"strings"
	"testing"
	"time"

	"github.com/authrun/authrun/plugins/oauth2/fake"
	"github.com/authrun/authrun/sdk"
)

// The metadata is read once a day, however many tokens that day needs.
func TestDiscovery(t *testing.T) {
	for _, kind := range []string{"openid", "oauth"} {
		b, server := newBench(t, nil, args{"issuer": "", "discovery": kind})
		r, token := b.Acquire(b.Config)
		if !server.Alive(token) || server.Calls() != 2 || b.Attributes(r)["token_endpoint"] != b.URL+"/token" {
			t.Errorf("%s: %s after %d calls", kind, r.Value, server.Calls())
		}
		for _, step := range []struct {
			after time.Duration
			calls int
		}{{23 * time.Hour, 3}, {2 * time.Hour, 5}, {-48 * time.Hour, 7}} {
			b.Now = b.Now.Add(step.after)
			next, err := b.Run(sdk.OpAcquire, b.Config, held(t, b, r))
			if err != nil || server.Calls() != step.calls {
				t.Errorf("%s: after %s there were %d calls, want %d (%v)", kind, step.after, server.Calls(), step.calls, err)
			}
			r = next
		}
		if ended, err := b.Run(sdk.OpRevoke, b.Config, held(t, b, r)); err != nil || ended.NotAtVendor || server.Calls() != 8 {
			t.Errorf("%s: %v: %+v after %d calls", kind, err, ended, server.Calls())
		}
		b.Clean()
	}
}

// An issuer with a path has its metadata behind the path (OpenID), or between host and path (RFC 8414).
func TestMetadataURL(t *testing.T) {
	for _, kind := range []string{"openid", "oauth"} {
		b, server := newBench(t, func(o *fake.Options) { o.Prefix = "/realm" }, args{"issuer": "", "discovery": kind})
		_, err := b.Run(sdk.OpAcquire, b.With(args{"issuer": b.URL + "/realm/"}), nil)
		violations := strings.Join(server.Violations(), "\n")
		want := map[string]string{"openid": "GET /realm/.well-known/openid-configuration: the vendor documents no such request", "oauth": "POST /realm/token: the vendor documents no such request"}
		if violations != want[kind] || err == nil {
			t.Errorf("%s: %s (%v)", kind, violations, err)
		}
	}
}

func TestDiscoveryRefuses(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*fake.Options)
		odd    fake.Oddity
		class  sdk.Class
		words  string
	}{
		{"another issuer", nil, fake.OtherIssuer, sdk.InvalidRequest, "that of another issuer"},
		{"no token endpoint", nil, fake.NoTokenURL, sdk.MalformedAnswer, "names no token_endpoint"},
		{"another origin", func(o *fake.Options) { o.TokenURL = "https://login.example/token" }, "", sdk.InvalidRequest,
			"is at https://login.example:443, an address that the flow does not name; set token_url"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, server := newBench(t, c.change, args{"issuer": ""})
			server.Odd(c.odd)
			_, err := b.Run(sdk.OpAcquire, b.Config, nil)
			fails(t, err, c.class, c.words)
			if server.Calls() != 1 {
				t.Errorf("%d calls", server.Calls())
			}
		})
	}
	b, server := newBench(t, nil, args{"issuer": ""})
	server.Misbehave(fake.Misbehaviour{Status: 404, Times: 1})
	_, err := b.Run(sdk.OpAcquire, b.Config, nil)
	fails(t, err, sdk.InvalidRequest, "no metadata at "+b.URL+"/.well-known/openid-configuration")
	server.Odd(fake.NoRevocation)
	r, _ := b.Acquire(b.Config)
	if ended, err := b.Run(sdk.OpRevoke, b.Config, held(t, b, r)); err != nil || !ended.NotAtVendor {
		t.Errorf("%v: %+v", err, ended)
	}
}
