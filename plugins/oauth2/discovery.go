package oauth2

import (
	"cmp"
	"context"
	"net/url"
	"strings"
	"time"

	"github.com/authrun/authrun/sdk"
)

// endpoints are the addresses of a server.
type endpoints struct {
	token, revocation string
	read              *int64 // when the metadata was read, in seconds since 1970; nil: it was not
}

// stale is how long metadata is relied on. It is kept with the credential, so that a token does not cost two calls each time.
const stale = 24 * time.Hour

// endpoints finds the server's addresses: as the configuration says them, as the held credential remembers them, or else by the metadata.
func (c Config) endpoints(ctx context.Context, h *sdk.Host, held Access) (endpoints, error) {
	if c.Issuer == "" {
		return endpoints{token: c.TokenURL, revocation: c.RevocationURL}, nil
	}
	if held.DiscoveredAt != nil && sameOrigin(held.TokenEndpoint, c.Issuer) {
		if age := h.Now().Sub(time.Unix(*held.DiscoveredAt, 0)); age >= 0 && age < stale {
			return endpoints{held.TokenEndpoint, cmp.Or(c.RevocationURL, held.RevocationEndpoint), held.DiscoveredAt}, nil
		}
	}
	return c.discover(ctx, h)
}

// metadataURL is where an issuer's metadata is.
func (c Config) metadataURL() string {
	u, err := url.Parse(c.Issuer)
	if err != nil {
		return c.Issuer
	}
	path := strings.TrimRight(u.EscapedPath(), "/")
	if c.Discovery == "openid" {
		return strings.TrimRight(c.Issuer, "/") + "/.well-known/openid-configuration"
	}
	// RFC 8414, 3.1: between host and path.
	return u.Scheme + "://" + u.Host + "/.well-known/oauth-authorization-server" + path
}

// discover reads the issuer's metadata.
func (c Config) discover(ctx context.Context, h *sdk.Host) (endpoints, error) {
	no := func(class sdk.Class, text string) (endpoints, error) {
		return endpoints{}, &sdk.Failure{Class: class, Text: text, Path: []string{"issuer"}}
	}
	a, err := h.Get(ctx, c.metadataURL(), sdk.Header("Accept", "application/json"))
	if err != nil {
		if class := sdk.ClassOf(err); a != nil && class == sdk.InvalidRequest {
			return no(class, "the issuer has no metadata at "+c.metadataURL()+"; set discovery to the other kind, or token_url in place of issuer")
		}
		return endpoints{}, err
	}
	var answer struct {
		Issuer     sdk.Text `json:"issuer"`
		Token      sdk.Text `json:"token_endpoint"`
		Revocation sdk.Text `json:"revocation_endpoint"`
	}
	if err := a.JSON(&answer); err != nil {
		return endpoints{}, err
	}
	found := endpoints{token: string(answer.Token), revocation: string(answer.Revocation)}
	read := h.Now().Unix()
	found.read = &read
	switch {
	case strings.TrimRight(string(answer.Issuer), "/") != strings.TrimRight(c.Issuer, "/"):
		// RFC 8414, 3.3: else anybody's metadata could be taken for that of the issuer.
		return no(sdk.InvalidRequest, "the metadata is that of another issuer; set issuer exactly as the server calls itself")
	case found.token == "":
		return no(sdk.MalformedAnswer, "the issuer's metadata names no token_endpoint")
	case !sameOrigin(found.token, c.Issuer):
		return no(sdk.InvalidRequest, "the issuer's token endpoint is at "+originOf(found.token)+", an address that the flow does not name; set token_url to it in place of issuer")
	case c.RevocationURL != "" || !sameOrigin(found.revocation, c.Issuer):
		found.revocation = c.RevocationURL // an address of another origin must be named by the flow
	}
	return found, nil
}

// sameOrigin tells whether two addresses have one scheme, host and port.
func sameOrigin(a, b string) bool { return originOf(a) != "" && originOf(a) == originOf(b) }

// originOf is the origin of an address; "" where it is none.
func originOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" {
		return ""
	}
	scheme, port := strings.ToLower(u.Scheme), u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[scheme]
	}
	return scheme + "://" + strings.ToLower(u.Hostname()) + ":" + port
}
