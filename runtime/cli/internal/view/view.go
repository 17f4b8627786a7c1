package view

import "github.com/authrun/authrun/runtime"

// View shows what happens while a verb runs. Its methods may be called by several goroutines.
type View interface {
	// Event shows one thing that happened while a flow was applied. Only the first [runtime.Summary] is shown.
	Event(e runtime.Event)
	// Doing shows what is under work now, where no event tells of it.
	Doing(what string)
	// Diagnostics shows messages to the author of the flow.
	Diagnostics(ds runtime.Diagnostics)
	// Write shows lines of the log. They stand between other lines, never in the middle of one.
	Write(p []byte) (int, error)
	// Close takes away what is drawn on the screen and draws no more; what is still shown after it is printed as in a pipe. It may be called
	// more than once.
	Close()
}
