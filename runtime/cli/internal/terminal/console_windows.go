package terminal

import "golang.org/x/sys/windows"

// obeys makes the console understand ANSI sequences, and tells whether it does: those before Windows 10 do not.
func obeys(fd int) bool {
	var mode uint32
	console := windows.Handle(fd)
	if windows.GetConsoleMode(console, &mode) != nil {
		return false
	}
	return windows.SetConsoleMode(console, mode|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING) == nil
}
