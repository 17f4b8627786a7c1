// Command authrun-plugin-ekuaibao is the plugin for Ekuaibao (易快报 / 合思). It is run by authrun; by hand it says what it is.
package main

import (
	"github.com/authrun/authrun/plugins/ekuaibao"
	"github.com/authrun/authrun/sdk/plugin"
)

func main() { plugin.Serve(ekuaibao.Vendor) }
