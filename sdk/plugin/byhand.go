package plugin

import (
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/authrun/authrun/sdk"
	"github.com/authrun/authrun/sdk/internal/wire"
)

// byHand is the main of a plugin that a person started: args is the process's, the result its exit status.
func byHand(v Vendor, args []string, stdout, stderr io.Writer) int {
	self := filepath.Base(args[0])
	_, d, err := build(v)
	if err != nil {
		fmt.Fprintf(stderr, "%s: %v\n", self, err)
		return 1
	}
	verb := ""
	if len(args) == 2 {
		verb = args[1]
	}
	switch verb {
	case "describe":
		out := json.NewEncoder(stdout)
		out.SetEscapeHTML(false)
		out.SetIndent("", "  ")
		if err := out.Encode(d); err != nil {
			fmt.Fprintf(stderr, "%s: print the description: %v\n", self, err)
			return 1
		}
		return 0
	case "version", "--version":
		fmt.Fprintf(stdout, "%s %s (SDK %s, protocol %d)\n", self, d.Version, d.SDK, wire.Version)
		return 0
	case "help", "--help", "-h":
		fmt.Fprint(stdout, about(self, d))
		return 0
	}
	fmt.Fprint(stderr, about(self, d))
	return 1
}

// about says what the plugin is and what can be done with it.
func about(self string, d sdk.Description) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s is the plugin of authrun for the vendor %s. authrun runs it where a flow has a block `auth \"%s\"`.\n",
		self, d.Version, d.Vendor, d.Vendor)
	if first, _, _ := strings.Cut(strings.TrimSpace(d.Doc), "\n"); first != "" {
		fmt.Fprintf(&b, "\n%s\n", first)
	}
	fmt.Fprintf(&b, "\n  %s describe    print its arguments, credential and limits as JSON\n  %s version     print its version\n"+
		"  %s debug       wait, under a debugger, for an authrun that attaches to it\n", self, self, self)
	return b.String()
}
