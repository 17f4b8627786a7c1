package client

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/authrun/authrun/sdk/internal/wire"
	"github.com/authrun/authrun/sdk/plugin"
	"go.uber.org/goleak"
)

// What the test binary is when it is started again by a test: without any of these it runs the tests.
const (
	envHost     = "AUTHRUN_TEST_HOST"     // a host that starts the plugin of that name and waits to be killed
	envHunter   = "AUTHRUN_TEST_HUNTER"   // a host that sets the hostile plugin on what stdin says
	envPoor     = "AUTHRUN_TEST_POOR"     // the same on a kernel without Landlock
	envDebugged = "AUTHRUN_TEST_DEBUGGED" // the plugin of that name as its developer starts it
	envStranger = "AUTHRUN_TEST_STRANGER" // a process that connects to the plugin's socket at that path
)

// TestMain makes the test binary all the other programs of these tests too: the plugins, a host, a stranger.
func TestMain(m *testing.M) {
	switch {
	case os.Getenv(wire.CookieName) == wire.CookieValue:
		bePlugin(strings.TrimPrefix(filepath.Base(os.Args[0]), "authrun-plugin-"))
	case os.Getenv(envHost) != "":
		beHost(os.Getenv(envHost))
	case os.Getenv(envHunter) != "":
		if os.Getenv(envPoor) != "" {
			forgetLandlock()
		}
		beHunter(os.Getenv(envHunter))
	case os.Getenv(envDebugged) != "":
		plugin.Serve(served{&vendor{name: os.Getenv(envDebugged)}})
	case os.Getenv(envStranger) != "":
		beStranger(os.Getenv(envStranger))
	}
	goleak.VerifyTestMain(m)
}
