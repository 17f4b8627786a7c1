package eval

import "github.com/hashicorp/hcl/v2"

// Settings are the flow's wishes about where its store and key are. Paths are absolute; empty: not set.
type Settings struct {
	Store   string
	KeyFile string
}

// Settings evaluates the settings of the `authrun` block that are needed before anything else.
func (s *Scope) Settings() (Settings, hcl.Diagnostics) {
	var set Settings
	t := tuner{s: s, p: place{only: noAuth}, c: &Config{}}
	t.path(s.flow.Settings.Store, "store", &set.Store)
	t.path(s.flow.Settings.KeyFile, "key_file", &set.KeyFile)
	return set, t.diags
}
