// Package ekuaibao gets access tokens of Ekuaibao (易快报, now 合思), an expense service: a pair of an access and a refresh token for a
// company's key, refreshed while it lives.
//
// It is a plugin, and is imported by its own main alone.
package ekuaibao

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/authrun/authrun/sdk"
)

// Vendor is the plugin.
var Vendor = sdk.Vendor[Config, Pair]{
	Name:    "ekuaibao",
	Doc:     "Access tokens of Ekuaibao (易快报 / 合思), for the calls of its open interface.",
	Acquire: sdk.Op[Config, Pair]{Calls: 1, Life: defaultLife, Do: acquire},
	Renew:   sdk.Op[Config, Pair]{Calls: 1, Life: renewedLife, Do: renew},
	Token: sdk.Token{
		Use: []sdk.Placement{{In: sdk.InQuery, Name: "accessToken", Value: "{token}"}},
		// A call that the company's licence does not cover is refused in the same way.
		Dead: []sdk.Evidence{{Status: http.StatusForbidden, Weak: true}},
	},
}

// defaultLife is the life that the vendor's documentation gives to a fetched token. It counts where an answer names no end.
const defaultLife = 2 * time.Hour

// renewedLife is the longest life of a pair that was exchanged for an older one, by the vendor's pages. The answer names its own.
const renewedLife = 32 * 24 * time.Hour

// acquire fetches a pair for the company's key. The key travels in the body: in the query the vendor refuses it.
func acquire(ctx context.Context, h *sdk.Host, c Config, _ Pair) (no sdk.Credential[Pair], err error) {
	a, err := h.Post(ctx, address(c, "/api/openapi/v1/auth/getAccessToken"), sdk.JSON(struct {
		AppKey      string     `json:"appKey"`
		AppSecurity sdk.Secret `json:"appSecurity"`
	}{c.AppKey, c.AppSecurity}))
	if err != nil {
		if a != nil && a.Status == http.StatusForbidden {
			return no, &sdk.Failure{Class: sdk.InvalidCredentials, Text: "the vendor answered HTTP 403: app_key or app_security is wrong, or base_url " +
				"is not the address of this company's environment"}
		}
		return no, err
	}
	return read(a, c)
}

// renew exchanges a living pair for a new one. Whatever the vendor refuses, the pair is worth nothing more, and a new one has to be fetched.
func renew(ctx context.Context, h *sdk.Host, c Config, held Pair) (no sdk.Credential[Pair], err error) {
	if held.RefreshToken == "" {
		return no, &sdk.Failure{Class: sdk.TokenDead, Text: "the held pair has no refresh token"}
	}
	// Documented are query parameters, in this order, and no body.
	a, err := h.Post(ctx, address(c, "/api/openapi/v2/auth/refreshToken"), nil,
		sdk.Query("accessToken", held.Token.Reveal(), "refreshToken", held.RefreshToken.Reveal(), "powerCode", c.PowerCode))
	if err != nil {
		if a != nil && refused(a.Status) {
			return no, &sdk.Failure{Class: sdk.TokenDead, Text: "the vendor does not refresh this pair: it is too old, or was refreshed before"}
		}
		return no, err
	}
	return read(a, c)
}

// refused tells whether an HTTP status is the vendor's no to a pair, and not a request to try later.
func refused(status int) bool {
	return status >= 400 && status < 500 && status != http.StatusTooManyRequests
}

// address joins a documented path to the base URL.
func address(c Config, path string) string {
	return strings.TrimRight(c.BaseURL, "/") + path
}

// read makes a credential of the answer that both calls give.
func read(a *sdk.Answer, c Config) (no sdk.Credential[Pair], err error) {
	var answer struct {
		Value sdk.Lax[struct {
			AccessToken   sdk.Text `json:"accessToken"`
			RefreshToken  sdk.Text `json:"refreshToken"`
			ExpireTime    sdk.Int  `json:"expireTime"`
			CorporationID sdk.Text `json:"corporationId"`
		}] `json:"value"`
	}
	if err := a.JSON(&answer); err != nil {
		return no, err
	}
	v := answer.Value.V
	life, expireTime := defaultLife, (*int64)(nil)
	if v.ExpireTime != 0 {
		life, expireTime = a.LifeUntil(time.UnixMilli(int64(v.ExpireTime))), (*int64)(&v.ExpireTime)
	}
	return sdk.Credential[Pair]{
		Value: Pair{
			Token:         v.AccessToken.Secret(),
			AccessToken:   v.AccessToken.Secret(),
			RefreshToken:  v.RefreshToken.Secret(),
			ExpireTime:    expireTime,
			CorporationID: string(v.CorporationID),
		},
		Life:        life,
		Renewable:   v.RefreshToken != "",
		UsableAfter: c.Settle,
	}, nil
}
