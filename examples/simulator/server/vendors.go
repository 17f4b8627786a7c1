package server

import (
	"net/http"
	"time"

	easemob "github.com/authrun/authrun/plugins/easemob/fake"
	ekuaibao "github.com/authrun/authrun/plugins/ekuaibao/fake"
	ippbx "github.com/authrun/authrun/plugins/ippbx/fake"
	lingju "github.com/authrun/authrun/plugins/lingju/fake"
	oauth2 "github.com/authrun/authrun/plugins/oauth2/fake"
	sipauth "github.com/authrun/authrun/plugins/sipauth/fake"
)

// vendor is what all fakes can do.
type vendor interface {
	http.Handler
	Calls() int
	Violations() []string
	Refuse(code string)
}

// vendors makes the fakes, with the accounts of the example flows. The secrets are made up, and worth nothing anywhere else.
func vendors(now func() time.Time) map[string]vendor {
	return map[string]vendor{
		"sipauth": sipauth.New(sipauth.Options{Now: now, Account: sipauth.Account{AppID: "demo", AccessKey: "demo-accesskey"}}),
		"easemob": easemob.New(easemob.Options{Now: now, Account: easemob.Account{
			OrgName: "easemob-demo", AppName: "testapp", ClientID: "YXA6-demo-client", ClientSecret: "demo-client-secret",
		}}),
		"ippbx": ippbx.New(ippbx.Options{Now: now, Account: ippbx.Account{Username: "api", Password: "demo-pbx-password"}}),
		"ekuaibao": ekuaibao.New(ekuaibao.Options{Now: now, Account: ekuaibao.Account{
			AppKey: "demo-app-key", AppSecurity: "demo-app-security",
		}}),
		"lingju": lingju.New(lingju.Options{Now: now, Account: lingju.Account{AppKey: "demo-lingju-appkey"}}),
		"oauth2": oauth2.New(oauth2.Options{Now: now, ClientID: "demo-client", ClientSecret: "demo-oauth2-secret", Scopes: []string{"read", "write"},
			Prefix: "/oauth2"}),
	}
}

// wrongSecret is each vendor's own code for a wrong secret.
var wrongSecret = map[string]string{
	"sipauth":  "1003",
	"easemob":  "invalid_grant",
	"ippbx":    "30003",
	"ekuaibao": "403",
	"lingju":   "11",
	"oauth2":   "invalid_client",
}
