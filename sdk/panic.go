package sdk

import (
	"fmt"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
)

// panicked is a panic of the author's code, without the value, which may hold a secret.
type panicked struct{ text string }

// Error says where and in what it was.
func (e *panicked) Error() string { return e.text }

// recovered is for a deferred call: it turns a panic of the author's code into an error that says where it was. The plugin's name and the
// operation are put before it by whoever has several.
func recovered(err *error) {
	if value := recover(); value != nil {
		*err = &panicked{fmt.Sprintf("panicked at %s (%s)", panicPlace(), panicWords(value))}
	}
}

// panicWords is the panic's value where it is the Go runtime's own words, which hold no data, else its type.
func panicWords(value any) string {
	t := reflect.TypeOf(value)
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.PkgPath() == "runtime" {
		return fmt.Sprint(value)
	}
	return fmt.Sprintf("a value of type %T", value)
}

// panicPlace is "file.go:42" of the innermost frame in the author's code: not in this package, and not in the standard library, whose
// import paths begin without a dot. Where there is no such frame it is the innermost outside of package runtime.
func panicPlace() string {
	pcs := make([]uintptr, 64)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs)])
	place := ""
	for more := true; more; {
		var f runtime.Frame
		f, more = frames.Next()
		first, _, _ := strings.Cut(f.Function, "/")
		standard := !strings.HasPrefix(f.Function, "main.") && (first == f.Function || !strings.Contains(first, "."))
		here := fmt.Sprintf("%s:%d", filepath.Base(f.File), f.Line)
		switch {
		case strings.HasPrefix(f.Function, "runtime."), strings.HasPrefix(f.Function, "github.com/authrun/authrun/sdk."):
		case !standard:
			return here
		case place == "":
			place = here
		}
	}
	if place == "" {
		return "an unknown place"
	}
	return place
}
