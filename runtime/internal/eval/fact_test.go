package eval

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
)

func TestFacts(t *testing.T) {
	s := load(t, `
variable "secret" {
  default   = "s3cret-value"
  sensitive = true
}
locals {
  n    = 70000
  list = [1, 2]
  some = { a = var.secret, b = null, c = "text" }
}
auth "cloud" "a" {
  client_id     = "a"
  client_secret = "s"
}
auth "cloud" "im" {
  client_id     = "a"
  client_secret = "s"
  port          = (local.n + length(local.list) + length(local.some.c) + length(local.list) + try(local.some.b + 1, 0) +
    length(var.secret) + length(local.some) + try(length(auth.cloud.a), 0) + tonumber(local.list[0]))
}
`, Inputs{})
	_, diags := s.Config(find(t, s, "auth.cloud.im"))
	if len(diags) != 1 {
		t.Fatal(diags)
	}
	want := []Fact{
		{"local.n", "is 70000"}, {"local.list", "is a list of 2 elements"}, {"local.some.c", `is "text"`}, {"local.some.b", "is null"},
		{"var.secret", "is sensitive"}, {"local.some", "holds something sensitive"}, {"auth.cloud.a", "holds something sensitive"},
		{"local.list[0]", "is 1"},
	}
	if diff := cmp.Diff(want, Facts(diags[0])); diff != "" {
		t.Error(diff)
	}
	if got := Facts(&hcl.Diagnostic{}); got != nil {
		t.Error(got)
	}
}

// The JSON form means what the native form means.
func TestJSONForm(t *testing.T) {
	dir := write(t, map[string]string{"main.hcl.json": `{
  "variable": {"secret": {"default": "s3cret-value", "sensitive": true}},
  "auth": {
    "pbx": {"hq": {"base_url": "http://pbx.example", "password": "${var.secret}", "lifecycle": {"renew_before": "1d"},
      "listener": [{"port": 1}, {"port": 2, "pin": "p"}]}},
    "cloud": {"im": {"client_id": "${auth.pbx.hq.expires_at}", "client_secret": "s", "clientid": "x", "depends_on": ["auth.pbx.hq"]}}
  }
}`})
	s, diags := open(t, dir, Inputs{})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	diags = s.Validate()
	if len(diags) != 1 || !strings.HasPrefix(diags[0].Detail, `There is no argument or block "clientid" in an auth block of cloud. Did you mean "client_id"? It takes`) {
		t.Fatal(diags)
	}
	c, diags := s.Config(find(t, s, "auth.pbx.hq"))
	if diags.HasErrors() || !c.Known {
		t.Fatal(diags)
	}
	want := `{"base_url":"http://pbx.example","certificate":null,"key":null,"listener":[{"pin":null,"port":1},{"pin":"p","port":2}],` +
		`"password":"s3cret-value","password_md5":null}`
	if diff := cmp.Diff(want, string(c.JSON)); diff != "" {
		t.Error(diff)
	}
	im, _ := s.Index(find(t, s, "auth.cloud.im").Addr)
	hq, _ := s.Index(find(t, s, "auth.pbx.hq").Addr)
	if diff := cmp.Diff([]int{hq}, s.Requires(im)); diff != "" {
		t.Error(diff)
	}
}
