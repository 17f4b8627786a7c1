package cli

import (
	"fmt"
	"path/filepath"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"github.com/authrun/authrun/runtime"
	"github.com/authrun/authrun/runtime/internal/scaffold"
)

// newPluginNew is the verb `plugin new VENDOR`.
func newPluginNew(p *program) *cobra.Command {
	var a pluginNew
	cmd := &cobra.Command{
		Use:   "new VENDOR",
		Short: "write the first files of a plugin in Go",
		Long: "Writes a Go module for a new vendor's plugin: the vendor's file, a fake of its server, tests with the conformance suite, a flow to try it\n" +
			"with, and a README. It builds, passes its tests and applies against its fake before a line is changed. Nothing that is there already\n" +
			"is written over. AUTHORING.md in the SDK's folder says how to go on from there.",
		Example: "  authrun plugin new acme\n  authrun plugin new acme --dir ~/src/acme --module github.com/you/authrun-plugin-acme",
		RunE:    func(_ *cobra.Command, args []string) error { return a.run(p, args) },
	}
	cmd.Flags().StringVar(&a.dir, "dir", "", "write into the folder `DIR`; else into ./VENDOR")
	cmd.Flags().StringVar(&a.module, "module", "", "the `PATH` of the Go module; else example.com/VENDOR")
	cmd.Flags().StringVar(&a.sdk, "sdk-path", "", "use the SDK of `DIR`, a checkout of authrun, where this authrun is not released")
	return cmd
}

type pluginNew struct{ dir, module, sdk string }

func (a *pluginNew) run(p *program, args []string) error {
	switch {
	case len(args) == 0:
		return usage("plugin new", "plugin new needs the vendor's name")
	case len(args) > 1:
		return usage("plugin new", fmt.Sprintf("%q is one argument too many", args[1]))
	}
	vendor := args[0]
	if err := scaffold.CheckName(vendor); err != nil {
		return usage("plugin new", err.Error())
	}
	version, released := sdkVersion()
	if !released && a.sdk == "" {
		return usage("plugin new", fmt.Sprintf("this authrun, %s, is not released, so Go cannot get its SDK by a version; name the checkout that it was "+
			"built from: --sdk-path DIR", runtime.Version))
	}
	v, done := p.showText(false)
	defer done()
	dir, err := a.write(scaffold.Module{Vendor: vendor, Path: a.module, SDK: version})
	if err != nil {
		v.Diagnostics(diagnose("Plugin not written", err))
		return errTold
	}
	if !p.common.quiet {
		p.print(written(vendor, dir))
	}
	return nil
}

// sdkVersion is the version of authrun's module that fits this program, and whether Go can get it: whether the program is a release, or Go made it of
// such a version.
func sdkVersion() (version string, released bool) {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Path == scaffold.SDK && info.Main.Sum != "" {
		return strings.TrimPrefix(info.Main.Version, "v"), true
	}
	version, build, _ := strings.Cut(runtime.Version, "+")
	return version, build != "dev" && !strings.HasPrefix(build, "dev.")
}

// write writes the module's files, and gives the folder.
func (a *pluginNew) write(m scaffold.Module) (dir string, err error) {
	if a.sdk != "" {
		if m.SDKDir, err = filepath.Abs(a.sdk); err != nil {
			return "", err
		}
	}
	if dir = a.dir; dir == "" {
		dir = m.Vendor
	}
	files, err := m.Files()
	if err != nil {
		return "", err
	}
	return dir, scaffold.Write(dir, files)
}

// written says what was written and what to do next.
func written(vendor, dir string) string {
	return strings.NewReplacer("VENDOR", vendor, "DIR", quoted(dir)).Replace(`DIR has a plugin for VENDOR, which works with the fake of the vendor that stands beside it:

  cd DIR
  go mod tidy                  # gets what the SDK needs; once
  go test ./...                # the conformance suite, and cases of its own
  go build -o bin/ ./cmd/...
  bin/fakeVENDOR authrun apply flow.hcl --plugin VENDOR=bin/authrun-plugin-VENDOR

Then read your vendor's documents and change VENDOR.go, fake/fake.go and script.json. README.md says more.
`)
}

// quoted is a path as a POSIX shell takes it for one word.
func quoted(path string) string {
	if !strings.ContainsAny(path, " \t\n'\"\\$`&|;<>()*?[]#~!{}") {
		return path
	}
	return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
}
