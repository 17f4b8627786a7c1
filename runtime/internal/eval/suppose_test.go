package eval

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const supposing = `
variable "secret" {
  type      = string
  sensitive = true
}
variable "site" {
  type = string
}
variable "early" {
  type    = string
  default = "10m"
}
auth "cloud" "one" {
  base_url      = "https://${var.site}/api"
  client_id     = "one"
  client_secret = var.secret
  lifecycle {
    renew_before = var.early
    precondition {
      condition     = var.early == "never"
      error_message = "never"
    }
  }
}
auth "cloud" "two" {
  for_each      = toset(["a", "b"])
  base_url      = "https://${var.site}/api"
  client_id     = "two"
  client_secret = "${var.secret}-${each.key}"
  ttl           = auth.cloud.one.expires_in
}
`

// TestSuppose shows that what has no value is stood in for: equally where the flow says the same, and differently where it does not.
func TestSuppose(t *testing.T) {
	s := load(t, supposing, Inputs{NoInputs: true})
	s.Suppose()
	config := func(address string) Config {
		t.Helper()
		i := find(t, s, address)
		c, diags := s.Config(i)
		if diags.HasErrors() || !c.Known || len(c.Unknown) > 0 {
			t.Fatalf("%s: %v, unknown %v", address, diags, c.Unknown)
		}
		if diags := append(s.Preconditions(i), s.Postconditions(i)...); diags.HasErrors() {
			t.Errorf("a condition is held against it: %v", diags)
		}
		return c
	}
	one, a, b := config("auth.cloud.one"), config(`auth.cloud.two["a"]`), config(`auth.cloud.two["b"]`)
	if diff := cmp.Diff([]string{"base_url", "client_secret"}, one.Supposed); diff != "" {
		t.Error(diff)
	}
	if one.Endpoints[0] != a.Endpoints[0] || !strings.HasPrefix(one.Endpoints[0], "http://") {
		t.Errorf("one address became %s and %s", one.Endpoints[0], a.Endpoints[0])
	}
	if string(a.Set["client_secret"]) == string(b.Set["client_secret"]) {
		t.Errorf("two instances have the secret %s", a.Set["client_secret"])
	}
	if string(one.Set["client_secret"]) == string(a.Set["client_secret"]) {
		t.Error("different secrets became one")
	}
}

// TestSupposeNothingDecisive shows that a setting which decides about calls is not stood in for.
func TestSupposeNothingDecisive(t *testing.T) {
	s := load(t, strings.Replace(supposing, `default = "10m"`, "", 1), Inputs{NoInputs: true})
	s.Suppose()
	_, diags := s.Config(find(t, s, "auth.cloud.one"))
	if len(diags) != 1 || !strings.Contains(diags[0].Detail, "renew_before") {
		t.Errorf("it says %v", diags)
	}
}
