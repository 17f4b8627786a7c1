package oauth2

import (
	"time"

	"github.com/authrun/authrun/sdk"
)

// Config is what an auth block of this vendor sets.
type Config struct {
	Issuer        string `auth:"issuer,endpoint,account,optional" match:"[^?]*" hint:"an issuer has no query" doc:"The server's issuer identifier. Its metadata tells where tokens are got and ended; these addresses must have the issuer's origin."`
	TokenURL      string `auth:"token_url,endpoint,account,optional" doc:"Address at which tokens are got, where there is no metadata, or where it has another origin than the issuer."`
	RevocationURL string `auth:"revocation_url,endpoint,volatile,optional" doc:"Address at which tokens are ended (RFC 7009), where the metadata does not say it."`
	Discovery     string `auth:"discovery,volatile" default:"openid" oneof:"openid oauth" doc:"Whose metadata an issuer has: OpenID Connect's (/.well-known/openid-configuration) or that of RFC 8414 (/.well-known/oauth-authorization-server)."`

	Grant        string     `auth:"grant" default:"client_credentials" oneof:"client_credentials refresh_token password" doc:"How a token is got: by the client's own right, by a refresh token that a person's consent brought, or by a person's password (only for servers that know nothing better)."`
	ClientID     string     `auth:"client_id,account" match:"(?s).+" hint:"it cannot be empty" doc:"Client identifier."`
	AuthMethod   string     `auth:"auth_method" default:"client_secret_basic" oneof:"client_secret_basic client_secret_post client_secret_jwt private_key_jwt none" doc:"How the client says who it is."`
	ClientSecret sdk.Secret `auth:"client_secret,optional" match:"(?s).+" hint:"it cannot be empty" doc:"Client secret, for the client_secret methods."`
	RefreshToken sdk.Secret `auth:"refresh_token,optional" match:"(?s).+" hint:"it cannot be empty" doc:"First refresh token, for grant = \"refresh_token\". Where the server rotates them, later ones are kept with the credential."`
	Username     string     `auth:"username,account,optional" doc:"The person's name, for grant = \"password\"."`
	Password     sdk.Secret `auth:"password,optional" match:"(?s).+" hint:"it cannot be empty" doc:"The person's password, for grant = \"password\"."`

	PrivateKey        sdk.Secret    `auth:"private_key,optional" doc:"Private key for private_key_jwt: PEM, of RSA or of an elliptic curve (P-256)."`
	KeyID             string        `auth:"key_id,volatile,optional" doc:"Identifier of the key at the server (kid)."`
	Algorithm         string        `auth:"algorithm,volatile,optional" oneof:"RS256 PS256 ES256" doc:"Signature of private_key_jwt. Without it: RS256 with a key of RSA, ES256 with one of a curve."`
	AssertionAudience string        `auth:"assertion_audience,volatile,optional" doc:"For whom the client's assertion is. Without it: the address at which tokens are got."`
	AssertionLife     time.Duration `auth:"assertion_life,volatile" default:"1m" doc:"How long the client's assertion is good for."`

	Scopes          []string              `auth:"scopes,optional" doc:"Scopes to ask for."`
	Audience        string                `auth:"audience,optional" doc:"Parameter audience, which some servers want."`
	Resources       []string              `auth:"resources,optional" doc:"Parameters resource (RFC 8707): addresses of the services that the token is for."`
	Params          map[string]string     `auth:"params,optional" doc:"Further parameters of the token request."`
	SensitiveParams map[string]sdk.Secret `auth:"sensitive_params,optional" doc:"The same, of what nobody may see."`
	Lifetime        *time.Duration        `auth:"lifetime,volatile,optional" doc:"The token's life where the answer does not say it."`
	Second          string                `auth:"second,volatile" default:"keeps" oneof:"keeps kills same unknown" doc:"What a second acquire does to the first token: it keeps it alive, kills it, or gives the same token again."`
}

// Access is what the server answered.
type Access struct {
	Token              sdk.Secret `auth:"token"`
	TokenType          string     `auth:"token_type" doc:"Type of the token, as answered; Bearer, as a rule."`
	Scope              string     `auth:"scope" doc:"Scopes of the token, where the server says them, else those asked for."`
	ExpiresIn          *int64     `auth:"expires_in" doc:"Life of the token in seconds as answered; null where the server did not say."`
	IDToken            sdk.Secret `auth:"id_token" doc:"ID token of OpenID Connect; empty where there is none. It is handed on as it came, unchecked."`
	TokenEndpoint      string     `auth:"token_endpoint" doc:"Address at which it was got."`
	RevocationEndpoint string     `auth:"revocation_endpoint" doc:"Address at which it can be ended; empty where none is known."`
	DiscoveredAt       *int64     `auth:"discovered_at" doc:"When the issuer's metadata was read, in seconds since 1970; null where it was not."`
	RefreshToken       sdk.Secret `auth:"refresh_token,private" doc:"What a renewal costs."`
}

// The grants.
const (
	byClient   = "client_credentials"
	byRefresh  = "refresh_token"
	byPassword = "password"
)

// The ways in which a client says who it is.
const (
	secretBasic = "client_secret_basic"
	secretPost  = "client_secret_post"
	secretJWT   = "client_secret_jwt"
	keyJWT      = "private_key_jwt"
)
