package cli

import (
	"io"
	"log/slog"
)

// levelTrace is below slog's own levels: what plugins and their transport say.
const levelTrace = slog.LevelDebug - 4

// logger makes the logger that --log-level or AUTHRUN_LOG asks for; nil where neither does.
func (p *program) logger(w io.Writer) (*slog.Logger, error) {
	name, from := p.common.logLevel, "--log-level"
	if name == "" {
		name, from = p.getenv("AUTHRUN_LOG"), "AUTHRUN_LOG"
	}
	var level slog.Level
	switch name {
	case "", "off":
		return nil, nil
	case "trace":
		level = levelTrace
	case "debug":
		level = slog.LevelDebug
	case "info":
		level = slog.LevelInfo
	case "warn":
		level = slog.LevelWarn
	case "error":
		level = slog.LevelError
	default:
		return nil, usage("", from+" knows no level "+name+": use trace, debug, info, warn, error or off")
	}
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: level, ReplaceAttr: nameTrace})), nil
}

// nameTrace writes the level below debug by its name.
func nameTrace(groups []string, a slog.Attr) slog.Attr {
	if level, ok := a.Value.Any().(slog.Level); ok && len(groups) == 0 && a.Key == slog.LevelKey && level < slog.LevelDebug {
		a.Value = slog.StringValue("TRACE")
	}
	return a
}
