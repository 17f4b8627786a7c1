// Package oauth2 gets access tokens of OAuth 2.0 servers: by client credentials, by a refresh token that may rotate, or by a password. It
// finds a server's addresses by its metadata, says who the client is by secret or by a signed assertion, and ends tokens where the server
// can do that.
//
// It is a plugin, and is imported by its own main alone.
package oauth2

import (
	"context"
	"crypto/rand"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/authrun/authrun/sdk"
)

// Vendor is the plugin.
var Vendor = New(rand.Reader)

// New makes the plugin with the source of what is random in assertions, which a test replaces.
func New(random io.Reader) sdk.Vendor[Config, Access] {
	type op = func(context.Context, *sdk.Host, Config, Access) (sdk.Credential[Access], error)
	with := func(do func(context.Context, *server, Access) (sdk.Credential[Access], error)) op {
		return func(ctx context.Context, h *sdk.Host, c Config, held Access) (sdk.Credential[Access], error) {
			return do(ctx, &server{h: h, c: c, random: random}, held)
		}
	}
	return sdk.Vendor[Config, Access]{
		Name:       "oauth2",
		Doc:        "Access tokens of OAuth 2.0 servers: client credentials, refresh tokens, signed client assertions, discovery and revocation.",
		Acquire:    sdk.Op[Config, Access]{Calls: 2, Do: with(acquire)}, // the metadata, and the token
		Renew:      sdk.Op[Config, Access]{Calls: 2, Do: with(renew)},
		Revoke:     sdk.Op[Config, Access]{Calls: 3, Do: with(revoke)}, // a refresh token, too
		Check:      check,
		Rules:      []sdk.Rule{sdk.ExactlyOne("issuer", "token_url"), sdk.Together("username", "password")},
		OpenLimits: true,
		Token: sdk.Token{
			Second: sdk.KeepsFirst,
			Use:    []sdk.Placement{{In: sdk.InHeader, Name: "Authorization", Value: "Bearer {token}"}},
			Dead:   []sdk.Evidence{{Status: http.StatusUnauthorized}},
			From:   sdk.TokenFrom{Second: "second"},
		},
	}
}

// server is the authorization server, as one operation sees it.
type server struct {
	h      *sdk.Host
	c      Config
	random io.Reader
}

// acquire gets a token by the grant that the configuration names.
func acquire(ctx context.Context, s *server, held Access) (no sdk.Credential[Access], err error) {
	if s.c.Grant == byRefresh {
		return s.refresh(ctx, held, latest(s.c, held))
	}
	fields := []string{"grant_type", s.c.Grant}
	if s.c.Grant == byPassword {
		fields = append(fields, "username", s.c.Username, "password", s.c.Password.Reveal())
	}
	credential, _, err := s.token(ctx, held, append(fields, s.c.wishes()...), "")
	return credential, err
}

// latest is the refresh token that is good now: what the server gave last, else the one of the configuration.
func latest(c Config, held Access) sdk.Secret {
	if held.RefreshToken != "" {
		return held.RefreshToken
	}
	return c.RefreshToken
}

// renew gets a token for the refresh token that came with the held one.
func renew(ctx context.Context, s *server, held Access) (sdk.Credential[Access], error) {
	if held.RefreshToken == "" {
		return sdk.Credential[Access]{}, &sdk.Failure{Class: sdk.TokenDead, Text: "no refresh token came with the token, so a new one is taken"}
	}
	return s.refresh(ctx, held, held.RefreshToken)
}

// refresh gets a token for a refresh token. Scopes and the like stay what they are.
func (s *server) refresh(ctx context.Context, held Access, refresh sdk.Secret) (sdk.Credential[Access], error) {
	credential, a, err := s.token(ctx, held, append([]string{"grant_type", byRefresh, "refresh_token", refresh.Reveal()}, s.c.extras()...), refresh)
	over := named(a, "invalid_grant")
	switch {
	case s.c.Grant == byRefresh && over:
		// There is no other way to a token, so it would be the same refresh token again.
		err = &sdk.Failure{Class: sdk.InvalidCredentials, Path: []string{"refresh_token"},
			Text: "the server does not take the refresh token any more (invalid_grant); a person has to consent again, and refresh_token be set to what that brings"}
	case s.c.Grant != byRefresh && (over || a != nil && sdk.ClassOf(err) == sdk.InvalidRequest):
		// Whatever is wrong with the renewal, there is another way to a token.
		err = &sdk.Failure{Class: sdk.TokenDead, Text: "the server does not renew the token, so a new one is taken"}
	}
	return credential, err
}

// wishes are the parameters that say what for a token is.
func (c Config) wishes() []string {
	var fields []string
	if len(c.Scopes) > 0 {
		fields = append(fields, "scope", strings.Join(c.Scopes, " "))
	}
	if c.Audience != "" {
		fields = append(fields, "audience", c.Audience)
	}
	return append(fields, c.extras()...)
}

// extras are the parameters that every token request carries.
func (c Config) extras() []string {
	var fields []string
	for _, resource := range c.Resources {
		fields = append(fields, "resource", resource)
	}
	for _, name := range slices.Sorted(maps.Keys(c.Params)) {
		fields = append(fields, name, c.Params[name])
	}
	for _, name := range slices.Sorted(maps.Keys(c.SensitiveParams)) {
		fields = append(fields, name, c.SensitiveParams[name].Reveal())
	}
	return fields
}

// token makes a token request of fields, and reads what is answered. Refresh is the refresh token that stays good where the answer brings
// no other.
func (s *server) token(ctx context.Context, held Access, fields []string, refresh sdk.Secret) (no sdk.Credential[Access], a *sdk.Answer, err error) {
	at, err := s.c.endpoints(ctx, s.h, held)
	if err != nil {
		return no, nil, err
	}
	a, err = s.post(ctx, at, at.token, fields)
	if err := refusal(a, err); err != nil {
		return no, a, err
	}
	credential, err := s.c.read(a, at, refresh)
	return credential, a, err
}

// post sends a form to an address of the server, with who the client is.
func (s *server) post(ctx context.Context, at endpoints, address string, fields []string) (*sdk.Answer, error) {
	who, options, err := s.c.identify(s.h, s.random, at.token)
	if err != nil {
		return nil, err
	}
	return s.h.Post(ctx, address, sdk.Form(append(fields, who...)...), append(options, sdk.Header("Accept", "application/json"))...)
}

// read makes a credential of an answer.
func (c Config) read(a *sdk.Answer, at endpoints, refresh sdk.Secret) (no sdk.Credential[Access], err error) {
	var answer struct {
		AccessToken  sdk.Text `json:"access_token"`
		TokenType    sdk.Text `json:"token_type"`
		ExpiresIn    *sdk.Int `json:"expires_in"`
		RefreshToken sdk.Text `json:"refresh_token"`
		Scope        sdk.Text `json:"scope"`
		IDToken      sdk.Text `json:"id_token"`
	}
	if err := a.JSON(&answer); err != nil {
		return no, err
	}
	value := Access{Token: answer.AccessToken.Secret(), TokenType: string(answer.TokenType), Scope: string(answer.Scope),
		ExpiresIn: (*int64)(answer.ExpiresIn), IDToken: answer.IDToken.Secret(), RefreshToken: answer.RefreshToken.Secret(),
		TokenEndpoint: at.token, RevocationEndpoint: at.revocation, DiscoveredAt: at.read}
	if value.Scope == "" {
		value.Scope = strings.Join(c.Scopes, " ") // RFC 6749, 5.1: left out where it is what was asked for
	}
	if value.RefreshToken == "" {
		value.RefreshToken = refresh // it does not rotate
	}
	var life time.Duration
	switch {
	case answer.ExpiresIn != nil && *answer.ExpiresIn > 0:
		life = answer.ExpiresIn.Duration(time.Second)
	case c.Lifetime != nil:
		life = *c.Lifetime
	default:
		return no, &sdk.Failure{Class: sdk.MalformedAnswer, Path: []string{"lifetime"},
			Text: "the answer does not say how long the token lives (expires_in); set lifetime to what the server's documentation says"}
	}
	return sdk.Credential[Access]{Value: value, Life: life, Renewable: value.RefreshToken != ""}, nil
}
