package sdk

import (
	"encoding/json"
	"time"
)

// Description is a plugin as data: what Describe answers, what the host remembers by the executable's hash, what `describe` prints.
// [Vendor.Plugin] makes it from the tags and values of a Vendor; nobody writes one by hand.
type Description struct {
	Vendor     string    `json:"vendor"`        // [a-z][a-z0-9]*
	Version    string    `json:"version"`       // of the plugin, semver
	SDK        string    `json:"sdk,omitempty"` // "go 0.1.0"; for messages only
	Doc        string    `json:"doc,omitempty"` // Markdown
	Config     Block     `json:"config"`        // arguments of an auth block
	Credential Block     `json:"credential"`    // attributes beside token and expires_at
	Abilities  []Ability `json:"abilities"`     // Acquire is among them
	Limits     []Limit   `json:"limits,omitempty"`
	Token      Token     `json:"token"`
	Checks     bool      `json:"checks,omitempty"`      // Check says more than the schema does
	OpenLimits bool      `json:"open_limits,omitempty"` // a flow may declare limits of its own: the plugin cannot know them all
}

// Ability is an operation that a plugin can do, and the number of exchanges it makes at most.
type Ability struct {
	Operation Operation     `json:"operation"`
	Calls     int           `json:"calls"`
	Life      time.Duration `json:"life,omitempty"` // nanoseconds in JSON; how long what it brings usually lives; 0: not known
}

// Can tells whether the plugin can do op, and how many exchanges that makes at most.
func (d Description) Can(op Operation) (calls int, ok bool) {
	for _, a := range d.Abilities {
		if a.Operation == op {
			return a.Calls, true
		}
	}
	return 0, false
}

// Block is a set of attributes, nested blocks, and the rules that hold among them.
type Block struct {
	Attributes []Attribute `json:"attributes,omitempty"`
	Blocks     []Nested    `json:"blocks,omitempty"`
	Rules      []Rule      `json:"rules,omitempty"`
	Doc        string      `json:"doc,omitempty"` // Markdown
}

// Attribute finds the attribute of that name.
func (b Block) Attribute(name string) (Attribute, bool) {
	for _, a := range b.Attributes {
		if a.Name == name {
			return a, true
		}
	}
	return Attribute{}, false
}

// Nested is a block type inside a block.
type Nested struct {
	Name     string `json:"name"`
	Block    Block  `json:"block"`
	Min      int    `json:"min,omitempty"`
	Max      int    `json:"max,omitempty"`      // 0: as many as wanted
	Volatile bool   `json:"volatile,omitempty"` // every argument in it is, and so is how many of these blocks there are
}

// Attribute is one argument of a configuration, or one attribute of a credential.
type Attribute struct {
	Name       string            `json:"name"`
	Type       json.RawMessage   `json:"type"` // cty's JSON form: "string", ["list","string"], ["object",{...}]
	Required   bool              `json:"required,omitempty"`
	Default    json.RawMessage   `json:"default,omitempty"`
	Sensitive  bool              `json:"sensitive,omitempty"`
	Account    bool              `json:"account,omitempty"`  // part of which account at the vendor this is
	Endpoint   bool              `json:"endpoint,omitempty"` // a URL; exchanges may go to its origin and nowhere else
	Volatile   bool              `json:"volatile,omitempty"` // a changed value does not make a living credential stale
	Private    bool              `json:"private,omitempty"`  // credential only: sealed, given back to the plugin, never seen by a flow
	Doc        string            `json:"doc,omitempty"`
	Deprecated string            `json:"deprecated,omitempty"`
	OneOf      []json.RawMessage `json:"one_of,omitempty"`
	Match      string            `json:"match,omitempty"` // RE2, anchored at both ends
	Hint       string            `json:"hint,omitempty"`  // said when Match fails
	Min        *float64          `json:"min,omitempty"`
	Max        *float64          `json:"max,omitempty"`
	Whole      bool              `json:"whole,omitempty"`
	Format     string            `json:"format,omitempty"` // "duration" or empty
}

// Rule holds among several attributes of one block.
type Rule struct {
	Kind  RuleKind `json:"kind"`
	Names []string `json:"names"`
}

// RuleKind is what must hold among the attributes of a [Rule].
type RuleKind string

// The kinds of rule.
const (
	RuleExactlyOne RuleKind = "exactly_one"
	RuleAtMostOne  RuleKind = "at_most_one"
	RuleTogether   RuleKind = "together"
)

// ExactlyOne is the rule that one of the named arguments must be set, and no second.
func ExactlyOne(names ...string) Rule { return Rule{RuleExactlyOne, names} }

// AtMostOne is the rule that no two of the named arguments may be set.
func AtMostOne(names ...string) Rule { return Rule{RuleAtMostOne, names} }

// Together is the rule that all of the named arguments are set, or none.
func Together(names ...string) Rule { return Rule{RuleTogether, names} }

// Operation is what a host asks a plugin to do.
type Operation string

// The operations of protocol version 1.
const (
	OpAcquire Operation = "acquire" // get a credential from the configuration
	OpRenew   Operation = "renew"   // prolong or replace the held credential
	OpRevoke  Operation = "revoke"  // end the held credential at the vendor
)

// Problem is something wrong with a configuration that no rule of the schema can say. The host shows it at the argument that caused it.
type Problem struct {
	Path    []string // argument, and the way into it: names, and decimal indexes
	Summary string   // a few words
	Detail  string   // what, why and what to do, in sentences
	Warning bool     // only a warning
}

// Limit is something that a vendor tolerates only so often. Exactly one of Quota, MinInterval and Lockout is set.
// The host enforces it, durably and across processes; a plugin only declares it.
type Limit struct {
	Name        string        `json:"name"`             // by which a flow tightens it and messages call it
	Scope       []string      `json:"scope"`            // the arguments that tell whose limit it is; not necessarily the account's
	Counts      []Operation   `json:"counts,omitempty"` // whose exchanges count; none: acquire
	Quota       *Quota        `json:"quota,omitempty"`
	MinInterval time.Duration `json:"min_interval,omitempty"` // nanoseconds in JSON
	Lockout     *Lockout      `json:"lockout,omitempty"`
}

// Quota is a number of exchanges per window: of the calendar (Per) or sliding (Sliding).
type Quota struct {
	Count   int           `json:"count"`
	Per     Calendar      `json:"per,omitempty"`
	Sliding time.Duration `json:"sliding,omitempty"` // nanoseconds in JSON
	Zone    string        `json:"zone,omitempty"`    // IANA name; empty: UTC
}

// Calendar is a window of the calendar.
type Calendar string

// The windows of the calendar.
const (
	CalendarHour  Calendar = "hour"
	CalendarDay   Calendar = "day"
	CalendarMonth Calendar = "month"
)

// Lockout is what a vendor does after Refusals refusals in a row: nothing works for Hold.
type Lockout struct {
	Refusals int           `json:"refusals"`
	Hold     time.Duration `json:"hold"` // nanoseconds in JSON
}

// Token is how a vendor's tokens behave and are used.
type Token struct {
	Second      Second        `json:"second,omitempty"`       // what a second acquire does to the first token
	FreshWithin time.Duration `json:"fresh_within,omitempty"` // with SameToken: a new one is given only in the last so-long of the old one's life
	Sliding     bool          `json:"sliding,omitempty"`      // any use prolongs it
	Overlap     time.Duration `json:"overlap,omitempty"`      // with KillsFirst: the old one lives on for so long
	Use         []Placement   `json:"use,omitempty"`          // where later requests carry it
	Dead        []Evidence    `json:"dead,omitempty"`         // how the vendor says that it is dead; any one suffices
	From        TokenFrom     `json:"from,omitzero"`          // which arguments say some of this
}

// TokenFrom names the arguments that say how tokens behave and are used, of a plugin that cannot know it. One that is set (of a block: one
// that is there) takes the place of the field of the same name in [Token]; empty: no argument says it. These arguments are volatile.
type TokenFrom struct {
	Second      string `json:"second,omitempty"`       // a string: "keeps", "kills", "same" or "unknown"
	FreshWithin string `json:"fresh_within,omitempty"` // a duration
	Sliding     string `json:"sliding,omitempty"`      // a bool
	Overlap     string `json:"overlap,omitempty"`      // a duration
	Use         string `json:"use,omitempty"`          // a nested block: in, name and value of a [Placement]
	Dead        string `json:"dead,omitempty"`         // a nested block: status, pointer and one_of of an [Evidence]
}

// Second is what a second acquire does to the first token.
type Second string

// What a second acquire does to the first token.
const (
	UnknownSecond Second = ""      // nobody knows; treated as if it killed
	KeepsFirst    Second = "keeps" // the first lives on beside it
	KillsFirst    Second = "kills" // the first dies
	SameToken     Second = "same"  // the same token is given again until its last FreshWithin
)

// Placement is one place of a later request that carries a part of the credential.
type Placement struct {
	In    In     `json:"in"`
	Name  string `json:"name"`  // of the header, parameter, cookie or field; with InJSON a pointer (RFC 6901)
	Value string `json:"value"` // template over the credential's attributes: "Bearer {token}"
}

// In is a part of a request.
type In string

// The parts of a request.
const (
	InHeader In = "header"
	InQuery  In = "query"
	InCookie In = "cookie"
	InForm   In = "form"
	InJSON   In = "json"
)

// Evidence is what an answer to a later request looks like when the token is dead. All fields that are set must hold.
type Evidence struct {
	Status  int      `json:"status,omitempty"`  // HTTP status; 0: any
	Pointer string   `json:"pointer,omitempty"` // RFC 6901, into a JSON answer; empty: not looked at
	OneOf   []string `json:"one_of,omitempty"`  // the value there, as text, is one of these
	Weak    bool     `json:"weak,omitempty"`    // the vendor answers so to other requests, too: believed of a token that is some minutes old, and seldom
}
