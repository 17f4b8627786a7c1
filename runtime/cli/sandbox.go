package cli

import (
	"strings"

	"github.com/authrun/authrun/runtime"
)

// sandbox is what holds plugins on this machine, in JSON.
type sandbox struct {
	Required bool         `json:"required"`
	Held     []string     `json:"held"`
	Missing  []sandboxGap `json:"missing"`
}

// sandboxGap is a layer that is missing.
type sandboxGap struct {
	Layer   string `json:"layer"`
	Why     string `json:"why"`
	Without string `json:"plugins_can"`
}

func sandboxOf(from runtime.Sandbox) sandbox {
	s := sandbox{Required: from.Required, Held: append([]string{}, from.Held...), Missing: []sandboxGap{}}
	for _, g := range from.Missing {
		s.Missing = append(s.Missing, sandboxGap{g.Layer, g.Why, g.Without})
	}
	return s
}

// gaps warns of what does not hold plugins on this machine; nothing where all of it does.
func gaps(held runtime.Sandbox) runtime.Diagnostics {
	if held.Whole() {
		return nil
	}
	var lines []string
	for _, g := range held.Missing {
		lines = append(lines, "  "+g.Layer+": "+g.Why+"; plugins can "+g.Without)
	}
	what := "--require-sandbox refuses to start a plugin here."
	if held.Required {
		what = "No plugin is started here, since a whole sandbox is required."
	}
	return runtime.Diagnostics{{Severity: runtime.SeverityWarning, Summary: "Plugins are not wholly held",
		Detail: "Layers of the sandbox are missing on this machine:\n" + strings.Join(lines, "\n") + "\n\n" + what}}
}
