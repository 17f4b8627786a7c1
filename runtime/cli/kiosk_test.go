package cli

import (
	"context"
	"time"

	"github.com/authrun/authrun/sdk"
)

type kioskConfig struct {
	URL  string `auth:"url,endpoint,account" doc:"Address of the kiosk."`
	User string `auth:"user,account" doc:"Who asks."`
}

type kioskTicket struct {
	Token  sdk.Secret `auth:"token"`
	Coupon sdk.Secret `auth:"coupon,private"`
}

// kiosk is a vendor whose tickets come in pairs with a coupon: it renews one for the other, once. The test binary, called
// authrun-plugin-kiosk, is its plugin, which logs where it is, and stays where the kiosk tells it to.
var kiosk = sdk.Vendor[kioskConfig, kioskTicket]{
	Name: "kiosk", Doc: "A vendor for tests that kill.",
	Acquire: sdk.Op[kioskConfig, kioskTicket]{Calls: 1, Do: func(ctx context.Context, h *sdk.Host, c kioskConfig, _ kioskTicket) (sdk.Credential[kioskTicket], error) {
		return ask(ctx, h, c.URL+"/buy", c.User)
	}},
	Renew: sdk.Op[kioskConfig, kioskTicket]{Calls: 1, Do: func(ctx context.Context, h *sdk.Host, c kioskConfig, held kioskTicket) (sdk.Credential[kioskTicket], error) {
		return ask(ctx, h, c.URL+"/renew", held.Coupon.Reveal())
	}},
	Token: sdk.Token{Second: sdk.KeepsFirst},
}

func ask(ctx context.Context, h *sdk.Host, url, with string) (none sdk.Credential[kioskTicket], err error) {
	h.Log().Info("it asks")
	a, err := h.Post(ctx, url, sdk.JSON(map[string]string{"with": with}))
	if err != nil {
		return none, err
	}
	var r struct {
		Ticket, Coupon sdk.Text
		Stay           bool
	}
	if err := a.JSON(&r); err != nil {
		return none, err
	}
	h.Log().Info("it got an answer")
	if r.Stay {
		<-ctx.Done()
		return none, ctx.Err()
	}
	return sdk.Credential[kioskTicket]{Value: kioskTicket{Token: r.Ticket.Secret(), Coupon: r.Coupon.Secret()}, Life: time.Hour, Renewable: true}, nil
}
