package scaffold_test

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/authrun/authrun/runtime"
	"github.com/authrun/authrun/runtime/cli"
	"github.com/authrun/authrun/sdk/client/launch/self"
)

// released is the version that the tests' authrun says it has.
const released = "0.1.0"

// TestMain makes the test binary two programs: authrun as a release has it, and authrun-dev as a checkout builds it.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"authrun": func() {
			runtime.Version = released + "+0123456789ab"
			os.Exit(authrun())
		},
		"authrun-dev": func() { os.Exit(authrun()) },
	})
}

func authrun() int {
	executable, err := os.Executable()
	if err != nil {
		panic(err)
	}
	return cli.Run(context.Background(), cli.Env{Args: os.Args[1:], Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, LookupEnv: os.LookupEnv,
		Environ: os.Environ, Executable: executable, Launcher: self.Path(), Zone: time.UTC})
}
