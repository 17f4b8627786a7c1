package httpvendor

import (
	"time"

	"github.com/authrun/authrun/sdk"
)

// Config is what an auth block of this vendor sets: the vendor, described.
type Config struct {
	BaseURL        string                `auth:"base_url,endpoint,account" match:"[^?]*" hint:"it goes without a query, which has arguments of its own" doc:"Address of the vendor. The paths of the requests are joined to it."`
	RenewURL       string                `auth:"renew_url,endpoint,volatile,optional" match:"[^?]*" hint:"it goes without a query, which has arguments of its own" doc:"Address that the renew request goes to, where it is another than base_url."`
	RevokeURL      string                `auth:"revoke_url,endpoint,volatile,optional" match:"[^?]*" hint:"it goes without a query, which has arguments of its own" doc:"Address that the revoke request goes to, where it is another than base_url."`
	Account        map[string]string     `auth:"account,account,optional" doc:"What tells which account at the vendor this is, beside base_url: names, each a placeholder for its value."`
	AccountSecrets map[string]sdk.Secret `auth:"account_secrets,account,optional" doc:"The same, of what nobody may see."`
	Secrets        map[string]sdk.Secret `auth:"secrets,optional" doc:"What the vendor wants and nobody may see: names, each a placeholder for its value."`
	Values         map[string]string     `auth:"values,optional" doc:"What else the requests are made of, and everybody may see: names, each a placeholder for its value."`
	Passing        map[string]sdk.Secret `auth:"passing,volatile,optional" doc:"Values whose change does not make a living token stale, such as a one-time code. Nobody sees them."`
	Zone           string                `auth:"zone,volatile" default:"UTC" doc:"Time zone of the dates that are written and read without one, by its IANA name."`
	Compute        []Compute             `auth:"compute,block" doc:"A value that is computed of others, such as a signature: one more placeholder."`

	Second      string         `auth:"second,volatile" default:"unknown" oneof:"keeps kills same unknown" doc:"What a second acquire does to the first token: it keeps it alive, kills it, or gives the same token again."`
	FreshWithin *time.Duration `auth:"fresh_within,volatile,optional" doc:"With second = \"same\": a new token is given only in the last so-long of the old one's life."`
	Overlap     *time.Duration `auth:"overlap,volatile,optional" doc:"With second = \"kills\": the old token lives on for so long."`
	Sliding     bool           `auth:"sliding,volatile" default:"false" doc:"Any use of the token prolongs its life."`
	Use         []Use          `auth:"use,block,volatile" doc:"Where later requests carry the token. Without it: in the header Authorization, as Bearer."`
	Dead        []Dead         `auth:"dead,block,volatile" doc:"How the vendor says to a later request that the token is dead. Any one suffices."`

	Acquire Acquire `auth:"acquire,block" doc:"The request that gets a token."`
	Renew   *Renew  `auth:"renew,block,volatile" doc:"The request that prolongs or replaces the token. Without it a new token is taken."`
	Revoke  *Revoke `auth:"revoke,block,volatile" doc:"The request that ends the token. Without it the token dies by itself."`
}

// Compute is a value made of others.
type Compute struct {
	Name string `auth:"name" match:"[a-z][a-z0-9_]*" hint:"lower-case letters, digits and _ only" doc:"Name of the placeholder."`
	From string `auth:"from" doc:"Template of what it is made of."`
	By   string `auth:"by" default:"text" oneof:"text md5 sha1 sha256 sha512 hmac_md5 hmac_sha1 hmac_sha256 hmac_sha512" doc:"How it is made: a hash, an HMAC with key, or the text as it is."`
	Key  string `auth:"key,optional" doc:"Template of the HMAC's key."`
	As   string `auth:"as,optional" oneof:"hex HEX base64 base64url" doc:"How the bytes are written. Without it hashes are written as hex, and text as it is."`
}

// Use is one place of a later request.
type Use struct {
	In    string `auth:"in" oneof:"header query cookie form json" doc:"Part of the request."`
	Name  string `auth:"name" doc:"Name of the header, parameter, cookie or field; in JSON a pointer such as /auth/token."`
	Value string `auth:"value" default:"{token}" doc:"What stands there, with {token} and {attributes.NAME}."`
}

// Dead is what an answer to a later request looks like when the token is dead.
type Dead struct {
	Status  int      `auth:"status,optional" min:"100" max:"599" doc:"HTTP status; any, where it is not set."`
	Pointer string   `auth:"pointer,optional" match:"(/.*)?" hint:"a pointer begins with a slash" doc:"JSON pointer into the answer."`
	OneOf   []string `auth:"one_of,optional" doc:"The value there is one of these."`
}

// Acquire is the request that gets a token.
type Acquire struct {
	Request
	Credential Answered `auth:"credential,block" doc:"Where in the answer the credential is."`
}

// Renew is the request that prolongs or replaces a token.
type Renew struct {
	Request
	Keeps      bool      `auth:"keeps" default:"false" doc:"The answer brings no token: the held one lives on, from now for as long as the credential block says."`
	Credential *Answered `auth:"credential,block" doc:"Where in the answer the new credential is. Without it: where acquire's is."`
}

// Revoke is the request that ends a token.
type Revoke struct {
	Request
}

// Request is a request, and how its answer is judged.
type Request struct {
	Method      string            `auth:"method" default:"POST" oneof:"GET POST PUT PATCH DELETE" doc:"HTTP method."`
	Path        string            `auth:"path,optional" match:"(/[^?#]*)?" hint:"it begins with a slash, and goes without a query, which has an argument of its own" doc:"Template of what is joined to the address. What placeholders bring is escaped, so that each is one part of the path."`
	Query       map[string]string `auth:"query,optional" doc:"Templates of the parameters of the query."`
	Headers     map[string]string `auth:"headers,optional" doc:"Templates of headers."`
	JSON        string            `auth:"json,optional" doc:"Body of type application/json: JSON text, best written with jsonencode, whose strings are templates. A string that is one placeholder with the filter number or bool becomes that."`
	Form        map[string]string `auth:"form,optional" doc:"Body of type application/x-www-form-urlencoded: templates of its fields."`
	Multipart   map[string]string `auth:"multipart,optional" doc:"Body of type multipart/form-data: templates of its fields."`
	Order       []string          `auth:"order,optional" doc:"Names of query, form and multipart in the order in which they are sent, for a vendor who minds. Others follow in the order of the alphabet."`
	XML         string            `auth:"xml,optional" doc:"Body of type application/xml: a template. What placeholders bring is escaped; the XML declaration is added where it is missing."`
	Raw         string            `auth:"raw,optional" doc:"Body of any other type: a template."`
	ContentType string            `auth:"content_type,optional" doc:"Type of the body, where it is another than the one said above."`

	Answer  string    `auth:"answer,optional" oneof:"json xml form text" doc:"Language of the answer. Without it: that of acquire, and there JSON."`
	Message string    `auth:"message,optional,volatile" doc:"Place of the vendor's words in an answer that refuses."`
	Success []Look    `auth:"success,block,volatile" doc:"What an answer that brings what was asked for looks like; all of these must hold. Renew and revoke without any have those of acquire. Without any at all: an HTTP status of 200 to 299."`
	Failure []Refusal `auth:"failure,block,volatile" doc:"What an answer that refuses means. The first one that fits holds. Renew and revoke without any have those of acquire."`
}

// Look is what is looked at in an answer. All that is set must hold.
type Look struct {
	Status []int    `auth:"status,optional" doc:"HTTP statuses, of which it is one."`
	At     string   `auth:"at,optional" doc:"Place in the answer; without one_of and match there must be something."`
	OneOf  []string `auth:"one_of,optional" doc:"What stands at the place is one of these. A * at the end stands for any end."`
	Match  string   `auth:"match,optional" doc:"Regular expression (RE2) that what stands at the place contains."`
}

// Refusal is a kind of refusal.
type Refusal struct {
	Look
	Class        string         `auth:"class" oneof:"invalid_credentials invalid_request rate_limited quota_exhausted locked_out unavailable malformed_answer token_dead interaction_required unsupported" doc:"What it means."`
	RetryAfter   *time.Duration `auth:"retry_after,optional" doc:"When to try again."`
	RetryAfterAt string         `auth:"retry_after_at,optional" doc:"Place of the number of seconds after which to try again."`
}

// Answered is where in an answer the credential is.
type Answered struct {
	Token string `auth:"token_at,optional" doc:"Place of the token. Every acquire brings one."`

	Lifetime      string         `auth:"lifetime_at,optional" doc:"Place of the token's life, as a number of lifetime_unit."`
	LifetimeUnit  string         `auth:"lifetime_unit" default:"s" oneof:"ms s m h d" doc:"Unit of the lifetimes."`
	ExpiresAt     string         `auth:"expires_at,optional" doc:"Place of the end of the token's life, by the vendor's clock."`
	ExpiresFormat string         `auth:"expires_format" default:"unix" doc:"How expires_at is written: unix, unix_ms, rfc3339, http, or a pattern such as yyyy-MM-dd HH:mm:ss."`
	Life          string         `auth:"life,optional" match:"forever|([0-9.]+(ms|d|h|m|s))+" hint:"a duration such as \"2h\" or \"30d\", or \"forever\"" doc:"The token's life where the answer does not say it."`
	MaxLife       *time.Duration `auth:"max_life,optional" doc:"The token lives no longer, whatever the answer says."`
	UsableAfter   time.Duration  `auth:"usable_after" default:"0s" doc:"How long a new token is kept back before it is handed out."`

	RefreshToken  string         `auth:"refresh_token_at,optional" doc:"Place of the refresh token, which the renew request carries as {refresh_token}."`
	RenewLifetime string         `auth:"renew_lifetime_at,optional" doc:"Place of how long the token can be renewed, as a number of lifetime_unit. Without it: while the token lives."`
	RenewWithin   *time.Duration `auth:"renew_within,optional" doc:"How long the token can be renewed, where the answer does not say it."`

	Attributes          map[string]string `auth:"attributes,optional" doc:"Places of what else the flow wants from the answer."`
	SensitiveAttributes map[string]string `auth:"sensitive_attributes,optional" doc:"The same, of what nobody may see."`
}

// Access is what the vendor answered.
type Access struct {
	Token               sdk.Secret            `auth:"token"`
	RefreshToken        sdk.Secret            `auth:"refresh_token,private" doc:"What a renewal costs."`
	Attributes          map[string]string     `auth:"attributes" doc:"What the places in attributes hold; empty text where there was nothing."`
	SensitiveAttributes map[string]sdk.Secret `auth:"sensitive_attributes" doc:"What the places in sensitive_attributes hold."`
}
