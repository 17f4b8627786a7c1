package registrytest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/authrun/authrun/sdk"
	"github.com/authrun/authrun/sdk/plugin"
)

// TestMain makes the test binary a plugin as well: started under a plugin's name, it is that plugin.
func TestMain(m *testing.M) {
	if strings.HasPrefix(filepath.Base(os.Args[0]), "authrun-plugin-acme") {
		plugin.Serve(acme)
	}
	os.Exit(m.Run())
}

type config struct {
	URL    string     `auth:"url,endpoint,account"`
	Secret sdk.Secret `auth:"secret"`
}

type ticket struct {
	Token sdk.Secret `auth:"token"`
}

// acme is the vendor whose plugin is published. Its version is that of the release.
var acme = sdk.Vendor[config, ticket]{
	Name: "acme", Version: "1.2.0", Doc: "A vendor for tests.",
	Acquire: sdk.Op[config, ticket]{Calls: 1, Do: func(ctx context.Context, h *sdk.Host, c config, _ ticket) (sdk.Credential[ticket], error) {
		answer, err := h.Get(ctx, c.URL)
		if err != nil {
			return sdk.Credential[ticket]{}, err
		}
		return sdk.Credential[ticket]{Value: ticket{Token: sdk.Secret(fmt.Sprintf("ticket %s", answer.Body()))}, Life: sdk.Forever}, nil
	}},
	Token: sdk.Token{Second: sdk.KeepsFirst},
}
