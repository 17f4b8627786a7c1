package httpvendor_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	httpvendor "github.com/authrun/authrun/plugins/http"
	"github.com/authrun/authrun/sdk"
)

// noon is the host's clock.
var noon = time.Date(2026, 3, 1, 12, 0, 0, 5e6, time.UTC)

// vendor answers every request alike, and keeps what was asked.
type vendor struct {
	status int // 0: 200
	header http.Header
	body   string

	asked *http.Request
	sent  string // body of the request
}

func (v *vendor) RoundTrip(r *http.Request) (*http.Response, error) {
	v.asked = r
	if r.Body != nil {
		raw, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		v.sent = string(raw)
	}
	if v.status == 0 {
		v.status = http.StatusOK
	}
	if v.header == nil {
		v.header = http.Header{}
	}
	return &http.Response{StatusCode: v.status, Header: v.header, Body: io.NopCloser(strings.NewReader(v.body))}, nil
}

// perform does an operation of the plugin whose random bytes are all zero. Held are attributes of the held credential, and what is private.
func perform(t *testing.T, v *vendor, op sdk.Operation, config args, held ...args) (got sdk.Result, learned []string, err error) {
	t.Helper()
	plugin, err := httpvendor.New(bytes.NewReader(make([]byte, 64))).Plugin()
	if err != nil {
		t.Fatal(err)
	}
	run := sdk.Run{Operation: op, Config: encode(t, config), Transport: v, Now: func() time.Time { return noon },
		Learn: func(secret string) { learned = append(learned, secret) }}
	if len(held) > 0 {
		run.Held = &sdk.Held{Value: encode(t, held[0])}
		if len(held) > 1 {
			run.Held.Private = encode(t, held[1])
		}
	}
	got, err = plugin.Run(t.Context(), run)
	return got, learned, err
}

// members are the members of a JSON object.
func members(t *testing.T, raw json.RawMessage) (v args) {
	t.Helper()
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	return v
}
