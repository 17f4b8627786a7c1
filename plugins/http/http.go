// Package httpvendor gets tokens of any vendor that can be described: what to ask, how to sign it, what the answer means, how long the
// token lives. The description is the configuration.
//
// It is a plugin, and is imported by its own main alone.
package httpvendor

import (
	"cmp"
	"context"
	"crypto/rand"
	"io"
	"time"

	"github.com/authrun/authrun/sdk"
)

// Vendor is the plugin.
var Vendor = New(rand.Reader)

// New makes the plugin with the source of what is random in requests, which a test replaces.
func New(random io.Reader) sdk.Vendor[Config, Access] {
	return sdk.Vendor[Config, Access]{
		Name: "http",
		Doc:  "Tokens of any vendor with an HTTP interface, described by the flow: requests, signatures, answers, limits.",
		Acquire: sdk.Op[Config, Access]{Calls: 1, Do: func(ctx context.Context, h *sdk.Host, c Config, held Access) (sdk.Credential[Access], error) {
			return acquire(ctx, h, random, c, held)
		}},
		Renew: sdk.Op[Config, Access]{Calls: 1, Do: func(ctx context.Context, h *sdk.Host, c Config, held Access) (sdk.Credential[Access], error) {
			return renew(ctx, h, random, c, held)
		}},
		Revoke: sdk.Op[Config, Access]{Calls: 1, Do: func(ctx context.Context, h *sdk.Host, c Config, held Access) (sdk.Credential[Access], error) {
			return revoke(ctx, h, random, c, held)
		}},
		Check:      check,
		OpenLimits: true,
		BlockRules: rules(),
		Token: sdk.Token{
			Use:  []sdk.Placement{{In: sdk.InHeader, Name: "Authorization", Value: "Bearer {token}"}},
			From: sdk.TokenFrom{Second: "second", FreshWithin: "fresh_within", Overlap: "overlap", Sliding: "sliding", Use: "use", Dead: "dead"},
		},
	}
}

// rules are what holds among the arguments of the blocks.
func rules() map[string][]sdk.Rule {
	all := map[string][]sdk.Rule{"dead": {sdk.Together("pointer", "one_of")}}
	for _, operation := range []string{"acquire", "renew", "revoke"} {
		all[operation] = []sdk.Rule{sdk.AtMostOne("json", "form", "multipart", "xml", "raw")}
	}
	for _, credential := range []string{"acquire.credential", "renew.credential"} {
		all[credential] = []sdk.Rule{sdk.AtMostOne("lifetime_at", "expires_at")}
	}
	return all
}

// newScene is what the placeholders of an operation see.
func newScene(h *sdk.Host, random io.Reader, c Config, held Access) (*scene, error) {
	zone, err := time.LoadLocation(c.Zone)
	if err != nil {
		return nil, &sdk.Failure{Class: sdk.InvalidRequest, Text: "the time zone is not known", Path: []string{"zone"}}
	}
	return &scene{c: c, held: held, now: h.Now(), zone: zone, random: random, learn: h.Learn, made: map[string]string{}}, nil
}

// ask makes a request and judges its answer. Known tells whether a failure block of the flow says what the failure means.
func ask(ctx context.Context, h *sdk.Host, s *scene, r Request, address string) (a *reply, known bool, err error) {
	answer, err := r.send(ctx, h, s, address)
	if answer == nil {
		return nil, true, err
	}
	a = &reply{Answer: answer, language: r.Answer}
	for _, refusal := range r.Failure {
		known = known || refusal.fits(a)
	}
	return a, known, r.judge(a, err)
}

// acquire gets a token.
func acquire(ctx context.Context, h *sdk.Host, random io.Reader, c Config, _ Access) (no sdk.Credential[Access], err error) {
	s, err := newScene(h, random, c, Access{})
	if err != nil {
		return no, err
	}
	a, _, err := ask(ctx, h, s, c.Acquire.Request, c.BaseURL)
	if err != nil {
		return no, err
	}
	credential, err := c.Acquire.Credential.read(a, Access{}, s.zone)
	credential.Renewable = c.renewable(credential.Value)
	return credential, err
}

// renewable tells whether the renew request can be made for a credential.
func (c Config) renewable(held Access) bool {
	return c.Renew != nil && (held.RefreshToken != "" || !c.uses(c.Renew.Request, nameRefresh))
}

// renew prolongs or replaces a token.
func renew(ctx context.Context, h *sdk.Host, random io.Reader, c Config, held Access) (no sdk.Credential[Access], err error) {
	if !c.renewable(held) {
		return no, &sdk.Failure{Class: sdk.TokenDead, Text: "there is nothing to renew the token with, so a new one is taken"}
	}
	s, err := newScene(h, random, c, held)
	if err != nil {
		return no, err
	}
	a, known, err := ask(ctx, h, s, c.Renew.inherit(c.Acquire.Request), cmp.Or(c.RenewURL, c.BaseURL))
	if err != nil {
		return no, asRenewal(err, known)
	}
	where := c.Acquire.Credential
	if c.Renew.Credential != nil {
		where = *c.Renew.Credential
	}
	if c.Renew.Keeps {
		life, err := where.life(a, s.zone)
		return sdk.Credential[Access]{Same: true, Life: life, Renewable: true}, err
	}
	credential, err := where.read(a, held, s.zone)
	credential.Renewable = c.renewable(credential.Value)
	return credential, err
}

// inherit is the request with what it leaves to that of acquire: how its answer is judged. Of an answer in another language nothing is the same.
func (r Request) inherit(from Request) Request {
	language := cmp.Or(from.Answer, "json")
	if r.Answer != "" && r.Answer != language {
		return r
	}
	r.Answer = language
	if len(r.Success) == 0 {
		r.Success = from.Success
	}
	if len(r.Failure) == 0 {
		r.Failure = from.Failure
	}
	r.Message = cmp.Or(r.Message, from.Message)
	return r
}

// revoke ends a token. One that is dead already is as good as one that is ended now.
func revoke(ctx context.Context, h *sdk.Host, random io.Reader, c Config, held Access) (no sdk.Credential[Access], err error) {
	if c.Revoke == nil {
		return sdk.Credential[Access]{NotAtVendor: true, Text: "the flow describes no request that ends it"}, nil
	}
	s, err := newScene(h, random, c, held)
	if err != nil {
		return no, err
	}
	_, _, err = ask(ctx, h, s, c.Revoke.inherit(c.Acquire.Request), cmp.Or(c.RevokeURL, c.BaseURL))
	if sdk.ClassOf(err) == sdk.TokenDead {
		return sdk.Credential[Access]{Text: "the token was dead already"}, nil
	}
	return no, err
}
