package easemob

import "github.com/authrun/authrun/sdk"

// Config is what an auth block of this vendor sets.
type Config struct {
	BaseURL      string     `auth:"base_url,endpoint,account" match:"[^?]*" hint:"it goes without a query: the paths of the API are joined to it" doc:"REST address of the app's cluster, such as https://a1.easemob.com; the console shows it."`
	OrgName      string     `auth:"org_name,account" match:"(?s)[^.].*|[.][^.].*|[.][.].+" hint:"it is one part of a path, so it can be neither empty nor \".\" nor \"..\" alone" doc:"Name of the organisation, from the console."`
	AppName      string     `auth:"app_name,account" match:"(?s)[^.].*|[.][^.].*|[.][.].+" hint:"it is one part of a path, so it can be neither empty nor \".\" nor \"..\" alone" doc:"Name of the app, from the console."`
	ClientID     string     `auth:"client_id,account" match:"(?s).+" hint:"it cannot be empty" doc:"Client ID of the app, from the console."`
	ClientSecret sdk.Secret `auth:"client_secret" match:"(?s).+" hint:"it cannot be empty" doc:"Client secret of the app, from the console."`
	TTL          *int64     `auth:"ttl,optional" min:"0" doc:"Life of the token to ask for; 0: it never expires. Left out, the console's setting holds."`
	TTLUnit      string     `auth:"ttl_unit" default:"s" oneof:"s ms" doc:"Unit of ttl and of the answer's expires_in: the VIP 5 cluster counts in milliseconds."`
}

// AppToken is what the vendor answers.
type AppToken struct {
	Token       sdk.Secret `auth:"token"`
	AccessToken sdk.Secret `auth:"access_token" doc:"The token, by the vendor's name for it."`
	ExpiresIn   *int64     `auth:"expires_in" doc:"Life of the token as the vendor answered it, in ttl_unit; null where it did not say."`
	Application string     `auth:"application" doc:"UUID of the app."`
}
