package runtime

import (
	"context"
	"fmt"
	"io"
	"log/slog"

	"github.com/hashicorp/go-hclog"
)

// pluginLog makes the logger of one vendor's plugin: the runtime's, with the attribute "plugin". A handler that knows of the attribute may
// have a level of its own for each.
func (r *Runtime) pluginLog(vendor string) hclog.Logger {
	return pluginLog(r.log.With(pluginAttr, vendor))
}

// pluginAttr is the attribute of a log line that names the vendor whose plugin wrote it.
const pluginAttr = "plugin"

// pluginLog makes the logger that plugins and the SDK know, hclog's, write to log. Its level is what log wants to have: a plugin that nobody
// listens to does not log.
func pluginLog(log *slog.Logger) hclog.Logger {
	l := hclog.NewInterceptLogger(&hclog.LoggerOptions{Level: wanted(log), Output: io.Discard})
	l.RegisterSink(sink{log})
	return l
}

// wanted is the lowest level that log takes, in hclog's words.
func wanted(log *slog.Logger) hclog.Level {
	for _, level := range []hclog.Level{hclog.Trace, hclog.Debug, hclog.Info, hclog.Warn, hclog.Error} {
		if log.Enabled(context.Background(), levelOf(level)) {
			return level
		}
	}
	return hclog.Off
}

// sink hands hclog's lines to slog.
type sink struct{ log *slog.Logger }

// Accept writes one line.
func (s sink) Accept(name string, level hclog.Level, msg string, args ...any) {
	to := levelOf(level)
	if !s.log.Enabled(context.Background(), to) {
		return
	}
	attrs := make([]slog.Attr, 0, len(args)/2+1)
	if name != "" {
		attrs = append(attrs, slog.String("logger", name))
	}
	for i := 0; i+1 < len(args); i += 2 {
		attrs = append(attrs, slog.Any(fmt.Sprint(args[i]), args[i+1]))
	}
	s.log.LogAttrs(context.Background(), to, msg, attrs...)
}

func levelOf(level hclog.Level) slog.Level {
	switch level {
	case hclog.Trace:
		return slog.LevelDebug - 4
	case hclog.Debug:
		return slog.LevelDebug
	case hclog.Warn:
		return slog.LevelWarn
	case hclog.Error:
		return slog.LevelError
	default:
		return slog.LevelInfo
	}
}
