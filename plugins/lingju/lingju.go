// Package lingju gets access tokens of Lingju (灵聚), a voice assistant's cloud. The vendor lets each device ask ten times a calendar month,
// so that every call counts.
//
// It is a plugin, and is imported by its own main alone.
package lingju

import (
	"cmp"
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/authrun/authrun/sdk"
)

// Vendor is the plugin.
var Vendor = sdk.Vendor[Config, Access]{
	Name:    "lingju",
	Doc:     "Access tokens of Lingju (灵聚), one for each device. A device may ask ten times in a calendar month.",
	Acquire: sdk.Op[Config, Access]{Calls: 1, Life: maxDays * 24 * time.Hour, Do: acquire},
	Limits: []sdk.Limit{{
		Name:   "monthly",
		Scope:  []string{"appkey", "userid"},
		Counts: []sdk.Operation{sdk.OpAcquire},
		Quota:  &sdk.Quota{Count: 10, Per: sdk.CalendarMonth, Zone: "Asia/Shanghai"},
	}},
	Token: sdk.Token{
		Use:  []sdk.Placement{{In: sdk.InJSON, Name: "/accessToken", Value: "{token}"}},
		Dead: []sdk.Evidence{{Pointer: "/status", OneOf: []string{"122", "19", "99"}}},
	},
}

// maxDays is the longest life of a token: the documentation's text says 30 days, its sample 87.
const maxDays = 30

// codes are the values of `status` that are known. The vendor's pages name them here and there, and not in one table.
var codes = sdk.Codes{
	"4": sdk.InvalidCredentials, "6": sdk.InvalidCredentials, "11": sdk.InvalidCredentials, "13": sdk.InvalidCredentials,
	"43": sdk.InvalidCredentials, "44": sdk.InvalidCredentials, "114": sdk.InvalidCredentials, "120": sdk.InvalidCredentials,
	"129": sdk.InvalidCredentials,

	"8": sdk.InvalidRequest, "111": sdk.InvalidRequest,
	"20": sdk.InvalidRequest, "21": sdk.InvalidRequest, "22": sdk.InvalidRequest, "23": sdk.InvalidRequest, "24": sdk.InvalidRequest,
	"25": sdk.InvalidRequest, "26": sdk.InvalidRequest, "27": sdk.InvalidRequest, "28": sdk.InvalidRequest, "29": sdk.InvalidRequest,

	"40": sdk.RateLimited, "41": sdk.QuotaExhausted, "121": sdk.QuotaExhausted,
	"19": sdk.TokenDead, "99": sdk.TokenDead, "122": sdk.TokenDead,
	"-1": sdk.Unavailable, "1": sdk.Unavailable, "14": sdk.Unavailable, "124": sdk.Unavailable,
}

// acquire asks for a token. All that the vendor has to say comes with HTTP 200, refusals too.
func acquire(ctx context.Context, h *sdk.Host, c Config, _ Access) (no sdk.Credential[Access], err error) {
	a, err := ask(ctx, h, c)
	if err != nil {
		return no, err
	}
	var answer struct {
		Status      sdk.Text `json:"status"`
		Description sdk.Text `json:"description"`
		Data        sdk.Lax[struct {
			AccessToken sdk.Text `json:"accessToken"`
			Expires     sdk.Text `json:"expires"`
			Update      sdk.Text `json:"update"`  // so in the documentation's sample
			Updated     sdk.Text `json:"updated"` // so in its table
		}] `json:"data"`
	}
	if err := a.JSON(&answer); err != nil {
		return no, err
	}
	switch {
	case a.Status != http.StatusOK || answer.Status == "":
		return no, &sdk.Failure{Class: sdk.MalformedAnswer, Text: "the answer is not HTTP 200 with a status"}
	case answer.Status != "0":
		return no, refusal(a, answer.Status, string(answer.Description), h.Now())
	}
	d := answer.Data.V
	expires := number(d.Expires)
	return sdk.Credential[Access]{
		Value: Access{
			Token:       d.AccessToken.Secret(),
			AccessToken: d.AccessToken.Secret(),
			Expires:     expires,
			Updated:     number(cmp.Or(d.Updated, d.Update)),
		},
		Life: life(expires),
	}, nil
}

// number reads a number that only describes the token. One that cannot be read is taken for missing (nil): the call is spent and the token is
// good, and there are nine more calls this month.
func number(t sdk.Text) *int64 {
	var n sdk.Int
	if err := n.UnmarshalText([]byte(t)); err != nil || t == "" {
		return nil
	}
	whole := int64(n)
	return &whole
}

// ask makes the one exchange. The order of the parameters is the documentation's.
func ask(ctx context.Context, h *sdk.Host, c Config) (*sdk.Answer, error) {
	address := strings.TrimRight(c.BaseURL, "/") + "/httpapi/authorize.do"
	device := []string{"appkey", c.AppKey.Reveal(), "userid", c.UserID}
	if c.AuthCode != "" {
		device = append(device, "authcode", c.AuthCode.Reveal())
	}
	if c.Method == http.MethodPost {
		return h.Post(ctx, address, sdk.Form(device...))
	}
	return h.Get(ctx, address, sdk.Query(device...))
}

// refusal is the failure for a status that is not 0.
func refusal(a *sdk.Answer, code sdk.Text, words string, now time.Time) *sdk.Failure {
	f := codes.Failure(code, words)
	f.RetryAfter = a.RetryAfter()
	if f.Class == sdk.QuotaExhausted {
		f.RetryAfter = nextMonth(now).Sub(now)
	}
	return f
}

// life is how long a token lives whose answer says so many days, or nothing.
func life(days *int64) time.Duration {
	if days == nil || *days <= 0 || *days > maxDays {
		return maxDays * 24 * time.Hour
	}
	return time.Duration(*days) * 24 * time.Hour
}

// nextMonth is when the vendor's next month begins, in the time zone of its quota. Shanghai has no summer time, so that its offset needs no
// time zone data.
func nextMonth(now time.Time) time.Time {
	there := now.In(time.FixedZone("Asia/Shanghai", 8*60*60))
	return time.Date(there.Year(), there.Month()+1, 1, 0, 0, 0, 0, there.Location())
}
