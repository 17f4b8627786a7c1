package cli

import (
	"context"
	"io"
	"log/slog"
	"maps"
	"slices"
	"strings"
)

const (
	// levelTrace is below slog's own levels: what plugins and their transport say.
	levelTrace = slog.LevelDebug - 4
	// levelOff is above all of them.
	levelOff = slog.LevelError + 100
)

// pluginAttr is the attribute by which the runtime names the plugin that wrote a line.
const pluginAttr = "plugin"

// levelNames are the words for levels on the command line.
var levelNames = map[string]slog.Level{
	"trace": levelTrace, "debug": slog.LevelDebug, "info": slog.LevelInfo, "warn": slog.LevelWarn, "error": slog.LevelError, "off": levelOff,
}

// logger makes the logger that --log-level or AUTHRUN_LOG asks for; nil where neither does.
func (p *program) logger(w io.Writer) (*slog.Logger, error) {
	text, from := p.common.logLevel, "--log-level"
	if text == "" {
		text, from = p.getenv("AUTHRUN_LOG"), "AUTHRUN_LOG"
	}
	levels, problem := parseLevels(text)
	if problem != "" {
		return nil, usage("", from+" "+problem)
	}
	if levels.least() == levelOff {
		return nil, nil
	}
	levels.Handler = slog.NewTextHandler(w, &slog.HandlerOptions{Level: levels.least(), ReplaceAttr: nameTrace})
	return slog.New(levels), nil
}

// levels is a handler that has one level for the program and others for some of the plugins.
type levels struct {
	slog.Handler
	level   slog.Level            // of what is logged here
	plugins map[string]slog.Level // by vendor
}

// parseLevels reads LEVEL, VENDOR=LEVEL, or several of them with commas between. A problem that is not empty follows the words for where the
// text comes from.
func parseLevels(text string) (l levels, problem string) {
	l = levels{level: levelOff, plugins: map[string]slog.Level{}}
	for part := range strings.SplitSeq(text, ",") {
		vendor, name, one := strings.Cut(part, "=")
		if !one {
			vendor, name = "", part
		}
		if name == "" && !one {
			continue
		}
		level, known := levelNames[name]
		switch {
		case !known:
			return l, "knows no level " + name + ": use trace, debug, info, warn, error or off"
		case one && vendor == "":
			return l, "names no plugin before =" + name
		case one:
			l.plugins[vendor] = level
		default:
			l.level = level
		}
	}
	return l, ""
}

// least is the lowest level that anything is logged at.
func (l levels) least() slog.Level {
	return slices.Min(append(slices.Collect(maps.Values(l.plugins)), l.level))
}

// Enabled tells whether a level is logged.
func (l levels) Enabled(_ context.Context, level slog.Level) bool { return level >= l.level }

// WithAttrs is the handler of lines with attributes: that of a plugin has the plugin's level.
func (l levels) WithAttrs(attrs []slog.Attr) slog.Handler {
	for _, a := range attrs {
		if level, ok := l.plugins[a.Value.String()]; ok && a.Key == pluginAttr {
			l.level = level
		}
	}
	l.Handler = l.Handler.WithAttrs(attrs)
	return l
}

// WithGroup is the handler of lines with their attributes in a group.
func (l levels) WithGroup(name string) slog.Handler {
	l.Handler = l.Handler.WithGroup(name)
	return l
}

// nameTrace writes the level below debug by its name.
func nameTrace(groups []string, a slog.Attr) slog.Attr {
	if level, ok := a.Value.Any().(slog.Level); ok && len(groups) == 0 && a.Key == slog.LevelKey && level < slog.LevelDebug {
		a.Value = slog.StringValue("TRACE")
	}
	return a
}
