// Command authrun-launch starts plugins for programs that embed authrun: it takes from itself what a plugin has no use for, and becomes
// the plugin. It lies beside the plugins; the authrun program itself does not need it.
package main

import (
	"os"
	"runtime"

	"github.com/authrun/authrun/sdk/client/launch"
)

func main() {
	runtime.LockOSThread() // what is taken is taken from the thread that becomes the plugin
	os.Exit(launch.Run(os.Environ()))
}
