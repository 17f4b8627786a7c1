package cli

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"go.uber.org/goleak"

	"github.com/authrun/authrun/sdk/client/launch"
	"github.com/authrun/authrun/sdk/client/launch/self"
	"github.com/authrun/authrun/sdk/plugin"
)

// TestMain makes the test binary three programs that scripts can run: authrun, a plugin for it, and played, which is authrun with a flow that
// does what a file says.
func TestMain(m *testing.M) {
	testscript.Main(leakless{m}, map[string]func(){
		"authrun":              func() { os.Exit(Run(context.Background(), processEnv())) },
		"authrun-plugin-shop":  func() { plugin.Serve(shop) },
		"authrun-plugin-leaky": func() { plugin.Serve(leaky) },
		"authrun-plugin-kiosk": func() { plugin.Serve(kiosk) },
		"played": func() {
			env := processEnv()
			env.Now = func() time.Time { return now }
			env.Zone = zone
			os.Exit(run(context.Background(), env, openPlayed))
		},
	})
}

// leakless fails a run of tests that leaves goroutines behind.
type leakless struct{ m *testing.M }

func (l leakless) Run() int {
	status := l.m.Run()
	if err := goleak.Find(); status == 0 && err != nil {
		os.Stderr.WriteString(err.Error() + "\n")
		return 1
	}
	return status
}

func processEnv() Env {
	executable, err := os.Executable()
	if err != nil {
		panic(err)
	}
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	return Env{Args: os.Args[1:], Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, LookupEnv: os.LookupEnv, Environ: os.Environ,
		Executable: executable, Launcher: self.Path(), Signals: signals, Relay: relay, Zone: time.Local}
}

// relay catches one more signal for commands that are run.
func relay() (<-chan os.Signal, func()) {
	c := make(chan os.Signal, 2)
	signal.Notify(c, syscall.SIGHUP)
	return c, func() { signal.Stop(c) }
}

// now is the time at which played flows are applied, in the zone of their readers.
var (
	zone = time.FixedZone("CST", 8*60*60)
	now  = time.Date(2026, 11, 21, 18, 30, 0, 0, zone)
)

// TestPlayed runs the scripts about what is shown: their flows are played.
func TestPlayed(t *testing.T) { runScripts(t, "testdata/played") }

// TestScript runs the scripts about the whole program, against a vendor on loopback.
func TestScript(t *testing.T) {
	vendor := openShop()
	t.Cleanup(vendor.Close)
	runScripts(t, "testdata/script", "AUTHRUN_VAR_shop="+vendor.URL)
}

func runScripts(t *testing.T, dir string, vars ...string) {
	testscript.Run(t, testscript.Params{
		Condition: func(name string) (bool, error) {
			if name != "sandbox" {
				return false, fmt.Errorf("there is no condition %s", name)
			}
			return launch.Probe().Complete(), nil // of the kernel; the test binary is a launcher
		},
		Dir: dir, RequireExplicitExec: true, RequireUniqueNames: true, UpdateScripts: os.Getenv("UPDATE_SCRIPTS") != "", Cmds: publishing,
		Setup: func(env *testscript.Env) error {
			env.Setenv("GORACE", "atexit_sleep_ms=0")
			env.Setenv("HOME", env.WorkDir+"/home")
			env.Vars = append(env.Vars, vars...)
			return nil
		},
	})
}
