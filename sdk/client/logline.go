package client

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/go-hclog"
)

// logLine is a line of a plugin's log, as hclog writes it in JSON.
type logLine struct {
	level   hclog.Level
	message string
	args    []any // names and values by turns, sorted by name; values are strings
}

// parseLogLine reads a line of standard error, and tells whether it is one of a log. go-plugin has such a parser too, but that one panics
// when a plugin writes another type than it should.
func parseLogLine(line string) (logLine, bool) {
	if !strings.HasPrefix(line, "{") {
		return logLine{}, false
	}
	var fields map[string]any
	if json.Unmarshal([]byte(line), &fields) != nil {
		return logLine{}, false
	}
	message, ok := fields["@message"].(string)
	level, leveled := fields["@level"].(string)
	if !ok || !leveled {
		return logLine{}, false
	}
	out := logLine{level: hclog.LevelFromString(level), message: message}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if !strings.HasPrefix(name, "@") {
			out.args = append(out.args, name, fmt.Sprint(fields[name]))
		}
	}
	return out, true
}

// String is the line as a person reads it.
func (l logLine) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "[%s] %s", strings.ToUpper(l.level.String()), l.message)
	for i := 0; i < len(l.args); i += 2 {
		fmt.Fprintf(&b, " %s=%s", l.args[i], l.args[i+1])
	}
	return b.String()
}

// write writes the line to log, its words redacted first.
func (l logLine) write(log hclog.Logger, redact func(string) string) {
	if log == nil || l.level == hclog.NoLevel || l.level < log.GetLevel() {
		return
	}
	args := make([]any, len(l.args))
	for i, arg := range l.args {
		args[i] = redact(arg.(string))
	}
	log.Log(l.level, redact(l.message), args...)
}
