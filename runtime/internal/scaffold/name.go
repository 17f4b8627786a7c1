package scaffold

import (
	"fmt"
	"go/token"
	"regexp"
	"slices"
	"strings"
	"sync"

	"golang.org/x/mod/module"
)

// SDK is the path of the module in which the SDK is.
const SDK = "github.com/authrun/authrun"

// mostName is the length of the longest name: longer ones make paths that not every system takes.
const mostName = 40

var namePattern = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[a-z][a-z0-9]*$`) })

// predeclared are the names that Go itself declares. They are written down, because every start of authrun would pay for go/types.
var predeclared = strings.Fields("any append bool byte cap clear close comparable complex complex128 complex64 copy delete error false float32 " +
	"float64 imag int int16 int32 int64 int8 iota len make max min new nil panic print println real recover rune string true uint uint16 uint32 " +
	"uint64 uint8 uintptr")

// taken are the names that the plugin's Go package cannot have: its test and its main mean something else by them, or Go's tools do.
var taken = []string{"b", "broken", "code", "company", "config", "err", "fake", "fakevendor", "got", "init", "internal", "m", "main", "name", "os",
	"plugin", "s", "script", "sdk", "sdktest", "server", "t", "test", "testdata", "testing", "text", "time", "token", "url", "vendor", "want"}

// device matches the names that are no names of files on Windows.
var device = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(aux|con|nul|prn|com[0-9]|lpt[0-9])$`) })

// CheckName says why a vendor cannot have that name; nil: it can.
func CheckName(name string) error {
	switch {
	case name == "":
		return fmt.Errorf("a vendor needs a name")
	case !namePattern().MatchString(name):
		return fmt.Errorf("%q cannot be the name of a vendor: a name is small letters and digits, and begins with a letter", name)
	case len(name) > mostName:
		return fmt.Errorf("%q cannot be the name of a vendor: a name has %d letters and digits at most", name, mostName)
	case token.IsKeyword(name) || slices.Contains(predeclared, name) || slices.Contains(taken, name):
		return fmt.Errorf("%q cannot be the name of a plugin's Go package, which is named as its vendor is: it means something else there", name)
	case device().MatchString(name):
		return fmt.Errorf("%q cannot be the name of a vendor: Windows has no files of that name", name)
	}
	return nil
}

// checkPath says why a Go module cannot have that path; nil: it can.
func checkPath(path string) error {
	switch err := module.CheckPath(path); {
	case err != nil:
		return fmt.Errorf("%w; a module's path is such as github.com/you/authrun-plugin-acme", err)
	case path == SDK || strings.HasPrefix(path, SDK+"/"):
		return fmt.Errorf("malformed module path %q: it is authrun's own, and the plugin is a module of its own", path)
	}
	return nil
}
