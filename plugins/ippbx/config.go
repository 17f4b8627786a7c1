package ippbx

import "github.com/authrun/authrun/sdk"

// Config is what an auth block of this vendor sets.
type Config struct {
	BaseURL     string     `auth:"base_url,endpoint,account" match:"[^?]*" hint:"it goes without a query: the paths of the API are joined to it" doc:"Address of the PBX, such as http://172.16.101.37:9011."`
	APIVersion  string     `auth:"api_version" default:"v0.0.1" match:"(?s)[^.].*|[.][^.].*|[.][.].+" hint:"it is one part of a path, so it can be neither empty nor \".\" nor \"..\" alone" doc:"Version of the API, a part of the path. Yeastar's S-series answers to v1.1.0."`
	Format      string     `auth:"format" default:"json" oneof:"json xml" doc:"Language of requests and answers."`
	Username    string     `auth:"username,account" match:"(?s).+" hint:"it cannot be empty" doc:"API user, as set at the PBX."`
	Password    sdk.Secret `auth:"password,optional" match:"(?s).+" hint:"it cannot be empty" doc:"API password. Its MD5 is sent."`
	PasswordMD5 sdk.Secret `auth:"password_md5,optional" match:"[0-9A-Fa-f]{32}" hint:"an MD5 is 32 hex digits" doc:"MD5 of the API password, for who keeps only that."`
	Port        int        `auth:"port" min:"1" max:"65535" doc:"Port at which the application listens for event reports."`
	URL         string     `auth:"url,optional" doc:"Where the application takes event reports. Without it the PBX sends them to the application's address."`
	Version     string     `auth:"version,optional" doc:"Version of the event reports' format."`
	URLTag      *int       `auth:"urltag,optional" min:"0" max:"1" doc:"What url is: 0 a path below the application's address, 1 a whole address."`
	IPAddr      string     `auth:"ipaddr,optional,volatile" doc:"The application's own address. With it heartbeats keep the token alive; without it a new token is taken in good time."`
}

// Session is what the PBX answers.
type Session struct {
	Token sdk.Secret `auth:"token"`
}
