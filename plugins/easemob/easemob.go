// Package easemob gets app tokens of Easemob (环信), an instant messaging service. The vendor blocks accounts that ask often, so a token is
// reused while it lives.
//
// It is a plugin, and is imported by its own main alone.
package easemob

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/authrun/authrun/sdk"
)

// Vendor is the plugin.
var Vendor = sdk.Vendor[Config, AppToken]{
	Name:    "easemob",
	Doc:     "App tokens of Easemob (环信), for the calls of its REST API.",
	Acquire: sdk.Op[Config, AppToken]{Calls: 1, Life: sampleLife, Do: acquire},
	Limits: []sdk.Limit{{
		Name:        "pace", // how often is too often the vendor does not say
		Scope:       []string{"client_id"},
		Counts:      []sdk.Operation{sdk.OpAcquire},
		MinInterval: time.Second,
	}},
	Token: sdk.Token{
		Second: sdk.KeepsFirst,
		Use:    []sdk.Placement{{In: sdk.InHeader, Name: "Authorization", Value: "Bearer {token}"}},
		Dead:   []sdk.Evidence{{Status: http.StatusUnauthorized}},
	},
}

// sampleLife is the life of the token in the documentation's sample, for plans; the app's owner sets it in the vendor's console.
const sampleLife = 1_024_000 * time.Second

// tokenRequest is the body of the request, in the documentation's order.
type tokenRequest struct {
	GrantType    string     `json:"grant_type"`
	ClientID     string     `json:"client_id"`
	ClientSecret sdk.Secret `json:"client_secret"`
	TTL          *int64     `json:"ttl,omitempty"`
}

// acquire asks for a token.
func acquire(ctx context.Context, h *sdk.Host, c Config, _ AppToken) (no sdk.Credential[AppToken], err error) {
	where := strings.TrimRight(c.BaseURL, "/") + "/" + url.PathEscape(c.OrgName) + "/" + url.PathEscape(c.AppName) + "/token"
	body := sdk.JSON(tokenRequest{GrantType: "client_credentials", ClientID: c.ClientID, ClientSecret: c.ClientSecret, TTL: c.TTL})
	a, err := h.Post(ctx, where, body, sdk.Header("Accept", "application/json"))
	if err != nil {
		return no, refusal(a, err)
	}
	var answer struct {
		AccessToken sdk.Text `json:"access_token"`
		ExpiresIn   *sdk.Int `json:"expires_in"`
		Application sdk.Text `json:"application"`
	}
	if err := a.JSON(&answer); err != nil {
		return no, err
	}
	if a.Status != http.StatusOK {
		return no, &sdk.Failure{Class: sdk.MalformedAnswer, Text: "the answer is not one of HTTP 200"}
	}
	return sdk.Credential[AppToken]{
		Value: AppToken{
			Token:       answer.AccessToken.Secret(),
			AccessToken: answer.AccessToken.Secret(),
			ExpiresIn:   (*int64)(answer.ExpiresIn),
			Application: string(answer.Application),
		},
		Life: life(c, answer.ExpiresIn),
	}, nil
}

// eternity is a life that nobody asks for: a longer one means that the token never expires.
const eternity = 100 * 365 * 24 * time.Hour

// life is how long a token lives whose answer says expiresIn; nil: it does not say.
func life(c Config, expiresIn *sdk.Int) time.Duration {
	if c.TTL != nil && *c.TTL == 0 || expiresIn == nil || *expiresIn <= 0 {
		return sdk.Forever
	}
	unit := time.Second
	if c.TTLUnit == "ms" {
		unit = time.Millisecond
	}
	if d := expiresIn.Duration(unit); d <= eternity {
		return d
	}
	return sdk.Forever
}
