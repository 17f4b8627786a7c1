package eval

import (
	"fmt"
	"strings"
	"testing"
)

// ownBlocks is a flow of n auth blocks, each with a template, a call and a reference.
func ownBlocks(n int) string {
	var b strings.Builder
	b.WriteString("variable \"secret\" {\n  default = \"s3cret-value\"\n  sensitive = true\n}\nlocals {\n  region = \"a1\"\n}\n")
	for i := range n {
		fmt.Fprintf(&b, `auth "cloud" "im%d" {
  base_url      = "https://${local.region}.cloud.example"
  client_id     = "id-%d"
  client_secret = var.secret
  ttl           = 3600
  tags          = { number = format("%%d", %d) }
  lifecycle {
    renew_before = "10m"
  }
}
`, i, i, i)
	}
	return b.String()
}

// manyInstances is a flow of one block with n/2 instances, and n/2 others that refer to them one by one. n is a multiple of 200.
func manyInstances(n int) string {
	return fmt.Sprintf(`
locals {
  keys = toset([for p in setproduct(range(100), range(%d)) : "${p[0]}-${p[1]}"])
}
auth "cloud" "a" {
  for_each      = local.keys
  client_id     = each.key
  client_secret = "s"
}
auth "cloud" "b" {
  for_each      = local.keys
  client_id     = each.key
  client_secret = auth.cloud.a[each.key].token
}
`, n/200)
}

func BenchmarkValidate(b *testing.B) {
	for name, text := range map[string]func(int) string{"blocks": ownBlocks, "instances": manyInstances} {
		for _, n := range []int{1000, 10_000} {
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) {
				dir := write(b, map[string]string{"main.hcl": text(n)})
				b.ReportAllocs()
				for b.Loop() {
					s, diags := open(b, dir, Inputs{})
					if diags = append(diags, s.Validate()...); diags.HasErrors() {
						b.Fatal(diags)
					}
				}
			})
		}
	}
}
