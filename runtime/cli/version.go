package cli

import (
	"cmp"
	"fmt"
	goruntime "runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"github.com/authrun/authrun/runtime"
	"github.com/authrun/authrun/runtime/cli/internal/view"
)

// newVersion is the verb `version`.
func newVersion(p *program) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "version",
		Short: "show the version of authrun",
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usage("version", fmt.Sprintf("%q is one argument too many", args[0]))
			}
			v := versionObject{
				Type: "version", Format: view.Format, Authrun: runtime.Version, Commit: commit(), Go: goruntime.Version(),
				Platform: goruntime.GOOS + "/" + goruntime.GOARCH,
			}
			if asJSON {
				p.print(objectLine(v))
				return nil
			}
			p.print(fmt.Sprintf("authrun %s\ncommit %s\n%s %s\n", v.Authrun, v.Commit, v.Go, v.Platform))
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "write one JSON object")
	return cmd
}

// versionObject is what --json prints; its first members are those of the first line of every other verb.
type versionObject struct {
	Type     string `json:"type"`
	Format   int    `json:"format"`
	Authrun  string `json:"authrun"`
	Commit   string `json:"commit"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

// commit is the commit that the program was built from: as Go's toolchain recorded it, else what follows the "+" of a stamped version.
func commit() string {
	revision, changed := "", ""
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			switch {
			case s.Key == "vcs.revision":
				revision = s.Value
			case s.Key == "vcs.modified" && s.Value == "true":
				changed = " with changes"
			}
		}
	}
	if revision == "" {
		_, revision, _ = strings.Cut(runtime.Version, "+")
		revision = strings.TrimPrefix(revision, "dev.")
	}
	return cmp.Or(revision, "unknown") + changed
}
