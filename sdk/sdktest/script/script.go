package script

import (
	"bytes"
	"encoding/json"
	"time"

	"github.com/authrun/authrun/sdk"
)

// Format is the version of the file's form that this package reads and writes.
const Format = 1

// Script is a vendor's side as data.
//
// In a [Request], "$held.NAME" and "$config.NAME" stand for that attribute of the held credential (a private one too) and that argument;
// a value that is "$any" stands for any value but none. A placeholder like "<32 characters>" or "<7 digits>" stands for any text of that
// kind and length; in what is given to a plugin (arguments, held attributes, answers) it becomes a text of that kind and length.
type Script struct {
	// Format is the version of a file's form, [Format]. In Go it may be left out.
	Format int `json:"format,omitempty"`
	// RecordedBy is the program that wrote the file by watching real exchanges; empty: a person wrote it. A record is not blamed for what it
	// lacks: nobody chose what happened.
	RecordedBy string `json:"recorded_by,omitempty"`

	// Config is a valid configuration with a value for every secret, made up and six bytes or longer, so that it is recognised where it leaks.
	Config map[string]any `json:"config,omitempty"`
	// Secrets are more texts that must not appear anywhere. Sensitive arguments, what is held, and what plugins learn are known.
	Secrets []string `json:"secrets,omitempty"`
	// Now is the host's clock, which stands still; zero: 2026-10-01T08:00:00Z.
	Now time.Time `json:"now,omitzero"`

	// Good are operations that end well: at least one for each ability. The first is an acquire; its credential is held from then on.
	Good []Case `json:"good,omitempty"`
	// Refused are operations that the vendor refuses, at least one acquire. Each names its class.
	Refused []Case `json:"refused,omitempty"`
	// Dead are renewals that find the token dead, at least one where there is renew. Their class is token_dead unless they say otherwise.
	Dead []Case `json:"dead,omitempty"`
}

// Case is one operation: what it starts from, its exchanges in order, and how it ends.
type Case struct {
	Name string `json:"name,omitempty"`

	// Vendor, Address, Time, TookMS and Unfinished stand in records only: whose plugin it was, the address of the auth block, when it began (the
	// host's clock of the case, whose life is compared to a few seconds then), and how many milliseconds it took.
	Vendor  string    `json:"vendor,omitempty"`
	Address string    `json:"address,omitempty"`
	Time    time.Time `json:"time,omitzero"`
	TookMS  int64     `json:"took_ms,omitempty"`
	// Unfinished is why the host ended the operation itself (it was interrupted, a limit forbade the next exchange, the plugin was at fault).
	// Such a case shows what happened; it cannot be played.
	Unfinished string `json:"unfinished,omitempty"`

	Operation sdk.Operation  `json:"operation,omitempty"` // empty: acquire; of Dead: renew
	Config    map[string]any `json:"config,omitempty"`    // over the script's; a null takes an argument away
	Held      map[string]any `json:"held,omitempty"`      // attributes over those of the credential that is held
	Exchanges []Exchange     `json:"exchanges"`

	Class      sdk.Class      `json:"class,omitempty"`       // of the failure; empty: it ends well
	RetryAfter string         `json:"retry_after,omitempty"` // of the failure, "30s"; empty: not looked at
	Value      map[string]any `json:"value,omitempty"`       // attributes of the credential, those that matter
	Life       string         `json:"life,omitempty"`        // of the credential, "12h", "30d", "forever"; empty: not looked at
	Same       bool           `json:"same,omitempty"`        // the held value lives on (a heartbeat)
}

// Recorded tells whether the case was recorded and not written.
func (c Case) Recorded() bool { return !c.Time.IsZero() }

// Exchange is a request that is expected, and its answer.
type Exchange struct {
	Request Request   `json:"request"`
	Answer  Answer    `json:"answer,omitzero"`
	Lost    sdk.Class `json:"lost,omitempty"` // there was no answer, and this is the class of the host's failure

	Time   time.Time `json:"time,omitzero"`     // of records: when it began
	TookMS int64     `json:"took_ms,omitempty"` // of records: how long it took, in milliseconds
}

// Request is what a request must be. Of Form, JSON and Body one at most is set; none: it has no body. The zero value is any request.
type Request struct {
	Method  string            `json:"method,omitempty"`
	Origin  string            `json:"origin,omitempty"`  // "https://host:port"; empty: that of any endpoint argument
	Path    string            `json:"path,omitempty"`    // whole, decoded
	Query   map[string]string `json:"query,omitempty"`   // all parameters
	Headers map[string]string `json:"headers,omitempty"` // those that matter
	Form    map[string]string `json:"form,omitempty"`    // all fields, of an urlencoded or multipart form
	JSON    any               `json:"json,omitempty"`    // the whole body
	Body    string            `json:"body,omitempty"`    // the whole body, but for white space around it
}

// Answer is what the vendor answers.
type Answer struct {
	Status  int               `json:"status,omitempty"` // 0: 200
	Headers map[string]string `json:"headers,omitempty"`
	Body    Body              `json:"body,omitempty"`
}

// IsZero tells whether there is no answer.
func (a Answer) IsZero() bool { return a.Status == 0 && len(a.Headers) == 0 && a.Body == "" }

// Body is the text of an answer's body. In a script written as JSON it is a string, or any other value, which stands for its JSON text.
type Body string

// MarshalJSON gives an object or a list as it is, so that a reader sees it as such, and any other text as a string.
func (b Body) MarshalJSON() ([]byte, error) {
	var text bytes.Buffer
	if raw := []byte(b); len(raw) > 0 && (raw[0] == '{' || raw[0] == '[') && json.Compact(&text, raw) == nil && text.Len() == len(raw) {
		return raw, nil
	}
	text.Reset()
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	err := enc.Encode(string(b))
	return text.Bytes(), err
}

// UnmarshalJSON takes a string as it is, and the text of any other value.
func (b *Body) UnmarshalJSON(raw []byte) error {
	if raw = bytes.TrimSpace(raw); len(raw) > 0 && raw[0] == '"' {
		var s string
		err := json.Unmarshal(raw, &s)
		*b = Body(s)
		return err
	}
	*b = Body(raw)
	return nil
}
