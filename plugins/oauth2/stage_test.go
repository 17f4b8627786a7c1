package oauth2_test

import (
	"testing"

	"github.com/authrun/authrun/plugins/oauth2"
	"github.com/authrun/authrun/plugins/oauth2/fake"
	"github.com/authrun/authrun/sdk/sdktest"
)

// args are arguments of an auth block, or attributes of a credential.
type args = map[string]any

// client is the client that the fake knows. What is odd in it must be encoded on the way.
var client = fake.Options{ClientID: "client:1", ClientSecret: "s3cret &+%", Username: "ann", Password: "pass-word", Consent: "consent-token-1",
	Scopes: []string{"read", "write"}}

// newBench makes a bench with the fake; change says how that differs from the usual one, config which arguments are set beside.
func newBench(t *testing.T, change func(*fake.Options), config args) (*sdktest.Bench, *fake.Server) {
	t.Helper()
	o := client
	if change != nil {
		change(&o)
	}
	server := fake.New(o)
	b := sdktest.NewBench(t, oauth2.Vendor, server, func(url string) args {
		all := args{"token_url": url + "/token", "revocation_url": url + "/revoke", "client_id": o.ClientID, "client_secret": o.ClientSecret}
		for name, value := range config {
			if all[name] = value; name == "issuer" {
				all["issuer"], all["token_url"], all["revocation_url"] = url, nil, nil
			}
		}
		return all
	})
	return b, server
}
