package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"
)

// answers are what each vendor says to a good login. What the benchmark measures is authrun, so the vendors check nothing.
var answers = map[string]string{
	"sipauth":  `{"ret":200,"data":{"status":0,"desc":"ok","result":{"companycode":"1","companyname":"t","token":"773a70dd02f0695d50205e9b267692b9","authtime":"2020-01-01 00:00:00","authmodel":""}},"msg":""}`,
	"easemob":  `{"access_token":"YWMte3bGuOukEeiTkNP4grL7iwAAAAAAAAAA","expires_in":1024000,"application":"8be024f0-e978-11e8-b697-5d598d5f8402"}`,
	"ippbx":    `{"status":"Success","token":"813b621cfe8eecf445a2ce1f4a079ffe"}`,
	"ekuaibao": `{"value":{"accessToken":"u-E4PVy28Q0400","refreshToken":"asg4PVy28Q0800","expireTime":%d,"corporationId":"34A73EyI8A0w00"}}`,
	"lingju":   `{"description":"success","data":{"accessToken":"9d0123456789abcdef0123456789abcdef","expires":30,"update":1470000000000},"status":0}`,
}

// vendors serves the five on loopback, each under a path of its own; each answer takes delay.
func vendors(delay time.Duration) *httptest.Server {
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		time.Sleep(delay)
		name, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
		answer := answers[name]
		if name == "ekuaibao" {
			answer = fmt.Sprintf(answer, time.Now().Add(2*time.Hour).UnixMilli())
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, answer)
	}))
}

// urls are one login of each vendor, for programs that only send it.
func urls(base string) []string {
	return []string{base + "/sipauth", base + "/easemob/o/a/token", base + "/ippbx/api/v0.0.1/login?type=json",
		base + "/ekuaibao/api/openapi/v1/auth/getAccessToken", base + "/lingju/httpapi/authorize.do"}
}

// five is a flow of the five vendors; another n is another account at each.
func five(base string) string {
	return fmt.Sprintf(`
variable "n" {
  default = "0"
}
auth "sipauth" "a" {
  base_url  = "%[1]s/sipauth"
  appid     = "ABCDEFG${var.n}"
  accesskey = "an access key"
}
auth "easemob" "a" {
  base_url      = "%[1]s/easemob"
  org_name      = "o"
  app_name      = "a"
  client_id     = "YXA6i${var.n}"
  client_secret = "a client secret"
}
auth "ippbx" "a" {
  base_url = "%[1]s/ippbx"
  username = "api${var.n}"
  password = "a password"
  port     = 8260
}
auth "ekuaibao" "a" {
  base_url     = "%[1]s/ekuaibao"
  app_key      = "an-app-key${var.n}"
  app_security = "an app security"
}
auth "lingju" "a" {
  base_url = "%[1]s/lingju"
  appkey   = "an appkey of lingju"
  userid   = "device${var.n}"
}
`, base)
}

// many is a flow of n accounts of one vendor.
func many(base string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `
auth "ekuaibao" "n%[1]d" {
  base_url     = "%[2]s/ekuaibao"
  app_key      = "app-key-%[1]d"
  app_security = "app-security-%[1]d"
  lifecycle {
    renew_before = "5m"
  }
}
`, i, base)
	}
	return b.String()
}
