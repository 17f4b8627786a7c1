package sdk

import (
	"context"
	"math"
	"time"
)

// Forever is the life of a credential that never expires.
const Forever = time.Duration(math.MaxInt64)

// Vendor is all that an author says about a vendor. C is the configuration and T the credential: structs whose fields are described by
// tags. plugin.Serve serves it, and [Vendor.Plugin] folds the types away.
//
// # Tags
//
//	auth:"NAME[,WORD...]"   name of the argument or attribute, [a-z][a-z0-9_]*; "-" leaves the field out
//	default:"…"             the value of an argument that is not set
//	doc:"…"                 what it is, Markdown
//	oneof:"a b"             the value must be one of these words
//	match:"…"               the value must match this RE2 expression as a whole
//	hint:"…"                said when match fails
//	min:"1" max:"65535"     bounds of a number; of a []struct block, how many there may be
//	deprecated:"…"          what to use instead
//
// Words of a configuration: optional, account (part of which account at the vendor this is), endpoint (a URL; exchanges may go to its
// origin and nowhere else), volatile (a changed value does not make a living credential stale), sensitive, block (a nested block; the
// field is a struct, a pointer to one, or a slice of them; a block can be volatile as a whole). An argument that is not optional and has no
// default is required.
//
// Words of a credential: sensitive, private (sealed and given back to the plugin, never seen by a flow). The field with the name "token" is
// required, is a string, and is every credential's standard attribute; "expires_at" is added by the host.
//
// Types: string, [Secret] (sensitive by itself), bool, int, int64, float64, time.Duration (written "90s", "36h", "30d"), slices of these,
// maps of string to these, and pointers to these for optional arguments (nil: not set). A struct that is embedded without a tag lends its fields.
type Vendor[C, T any] struct {
	Name    string // [a-z][a-z0-9]*, as in the executable's name authrun-plugin-NAME
	Version string // of the plugin, semver; empty: Version of this package
	Doc     string // what the vendor is and what its token is for, Markdown

	Acquire Op[C, T] // gets a credential; required
	Renew   Op[C, T] // prolongs or replaces the held one; without Do there is no such ability
	Revoke  Op[C, T] // ends the held one; without Do there is no such ability

	// Check says what is wrong with a configuration that no tag and no rule can say; nil: nothing. The host asks at validate, for which it
	// starts the plugin then, and before an operation. It is pure, and it is called only
	// with a configuration that keeps the tags and rules. Its problems quote no secret.
	Check func(C) []Problem

	Rules  []Rule  // what holds among several arguments
	Limits []Limit // what the vendor tolerates; the host enforces it
	Token  Token   // how the vendor's tokens behave and are used

	// BlockRules are what holds among several arguments of a nested block, by the block's name; that of a block in a block is "outer.inner".
	BlockRules map[string][]Rule
	// OpenLimits lets a flow declare limits of its own beside Limits. It is for plugins that serve any vendor, and so cannot know them.
	OpenLimits bool
}

// Op is one ability of a vendor.
type Op[C, T any] struct {
	// Calls is the number of exchanges that Do makes at most. One more is refused, without a request.
	Calls int
	// Life is how long the credential that Do brings usually lives, by the vendor's documentation; [Forever]; 0: not known, or as long as
	// that of Acquire. It is what `authrun simulate` goes by and nothing else: what counts is the life that the vendor's answer gives.
	Life time.Duration
	// Do does it. Held is the credential that the host holds: always with Renew and Revoke, and with Acquire the last one, dead or
	// alive, where there is one (else the zero T). An error that is a *Failure is the vendor's refusal, any other is taken for a bug in
	// the plugin. Do may run at the same time in many goroutines. It ends soon after ctx does; exchanges see to that by themselves.
	Do func(ctx context.Context, h *Host, c C, held T) (Credential[T], error)
}

// Credential is what an operation ended with.
type Credential[T any] struct {
	Value T
	Same  bool // of renew: the held value lives on (a heartbeat); Value is ignored

	// Life is how long the credential lives from the instant the request left; [Forever]: it never expires. A life that is not positive
	// is refused as a malformed answer.
	Life        time.Duration
	Renewable   bool          // Renew can prolong it
	RenewWithin time.Duration // renewing is possible for so long, from the same instant; 0: while it lives
	UsableAfter time.Duration // the host hands it out only so long after the answer

	NotAtVendor bool   // of revoke: the vendor cannot end it; it dies by itself
	Text        string // of revoke: for a person
}

func (v Vendor[C, T]) op(o Operation) Op[C, T] {
	switch o {
	case OpAcquire:
		return v.Acquire
	case OpRenew:
		return v.Renew
	case OpRevoke:
		return v.Revoke
	}
	return Op[C, T]{}
}
