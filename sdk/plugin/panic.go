package plugin

import (
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// panicked is the error for the host of a panic with the value v, made in the function that recovered it. It says where the panic was.
// The value is left out, since it may hold a secret, but for the errors of Go's runtime, whose words are fixed.
func panicked(v any) error {
	text := "panicked at " + panicPlace()
	if err, ok := v.(runtime.Error); ok {
		text += " (" + err.Error() + ")"
	}
	return status.Error(codes.Internal, text)
}

// panicPlace is the file and line of the panic that is being recovered: the innermost frame below the runtime's own.
func panicPlace() string {
	callers := make([]uintptr, 64)
	frames := runtime.CallersFrames(callers[:runtime.Callers(0, callers)])
	below := false // below runtime.gopanic, where the panicking function is
	for {
		frame, more := frames.Next()
		if below && !strings.HasPrefix(frame.Function, "runtime.") {
			folder, file := filepath.Split(frame.File)
			return filepath.Join(filepath.Base(folder), file) + ":" + strconv.Itoa(frame.Line)
		}
		below = below || frame.Function == "runtime.gopanic"
		if !more {
			return "an unknown place"
		}
	}
}
