package sipauth

import "github.com/authrun/authrun/sdk"

// Config is what an auth block of this vendor sets.
type Config struct {
	BaseURL   string     `auth:"base_url,endpoint,account" doc:"Address of the service, such as http://127.0.0.1:8080. Requests go to it as it is written."`
	AppID     string     `auth:"appid,account" match:"(?s).+" hint:"it cannot be empty" doc:"Authorised appid."`
	AccessKey sdk.Secret `auth:"accesskey" match:"(?s).+" hint:"it cannot be empty" doc:"Authorised accesskey."`
	Encoding  string     `auth:"encoding" default:"multipart" oneof:"multipart urlencoded" doc:"How the form is sent: multipart, as the vendor's documentation says, or urlencoded."`
}

// Login is what the vendor answers.
type Login struct {
	Token       sdk.Secret `auth:"token"`
	CompanyCode string     `auth:"companycode" doc:"Code of the company that the appid belongs to."`
	CompanyName string     `auth:"companyname" doc:"Name of that company."`
	AuthTime    string     `auth:"authtime" doc:"When the appid was authorised, as the vendor words it. It says nothing of the token's life."`
	AuthModel   string     `auth:"authmodel" doc:"Modules that the appid is authorised for, as the vendor words it."`
}
