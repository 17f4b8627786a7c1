package cli

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
)

func TestLevels(t *testing.T) {
	for _, test := range []struct {
		text, problem string
		want          string // who of the program, easemob and lingju logs at debug
	}{
		{"", "", ""},
		{"off", "", ""},
		{"debug", "", "program easemob lingju"},
		{"easemob=debug", "", "easemob"},
		{"info,easemob=trace", "", "easemob"},
		{"debug,lingju=off", "", "program easemob"},
		{"easemob=debug,lingju=debug,error", "", "easemob lingju"},
		{"loud", "--log-level knows no level loud: use trace, debug, info, warn, error or off", ""},
		{"easemob=loud", "--log-level knows no level loud: use trace", ""},
		{"easemob=", "--log-level knows no level : use trace", ""},
		{"=debug", "--log-level names no plugin before =debug", ""},
	} {
		var out bytes.Buffer
		p := newProgram(Env{}, nil)
		p.common.logLevel = test.text
		log, err := p.logger(&out)
		if test.problem != "" {
			if err == nil || !strings.HasPrefix(err.Error(), test.problem) {
				t.Errorf("%s: got %v, want %s", test.text, err, test.problem)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", test.text, err)
			continue
		}
		var got []string
		if log == nil {
			log = slog.New(slog.DiscardHandler)
		}
		for name, log := range map[string]*slog.Logger{
			"program": log, "easemob": log.With("plugin", "easemob"), "lingju": log.With("plugin", "lingju").WithGroup("g"),
		} {
			if log.Debug("said by " + name); strings.Contains(out.String(), "said by "+name) {
				got = append(got, name)
			}
		}
		for _, name := range []string{"program", "easemob", "lingju"} {
			if strings.Contains(strings.Join(got, " "), name) != strings.Contains(test.want, name) {
				t.Errorf("%s: got %v, want %s", test.text, got, test.want)
			}
		}
	}
}
