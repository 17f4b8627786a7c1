package runtime

import (
	"os"
	"path/filepath"
	"runtime"

	"github.com/authrun/authrun/sdk/client/launch"
)

// launcherName is that of the program that starts plugins for those who embed authrun.
const launcherName = "authrun-launch"

// Sandbox is what holds plugins on this machine.
type Sandbox struct {
	Required bool     // no plugin is started where something is missing
	Held     []string // names of the layers that hold: limits, no_new_privs, landlock, capabilities, seccomp
	Missing  []SandboxGap
}

// SandboxGap is a layer that is missing.
type SandboxGap struct {
	Layer   string
	Why     string // in words: "the kernel was booted without it"
	Without string // what a plugin can do therefore, in words that follow "plugins can"
}

// Whole tells whether nothing is missing.
func (s Sandbox) Whole() bool { return len(s.Missing) == 0 }

// Sandbox tells what holds plugins on this machine, without starting one.
func (r *Runtime) Sandbox() Sandbox {
	report := launch.Probe()
	if r.launcher() == "" && launch.Possible {
		report = launch.Nothing("there is no launcher, " + launcherName + ", beside the plugins")
	}
	s := Sandbox{Required: r.requireSandbox()}
	for _, l := range report.Held {
		s.Held = append(s.Held, string(l))
	}
	for _, g := range report.Missing {
		s.Missing = append(s.Missing, SandboxGap{Layer: string(g.Layer), Why: g.Why, Without: g.Layer.Without()})
	}
	return s
}

// Sandbox tells what holds plugins on this machine; see [Runtime.Sandbox].
func (f *Flow) Sandbox() Sandbox { return f.rt.Sandbox() }

// launcher is the path of the launcher; empty: there is none.
func (r *Runtime) launcher() string {
	if r.opts.Launcher != "" || runtime.GOOS != "linux" {
		return r.opts.Launcher
	}
	for _, dir := range r.pluginDirs() {
		path := filepath.Join(dir, launcherName)
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() && info.Mode().Perm()&0o111 != 0 {
			return path
		}
	}
	return ""
}

// requireSandbox tells whether a plugin may only be started in a whole sandbox.
func (r *Runtime) requireSandbox() bool {
	switch r.env("AUTHRUN_REQUIRE_SANDBOX") {
	case "", "0", "false":
		return r.opts.RequireSandbox
	}
	return true
}
