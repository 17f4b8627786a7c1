package terminal

import (
	"io"
	"os"

	"golang.org/x/term"
)

// Keyboard tells whether a reader is a terminal, and gives the function that makes it send every key at once and show none by itself, until
// restore is called.
func Keyboard(in io.Reader) (raw func() (restore func() error, err error), ok bool) {
	file, ok := in.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return nil, false
	}
	fd := int(file.Fd())
	return func() (func() error, error) {
		state, err := term.MakeRaw(fd)
		if err != nil {
			return nil, err
		}
		return func() error { return term.Restore(fd, state) }, nil
	}, true
}
