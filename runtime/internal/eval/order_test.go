package eval

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestOrder(t *testing.T) {
	s := load(t, `
locals {
  both = [auth.cloud.a.token, local.other]
  other = auth.cloud.many["y"].token
}
auth "cloud" "a" {
  client_id     = "a"
  client_secret = "s"
}
auth "cloud" "many" {
  for_each      = toset(["x", "y"])
  client_id     = each.key
  client_secret = "s"
}
auth "cloud" "byLocal" {
  client_id     = "a"
  client_secret = local.both[0]
}
auth "cloud" "byKey" {
  client_id     = "a"
  client_secret = auth.cloud.many["y"]["token"]
}
auth "cloud" "byAll" {
  client_id     = "a"
  client_secret = join("", [for v in auth.cloud.many : v.token])
}
auth "cloud" "byList" {
  client_id     = "a"
  client_secret = "s"
  depends_on    = [auth.cloud.byKey, auth.cloud.many]
}
auth "cloud" "byIndex" {
  client_id     = auth.cloud.a["application"]
  client_secret = "s"
}
`, Inputs{})
	if diags := s.Validate(); len(diags) > 0 {
		t.Fatal(diags)
	}
	got := make(map[string][]string)
	for n, i := range s.instances {
		for _, to := range s.Requires(n) {
			got[i.Addr.String()] = append(got[i.Addr.String()], s.instances[to].Addr.String())
		}
	}
	want := map[string][]string{
		"auth.cloud.byLocal": {"auth.cloud.a", `auth.cloud.many["y"]`},
		"auth.cloud.byKey":   {`auth.cloud.many["y"]`},
		"auth.cloud.byAll":   {`auth.cloud.many["x"]`, `auth.cloud.many["y"]`},
		"auth.cloud.byList":  {`auth.cloud.many["x"]`, `auth.cloud.many["y"]`, "auth.cloud.byKey"},
		"auth.cloud.byIndex": {"auth.cloud.a"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if len(s.Graph().Order()) != s.Graph().Len() {
		t.Error("the graph has a cycle")
	}
}
