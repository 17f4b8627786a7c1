// Command authrun-plugin-http is the plugin for any vendor that a flow describes. It is run by authrun; by hand it says what it is.
package main

import (
	httpvendor "github.com/authrun/authrun/plugins/http"
	"github.com/authrun/authrun/sdk/plugin"
)

func main() { plugin.Serve(httpvendor.Vendor) }
