package eval

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authrun/authrun/runtime/internal/flow"
)

func TestParts(t *testing.T) {
	s := load(t, `
locals {
  both  = [auth.cloud.a.token, local.other]
  other = auth.cloud.many["y"].token
}
auth "cloud" "a" {
  client_id     = "a"
  client_secret = "s"
}
auth "cloud" "many" {
  for_each      = toset(["x", "y"])
  client_id     = each.key
  client_secret = auth.cloud.a["token"]
}
auth "cloud" "none" {
  count         = 0
  client_id     = "n"
  client_secret = join("", [for v in auth.cloud.many : v.token])
}
auth "cloud" "b" {
  client_id     = local.other
  client_secret = "${local.both[0]}${local.other}"
  depends_on    = [auth.cloud.many, auth.cloud.a]
}
output "all" {
  value     = [local.both, auth.cloud.a.token]
  sensitive = true
  precondition {
    condition     = auth.cloud.none != null
    error_message = "None."
  }
}
output "constant" {
  value = 1
}
`, Inputs{})
	var got []string
	for _, p := range s.Parts() {
		name := p.Output
		if name == "" {
			name = p.Addr.String()
		}
		got = append(got, fmt.Sprintf("%s %t %t [%s] <- [%s]", name, p.Repeated, p.Known, list(addrs(p.Instances)), list(addrs(p.Needs))))
	}
	want := []string{
		`auth.cloud.a false true [none] <- [none]`,
		`auth.cloud.many true true [auth.cloud.many["x"] and auth.cloud.many["y"]] <- [auth.cloud.a]`,
		`auth.cloud.none true true [none] <- [auth.cloud.many]`,
		`auth.cloud.b false true [none] <- [auth.cloud.many, auth.cloud.a and auth.cloud.many["y"]]`,
		`all false true [none] <- [auth.cloud.a, auth.cloud.none and auth.cloud.many["y"]]`,
		`constant false true [none] <- [none]`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func addrs(all []flow.Addr) []string {
	var texts []string
	for _, a := range all {
		texts = append(texts, a.String())
	}
	return texts
}

// TestPartsOfWhatIsNotKnown shows that a drawing needs no inputs, and shows cycles.
func TestPartsOfWhatIsNotKnown(t *testing.T) {
	s := load(t, `
variable "n" {
  type = number
}
auth "cloud" "many" {
  count         = var.n
  client_id     = "a"
  client_secret = auth.cloud.user.token
}
auth "cloud" "user" {
  client_id     = "u"
  client_secret = auth.cloud.many[3].token
  depends_on    = [auth.cloud.missing]
}
`, Inputs{NoInputs: true})
	var got []string
	for _, p := range s.Parts() {
		got = append(got, fmt.Sprintf("%s %t <- %s", p.Addr, p.Known, strings.Join(addrs(p.Needs), " ")))
	}
	want := []string{"auth.cloud.many false <- auth.cloud.user", "auth.cloud.user true <- auth.cloud.many"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
