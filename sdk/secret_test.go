package sdk_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/authrun/authrun/sdk"
)

func TestSecretIsNeverPrinted(t *testing.T) {
	const value = "s3cr3t-value"
	s := sdk.Secret(value)
	inside := struct{ Key sdk.Secret }{s}
	var printed strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "% x", "%d", "%t", "%c", "%U", "%e", "%20s", "%.3s", "%z"} {
		fmt.Fprintf(&printed, verb+"\n", s)
		fmt.Fprintf(&printed, verb+"\n", inside)
		fmt.Fprintf(&printed, verb+"\n", []sdk.Secret{s})
		fmt.Fprintf(&printed, verb+"\n", map[string]sdk.Secret{"k": s})
		fmt.Fprintf(&printed, verb+"\n", &inside)
	}
	fmt.Fprintln(&printed, s, s.String(), s.GoString(), fmt.Errorf("no: %w", fmt.Errorf("%v", s)))
	var logged bytes.Buffer
	log := slog.New(slog.NewJSONHandler(&logged, nil))
	log.Info("line", "key", s)
	for _, text := range []string{printed.String(), logged.String()} {
		if strings.Contains(text, value) || strings.Contains(text, fmt.Sprintf("%x", value)) || !strings.Contains(text, "(sensitive)") {
			t.Errorf("printed: %s", text)
		}
	}
}

func TestSecretIsEncodedAsItIs(t *testing.T) {
	raw, err := json.Marshal(map[string]sdk.Secret{"key": "a secret"})
	if err != nil || string(raw) != `{"key":"a secret"}` {
		t.Errorf("got %s, %v", raw, err)
	}
	if got := sdk.Secret("a secret").Reveal(); got != "a secret" {
		t.Errorf("revealed %q", got)
	}
}
