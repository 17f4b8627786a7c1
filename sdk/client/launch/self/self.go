// Package self makes the program that imports it a launcher of plugins too: started with the launcher's variable in its environment it
// becomes one before its main runs, and before most of its packages are initialised. Importing it is the consent to be started again so; a
// program that embeds authrun and does not import it is never executed as a launcher.
//
//	authrun.Open(authrun.Options{Launcher: self.Path()})
//
// Go initialises packages in the order of their names, each when those that it imports are. Therefore this one imports next to nothing, not
// even os: nearly everything else waits for that. It is for main packages and for the mains of tests.
package self

import (
	"runtime"
	"syscall"

	"github.com/authrun/authrun/sdk/client/launch"
)

func init() {
	if _, told := syscall.Getenv(launch.Variable); told {
		syscall.Exit(launch.Run(syscall.Environ()))
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
