package runtime_test

import (
	"context"
	"os"

	"github.com/authrun/authrun/sdk"
)

// config and ticket are those of a vendor that exists in tests only.
type (
	config struct {
		BaseURL string     `auth:"base_url,endpoint,account" doc:"Address."`
		Secret  sdk.Secret `auth:"secret,optional" doc:"Secret."`
		Mood    string     `auth:"mood,optional" doc:"Mood."`
	}
	ticket struct {
		Token sdk.Secret `auth:"token" doc:"Token."`
	}
)

// faulty is a vendor of that name: one that finds fault with a mood, and that dies as soon as it is asked for a credential.
func faulty(name string) sdk.Vendor[config, ticket] {
	return sdk.Vendor[config, ticket]{
		Name: name, Doc: "A vendor that exists in tests only.",
		Check: func(c config) []sdk.Problem {
			if c.Mood != "bad" {
				return nil
			}
			return []sdk.Problem{{Path: []string{"mood"}, Summary: "Mood is bad", Detail: "Cheer up."}}
		},
		Acquire: sdk.Op[config, ticket]{Calls: 1, Do: func(_ context.Context, _ *sdk.Host, c config, _ ticket) (sdk.Credential[ticket], error) {
			// Straight to the descriptor: what goes through os.Stderr may not be out yet when the process ends.
			_, _ = os.NewFile(2, "stderr").WriteString("I die with " + c.Secret.Reveal() + "\n")
			os.Exit(7)
			return sdk.Credential[ticket]{}, nil
		}},
	}
}
