package sdk_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/authrun/authrun/sdk"
)

// A vendor's table of errors is a map. What it does not have is named in the failure.
func ExampleCodes() {
	codes := sdk.Codes{"1003": sdk.InvalidCredentials, "20*": sdk.Unavailable, "2001": sdk.QuotaExhausted}
	fmt.Println(codes.Failure("1003", "wrong\nsignature"))
	fmt.Println(codes.Failure("2001", ""))
	fmt.Println(codes.Failure("2009", ""))
	fmt.Println(codes.Failure("7", ""))
	// Output:
	// invalid_credentials: the vendor answered error 1003: wrong signature
	// quota_exhausted: the vendor answered error 2001
	// unavailable: the vendor answered error 2009
	// unsupported: the vendor answered error 7, which this plugin does not know
}

// A status that means something else at this vendor gets another class. What else the failure says is kept.
func ExampleFailure() {
	vendor := replies(answered(http.StatusForbidden, `{"reason": "secret expired"}`))
	_, err := play(vendor, sdk.OpAcquire, "", func(ctx context.Context, h *sdk.Host, c Account, _ Pass) (none sdk.Credential[Pass], err error) {
		a, err := h.Get(ctx, c.BaseURL+"/token")
		var f *sdk.Failure
		if a != nil && a.Status == http.StatusForbidden && errors.As(err, &f) {
			var r struct{ Reason string }
			_ = a.JSON(&r) // a page of a proxy changes nothing
			closer := *f
			closer.Class, closer.Path = sdk.InvalidCredentials, []string{"secret"}
			closer.Text += ": " + sdk.Clean(r.Reason)
			return none, &closer
		}
		return none, err
	})
	fmt.Println(err)
	// Output: invalid_credentials: the vendor answered HTTP 403 Forbidden: secret expired
}

// A heartbeat prolongs the held credential, whose value lives on.
func ExampleVendor_renew() {
	got, err := play(replies(answered(200, `{}`)), sdk.OpRenew, `{"token": "t-1"}`,
		func(ctx context.Context, h *sdk.Host, c Account, held Pass) (none sdk.Credential[Pass], err error) {
			if _, err := h.Get(ctx, c.BaseURL+"/heartbeat", sdk.Query("token", held.Token.Reveal())); err != nil {
				return none, err
			}
			return sdk.Credential[Pass]{Same: true, Life: 30 * time.Minute, Renewable: true}, nil
		})
	fmt.Println(got.Value == nil, got.Life, got.Renewable, err)
	// Output: true 30m0s true <nil>
}

// A vendor that cannot end a token says so, and until when it lives.
func ExampleVendor_revoke() {
	got, err := play(replies(), sdk.OpRevoke, `{"token": "t-1"}`,
		func(context.Context, *sdk.Host, Account, Pass) (sdk.Credential[Pass], error) {
			return sdk.Credential[Pass]{NotAtVendor: true, Text: "it dies by itself within two hours"}, nil
		})
	fmt.Println(got.NotAtVendor, got.Text, err)
	// Output: true it dies by itself within two hours <nil>
}

// Limits are data: the host enforces them, whichever process asks. A mistake in one is told by Plugin, and so by the first test.
func ExampleLimit() {
	for _, l := range []sdk.Limit{
		{Name: "monthly", Scope: []string{"user"}, Quota: &sdk.Quota{Count: 10, Per: sdk.CalendarMonth, Zone: "Asia/Shanghai"}},
		{Name: "burst", Scope: []string{"base_url"}, Quota: &sdk.Quota{Count: 30, Sliding: time.Minute}, Counts: []sdk.Operation{sdk.OpAcquire, sdk.OpRenew}},
		{Name: "pace", Scope: []string{"user"}, MinInterval: time.Second},
		{Name: "lockout", Scope: []string{"base_url"}, Lockout: &sdk.Lockout{Refusals: 5, Hold: 10 * time.Minute}},
	} {
		v := sdk.Vendor[Account, Pass]{Name: "acme", Limits: []sdk.Limit{l}, Acquire: sdk.Op[Account, Pass]{Calls: 1,
			Do: func(context.Context, *sdk.Host, Account, Pass) (sdk.Credential[Pass], error) { return pass("t-1"), nil }}}
		_, err := v.Plugin()
		fmt.Println(l.Name, err)
	}
	// Output:
	// monthly <nil>
	// burst vendor "acme": limit "burst": it counts renew, which the plugin cannot do
	// pace <nil>
	// lockout <nil>
}

// A secret shows itself to nobody but who asks for it.
func ExampleSecret() {
	s := sdk.Secret("made-up-secret")
	fmt.Printf("%s %q %x %v\n", s, s, s, struct{ S sdk.Secret }{s})
	fmt.Println(s.Reveal())
	// Output:
	// (sensitive) (sensitive) (sensitive) {(sensitive)}
	// made-up-secret
}
