// Package self makes the program that imports it a launcher of plugins too: started with the hidden first argument, it becomes one before
// its main runs, and before most of its packages are initialised. Importing it is the consent to be started again so; a program that embeds
// authrun and does not import it is never executed as a launcher.
//
//	authrun.Open(authrun.Options{Launcher: self.Path()})
//
// It imports next to nothing, so that Go initialises it early. It is for main packages and for the mains of tests.
package self

import (
	"os"
	"runtime"

	"github.com/authrun/authrun/sdk/client/launch"
)

func init() {
	if len(os.Args) > 1 && os.Args[1] == launch.Argument {
		os.Exit(launch.Run(os.Args[1:], os.Environ()))
	}
}

// Path is where the running program is found as a launcher: the very file that runs, even if another one lies at its path by now. It is
// empty on systems that have no launcher.
func Path() string {
	if runtime.GOOS != "linux" || !launch.Possible {
		return ""
	}
	return "/proc/self/exe"
}
