package cli

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/authrun/authrun/sdk"
)

// shopConfig is what an auth block for the vendor of the scripts says.
type shopConfig struct {
	URL      string     `auth:"url,endpoint,account" doc:"Address of the shop."`
	User     string     `auth:"user,account" doc:"Who asks."`
	Password sdk.Secret `auth:"password" doc:"The user's secret."`
	Port     int        `auth:"port" default:"80" min:"1" max:"65535" doc:"Not used."`
}

type shopTicket struct {
	Token sdk.Secret `auth:"token"`
	Seat  int        `auth:"seat" doc:"Where the user sits."`
}

// shop is the vendor of the scripts. The test binary, called authrun-plugin-shop, is its plugin.
var shop = sdk.Vendor[shopConfig, shopTicket]{
	Name: "shop", Doc: "A vendor for tests.",
	Acquire: sdk.Op[shopConfig, shopTicket]{Calls: 1, Do: buy},
	Token:   sdk.Token{Second: sdk.KeepsFirst, Use: []sdk.Placement{{In: sdk.InHeader, Name: "X-Ticket", Value: "{token}"}}},
}

func buy(ctx context.Context, h *sdk.Host, c shopConfig, _ shopTicket) (none sdk.Credential[shopTicket], err error) {
	if err := misbehave(ctx, h, c); err != nil {
		return none, err
	}
	a, err := h.Post(ctx, c.URL+"/buy", sdk.JSON(map[string]any{"user": c.User, "password": c.Password}))
	if a != nil && a.Status == http.StatusUnauthorized {
		return none, &sdk.Failure{Class: sdk.InvalidCredentials, Text: "the shop does not know this user and password"}
	}
	if err != nil {
		return none, err
	}
	var r struct {
		Ticket  sdk.Text
		Seat    sdk.Int
		Minutes sdk.Int
	}
	if err := a.JSON(&r); err != nil {
		return none, err
	}
	life := sdk.Forever
	if r.Minutes > 0 {
		life = r.Minutes.Duration(time.Minute)
	}
	return sdk.Credential[shopTicket]{Value: shopTicket{Token: r.Ticket.Secret(), Seat: int(r.Seat)}, Life: life}, nil
}

// openShop opens the shop itself: who knows the password gets a ticket, and the user decides how the shop behaves.
func openShop() *httptest.Server {
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var asked struct{ User, Password string }
		_ = json.NewDecoder(r.Body).Decode(&asked) // nobody, with no password, if that fails
		switch {
		case asked.Password != "opensesame":
			w.WriteHeader(http.StatusUnauthorized)
		case asked.User == "html":
			_, _ = w.Write([]byte("<html>closed</html>"))
		case asked.User == "forever":
			_, _ = w.Write([]byte(`{"ticket": "ticket-forever", "seat": 7}`))
		default:
			_, _ = w.Write([]byte(`{"ticket": "ticket-` + asked.User + `", "seat": 12, "minutes": 90}`))
		}
	}))
}
