package cli

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/authrun/authrun/sdk"
)

// leakyConfig says too little of itself: no argument is part of the account, and the password is no secret.
type leakyConfig struct {
	URL      string `auth:"url,endpoint" doc:"Address."`
	Password string `auth:"password" doc:"The user's secret."`
}

// leaky is the shop's plugin as a beginner writes it, for what `plugin test` says of it. The test binary, called authrun-plugin-leaky, is its plugin.
var leaky = sdk.Vendor[leakyConfig, shopTicket]{
	Name:    "leaky",
	Acquire: sdk.Op[leakyConfig, shopTicket]{Calls: 1, Do: beg},
}

func beg(ctx context.Context, h *sdk.Host, c leakyConfig, _ shopTicket) (none sdk.Credential[shopTicket], err error) {
	fmt.Fprintln(os.Stderr, "asking with", c.Password)
	a, err := h.Post(ctx, c.URL+"/buy", sdk.JSON(map[string]any{"user": "leaky", "password": c.Password}))
	if a == nil {
		return none, err
	}
	var r struct {
		Ticket string
		Seat   int
	}
	if err := a.JSON(&r); err != nil {
		return none, &sdk.Failure{Class: sdk.InvalidCredentials, Text: "no ticket"}
	}
	return sdk.Credential[shopTicket]{Value: shopTicket{Token: sdk.Secret(r.Ticket), Seat: r.Seat}, Life: time.Hour}, nil
}
