package wire

import (
	"encoding/json"
	"fmt"
	"strings"
)

// AttachVariable is the environment variable that makes a host attach to plugins that a developer started, instead of starting its own.
const AttachVariable = "AUTHRUN_ATTACH"

// Attachment is where a plugin that a developer started listens. It travels as one line, which the plugin prints and the developer sets as
// the host's environment.
type Attachment struct {
	PID      int    `json:"pid"`      // of the plugin's process
	Socket   string `json:"socket"`   // absolute, in a folder that only its user can enter
	Protocol int    `json:"protocol"` // version
}

// Assignment is the line as a shell takes it: VARIABLE='vendor={...}'.
func (a Attachment) Assignment(vendor string) (string, error) {
	text, err := json.Marshal(a)
	if err != nil {
		return "", err
	}
	return AttachVariable + "='" + strings.ReplaceAll(vendor+"="+string(text), "'", `'\''`) + "'", nil
}

// ParseAttachments reads the value of AttachVariable: one vendor={...} or several, with or without commas between them.
func ParseAttachments(text string) (map[string]Attachment, error) {
	all := map[string]Attachment{}
	for text = trimSeparators(text); text != ""; text = trimSeparators(text) {
		vendor, rest, ok := strings.Cut(text, "=")
		if !ok || strings.ContainsAny(vendor, "{} ") {
			return nil, fmt.Errorf(`it must read vendor={"pid":...}, as a plugin prints it that is started with "debug"`)
		}
		in := json.NewDecoder(strings.NewReader(rest))
		var a Attachment
		if err := in.Decode(&a); err != nil {
			return nil, fmt.Errorf("what follows %s= is not the JSON that the plugin printed: %w", vendor, err)
		}
		if a.PID <= 0 || a.Socket == "" {
			return nil, fmt.Errorf("what follows %s= names no process and no socket", vendor)
		}
		if _, twice := all[vendor]; twice {
			return nil, fmt.Errorf("%s is there twice", vendor)
		}
		all[vendor] = a
		text = rest[in.InputOffset():]
	}
	return all, nil
}

func trimSeparators(text string) string { return strings.TrimLeft(text, " \t\r\n,;") }
