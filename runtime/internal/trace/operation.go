package trace

import (
	"bytes"
	"encoding/json"
	"slices"
	"time"

	"github.com/authrun/authrun/runtime/internal/exchange"
	"github.com/authrun/authrun/sdk"
	"github.com/authrun/authrun/sdk/sdktest/script"
)

// Operation is one try of an operation, with all that was said in it.
type Operation struct {
	Address   string
	Schema    sdk.Description
	Operation sdk.Operation
	Config    json.RawMessage // every argument
	Held      *sdk.Held       // nil: nothing
	Began     time.Time
	Took      time.Duration
	Exchanges []exchange.Seen
	Result    sdk.Result
	Failure   *sdk.Failure // why it failed by the plugin's word; nil: it did not
	// Unfinished is the class under which this host ended it; empty: it did not.
	Unfinished string
	// Secret tells whether a text holds a secret that is known by now.
	Secret func(text string) bool
}

// Head is the first line of a trace, written by that program.
func Head(by string) []byte { return line(script.Script{Format: script.Format, RecordedBy: by}) }

// Line is an operation as a line of a trace, with its line end.
func (o Operation) Line() []byte {
	m := o.mask()
	c := script.Case{
		Vendor: o.Schema.Vendor, Address: o.Address, Operation: o.Operation, Time: o.Began.UTC(), TookMS: o.Took.Milliseconds(),
		Config: m.members(o.Config, o.Schema.Config), Unfinished: o.Unfinished, Exchanges: make([]script.Exchange, len(o.Exchanges)),
	}
	if o.Held != nil && o.Operation != sdk.OpAcquire {
		c.Held = m.credential(o.Held.Value, o.Held.Private, o.Schema.Credential)
	}
	for i, seen := range o.Exchanges {
		c.Exchanges[i] = m.exchange(seen)
	}
	switch {
	case o.Unfinished != "":
	case o.Failure != nil:
		if c.Class = o.Failure.Class; !slices.Contains(sdk.Classes(), c.Class) {
			c.Class = sdk.Unsupported
		}
		if o.Failure.RetryAfter > 0 {
			c.RetryAfter = o.Failure.RetryAfter.String()
		}
	case o.Operation == sdk.OpRevoke:
	default:
		c.Value = m.credential(o.Result.Value, o.Result.Private, o.Schema.Credential)
		c.Same = o.Result.Value == nil
		c.Life = o.Result.Life.String()
		if o.Result.Eternal {
			c.Life = "forever"
		}
	}
	return line(c)
}

// line is a value as one line of JSON. What package script has always has a JSON form.
func line(v any) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic("trace: a line cannot be written as JSON: " + err.Error()) // what would be a bug in authrun
	}
	return b.Bytes()
}
