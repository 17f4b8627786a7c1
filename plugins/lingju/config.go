package lingju

import "github.com/authrun/authrun/sdk"

// Config is what an auth block of this vendor sets.
type Config struct {
	BaseURL  string     `auth:"base_url,endpoint" default:"https://dev.lingju.ai" match:"[^?]*" hint:"it goes without a query: the paths of the API are joined to it" doc:"Address of the service."`
	AppKey   sdk.Secret `auth:"appkey,account" match:"(?s).+" hint:"it cannot be empty" doc:"The developer's own key."`
	UserID   string     `auth:"userid,account" match:"[A-Za-z0-9]+" hint:"letters and digits only: write a MAC address without its colons, such as 001A2B3C4D5E" doc:"The terminal that asks: a MAC address without colons, or another id of letters and digits."`
	AuthCode sdk.Secret `auth:"authcode,optional" doc:"The developer's authorisation code. Hardware platforms need it, software platforms have none."`
	Method   string     `auth:"method,volatile" default:"GET" oneof:"GET POST" doc:"GET, as the vendor's newer pages say, or POST, so that no secret stands in a URL."`
}

// Access is what the vendor answers.
type Access struct {
	Token       sdk.Secret `auth:"token"`
	AccessToken sdk.Secret `auth:"access_token" doc:"The token, by the vendor's name for it."`
	Expires     *int64     `auth:"expires" doc:"Life of the token in days, as the vendor answered it. It lives for 30 days at most, whatever stands here; null where no number was answered."`
	Updated     *int64     `auth:"updated" doc:"When the vendor made the token, in milliseconds since 1970; null where no number was answered."`
}
