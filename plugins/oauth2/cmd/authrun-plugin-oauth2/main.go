// Command authrun-plugin-oauth2 is the plugin for OAuth 2.0 servers. It is run by authrun; by hand it says what it is.
package main

import (
	"github.com/authrun/authrun/plugins/oauth2"
	"github.com/authrun/authrun/sdk/plugin"
)

func main() { plugin.Serve(oauth2.Vendor) }
