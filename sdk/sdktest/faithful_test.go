package sdktest

import (
	"context"
	"time"

	"github.com/authrun/authrun/sdk"
)

// settings and ticket are the types of the vendors that these tests examine.
type settings struct {
	BaseURL string     `auth:"base_url,endpoint,account" default:"https://vendor.example" doc:"Address."`
	User    string     `auth:"user,account" match:"[a-z]+" doc:"Who asks."`
	Secret  sdk.Secret `auth:"secret" doc:"Signing key."`
	Region  *string    `auth:"region,optional" oneof:"cn sg" doc:"Where."`
}

type ticket struct {
	Token   sdk.Secret `auth:"token"`
	Company string     `auth:"company" doc:"Whose."`
	Refresh sdk.Secret `auth:"refresh,private" doc:"For renewal."`
}

type ending = sdk.Credential[ticket]

// faithful is a vendor without a fault: a login of two exchanges, a rotating pair, a logout.
func faithful() sdk.Vendor[settings, ticket] {
	return sdk.Vendor[settings, ticket]{
		Name: "faithful", Doc: "A vendor without a fault.",
		Acquire: sdk.Op[settings, ticket]{Calls: 2, Do: login},
		Renew: sdk.Op[settings, ticket]{Calls: 1, Do: func(ctx context.Context, h *sdk.Host, c settings, held ticket) (ending, error) {
			return ask(ctx, h, c, "/refresh", sdk.Form("ticket", held.Token.Reveal(), "refresh", held.Refresh.Reveal()))
		}},
		Revoke: sdk.Op[settings, ticket]{Calls: 1, Do: func(ctx context.Context, h *sdk.Host, c settings, held ticket) (ending, error) {
			_, err := h.Get(ctx, c.BaseURL+"/logout", sdk.Query("ticket", held.Token.Reveal()))
			return ending{}, err
		}},
		Limits: []sdk.Limit{{Name: "daily", Scope: []string{"user"}, Quota: &sdk.Quota{Count: 9, Per: sdk.CalendarDay, Zone: "Asia/Shanghai"}}},
		Token:  sdk.Token{Use: []sdk.Placement{{In: sdk.InHeader, Name: "X-Ticket", Value: "{token}"}}},
	}
}

// login asks for a nonce and signs with it.
func login(ctx context.Context, h *sdk.Host, c settings, _ ticket) (none ending, err error) {
	a, err := h.Get(ctx, c.BaseURL+"/nonce", sdk.Header("X-User", c.User))
	if err != nil {
		return none, err
	}
	var r struct{ Nonce sdk.Text }
	if err := a.JSON(&r); err != nil {
		return none, err
	}
	if r.Nonce == "" {
		return none, &sdk.Failure{Class: sdk.MalformedAnswer, Text: "the vendor's answer has no nonce"}
	}
	h.Log().Debug("signing", "secret", c.Secret.Reveal(), "as", c.User)
	body := map[string]any{"user": c.User, "sign": h.HMACSHA256(c.Secret, string(r.Nonce))}
	if c.Region != nil {
		body["region"] = *c.Region
	}
	return ask(ctx, h, c, "/login", sdk.JSON(body))
}

// reply is every answer but that of the nonce.
type reply struct {
	Code sdk.Text
	Msg  string
	Data sdk.Lax[struct {
		Ticket, Refresh, Company sdk.Text
		Seconds                  sdk.Int
	}]
}

func ask(ctx context.Context, h *sdk.Host, c settings, path string, body sdk.Body) (none ending, err error) {
	a, err := h.Post(ctx, c.BaseURL+path, body)
	if err != nil {
		return none, err
	}
	var r reply
	if err := a.JSON(&r); err != nil {
		return none, err
	}
	if r.Code != "0" {
		return none, sdk.Codes{"1": sdk.InvalidCredentials, "2": sdk.TokenDead}.Failure(r.Code, r.Msg)
	}
	d := r.Data.V
	return ending{Value: ticket{Token: d.Ticket.Secret(), Company: string(d.Company), Refresh: d.Refresh.Secret()},
		Life: d.Seconds.Duration(time.Second), Renewable: true}, nil
}

// theScript is the vendor's side for all of these vendors, whose base_url is the default.
func theScript() Script {
	nonce := Exchange{
		Request: Request{Method: "GET", Path: "/nonce", Headers: map[string]string{"X-User": "$config.user"}},
		Answer:  Answer{Body: `{"nonce": 7}`},
	}
	signed := Request{Method: "POST", Path: "/login", JSON: map[string]any{"user": "kim", "sign": "$any"}}
	refreshed := Request{Method: "POST", Path: "/refresh", Form: map[string]string{"ticket": "$held.token", "refresh": "$held.refresh"}}
	return Script{
		Config: map[string]any{"user": "kim", "secret": "s3cr3t-signing-key"},
		Good: []Case{
			{Name: "login", Exchanges: []Exchange{nonce,
				{Request: signed, Answer: Answer{Body: `{"code": 0, "data": {"ticket": "TK-0123456789", "refresh": "RF-0123456789", "company": 42, "seconds": 7200}}`}}},
				Value: map[string]any{"token": "TK-0123456789", "company": "42", "refresh": "RF-0123456789"}, Life: "2h"},
			{Name: "login with a region", Config: map[string]any{"region": "sg"}, Exchanges: []Exchange{nonce,
				{Request: Request{Method: "POST", Path: "/login", JSON: map[string]any{"user": "kim", "sign": "$any", "region": "sg"}},
					Answer: Answer{Body: `{"code": "0", "data": "{\"ticket\": \"TK-9876543210\", \"refresh\": \"RF-9876543210\", \"seconds\": \"60\"}"}`}}}},
			{Name: "refresh", Operation: sdk.OpRenew, Exchanges: []Exchange{
				{Request: refreshed, Answer: Answer{Body: `{"code": 0, "data": {"ticket": "TK-aaaaaaaaaa", "refresh": "RF-aaaaaaaaaa", "seconds": 7200}}`}}}},
			{Name: "logout", Operation: sdk.OpRevoke, Exchanges: []Exchange{
				{Request: Request{Method: "GET", Path: "/logout", Query: map[string]string{"ticket": "$held.token"}}, Answer: Answer{Body: `{"code": 0}`}}}},
		},
		Refused: []Case{
			{Name: "wrong key", Class: sdk.InvalidCredentials, Exchanges: []Exchange{nonce, {Request: signed, Answer: Answer{Body: `{"code": 1, "msg": "bad s3cr3t-signing-key", "data": []}`}}}},
			{Name: "too fast", Class: sdk.RateLimited, RetryAfter: "30s",
				Exchanges: []Exchange{{Request: nonce.Request, Answer: Answer{Status: 429, Headers: map[string]string{"Retry-After": "30"}}}}},
		},
		Dead: []Case{{Name: "dead", Held: map[string]any{"token": "TK-dead-dead"}, Exchanges: []Exchange{{Request: refreshed, Answer: Answer{Body: `{"code": 2}`}}}}},
	}
}
