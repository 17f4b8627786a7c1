// Package sipauth gets tokens of a SIP platform whose API is a PhalApi service: everything is one form posted to one address, and HTTP 200
// says nothing about success.
//
// It is a plugin, and is imported by its own main alone.
package sipauth

import (
	"context"
	"net/http"
	"time"

	"github.com/authrun/authrun/sdk"
)

// Vendor is the plugin.
var Vendor = sdk.Vendor[Config, Login]{
	Name:    "sipauth",
	Doc:     "Tokens of a SIP platform (`App.Sip_Auth.Login`, a PhalApi service). A token lives for 12 hours.",
	Acquire: sdk.Op[Config, Login]{Calls: 1, Life: life, Do: acquire},
	Revoke:  sdk.Op[Config, Login]{Calls: 1, Do: revoke},
	Token: sdk.Token{
		Use: []sdk.Placement{{In: sdk.InForm, Name: "token", Value: "{token}"}},
		Dead: []sdk.Evidence{
			{Status: http.StatusOK, Pointer: "/ret", OneOf: []string{"600"}},
			// An extension was added since the login: the token lives, but is of no more use.
			{Status: http.StatusOK, Pointer: "/data/errors/code", OneOf: []string{"1010"}},
		},
	},
}

// life is how long a token lives from its receipt. The answer's authtime is not the moment of the login: it lags weeks behind.
const life = 12 * time.Hour

// exceptions are the values of `ret` other than 200: the framework refuses, and the service was not asked.
var exceptions = sdk.Codes{
	"4*": sdk.InvalidRequest, "5*": sdk.Unavailable,
	"600": sdk.TokenDead,
	"601": sdk.InvalidCredentials, "602": sdk.InvalidCredentials, "603": sdk.InvalidCredentials, "604": sdk.InvalidCredentials,
}

// The codes of `data.errors`, with `data.status` 1: the service refuses. Many services share them, so what is not listed means little by
// itself; a login that is refused for whatever reason is not to be repeated.
var (
	loginCodes  = sdk.Codes{"1001": sdk.Unavailable, "1002": sdk.Unavailable, "*": sdk.InvalidCredentials}
	logoutCodes = sdk.Codes{"1001": sdk.Unavailable, "1002": sdk.Unavailable, "1003": sdk.InvalidCredentials, "1010": sdk.TokenDead}
)

// acquire logs in.
func acquire(ctx context.Context, h *sdk.Host, c Config, _ Login) (no sdk.Credential[Login], err error) {
	d, err := call(ctx, h, c, "service", "App.Sip_Auth.Login", "appid", c.AppID, "accesskey", c.AccessKey.Reveal())
	if err != nil {
		return no, err
	}
	if d.Status != "0" {
		return no, loginCodes.Failure(d.Errors.V.Code, string(d.Desc))
	}
	r := d.Result.V
	return sdk.Credential[Login]{
		Value: Login{
			Token:       r.Token.Secret(),
			CompanyCode: string(r.CompanyCode),
			CompanyName: string(r.CompanyName),
			AuthTime:    string(r.AuthTime),
			AuthModel:   string(r.AuthModel),
		},
		Life: life,
	}, nil
}

// revoke logs out. A token that is dead already is as good as one that is ended now.
func revoke(ctx context.Context, h *sdk.Host, c Config, held Login) (no sdk.Credential[Login], err error) {
	d, err := call(ctx, h, c, "service", "App.Sip_Auth.Logout", "token", held.Token.Reveal())
	if err == nil && d.Status != "0" {
		err = logoutCodes.Failure(d.Errors.V.Code, string(d.Desc))
	}
	if sdk.ClassOf(err) == sdk.TokenDead {
		return sdk.Credential[Login]{Text: "the token was dead already"}, nil
	}
	return no, err
}
