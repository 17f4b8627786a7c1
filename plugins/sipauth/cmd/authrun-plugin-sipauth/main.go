// Command authrun-plugin-sipauth is the plugin for a SIP platform. It is run by authrun; by hand it says what it is.
package main

import (
	"github.com/authrun/authrun/plugins/sipauth"
	"github.com/authrun/authrun/sdk/plugin"
)

func main() { plugin.Serve(sipauth.Vendor) }
