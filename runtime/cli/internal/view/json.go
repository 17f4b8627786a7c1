package view

import (
	"encoding/json"
	"io"
	"sync"
	"time"

	"github.com/authrun/authrun/runtime"
)

// Format is the number of the JSON format, in the first line of it. It changes when a program that reads the old one could break.
const Format = 1

// JSONOptions say where and how a [JSON] shows things.
type JSONOptions struct {
	Out           io.Writer
	Log           io.Writer // lines of the log
	Version       string    // of authrun
	ShowSensitive bool      // the values of sensitive outputs too
	Summary       bool      // the last line is a summary, even where nothing was done
}

// JSON shows things to a program: one object a line, each with a member `type`, the first of them the version of the format.
type JSON struct {
	o JSONOptions

	mu         sync.Mutex
	enc        *json.Encoder
	summarised bool
}

// NewJSON makes a JSON and writes its first line. Close it.
func NewJSON(o JSONOptions) *JSON {
	j := &JSON{o: o, enc: NewEncoder(o.Out)}
	j.write(struct {
		Type    string `json:"type"`
		Format  int    `json:"format"`
		Version string `json:"authrun"`
	}{"version", Format, o.Version})
	return j
}

// NewEncoder makes an encoder that leaves <, > and & in texts as they are: no browser reads this.
func NewEncoder(w io.Writer) *json.Encoder {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc
}

func (j *JSON) write(object any) {
	_ = j.enc.Encode(object) // the stream below remembers the error
}

// Diagnostics writes one line each.
func (j *JSON) Diagnostics(ds runtime.Diagnostics) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, d := range ds {
		j.diagnostic(d)
	}
}

func (j *JSON) diagnostic(d runtime.Diagnostic) {
	j.write(struct {
		Type string `json:"type"`
		runtime.Diagnostic
	}{"diagnostic", d})
}

// Doing is of no interest to a program.
func (j *JSON) Doing(string) {}

// Write shows lines of the log.
func (j *JSON) Write(p []byte) (int, error) { return j.o.Log.Write(p) }

// Close writes the summary where one is owed.
func (j *JSON) Close() {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.o.Summary {
		j.summary(runtime.Summary{})
	}
}

// Event writes one line. What has no place in the format, a notice and a wait, is left out.
func (j *JSON) Event(e runtime.Event) {
	j.mu.Lock()
	defer j.mu.Unlock()
	switch e := e.(type) {
	case runtime.AuthStart:
		j.write(authStart{"auth_start", e.Address})
	case runtime.AuthDone:
		j.write(authDone{"auth_done", e.Address, e.Action, Time(e.ExpiresAt), e.Elapsed.Milliseconds(), e.Warning})
	case runtime.AuthFailed:
		j.write(authFailed{"auth_failed", e.Address, e.Class})
	case runtime.AuthSkipped:
		j.write(authSkipped{"auth_skipped", e.Address, e.Because})
	case runtime.AuthRevoked:
		j.write(authRevoked{"auth_revoked", e.Address, e.AtVendor, e.Nothing, Time(e.DiesAt), e.Text})
	case runtime.Planned:
		j.write(planned{"plan", e.Address, e.Action, e.Reason, e.Calls, Time(e.Until)})
	case runtime.Diagnosed:
		j.diagnostic(e.Diagnostic)
	case runtime.Outputs:
		j.write(outputs{"outputs", NamedOutputs(e.Outputs, j.o.ShowSensitive)})
	case runtime.Summary:
		j.summary(e)
	}
}

func (j *JSON) summary(s runtime.Summary) {
	if j.summarised {
		return
	}
	j.summarised = true
	j.write(summaryLine{"summary", s.Reused, s.Renewed, s.Acquired, s.Failed, s.Skipped, s.VendorCalls, s.Elapsed.Milliseconds()})
}

// Time is an instant as JSON has it: RFC 3339 in UTC with whole seconds, null for never.
func Time(at time.Time) *string {
	if at.IsZero() {
		return nil
	}
	text := at.UTC().Format(time.RFC3339)
	return &text
}

type authStart struct {
	Type    string `json:"type"`
	Address string `json:"address"`
}

type authDone struct {
	Type      string         `json:"type"`
	Address   string         `json:"address"`
	Action    runtime.Action `json:"action"`
	ExpiresAt *string        `json:"expires_at"`
	ElapsedMS int64          `json:"elapsed_ms"`
	Warning   string         `json:"warning,omitempty"`
}

type authFailed struct {
	Type    string `json:"type"`
	Address string `json:"address"`
	Class   string `json:"class"`
}

type authSkipped struct {
	Type    string   `json:"type"`
	Address string   `json:"address"`
	Because []string `json:"because"`
}

type authRevoked struct {
	Type     string  `json:"type"`
	Address  string  `json:"address"`
	AtVendor bool    `json:"at_vendor"`
	Nothing  bool    `json:"nothing"`
	DiesAt   *string `json:"dies_at"` // null: never, or the vendor ended it
	Text     string  `json:"text,omitempty"`
}

type planned struct {
	Type    string         `json:"type"`
	Address string         `json:"address"`
	Action  runtime.Action `json:"action"`
	Reason  string         `json:"reason"`
	Calls   int            `json:"calls"`
	Until   *string        `json:"until,omitempty"`
}

type outputs struct {
	Type    string                 `json:"type"`
	Outputs map[string]NamedOutput `json:"outputs"`
}

type summaryLine struct {
	Type        string `json:"type"`
	Reused      int    `json:"reused"`
	Renewed     int    `json:"renewed"`
	Acquired    int    `json:"acquired"`
	Failed      int    `json:"failed"`
	Skipped     int    `json:"skipped"`
	VendorCalls int    `json:"vendor_calls"`
	ElapsedMS   int64  `json:"elapsed_ms"`
}
