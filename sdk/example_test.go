package sdk_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/authrun/authrun/sdk"
)

// Config is what an auth block for the made-up vendor Yunxun says. Its tags are the schema.
type Config struct {
	BaseURL string     `auth:"base_url,endpoint,account" default:"https://open.yunxun.example" doc:"Address of the open platform."`
	AppID   string     `auth:"app_id,account" match:"[a-z0-9]{8}" hint:"an application id has eight small letters and digits" doc:"Application id, from the console."`
	Secret  sdk.Secret `auth:"app_secret" doc:"Signing key, from the console."`
	Region  string     `auth:"region" oneof:"cn sg" default:"cn" doc:"Where the company is registered."`
}

// Ticket is the credential.
type Ticket struct {
	Token   sdk.Secret `auth:"token"`
	Company string     `auth:"company_id" doc:"Company that the ticket acts for."`
	Refresh sdk.Secret `auth:"refresh,private"` // sealed with the credential, never seen by a flow
}

// yunxun answers HTTP 200 to everything, tells success in the body, hands out a rotating pair and allows 200 logins a day.
var yunxun = sdk.Vendor[Config, Ticket]{
	Name: "yunxun", Doc: "Tickets of the Yunxun open platform.",
	Acquire: sdk.Op[Config, Ticket]{Calls: 1, Do: login},
	Renew:   sdk.Op[Config, Ticket]{Calls: 1, Do: refresh},
	Limits: []sdk.Limit{
		{Name: "daily", Scope: []string{"base_url", "app_id"}, Quota: &sdk.Quota{Count: 200, Per: sdk.CalendarDay, Zone: "Asia/Shanghai"}},
		{Name: "lockout", Scope: []string{"base_url"}, Lockout: &sdk.Lockout{Refusals: 3, Hold: 30 * time.Minute}},
	},
	Token: sdk.Token{
		Second: sdk.KillsFirst,
		Use: []sdk.Placement{
			{In: sdk.InHeader, Name: "X-Ticket", Value: "{token}"},
			{In: sdk.InHeader, Name: "X-Company", Value: "{company_id}"},
		},
		Dead: []sdk.Evidence{{Status: 200, Pointer: "/code", OneOf: []string{"4010", "4011"}}},
	},
}

// codes says what Yunxun's error codes mean.
var codes = sdk.Codes{"1003": sdk.InvalidCredentials, "1009": sdk.LockedOut, "2001": sdk.QuotaExhausted, "4010": sdk.TokenDead, "5*": sdk.Unavailable}

func login(ctx context.Context, h *sdk.Host, c Config, _ Ticket) (sdk.Credential[Ticket], error) {
	ts := h.Now().UTC().Format("20060102150405")
	return ask(ctx, h, c.BaseURL+"/v2/login", map[string]any{
		"appId": c.AppID, "region": c.Region, "ts": ts, "sign": h.HMACSHA256(c.Secret, c.AppID, ts),
	})
}

func refresh(ctx context.Context, h *sdk.Host, c Config, held Ticket) (sdk.Credential[Ticket], error) {
	return ask(ctx, h, c.BaseURL+"/v2/refresh", map[string]any{"ticket": held.Token, "refresh": held.Refresh})
}

func ask(ctx context.Context, h *sdk.Host, url string, body any) (none sdk.Credential[Ticket], err error) {
	a, err := h.Post(ctx, url, sdk.JSON(body)) // no answer, 429 and 5xx are failures already
	if err != nil {
		return none, err
	}
	var r struct {
		Code sdk.Text         `json:"code"` // "0000", or 0 where the gateway answers
		Msg  string           `json:"msg"`
		Data sdk.Lax[struct { // an object, the same object inside a string, or [] for none
			Ticket, Refresh, Company sdk.Text
			Minutes                  sdk.Int `json:"valid_min"`
		}] `json:"data"`
	}
	if err := a.JSON(&r); err != nil {
		return none, err // malformed_answer
	}
	if r.Code != "0000" && r.Code != "0" {
		return none, codes.Failure(r.Code, r.Msg)
	}
	d := r.Data.V // an empty ticket is a malformed answer: the SDK sees to that
	return sdk.Credential[Ticket]{
		Value: Ticket{Token: d.Ticket.Secret(), Refresh: d.Refresh.Secret(), Company: string(d.Company)},
		Life:  d.Minutes.Duration(time.Minute), Renewable: d.Refresh != "", RenewWithin: 7 * 24 * time.Hour,
	}, nil
}

// vendorSide plays Yunxun without a network.
type vendorSide func(*http.Request) string

// RoundTrip answers a request.
func (v vendorSide) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(v(r)))}, nil
}

// A whole vendor. In its executable, main is plugin.Serve(yunxun) of package sdk/plugin; here a host of a few lines runs it in this process.
func Example() {
	p, err := yunxun.Plugin()
	if err != nil {
		panic(err)
	}
	run := sdk.Run{
		Operation: sdk.OpAcquire,
		Config:    json.RawMessage(`{"app_id": "a1b2c3d4", "app_secret": "s3cr3t-key"}`),
		Now:       func() time.Time { return time.Date(2026, 10, 1, 8, 0, 0, 0, time.UTC) },
		Transport: vendorSide(func(r *http.Request) string {
			fmt.Println(r.Method, r.URL)
			return `{"code": "0000", "data": "{\"ticket\": \"TK-1\", \"refresh\": \"RF-1\", \"company\": 42, \"valid_min\": \"120\",}"}`
		}),
	}
	got, err := p.Run(context.Background(), run)
	fmt.Println(string(got.Value), got.Life, got.Renewable, err)

	run.Operation, run.Held = sdk.OpRenew, &sdk.Held{Value: got.Value, Private: got.Private}
	run.Transport = vendorSide(func(r *http.Request) string {
		body, _ := io.ReadAll(r.Body)
		fmt.Println(r.Method, r.URL, string(body))
		return `{"code": 4010, "msg": "ticket\nis dead", "data": []}`
	})
	_, err = p.Run(context.Background(), run)
	fmt.Println(err)
	// Output:
	// POST https://open.yunxun.example/v2/login
	// {"company_id":"42","token":"TK-1"} 2h0m0s true <nil>
	// POST https://open.yunxun.example/v2/refresh {"refresh":"RF-1","ticket":"TK-1"}
	// token_dead: the vendor answered error 4010: ticket is dead
}
