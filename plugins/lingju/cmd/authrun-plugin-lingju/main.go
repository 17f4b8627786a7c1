// Command authrun-plugin-lingju is the plugin for Lingju (灵聚). It is run by authrun; by hand it says what it is.
package main

import (
	"github.com/authrun/authrun/plugins/lingju"
	"github.com/authrun/authrun/sdk/plugin"
)

func main() { plugin.Serve(lingju.Vendor) }
