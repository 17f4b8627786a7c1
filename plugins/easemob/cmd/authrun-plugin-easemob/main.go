// Command authrun-plugin-easemob is the plugin for Easemob (环信). It is run by authrun; by hand it says what it is.
package main

import (
	"github.com/authrun/authrun/plugins/easemob"
	"github.com/authrun/authrun/sdk/plugin"
)

func main() { plugin.Serve(easemob.Vendor) }
