package cli

import "os"

// terminate asks a process to end. Windows has nothing but to end it.
var terminate os.Signal = os.Kill

// statusOf is the exit status of a process that ended.
func statusOf(state *os.ProcessState) int { return state.ExitCode() }

// fromTerminal tells whether a signal reached the command anyway: on Windows all that are there go to every process of a console.
func fromTerminal(s os.Signal) bool { return s != os.Kill }
