// Package lock reads and writes the lock file of a flow, .authrun.lock.hcl: which version of each plugin the flow runs with, where it came from, and
// the hash of its executable on every platform.
//
// The file is written by `authrun init` and kept with the flow, so that everybody who runs it runs the same plugins. It is the same text for the
// same content, one thing on a line, so that two branches that touch different plugins merge.
//
// The package knows the form of the file and nothing of what is locked. It is imported by package supply and the runtime.
package lock

import (
	"cmp"
	"slices"

	"github.com/hashicorp/hcl/v2"
)

// Name is the name of the file in the flow's folder.
const Name = ".authrun.lock.hcl"

// Plugin is what is locked of one vendor's plugin.
type Plugin struct {
	Vendor      string
	Source      string            // address, as the flow has it
	Version     string            // of the release
	Constraints string            // those of the flow that it was chosen for; empty: none. For readers only
	Hashes      map[string]string // "sha256:..." of the executable, by platform: linux_amd64
	Range       hcl.Range         // of the block's head, where it was read
}

// Find gives what is locked of a vendor's plugin.
func Find(plugins []Plugin, vendor string) (Plugin, bool) {
	i := slices.IndexFunc(plugins, func(p Plugin) bool { return p.Vendor == vendor })
	if i < 0 {
		return Plugin{}, false
	}
	return plugins[i], true
}

// sorted are plugins in the order of their vendors.
func sorted(plugins []Plugin) []Plugin {
	return slices.SortedFunc(slices.Values(plugins), func(a, b Plugin) int { return cmp.Compare(a.Vendor, b.Vendor) })
}
