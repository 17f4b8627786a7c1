package client

import (
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/authrun/authrun/sdk/client/launch"
)

// crashLines is how many lines of a crash are kept: the innermost frames, where the place is.
const crashLines = 60

// Lines that a language's runtime writes when a program crashes.
var (
	crashBegins = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^(?:panic: |fatal error: |Traceback \(most recent call last\):)`)
	})
	noMemory = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^(?:fatal error: (?:runtime: )?(?:out of memory|cannot allocate memory)|MemoryError\b)`)
	})
	goFrame     = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^\t(/\S+\.go):(\d+)(?: \+0x[0-9a-f]+.*)?$`) })
	goRuntime   = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(?:runtime[./]|panic\(|internal/runtime/)`) })
	pythonFrame = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^  File "([^"]+)", line (\d+)`) })
)

// crash is what a plugin's last lines tell of its end.
type crash struct {
	place  string   // in its source: "acme/login.go:42"; empty: not known
	memory bool     // it ran out of memory
	lines  []string // what to show of it: from its first line to the place
}

// ended is the fault of a plugin whose process ended by itself, with what its last lines tell of a crash. The words of a panic are left to
// the lines.
func (p *Process) ended(problem, state string, err error) *Error {
	c := crashOf(p.tail.crashed())
	switch {
	case c.memory && p.Held().Holds(launch.Limits) && pluginDataLimit > 0:
		state += ", since it wanted more than the " + strconv.Itoa(pluginDataLimit>>20) + " MiB of memory that a plugin may use"
	case c.memory:
		state += ", since there was no memory left"
	case c.place != "":
		state += ", crashed at " + c.place
	}
	fault := p.fault(problem+": "+state, err)
	if len(c.lines) > 0 {
		fault.Stderr = c.lines
	}
	return fault
}

// crashOf reads the lines of a crash, of which the first one begins it.
func crashOf(lines []string) crash {
	c := crash{lines: lines}
	for i, line := range lines {
		switch {
		case noMemory().MatchString(line):
			return crash{memory: true, lines: lines[:i+1]}
		case i > 0 && goFrame().MatchString(line) && !goRuntime().MatchString(lines[i-1]):
			at := goFrame().FindStringSubmatch(line)
			return crash{place: shortPlace(at[1], at[2]), lines: lines[:i+1]}
		case pythonFrame().MatchString(line): // the innermost stands last
			at := pythonFrame().FindStringSubmatch(line)
			c.place = shortPlace(at[1], at[2])
		}
	}
	return c
}

// shortPlace is a place as a person says it: the file with its folder, and the line.
func shortPlace(file, line string) string {
	folder, name := filepath.Split(file)
	return strings.TrimPrefix(filepath.Join(filepath.Base(folder), name), "/") + ":" + line
}
