package eval

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authrun/authrun/runtime/internal/flow"
)

func TestReferred(t *testing.T) {
	s := load(t, `
locals {
  ends = auth.cloud.many["x"].expires_at
}
auth "cloud" "a" {
  client_id     = "a"
  client_secret = "s"
  lifecycle {
    postcondition {
      condition     = self.plan != "free"
      error_message = "Free."
    }
  }
}
auth "cloud" "many" {
  for_each      = toset(["x"])
  client_id     = each.key
  client_secret = auth.cloud.a["token"]
}
auth "cloud" "b" {
  client_id     = "b"
  client_secret = jsonencode(auth.cloud.b2)
}
auth "cloud" "b2" {
  client_id     = "b2"
  client_secret = "s"
}
output "all" {
  value     = [local.ends, auth.cloud.a.token]
  sensitive = true
  precondition {
    condition     = auth.cloud.a.expires_at != ""
    error_message = "None."
  }
}
`, Inputs{})
	for _, c := range []struct {
		name string
		want []string
	}{
		{"a", []string{"expires_at", "plan", "token"}},
		{"many", []string{"expires_at"}},
		{"b", nil},
		{"b2", nil}, // as a whole
	} {
		if diff := cmp.Diff(c.want, s.Referred(flow.Addr{Vendor: "cloud", Name: c.name})); diff != "" {
			t.Errorf("%s: -want +got:\n%s", c.name, diff)
		}
	}
}
