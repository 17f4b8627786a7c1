// Package ippbx gets API tokens of an IPPBX (OpenVox UC, and Yeastar's S-series before it), and keeps them alive. The PBX locks an address
// out after five wrong passwords in a row, for every application behind it.
//
// It is a plugin, and is imported by its own main alone.
package ippbx

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/authrun/authrun/sdk"
)

// What the vendor's documentation says of a token's life and of the lock.
const (
	idle      = 30 * time.Minute // a token dies when nothing happens for so long
	lockAfter = 5
	lockFor   = 10 * time.Minute
)

// Vendor is the plugin.
var Vendor = sdk.Vendor[Config, Session]{
	Name:    "ippbx",
	Doc:     "API tokens of an IPPBX. A token dies after 30 idle minutes; heartbeats prolong it.",
	Acquire: sdk.Op[Config, Session]{Calls: 1, Life: idle, Do: login},
	Renew:   sdk.Op[Config, Session]{Calls: 1, Life: idle, Do: heartbeat},
	Revoke:  sdk.Op[Config, Session]{Calls: 1, Do: logout},
	Rules:   []sdk.Rule{sdk.ExactlyOne("password", "password_md5")},
	Limits: []sdk.Limit{{
		Name:    "lockout",
		Scope:   []string{"base_url"}, // the PBX locks the caller's address, whoever logs in from it
		Counts:  []sdk.Operation{sdk.OpAcquire},
		Lockout: &sdk.Lockout{Refusals: lockAfter, Hold: lockFor},
	}},
	Token: sdk.Token{
		Sliding: true,
		Use:     []sdk.Placement{{In: sdk.InQuery, Name: "token", Value: "{token}"}},
		Dead:    []sdk.Evidence{{Status: http.StatusOK, Pointer: "/errno", OneOf: []string{"20004", "20005", "20006"}}},
	},
}

// login asks for a token. It sets where the PBX sends its event reports, too.
func login(ctx context.Context, h *sdk.Host, c Config, _ Session) (no sdk.Credential[Session], err error) {
	a, err := post(ctx, h, c, endpoint(c, "login")+"?type="+c.Format, newLogin(h, c))
	if err != nil {
		return no, err
	}
	r, err := read(a, c)
	if err != nil {
		return no, err
	}
	return sdk.Credential[Session]{Value: Session{Token: r.Token.Secret()}, Life: idle, Renewable: c.IPAddr != ""}, nil
}

// heartbeat makes the token live for another 30 minutes. It sets where event reports go as login does, so it sends the same values.
func heartbeat(ctx context.Context, h *sdk.Host, c Config, held Session) (no sdk.Credential[Session], err error) {
	if c.IPAddr == "" {
		return no, &sdk.Failure{Class: sdk.TokenDead, Text: "without ipaddr no heartbeat can be sent, so a new token is taken"}
	}
	where := endpoint(c, "heartbeat") + "?token=" + url.QueryEscape(held.Token.Reveal()) + "&type=" + c.Format
	a, err := post(ctx, h, c, where, newHeartbeat(c))
	if err != nil {
		return no, err
	}
	if _, err := read(a, c); err != nil {
		return no, err
	}
	return sdk.Credential[Session]{Same: true, Life: idle, Renewable: true}, nil
}

// logout ends the token. One that is dead already is as good as one that is ended now.
func logout(ctx context.Context, h *sdk.Host, c Config, held Session) (no sdk.Credential[Session], err error) {
	a, err := h.Post(ctx, endpoint(c, "logout")+"?token="+url.QueryEscape(held.Token.Reveal()), nil)
	if err == nil {
		_, err = read(a, c)
	}
	if sdk.ClassOf(err) == sdk.TokenDead {
		return sdk.Credential[Session]{Text: "the token was dead already"}, nil
	}
	return no, err
}
