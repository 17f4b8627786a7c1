package examples_test

import (
	"context"
	"errors"

	"github.com/authrun/authrun/sdk"
)

// gateway is a vendor that is made up for the reference: none of the five has nested blocks.
var gateway = sdk.Vendor[gatewayConfig, gatewayToken]{
	Name: "gateway", Doc: "A vendor for the documentation.",
	Acquire: sdk.Op[gatewayConfig, gatewayToken]{Calls: 1, Do: func(context.Context, *sdk.Host, gatewayConfig, gatewayToken) (
		none sdk.Credential[gatewayToken], err error) {
		return none, errors.New("nobody calls it")
	}},
	Token: sdk.Token{Second: sdk.KeepsFirst},
}

type gatewayConfig struct {
	URL    string         `auth:"url,endpoint,account" doc:"Address of the gateway."`
	Routes []gatewayRoute `auth:"route,block" doc:"What the token is for."`
}

type gatewayRoute struct {
	Path  string `auth:"path" doc:"Path of the route."`
	Write bool   `auth:"write" default:"false" doc:"Whether the token may write there."`
}

type gatewayToken struct {
	Token sdk.Secret `auth:"token"`
}
