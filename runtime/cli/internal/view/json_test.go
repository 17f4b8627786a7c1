package view

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/authrun/authrun/runtime"
)

// now is the time at which the tests of this package happen, in the zone of its readers.
var (
	zone = time.FixedZone("CST", 8*60*60)
	now  = time.Date(2026, 11, 21, 18, 30, 0, 0, zone)
)

// events are all that can happen.
func events() []runtime.Event {
	return []runtime.Event{
		runtime.Notice{Text: "A new store was made at /s/authrun.db."},
		runtime.AuthStart{Address: "auth.easemob.im"},
		runtime.AuthWait{Address: "auth.easemob.im", Reason: "the vendor wants 10 s between two calls", Until: now.Add(7 * time.Second)},
		runtime.AuthDone{Address: "auth.easemob.im", Action: runtime.ActionAcquire, ExpiresAt: now.Add(7 * 24 * time.Hour).Add(time.Millisecond),
			Elapsed: 1234 * time.Millisecond},
		runtime.AuthDone{Address: `auth.ippbx.hq["a<b"]`, Action: runtime.ActionReuse, Warning: "the vendor is down"},
		runtime.AuthDone{Address: "auth.ekuaibao.e", Action: runtime.ActionRenew, ExpiresAt: now.Add(90 * time.Minute), Elapsed: 212 * time.Millisecond},
		runtime.Diagnosed{Diagnostic: runtime.Diagnostic{Severity: runtime.SeverityError, Summary: "Credentials refused", Detail: "The vendor says no.",
			Address: "auth.lingju.bot", Range: &runtime.Range{Filename: "flow.hcl", Start: runtime.Pos{Line: 3, Column: 1, Byte: 40},
				End: runtime.Pos{Line: 3, Column: 20, Byte: 59}},
			Snippet: &runtime.Snippet{StartLine: 3, Code: `auth "lingju" "bot" {`, Start: 0, End: 19}}},
		runtime.AuthFailed{Address: "auth.lingju.bot", Class: "invalid_credentials", Elapsed: 51 * time.Second},
		runtime.AuthSkipped{Address: "auth.sipauth.s", Because: []string{"auth.lingju.bot"}},
		runtime.Outputs{Outputs: []runtime.Output{
			{Name: "im", Type: json.RawMessage(`"string"`), Sensitive: true, Value: json.RawMessage(`"s3cret"`)},
			{Name: "接口", Type: json.RawMessage(`["object",{"a":"number"}]`), Value: json.RawMessage(`{"a":1,"b":["<x>"]}`)},
			{Name: "nil", Type: json.RawMessage(`"string"`), Value: json.RawMessage(`null`)},
		}},
		runtime.Summary{Reused: 1, Renewed: 1, Acquired: 1, Failed: 1, Skipped: 1, VendorCalls: 3, Elapsed: 65 * time.Second},
	}
}

const wantJSON = `{"type":"version","format":1,"authrun":"0.1.0+test"}
{"type":"auth_start","address":"auth.easemob.im"}
{"type":"auth_done","address":"auth.easemob.im","action":"acquire","expires_at":"2026-11-28T10:30:00Z","elapsed_ms":1234}
{"type":"auth_done","address":"auth.ippbx.hq[\"a<b\"]","action":"reuse","expires_at":null,"elapsed_ms":0,"warning":"the vendor is down"}
{"type":"auth_done","address":"auth.ekuaibao.e","action":"renew","expires_at":"2026-11-21T12:00:00Z","elapsed_ms":212}
{"type":"diagnostic","severity":"error","summary":"Credentials refused","detail":"The vendor says no.","address":"auth.lingju.bot",` +
	`"range":{"filename":"flow.hcl","start":{"line":3,"column":1,"byte":40},"end":{"line":3,"column":20,"byte":59}},` +
	`"snippet":{"start_line":3,"code":"auth \"lingju\" \"bot\" {","highlight_start":0,"highlight_end":19}}
{"type":"auth_failed","address":"auth.lingju.bot","class":"invalid_credentials"}
{"type":"auth_skipped","address":"auth.sipauth.s","because":["auth.lingju.bot"]}
{"type":"outputs","outputs":{"im":{"type":"string","sensitive":true},"nil":{"type":"string","sensitive":false,"value":null},` +
	`"接口":{"type":["object",{"a":"number"}],"sensitive":false,"value":{"a":1,"b":["<x>"]}}}}
{"type":"summary","reused":1,"renewed":1,"acquired":1,"failed":1,"skipped":1,"vendor_calls":3,"elapsed_ms":65000}
`

func TestJSON(t *testing.T) {
	var out strings.Builder
	v := NewJSON(JSONOptions{Out: &out, Log: &out, Version: "0.1.0+test", Summary: true})
	for _, e := range events() {
		v.Event(e)
	}
	v.Close()
	if diff := cmp.Diff(strings.Split(wantJSON, "\n"), strings.Split(out.String(), "\n")); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	for line := range strings.Lines(out.String()) {
		if !json.Valid([]byte(line)) {
			t.Errorf("no JSON: %s", line)
		}
	}
}

func TestJSONShowsSensitiveWhereAsked(t *testing.T) {
	var out strings.Builder
	v := NewJSON(JSONOptions{Out: &out, Log: &out, Version: "0.1.0", ShowSensitive: true})
	v.Event(runtime.Outputs{Outputs: []runtime.Output{{Name: "im", Type: json.RawMessage(`"string"`), Sensitive: true, Value: json.RawMessage(`"s3cret"`)}}})
	v.Close()
	want := `{"type":"version","format":1,"authrun":"0.1.0"}
{"type":"outputs","outputs":{"im":{"type":"string","sensitive":true,"value":"s3cret"}}}
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestJSONSummarisesOnceAndAlways(t *testing.T) {
	var out strings.Builder
	v := NewJSON(JSONOptions{Out: &out, Log: &out, Version: "0.1.0", Summary: true})
	v.Diagnostics(runtime.Diagnostics{{Severity: runtime.SeverityError, Summary: "Flow not found"}})
	v.Close()
	v.Close()
	want := `{"type":"version","format":1,"authrun":"0.1.0"}
{"type":"diagnostic","severity":"error","summary":"Flow not found"}
{"type":"summary","reused":0,"renewed":0,"acquired":0,"failed":0,"skipped":0,"vendor_calls":0,"elapsed_ms":0}
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
