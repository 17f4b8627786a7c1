package ekuaibao

import (
	"time"

	"github.com/authrun/authrun/sdk"
)

// Config is what an auth block of this vendor sets.
type Config struct {
	BaseURL     string        `auth:"base_url,endpoint,account" default:"https://app.ekuaibao.com" match:"[^?]*" hint:"it goes without a query: the paths of the API are joined to it" doc:"Address prefix of the company's environment."`
	AppKey      string        `auth:"app_key,account" match:"(?s).+" hint:"it cannot be empty" doc:"Access account of the company's open interface."`
	AppSecurity sdk.Secret    `auth:"app_security" match:"(?s).+" hint:"it cannot be empty" doc:"Access password that belongs to the access account."`
	PowerCode   string        `auth:"power_code,volatile" default:"219904" match:"(?s).+" hint:"it cannot be empty" doc:"Licence code that the refresh call wants."`
	Settle      time.Duration `auth:"settle,volatile" default:"0s" doc:"How long a new token is kept back before it is handed out. Servers older than 1.17.0 answer 403 to a token that is used at once."`
}

// Pair is what the vendor answers: an access token and the refresh token that belongs to it. Both change with every refresh.
type Pair struct {
	Token         sdk.Secret `auth:"token"`
	AccessToken   sdk.Secret `auth:"access_token" doc:"The token, by the vendor's name for it."`
	RefreshToken  sdk.Secret `auth:"refresh_token" doc:"What a refresh costs: it is worth a new pair, once, while the token lives."`
	ExpireTime    *int64     `auth:"expire_time" doc:"End of the token's life by the vendor's clock, in milliseconds since 1970; null where the vendor did not say."`
	CorporationID string     `auth:"corporation_id" doc:"Id of the company at the vendor."`
}
