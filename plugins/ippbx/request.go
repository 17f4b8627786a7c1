package ippbx

import (
	"context"
	"encoding/xml"
	"net/url"
	"strconv"
	"strings"

	"github.com/authrun/authrun/sdk"
)

// loginRequest is the body of a login, in the order of the documentation's example.
type loginRequest struct {
	XMLName  xml.Name   `json:"-" xml:"xml"`
	Username string     `json:"username" xml:"username"`
	Password sdk.Secret `json:"password" xml:"password"` // MD5
	Port     string     `json:"port" xml:"port"`
	Version  string     `json:"version,omitempty" xml:"version,omitempty"`
	URL      string     `json:"url,omitempty" xml:"url,omitempty"`
	URLTag   *int       `json:"urltag,omitempty" xml:"urltag,omitempty"`
}

// heartbeatRequest is the body of a heartbeat.
type heartbeatRequest struct {
	XMLName xml.Name `json:"-" xml:"xml"`
	IPAddr  string   `json:"ipaddr" xml:"ipaddr"`
	Port    string   `json:"port" xml:"port"`
	URL     string   `json:"url,omitempty" xml:"url,omitempty"`
	URLTag  *int     `json:"urltag,omitempty" xml:"urltag,omitempty"`
	Version string   `json:"version,omitempty" xml:"version,omitempty"`
}

// endpoint is the address of an interface of the API.
func endpoint(c Config, name string) string {
	return strings.TrimRight(c.BaseURL, "/") + "/api/" + url.PathEscape(c.APIVersion) + "/" + name
}

// post sends v in the configured language.
func post(ctx context.Context, h *sdk.Host, c Config, where string, v any) (*sdk.Answer, error) {
	if c.Format == "xml" {
		return h.Post(ctx, where, sdk.XML(v))
	}
	return h.Post(ctx, where, sdk.JSON(v), sdk.Header("Content-Type", "application/json; charset=utf-8"))
}

// newLogin is the body of a login. The password travels as lower-case MD5.
func newLogin(h *sdk.Host, c Config) loginRequest {
	password := sdk.Secret(strings.ToLower(c.PasswordMD5.Reveal()))
	if password == "" {
		password = h.MD5(c.Password.Reveal())
	}
	h.Learn(password.Reveal())
	return loginRequest{Username: c.Username, Password: password, Port: strconv.Itoa(c.Port), Version: c.Version, URL: c.URL, URLTag: c.URLTag}
}

// newHeartbeat is the body of a heartbeat.
func newHeartbeat(c Config) heartbeatRequest {
	return heartbeatRequest{IPAddr: c.IPAddr, Port: strconv.Itoa(c.Port), URL: c.URL, URLTag: c.URLTag, Version: c.Version}
}
