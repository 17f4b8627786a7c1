// Command authrun-plugin-ippbx is the plugin for an IPPBX. It is run by authrun; by hand it says what it is.
package main

import (
	"github.com/authrun/authrun/plugins/ippbx"
	"github.com/authrun/authrun/sdk/plugin"
)

func main() { plugin.Serve(ippbx.Vendor) }
